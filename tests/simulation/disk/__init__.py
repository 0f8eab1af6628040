"""What a disk may hold after the power was cut."""

"""What the centers need of the outside world: Protocols of one to five methods, and the values they exchange."""

"""What the routes need of the house, one Protocol an area."""

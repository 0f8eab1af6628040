"""The platform in one process: the centers, wired, one loop that drives them, strategies in children."""

"""Unmodified clients of other houses against the simulated exchange, each in an environment of its own."""

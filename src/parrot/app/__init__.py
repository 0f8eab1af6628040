"""The composition root: wiring, the public functions, the command line."""

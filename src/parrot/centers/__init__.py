"""The centers: one folder for each thing the platform does."""

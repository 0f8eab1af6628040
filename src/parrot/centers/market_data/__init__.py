"""Market data: lake, downloads, quality, universes and the demo market."""

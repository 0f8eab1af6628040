"""Audit: the invariants as readings of the journal that trust nobody else's, and the log of what people did."""

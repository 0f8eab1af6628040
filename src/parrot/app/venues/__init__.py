"""Venues that a person connected Parrot to: which, with which keys, and how a platform trades on them."""

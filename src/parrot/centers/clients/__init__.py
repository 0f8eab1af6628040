"""Clients: the broker's own records about who trades on its exchange."""

"""Journals: entries in order, durable, chained."""

"""Versions, oldest first; each goes up and down on SQLite and on PostgreSQL."""

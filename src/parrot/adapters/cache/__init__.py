"""Caches: in this process, and in Redis or Valkey."""

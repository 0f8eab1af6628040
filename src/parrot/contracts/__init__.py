"""Frozen values that rooms exchange: one file a subject area."""

"""Parrot: a self-hosted trading platform."""

"""Secrets from the environment and from files."""

"""Venues: exchanges that give market data and take orders."""

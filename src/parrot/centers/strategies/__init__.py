"""Strategies: which there are, which run, what they hold, and why they did what they did."""

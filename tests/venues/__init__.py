"""Parrot's own order path against the real simulated exchange, over ccxt, with faults."""

"""Alpaca's trading and market data API for the stocks of an exchange: REST v2, trade updates, data streams."""

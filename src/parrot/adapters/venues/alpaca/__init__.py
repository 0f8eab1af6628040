"""Stocks by Alpaca's API."""

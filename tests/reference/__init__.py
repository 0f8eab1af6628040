"""A second, slow reading of docs/reference/backtest.md in plain Python, sharing no code with the engine."""

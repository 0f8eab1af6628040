"""A second, slow reading of docs/reference/backtest.md in plain Python: integers and fractions, no speed, no sharing of code."""

"""Money, quantity, time, ids and errors: standard library only."""

"""Risk: the tree of limits, check and reserve in one step, the kill switch and the breakers."""

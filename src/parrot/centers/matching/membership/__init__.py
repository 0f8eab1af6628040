"""The accounts of the public exchange: who they are, their orders, fills and costs."""

"""Execution: the life of every order, from the wish to the last fill."""

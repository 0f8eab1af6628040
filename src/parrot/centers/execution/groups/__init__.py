"""Groups of orders that are placed, changed and ended as one."""

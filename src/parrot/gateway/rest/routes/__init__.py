"""The routes, one module an area; each route demands exactly one permission."""

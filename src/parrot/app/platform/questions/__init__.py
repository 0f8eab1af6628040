"""What the gateway's routes ask of a running platform, one module an area."""

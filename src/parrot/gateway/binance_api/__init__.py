"""The simulated exchange as Binance Spot: what its clients send in, what they get back, without a socket in sight."""

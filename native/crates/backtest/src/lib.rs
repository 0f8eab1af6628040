//! The deterministic event loop: market data and commands in, fills and records out.

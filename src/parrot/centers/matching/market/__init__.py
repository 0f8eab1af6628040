"""What everybody may see of the public exchange: trades, bars, books."""

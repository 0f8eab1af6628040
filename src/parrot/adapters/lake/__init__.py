"""Lakes: where recorded market data are kept."""

"""Market data as Parquet bytes, wherever these are kept."""

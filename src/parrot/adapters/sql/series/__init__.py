"""Recent ticks and bars in tables."""

from parrot.adapters.sql.series.store import SqlSeries

__all__ = ["SqlSeries"]

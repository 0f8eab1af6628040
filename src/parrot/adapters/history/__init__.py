"""History in a SQLite file that may be lost at any time."""

from parrot.adapters.history.reading import SqliteHistoryReader
from parrot.adapters.history.writing import SqliteHistory

__all__ = ["SqliteHistory", "SqliteHistoryReader"]

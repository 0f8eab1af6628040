"""One SQL database, SQLite or PostgreSQL, behind three ports: journal, records, series; and its migrations."""

from parrot.adapters.sql.databases import open_postgres, open_sqlite, scrub
from parrot.adapters.sql.journal import SqlJournal
from parrot.adapters.sql.records import SqlRecords, records_made, verify_records
from parrot.adapters.sql.series import SqlSeries
from parrot.adapters.sql.snapshots import SqlSnapshots

__all__ = [
    "SqlJournal",
    "SqlRecords",
    "SqlSeries",
    "SqlSnapshots",
    "open_postgres",
    "open_sqlite",
    "records_made",
    "scrub",
    "verify_records",
]

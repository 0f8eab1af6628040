"""The tables as the newest migration leaves them; a test compares the two."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()

JOURNALS: Final = sa.Table(
    "journals",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
)
ENTRIES: Final = sa.Table(
    "entries",
    METADATA,
    sa.Column("journal", sa.Text, sa.ForeignKey("journals.name"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
SNAPSHOTS: Final = sa.Table(
    "snapshots",
    METADATA,
    sa.Column("journal", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("sum", sa.LargeBinary, nullable=False),
)

_BYTES: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
RECORDS: Final = sa.Table(
    "records",
    METADATA,
    sa.Column("kind", _BYTES, primary_key=True),
    sa.Column("key", _BYTES, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sum", sa.LargeBinary, nullable=False, server_default=sa.text("''")),
)
OUTBOX: Final = sa.Table(
    "outbox",
    METADATA,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("ts", sa.BigInteger, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("source", "message_id", name="outbox_once"),
    sqlite_autoincrement=True,
)
INBOX: Final = sa.Table(
    "inbox",
    METADATA,
    sa.Column("reader", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("ts", sa.BigInteger, nullable=False),
)


def octets(value: object) -> bytes:
    """What a column of bytes holds; nothing where damage left a value of another type, which SQLite allows."""
    return bytes(value) if isinstance(value, bytes | memoryview | bytearray) else b""


SERIES: Final = sa.Table(
    "series",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("venue", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("price_decimals", sa.BigInteger, nullable=False),
    sa.Column("size_decimals", sa.BigInteger, nullable=False),
    sa.Column("adjusted", sa.Text, nullable=False),
    sa.Column("update_ids", sa.Boolean, nullable=False),
    sa.UniqueConstraint("venue", "symbol", "kind", name="series_once"),
)


def _rows(name: str, *columns: str) -> sa.Table:
    """Rows of series by time; `number` tells those of one time apart."""
    return sa.Table(
        name,
        METADATA,
        sa.Column("series", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("ts", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(column, sa.BigInteger, nullable=column == "last_id") for column in columns),
        sa.Index(f"{name}_ts", "ts", postgresql_using="brin").ddl_if(dialect="postgresql"),
    )


SERIES_BARS: Final = _rows("series_bars", "close_ts", "open", "high", "low", "close", "volume")
SERIES_TRADES: Final = _rows("series_trades", "price", "size", "side")
SERIES_QUOTES: Final = _rows("series_quotes", "bid", "ask", "bid_size", "ask_size")
SERIES_LEVELS: Final = _rows("series_levels", "side", "price", "size", "flags", "last_id")

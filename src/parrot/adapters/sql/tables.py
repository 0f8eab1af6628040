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
)


def octets(value: object) -> bytes:
    """What a column of bytes holds; nothing where damage left a value of another type, which SQLite allows."""
    return bytes(value) if isinstance(value, bytes | memoryview | bytearray) else b""

"""Records that services keep, what is to be sent, and what was received."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


# In order of bytes, as SQLite has it, whatever language the server speaks.
BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "records",
        sa.Column("kind", BYTES, primary_key=True),
        sa.Column("key", BYTES, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox",
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
    op.create_table(
        "inbox",
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("ts", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Takes them away."""
    for table in ("inbox", "outbox", "records"):
        op.drop_table(table)

"""Recent ticks and bars. PostgreSQL cuts them by day, as hypertables where it has timescaledb, else by partitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

DAY_NS = 86_400_000_000_000
COLUMNS = {
    "series_bars": ("close_ts", "open", "high", "low", "close", "volume"),
    "series_trades": ("price", "size", "side"),
    "series_quotes": ("bid", "ask", "bid_size", "ask_size"),
    "series_levels": ("side", "price", "size", "flags", "last_id"),
}


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "series",
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
    server = op.get_bind().dialect.name == "postgresql"
    hypertables = server and _has_timescale()
    for name, columns in COLUMNS.items():
        op.create_table(
            name,
            sa.Column("series", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("ts", sa.BigInteger, primary_key=True, autoincrement=False),
            sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
            *(sa.Column(column, sa.BigInteger, nullable=column == "last_id") for column in columns),
            sqlite_with_rowid=False,
            postgresql_partition_by=None if hypertables else "RANGE (ts)",
        )
        if server:
            op.create_index(f"{name}_ts", name, ["ts"], postgresql_using="brin")
        if hypertables:
            op.execute(f"SELECT create_hypertable('{name}', 'ts', chunk_time_interval => {DAY_NS}::bigint)")


def downgrade() -> None:
    """Takes them away."""
    for name in (*reversed(COLUMNS), "series"):
        op.drop_table(name)


def _has_timescale() -> bool:
    offered = sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'")
    if not op.get_bind().execute(offered).scalar_one():
        return False
    op.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    return True

"""A sum beside each record, so that an altered one is noticed."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the sums, of those that are there as well."""
    op.add_column("records", sa.Column("sum", sa.LargeBinary, nullable=False, server_default=sa.text("''")))
    table = sa.table(
        "records", sa.column("kind"), sa.column("key"), sa.column("body"), sa.column("sum", sa.LargeBinary)
    )
    connection = op.get_bind()
    for kind, key, body in connection.execute(sa.select(table.c.kind, table.c.key, table.c.body)).all():
        whole = f"{kind}\0{key}\0{body}".encode()
        row = table.update().where(table.c.kind == kind, table.c.key == key)
        connection.execute(row.values(sum=hashlib.blake2b(whole, digest_size=16).digest()))


def downgrade() -> None:
    """Takes them away."""
    op.drop_column("records", "sum")

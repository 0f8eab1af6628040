"""The version of a database: one history of migrations (Alembic) for SQLite and PostgreSQL, up and down."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from parrot.kernel.errors import StorageError

BASE: Final = "base"
HEAD: Final = "head"
_LOCK: Final = 7_270_001  # of all Parrots that migrate one PostgreSQL database
_COPY: Final = "bring back the database from the copy that fits this Parrot"


def version(engine: Engine) -> str:
    """The version that the database says it has; "" for an empty one."""
    with engine.connect().execution_options(reads=True) as connection:
        return _version(connection)


def bring_to_this_version(engine: Engine) -> None:
    """Applies what is missing, all of it or nothing. Raises StorageError for a version that is not in the history."""
    migrate(engine, HEAD)


def migrate(engine: Engine, target: str) -> None:
    """Goes up or down to version `target` ("head", "base" or one of the history) in one transaction."""
    history = _history()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        now = _known(connection, history)
        steps = _steps(history, now, target)
        context = MigrationContext.configure(
            connection, opts={"fn": lambda _rev, _context: steps, "transactional_ddl": True}
        )
        with Operations.context(context), context.begin_transaction():
            context.run_migrations()


def refuse_other_versions(engine: Engine) -> None:
    """Raises StorageError when the database is not of exactly this version."""
    history = _history()
    with engine.connect().execution_options(reads=True) as connection:
        now, here = _known(connection, history), history.get_current_head()
    if now != here:
        raise StorageError(
            f"the database is of version {now or 'none'}, this Parrot works with {here}",
            expected=f"version {here}",
            fix="open it once for writing, which brings it to this version",
        )


@cache
def _history() -> ScriptDirectory:
    settings = Config()
    settings.set_main_option("script_location", "parrot.adapters.sql:migrations")
    settings.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(settings)


def _steps(history: ScriptDirectory, now: str, target: str) -> list[Any]:
    """The migrations between two versions of the history, which has no branches."""
    order = ["", *(found.revision for found in reversed(list(history.walk_revisions())))]
    goal = {BASE: "", HEAD: order[-1]}.get(target, target)
    down = order.index(goal) < order.index(now)
    return history._downgrade_revs(goal or BASE, now) if down else history._upgrade_revs(goal or BASE, now or BASE)


def _known(connection: Connection, history: ScriptDirectory) -> str:
    """The database's version. Raises StorageError when it is no version of the history."""
    now = _version(connection)
    if now and now not in {found.revision for found in history.walk_revisions()}:
        raise StorageError(
            f"the database is of version {now}, which this Parrot does not know: a newer one wrote it",
            expected=f"version {history.get_current_head()} or an older one",
            fix=f"start the Parrot that wrote it, or {_COPY}",
        )
    if not now and _tables(connection):
        raise StorageError(
            f"the database holds tables that are not Parrot's ({', '.join(_tables(connection)[:3])})",
            expected="an empty database, or one of Parrot's",
            fix="name another database",
        )
    return now


def _version(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _tables(connection: Connection) -> list[str]:
    return sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})

"""One history of migrations serves both databases, up and down; a database of another version is never guessed at."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from parrot.adapters.sql import SqlJournal, open_postgres, open_sqlite
from parrot.adapters.sql.schema import migrate, version
from parrot.adapters.sql.tables import METADATA
from parrot.kernel.errors import DataError, ParameterError, ParrotError, StorageError
from tests.ports.conftest import Database
from tests.ports.servers.postgres import Postgres
from tests.ports.servers.processes import wait_until

VERSIONS = ["0001", "0002", "0003", "0004"]


def tables(engine: sa.Engine) -> dict[str, list[tuple[str, str, bool]]]:
    """Every table with its columns, as the database describes them."""
    seen = sa.inspect(engine)
    return {
        name: [(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(name)]
        for name in sorted(seen.get_table_names())
        if name != "alembic_version"
    }


def test_a_new_database_is_of_the_newest_version(database: Database):
    engine = database.open()
    assert version(engine) == VERSIONS[-1]
    assert set(METADATA.tables) == set(tables(engine))


def test_the_tables_in_the_code_are_those_that_the_migrations_make(database: Database):
    def here(item, _name, kind, *_rest) -> bool:
        return kind != "index" or database.kind == "postgres" or "brin" not in item.dialect_kwargs.values()

    with database.open().connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": here})
        assert compare_metadata(context, METADATA) == []


def test_every_version_goes_down_and_up_again_to_the_same_tables(database: Database):
    engine = database.open()
    migrate(engine, "base")
    assert (version(engine), tables(engine)) == ("", {})
    seen: list[object] = [{}]
    for name in VERSIONS:
        migrate(engine, name)
        assert version(engine) == name
        seen.append(tables(engine))
    for name, expected in zip(["base", *VERSIONS][-2::-1], seen[-2::-1], strict=True):
        migrate(engine, name)
        assert tables(engine) == expected
    migrate(engine, "head")
    assert tables(engine) == seen[-1]


def test_both_databases_get_the_same_columns(request, tmp_path, postgres):
    lite, server = open_sqlite(tmp_path / "a.db"), open_postgres(postgres.url())
    names = [
        {name: [column[0] for column in columns] for name, columns in tables(one).items()} for one in (lite, server)
    ]
    assert names[0] == names[1]
    server.dispose()


def test_an_older_database_is_brought_to_this_version_with_what_it_holds(database: Database):
    engine = database.open()
    SqlJournal(engine, "desk").append([b"kept"])
    migrate(engine, "0001")
    journal = SqlJournal(database.open(), "desk", takes_over=True)
    assert list(journal.read()) == [(1, b"kept")]
    assert journal.verify() == []


def test_processes_that_open_a_new_database_at_once_make_it_once(database: Database):
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: database.open(), range(4)))
    assert {version(engine) for engine in opened} == {VERSIONS[-1]}
    with opened[0].connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1


def test_an_older_database_is_refused_where_it_must_not_change(database: Database):
    migrate(database.open(), "0001")
    with pytest.raises(StorageError, match="is of version 0001, this Parrot works with") as refused:
        database.open(upgrade=False)
    assert refused.value.fix


def test_a_newer_database_is_refused_and_left_as_it_is(database: Database):
    engine = database.open()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for how in ({}, {"upgrade": False}):
        with pytest.raises(StorageError, match="version 9999, which this Parrot does not know") as refused:
            database.open(**how)
        assert "the Parrot that wrote it" in refused.value.fix
    assert version(engine) == "9999"


def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(database: Database):
    engine = database.open()
    migrate(engine, "base")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cats (name text)")
    with pytest.raises(StorageError, match=r"tables that are not Parrot's \(cats\)"):
        database.open()
    assert set(tables(engine)) == {"cats"}


def test_a_migration_that_fails_half_way_changes_nothing(database: Database):
    engine = database.open()
    migrate(engine, "0001")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE inbox (name text)")  # the last of three that 0002 makes
    before = tables(engine)
    with pytest.raises(StorageError, match=r"inbox.* already exists"):
        database.open()
    assert (version(engine), tables(engine)) == ("0001", before)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "notes.db"
    path.write_bytes(b"dear diary " * 100)
    with pytest.raises(DataError, match=r"notes.db is damaged: file is not a database"):
        open_sqlite(path)
    assert path.read_bytes() == b"dear diary " * 100


def test_a_name_that_does_not_end_in_db_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="is no name of a database"):
        open_sqlite(tmp_path / "desk.sqlite")


def test_sqlite_runs_with_a_write_ahead_log_synced_at_every_commit(tmp_path):
    engine = open_sqlite(tmp_path / "a.db")
    with engine.connect() as connection:
        asked = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert asked == ["wal", 2]
    with sqlite3.connect(tmp_path / "a.db") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_postgres_commits_wait_for_the_disk(postgres):
    engine = open_postgres(postgres.url())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    engine.dispose()


def test_a_server_that_would_lose_commits_is_refused(postgres):
    url = postgres.url()
    with postgres.admin() as admin:
        admin.execute("ALTER SYSTEM SET full_page_writes = off")
        admin.execute("SELECT pg_reload_conf()")
    try:
        wait_until(lambda: shown(postgres, "full_page_writes") == "off")
        with pytest.raises(StorageError, match="full_page_writes = off: it loses commits") as refused:
            open_postgres(url)
        assert "postgresql.conf" in refused.value.fix
    finally:
        with postgres.admin() as admin:
            admin.execute("ALTER SYSTEM RESET full_page_writes")
            admin.execute("SELECT pg_reload_conf()")
        wait_until(lambda: shown(postgres, "full_page_writes") == "on")


def shown(postgres: Postgres, setting: str) -> str:
    with postgres.admin() as admin:
        return admin.execute(f"SHOW {setting}").fetchone()[0]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://user:hunter2@localhost/x", "is no PostgreSQL"),
        ("user:hunter2@localhost", "no address of a database"),
        ("postgresql://user:hunter2@127.0.0.1:1/x", "PostgreSQL at 127.0.0.1:1/x: connection"),
    ],
)
def test_a_wrong_address_is_named_without_its_password(url, problem):
    with pytest.raises(ParrotError, match=problem) as refused:
        open_postgres(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.fix or refused.value.expected

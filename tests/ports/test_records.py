"""The records port, the same on SQLite and PostgreSQL: exact values, one transaction, outbox and inbox in it (I15)."""

from __future__ import annotations

import threading
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parrot.adapters.sql import SqlRecords, open_postgres
from parrot.contracts.message import Message
from parrot.kernel.errors import DataError, ParameterError, StorageError
from parrot.ports.bus import Envelope
from tests.ports.conftest import Database
from tests.ports.servers.postgres import Postgres


class Balance(Message, frozen=True, kw_only=True):
    """What the tests keep."""

    amount: Decimal
    note: str = ""


class Other(Message, frozen=True, kw_only=True):
    """A record of another kind."""

    number: int


@pytest.fixture
def records(database: Database) -> SqlRecords:
    return SqlRecords(database.open())


def message(number: int, source: str = "desk") -> Envelope:
    return Envelope(topic="order.filled", source=source, id=f"m{number}", ts=number, body=b"\x00\xffbody", cause="c1")


def test_a_record_is_there_when_its_transaction_has_ended(records):
    with records.work() as work:
        work.put("cash", Balance(amount=Decimal("1.10")))
        assert work.get(Balance, "cash") == Balance(amount=Decimal("1.10"))
        assert records.get(Balance, "cash") is None
    assert records.get(Balance, "cash") == Balance(amount=Decimal("1.10"))


def test_nothing_is_there_of_a_transaction_that_raised(records):
    with suppress(ZeroDivisionError), records.work() as work:
        work.put("cash", Balance(amount=Decimal(1)))
        work.send(message(1))
        assert work.accept("capital", message(2))
        raise ZeroDivisionError
    assert records.get(Balance, "cash") is None
    assert records.outbox() == []
    with records.work() as work:
        assert work.accept("capital", message(2))


def test_a_record_takes_the_place_of_the_one_before_and_can_be_dropped(records):
    for amount in ("1", "2"):
        with records.work() as work:
            work.put("cash", Balance(amount=Decimal(amount)))
    assert records.get(Balance, "cash").amount == 2
    with records.work() as work:
        work.drop(Balance, "cash")
        work.drop(Balance, "never there")
    assert records.get(Balance, "cash") is None


def test_kinds_are_apart(records):
    with records.work() as work:
        work.put("k", Balance(amount=Decimal(1)))
        work.put("k", Other(number=7))
    assert (records.get(Balance, "k").amount, records.get(Other, "k").number) == (1, 7)


def test_a_scan_goes_by_the_bytes_of_the_keys_and_in_pages(records):
    keys = ["a", "A", "b", "_", "é", "z", "Z", "10", "9", "a b"]
    with records.work() as work:
        for key in keys:
            work.put(key, Balance(amount=Decimal(len(key)), note=key))
    ordered = sorted(keys, key=str.encode)
    assert [key for key, _ in records.scan(Balance)] == ordered
    assert [key for key, _ in records.scan(Balance, after=ordered[3], limit=2)] == ordered[4:6]
    assert all(found.note == key for key, found in records.scan(Balance))
    assert records.scan(Other) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(allow_nan=False, allow_infinity=False), st.text(alphabet=st.characters(codec="utf-8")))
def test_decimals_and_texts_come_back_to_the_last_digit(records, amount, note):
    with records.work() as work:
        work.put("exact", Balance(amount=amount, note=note))
    found = records.get(Balance, "exact")
    assert found.amount.as_tuple() == amount.as_tuple()
    assert found.note == note


def test_a_key_that_one_database_could_not_keep_is_refused_by_both(records):
    for key in ("", "a\0b"):
        with pytest.raises(ParameterError, match="cannot be a key"), records.work() as work:
            work.put(key, Balance(amount=Decimal(1)))


def test_the_outbox_keeps_order_and_gives_back_what_was_put_in(records):
    with records.work() as work:
        for number in (3, 1, 2):
            work.send(message(number))
    found = records.outbox()
    assert [row.envelope for row in found] == [message(3), message(1), message(2)]
    assert [row.number for row in found] == sorted(row.number for row in found)
    assert [row.envelope.id for row in records.outbox(limit=2)] == ["m3", "m1"]
    assert [row.envelope.id for row in records.outbox(found[0].number)] == ["m1", "m2"]


def test_old_messages_are_pruned_and_their_numbers_not_used_again(records):
    with records.work() as work:
        for number in (1, 2):
            work.send(message(number))
    last = records.outbox()[-1].number
    records.prune(before=2)
    assert [row.envelope.id for row in records.outbox()] == ["m2"]
    with records.work() as work:
        assert work.accept("capital", message(2))
        assert work.accept("capital", message(100))
    records.prune(before=99)
    with records.work() as work:
        assert work.accept("capital", message(2))
        assert not work.accept("capital", message(100))
    assert records.outbox() == []
    with records.work() as work:
        work.send(message(3))
    assert records.outbox()[0].number > last


def test_the_same_message_is_in_the_outbox_once(records):
    for _ in range(2):
        with records.work() as work:
            work.send(message(1))
            work.send(message(1, source="another"))
    assert [row.envelope.source for row in records.outbox()] == ["desk", "another"]


def test_a_reader_accepts_a_message_once_and_each_reader_for_itself(records):
    with records.work() as work:
        assert work.accept("capital", message(1))
        assert not work.accept("capital", message(1))
        assert work.accept("audit", message(1))
        assert work.accept("capital", message(1, source="another"))
    with records.work() as work:
        assert not work.accept("capital", message(1))


def test_works_of_several_writers_follow_one_another(database):
    stores = [SqlRecords(database.open()) for _ in range(4)]
    with stores[0].work() as work:
        work.put("count", Other(number=0))

    def count_up(store: SqlRecords) -> None:
        for _ in range(25):
            with store.work() as work:
                work.put("count", Other(number=work.get(Other, "count").number + 1))

    threads = [threading.Thread(target=count_up, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].get(Other, "count").number == 100


def test_a_record_that_was_altered_is_named(database):
    records = SqlRecords(database.open())
    with records.work() as work:
        work.put("cash", Balance(amount=Decimal(1)))
    with database.open().begin() as connection:
        connection.exec_driver_sql("""UPDATE records SET body = '{"amount": [}'""")
    with pytest.raises(DataError, match="the record Balance cash is not what was kept"):
        records.get(Balance, "cash")


def test_records_go_on_when_a_killed_server_is_back(mortal_postgres: Postgres):
    records = SqlRecords(open_postgres(mortal_postgres.url()))
    with records.work() as work:
        work.put("cash", Balance(amount=Decimal(1)))
    mortal_postgres.server.kill()
    with pytest.raises(StorageError) as refused:
        records.get(Balance, "cash")
    assert "server runs" in refused.value.fix
    mortal_postgres.start()
    assert records.get(Balance, "cash") == Balance(amount=Decimal(1))

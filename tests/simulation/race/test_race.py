"""A limit holds against many at once, and a kill stops all of them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from parrot.adapters.journal.files import verify_journal
from parrot.app.desk import decode
from parrot.contracts.commands import CancelOrder, EngageKill, OrderKind, RearmKill, Side, SubmitOrder
from parrot.contracts.records import CancelSent, KillEngaged, OrderApproved, OrderReceived, OrderSent
from tests.simulation.mutants import mutated
from tests.simulation.race.platform import SYMBOL, Platform

pytestmark = pytest.mark.alone  # its figures are seconds of a machine that does nothing else

CLIENTS = 64
ATTEMPTS = int(os.environ.get("PARROT_RACE_ATTEMPTS", "10000"))
LIMIT = Decimal("0.25")
EACH = Decimal("0.01")
BOOKED = 1_000
FREE = {"firm": {"max_open_orders": "100000"}}


@pytest.fixture
def raced(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path, {f"symbol:{SYMBOL}": {"max_position": str(LIMIT)}}, worst=LIMIT)
    yield platform
    platform.close()


@pytest.fixture
def free(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path, FREE)
    yield platform
    platform.close()


def order(client: int, number: int, **fields: Any) -> SubmitOrder:
    given = {"side": Side.BUY, "quantity": EACH, "kind": OrderKind.LIMIT, "limit": Decimal("29000.0") - number % 500}
    return SubmitOrder(strategy=f"c{client}", key=str(number), symbol=SYMBOL, **(given | fields))


def at_once(count: int, work: Callable[[int], None]) -> None:
    faults: list[BaseException] = []

    def guarded(client: int) -> None:
        try:
            work(client)
        except BaseException as fault:  # noqa: BLE001  told below
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(client,)) for client in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[:3]


def test_one_limit_holds_against_clients_that_race_for_it(
    raced: Platform, record_property: Callable[[str, object], None]
) -> None:
    approved = [0] * CLIENTS

    def client(number: int) -> None:
        chance = Random(number)
        mine: list[int] = []
        for attempt in range(ATTEMPTS // CLIENTS + 1):
            kind = OrderKind.MARKET if chance.random() < 0.002 else OrderKind.LIMIT
            limit = None if kind is OrderKind.MARKET else Decimal("29000.0") - attempt % 500
            entries = raced.ask(order(number, attempt, kind=kind, limit=limit))
            assert any(isinstance(entry.record, OrderReceived) for entry in entries)
            if any(isinstance(entry.record, OrderApproved) for entry in entries):
                approved[number] += 1
                mine.append(entries[0].seq)
            if mine and chance.random() < 0.7:
                raced.ask(CancelOrder(order_id=mine.pop()))

    began = time.monotonic()
    at_once(CLIENTS, client)
    attempts = CLIENTS * (ATTEMPTS // CLIENTS + 1)
    rate = attempts / (time.monotonic() - began)
    record_property(
        "summary",
        f"risk race: {attempts:,} attempts of {CLIENTS} clients, {sum(approved):,} approved, "
        f"{len(raced.breaches)} breaches, {rate:,.0f}/s",
    )
    assert attempts >= ATTEMPTS
    assert LIMIT / EACH < sum(approved) < attempts
    assert not raced.breaches
    assert not verify_journal(raced.journal.path).problems


def test_a_check_that_reserves_later_is_seen_to_lose_the_race(tmp_path: Path) -> None:
    with mutated("check first, reserve later"):
        platform = Platform(tmp_path, {f"symbol:{SYMBOL}": {"max_position": str(LIMIT)}}, worst=LIMIT)
        at_once(16, lambda client: [platform.ask(order(client, number)) for number in range(20)] and None)
        platform.close()
    assert platform.breaches


def test_after_a_kill_nothing_leaves_and_a_thousand_cancels_do_within_a_second(free: Platform) -> None:
    for number in range(BOOKED):
        free.spine.ask(order(0, number)) if number % 500 else free.ask(order(0, number))
    free.until(lambda: len(free.venue.referee.resting) >= BOOKED)
    stop = threading.Event()

    def load(client: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            free.ask(order(client + 1, number))

    threads = [threading.Thread(target=load, args=(client,)) for client in range(16)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    before = time.monotonic()
    entries = free.ask(EngageKill(by="ann", source="api", reason="drill"))
    answered = time.monotonic()
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert any(isinstance(entry.record, KillEngaged) for entry in entries)
    assert free.venue.orders_since(answered) == []
    cancels = free.venue.cancels_since(before)
    assert len(cancels) >= BOOKED
    assert sorted(cancels)[BOOKED - 1] - answered <= 1.0
    free.until(lambda: not free.venue.referee.resting)
    nothing_intended_after_the_kill(free)


def nothing_intended_after_the_kill(platform: Platform) -> None:
    records = [decode(body).record for _, body in platform.journal.read()]
    at = next(number for number, record in enumerate(records) if isinstance(record, KillEngaged))
    assert not [record for record in records[at:] if isinstance(record, OrderSent)]
    assert [record for record in records[at:] if isinstance(record, CancelSent)]


def test_the_file_is_a_second_way_to_the_kill_and_only_a_person_re_arms(free: Platform) -> None:
    free.ask(order(0, 1))
    free.until(lambda: len(free.venue.referee.resting) == 1)
    free.flag.set()
    free.until(lambda: not free.venue.referee.resting)
    free.flag.clear()
    time.sleep(0.25)
    sent = len(free.venue.orders_since(0))
    free.ask(order(0, 2))
    assert len(free.venue.orders_since(0)) == sent
    free.ask(RearmKill(by="ann", reason="drill over"))
    free.ask(order(0, 3))
    free.until(lambda: len(free.venue.orders_since(0)) == sent + 1)

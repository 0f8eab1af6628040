"""What a bus loses comes again from the outbox, and what comes again has no second effect (I15)."""

from __future__ import annotations

import signal
from decimal import Decimal

import pytest

from parrot.adapters.bus.memory import MemoryBus
from parrot.adapters.bus.nats import NatsBus
from parrot.adapters.sql import SqlRecords
from parrot.app.relay import Relay
from parrot.contracts.message import Message
from parrot.kernel.errors import BusyError, StorageError
from parrot.ports.bus import Bus, Envelope, Full, Lane, Reader
from parrot.ports.records import Records
from tests.ports.conftest import Database
from tests.ports.servers.nats import Nats
from tests.ports.servers.processes import free_port, wait_until

LANES = (Lane("facts", ("fill.>",), 1_000, Full.REFUSE, (Reader("capital", "fill.>"),)),)


class Cash(Message, frozen=True, kw_only=True):
    """The effect of messages: a sum and how many made it."""

    total: Decimal = Decimal(0)
    count: int = 0


def fill(number: int) -> Envelope:
    return Envelope(topic="fill.a", source="desk", id=f"f{number}", ts=number, body=str(number).encode())


def send(records: Records, first: int, last: int) -> None:
    for number in range(first, last + 1):
        with records.work() as work:
            work.send(fill(number))


class Capital:
    """A reader with an inbox: its effect and the note of the message are one transaction."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def __call__(self, envelope: Envelope) -> None:
        with self.records.work() as work:
            if work.accept("capital", envelope):
                cash = work.get(Cash, "cash") or Cash()
                work.put("cash", Cash(total=cash.total + int(envelope.body), count=cash.count + 1))

    def cash(self) -> tuple[int, int]:
        cash = self.records.get(Cash, "cash") or Cash()
        return int(cash.total), cash.count


def connect(nats: Nats, space: str) -> NatsBus:
    return NatsBus(nats.url, LANES, space=space, ack_wait_s=0.5, patience_s=2.0)


@pytest.fixture
def space(nats: Nats) -> str:
    return nats.space()


def deliver_until(bus: Bus, capital: Capital, count: int) -> None:
    wait_until(lambda: bus.deliver(0.05) >= 0 and capital.cash()[1] >= count)
    bus.deliver()


def test_a_wiped_carrier_loses_nothing(nats: Nats, space, database: Database):
    records = SqlRecords(database.open())
    capital, bus = Capital(records), connect(nats, space)
    bus.subscribe("capital", capital)
    relay = Relay(records, bus)
    send(records, 1, 30)
    assert relay.run() == 30
    send(records, 31, 40)
    bus.deliver()
    relay.run()  # 31 to 40 are on the carrier when it dies, and nowhere else but in the outbox
    nats.wipe()
    wait_until(lambda: runs(relay))
    deliver_until(bus, capital, 40)
    assert capital.cash() == (sum(range(1, 41)), 40)
    bus.close()


def runs(relay: Relay) -> bool:
    try:
        return relay.run() >= 0
    except StorageError:
        return False


def test_a_stream_replayed_from_its_first_message_changes_nothing(nats: Nats, space, database: Database):
    records = SqlRecords(database.open())
    capital, bus = Capital(records), connect(nats, space)
    bus.subscribe("capital", capital)
    send(records, 1, 20)
    Relay(records, bus).run()
    deliver_until(bus, capital, 20)
    bus.close()
    again = connect(nats, nats.space())  # a new carrier knows nothing of the ids that went over the old one
    again.subscribe("capital", capital)
    assert Relay(records, again, "another").run() == 20
    assert again.deliver(1.0) == 20
    assert capital.cash() == (sum(range(1, 21)), 20)
    again.close()


def test_in_memory_a_new_process_gets_all_that_its_readers_miss(database: Database):
    records = SqlRecords(database.open())
    capital = Capital(records)
    send(records, 1, 10)
    first = MemoryBus(LANES)
    Relay(records, first).run()  # and the process dies before anybody reads
    bus = MemoryBus(LANES)
    bus.subscribe("capital", capital)
    assert Relay(records, bus).run() == 10
    bus.deliver()
    assert Relay(records, bus).run() == 0
    assert capital.cash() == (55, 10)


def test_a_relay_that_a_full_bus_stops_goes_on_where_it_was(database: Database):
    records = SqlRecords(database.open())
    capital = Capital(records)
    bus = MemoryBus([Lane("facts", ("fill.>",), 7, Full.REFUSE, (Reader("capital", "fill.>"),))])
    bus.subscribe("capital", capital)
    send(records, 1, 10)
    relay = Relay(records, bus)
    with pytest.raises(BusyError):
        relay.run()
    bus.deliver()
    relay.run()
    bus.deliver()
    assert capital.cash() == (55, 10)


def test_what_a_process_took_and_did_not_handle_comes_to_the_next(nats: Nats, space):
    first = connect(nats, space)
    for number in range(5):
        first.publish(fill(number))

    def dies(_envelope: Envelope) -> None:
        raise RuntimeError

    first.subscribe("capital", dies)
    first.deliver()
    first.close()
    found: list[str] = []
    second = connect(nats, space)
    second.subscribe("capital", lambda one: found.append(one.id))
    wait_until(lambda: second.deliver(0.1) >= 0 and len(found) >= 5)
    assert found == [f"f{number}" for number in range(5)]
    second.close()


def test_a_restarted_server_keeps_what_waits_and_says_that_its_life_is_another(nats: Nats, space):
    bus = connect(nats, space)
    bus.publish(fill(1))
    life = bus.state().life
    assert bus.state().life == life
    nats.server.stop(signal.SIGTERM)
    nats.start()
    found: list[Envelope] = []
    bus.subscribe("capital", found.append)
    wait_until(lambda: answers(bus))
    assert bus.state().life != life
    wait_until(lambda: bus.deliver(0.1) >= 0 and bool(found))
    assert found == [fill(1)]
    bus.close()


def answers(bus: Bus) -> bool:
    try:
        return bool(bus.state().life)
    except StorageError:
        return False


def test_a_server_that_is_away_is_an_error_with_a_fix_and_the_line_comes_back_by_itself(nats: Nats, space):
    bus = connect(nats, space)
    nats.server.kill()
    with pytest.raises(StorageError) as refused:
        bus.publish(fill(1))
    assert "nats-server runs" in refused.value.fix
    nats.start()
    wait_until(lambda: published(bus, fill(1)))
    found: list[Envelope] = []
    bus.subscribe("capital", found.append)
    wait_until(lambda: bus.deliver(0.1) >= 0 and bool(found))
    assert found == [fill(1)]
    bus.close()


def published(bus: Bus, envelope: Envelope) -> bool:
    try:
        bus.publish(envelope)
    except StorageError:
        return False
    return True


def test_nobody_at_an_address_is_an_error_without_the_password():
    with pytest.raises(StorageError) as refused:
        NatsBus(f"nats://user:hunter2@127.0.0.1:{free_port()}", LANES, patience_s=1.0)
    assert "hunter2" not in str(refused.value)
    assert "nats-server runs" in refused.value.fix

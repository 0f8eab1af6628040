"""Strategies in processes of their own: fed, rebuilt after a crash, stopped and named when they fail."""

from __future__ import annotations

import os
import signal
import time
from decimal import Decimal

import pytest

from parrot.adapters.journal.files import FileJournal
from parrot.app.desk import decode
from parrot.app.hosting.parity import add_orders, compare, lives_in, read_session, write_session
from parrot.contracts.commands import CancelOrder, Role, Side, SubmitOrder
from parrot.contracts.records import DecisionNoted, StrategyStopped
from parrot.kernel.errors import DataError
from tests.unit.app.hosting.houses import House

IMPORT = "from parrot.sdk import Strategy, pct\n"
TURNS = IMPORT + (
    "class Turns(Strategy):\n"
    "    def init(self):\n"
    "        self.average = self.sma(3)\n"
    "    def on_bar(self, bar):\n"
    "        if self.flat and bar.close > self.average[0]:\n"
    "            self.buy(1, stop=pct(5), why='above')\n"
    "        elif not self.flat and bar.close < self.average[0]:\n"
    "            self.close(why='below')\n"
)
WAVE = (100, 101, 102, 104, 103, 101, 99, 100, 102, 104, 103, 101)
FAILURES = {
    "raised": "        raise ValueError('no such thing')\n",
    "crashed": "        import os; os._exit(3)\n",
    "hung": "        while True: pass\n",
    "memory": "        self.hoard = getattr(self, 'hoard', []) + [bytearray(300 << 20)]\n",
}


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.close()


def test_orders_come_with_key_reason_and_the_protection_that_will_follow(house):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE)
    first, stop, exit_ = house.street.orders[:3]
    assert (first.key, first.strategy, first.why, str(first.guard.stop)) == ("1", "turns", "above", "5.000000")
    assert (stop.key, stop.role.value, stop.kind.value, stop.reduce_only) == ("2", "stop", "stop", True)
    assert str(stop.trigger) == "98.80"  # 5 % below the fill at 104
    assert str(stop.quantity) == "0.99900000"  # what is left of one after the fee in base
    assert (exit_.side.value, str(exit_.quantity), exit_.why) == ("sell", "0.99900000", "below")


def test_a_withdrawn_stop_is_cancelled_at_the_desk(house):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE)
    kinds = [type(decode(body).record).__name__ for _, body in house.journal.read()]
    assert kinds.count("OrderCanceled") == kinds.count("OrderFilled") // 2


def test_after_a_crash_it_is_rebuilt_and_no_order_is_sent_twice(tmp_path):
    whole = House(tmp_path / "whole")
    whole.run("turns", TURNS)
    whole.until(whole.hosts.ready)
    whole.bars(*WAVE)
    expected = [(order.key, order.side, order.quantity, order.trigger) for order in whole.street.orders]
    whole.close()

    first = House(tmp_path / "halves")
    first.run("turns", TURNS)
    first.until(first.hosts.ready)
    first.bars(*WAVE[:7])
    sent, row = list(first.street.orders), first.row
    first.close()
    second = House(tmp_path / "halves")
    second.row = row
    second.until(second.hosts.ready)
    assert second.street.orders == []
    second.bars(*WAVE[7:])
    found = [(order.key, order.side, order.quantity, order.trigger) for order in sent + second.street.orders]
    assert (found, second.street.again) == (expected, [])
    second.close()


def test_what_became_of_orders_while_nobody_listened_is_heard_afterwards(tmp_path):
    first = House(tmp_path)
    first.run("turns", TURNS)
    first.until(first.hosts.ready)
    first.bars(*WAVE[:4])
    row, stop = first.row, next(iter(first.center.open_orders("turns")))
    first.hosts.close()
    first.desk.take(CancelOrder(order_id=stop), 1)  # somebody cancels its stop while it is down
    first.desk.commit()
    first.journal.close()
    second = House(tmp_path)
    second.row = row
    second.until(second.hosts.ready)
    second.bars(103)
    (life,) = lives_in(tmp_path / "strategies")
    heard = [(report.kind, report.order_id) for batch in life.batches for report in batch.reports]
    assert heard.count(("canceled", stop)) == 1
    second.close()


@pytest.mark.parametrize("fault", FAILURES)
def test_one_that_fails_is_stopped_with_its_fault_and_others_go_on(house, fault):
    house.run("turns", TURNS)
    house.run("bad", IMPORT + "class Bad(Strategy):\n    def on_bar(self, bar):\n" + FAILURES[fault])
    house.until(house.hosts.ready)
    house.bars(*WAVE[:2])
    house.until(lambda: not house.state_of("bad")["running"], seconds=15)
    assert house.state_of("bad")["fault"] == fault
    sent = len(house.street.orders)
    house.bars(*WAVE[2:])
    assert house.state_of("turns")["running"]
    assert len(house.street.orders) > sent


def test_a_killed_process_is_named_with_its_signal(house):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    os.kill(house.hosts.pids["turns"], signal.SIGKILL)
    house.until(lambda: not house.state_of("turns")["running"])
    assert house.state_of("turns")["stopped"] == "its process ended with signal 9"


def test_text_that_cannot_run_is_named_with_its_line(house):
    house.run("broken", "import parrot.sdk\ndef no(:\n")
    house.until(lambda: not house.state_of("broken")["running"])
    assert "broken.py:2: invalid syntax" in house.state_of("broken")["stopped"]


def test_one_that_handles_bars_and_gets_none_is_stopped_at_once(house):
    house.run("turns", TURNS, timeframe="")
    house.until(lambda: not house.state_of("turns")["running"])
    assert house.state_of("turns")["stopped"].startswith(
        "Turns has on_bar, and would be given no bars; expected: a time"
    )


def test_text_that_has_changed_since_it_was_registered_does_not_start(tmp_path):
    house = House(tmp_path)
    house.run("turns", TURNS)
    house.hosts.close()
    house.desk.take(StrategyStopped(strategy="turns", by="x", reason="y"), 1)
    (tmp_path / "turns.py").write_text(TURNS + "# changed\n")
    (tmp_path / "strategies" / "turns.journal").unlink()
    for head in (tmp_path / "strategies").glob("*"):
        head.unlink()
    house.hosts.launch("turns", time.time_ns())
    house.until(lambda: not house.state_of("turns")["running"])
    assert (house.state_of("turns")["fault"], "any more" in house.state_of("turns")["stopped"]) == ("broken", True)
    house.close()


def test_one_that_decides_by_chance_is_found_when_it_is_played_again(tmp_path):
    chance = TURNS.replace("self.buy(1,", "import os; self.buy(1 + os.urandom(1)[0] / 100 + 0.001,")
    first = House(tmp_path)
    first.run("chance", chance)
    first.until(first.hosts.ready)
    first.bars(*WAVE)
    first.close()
    second = House(tmp_path)
    second.until(lambda: not second.state_of("chance")["running"])
    assert second.state_of("chance")["fault"] == "diverged"
    second.close()


def test_a_child_sees_no_secret_of_its_parent(tmp_path, monkeypatch):
    monkeypatch.setenv("EXCHANGE_KEY", "very secret")
    house = House(tmp_path)
    spy = "import os\nfrom parrot.sdk import Strategy\nclass Spy(Strategy):\n    def on_bar(self, bar):\n"
    house.run("spy", spy + "        raise ValueError(sorted(os.environ))\n")
    house.until(house.hosts.ready)
    house.bars(1)
    house.until(lambda: not house.state_of("spy")["running"])
    assert "EXCHANGE_KEY" not in house.state_of("spy")["stopped"]
    house.close()


# -- sessions --------------------------------------------------------------------------------------------------------


def recorded(house: House):
    lives = lives_in(house.folder / "strategies")
    add_orders(lives, (decode(body) for _, body in house.journal.read()))
    return lives


def test_a_session_played_again_gives_the_same_orders(house, tmp_path):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE, *WAVE)
    path = tmp_path / "kept" / "one.journal"
    write_session(path, "one", 1, recorded(house))
    (parity,) = [compare(life) for life in read_session(path)]
    assert parity.equal
    assert parity.live_hash == parity.replay_hash
    assert parity.orders >= 6


def test_the_first_order_that_differs_is_named(house):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE, *WAVE)
    (life,) = recorded(house)
    del life.orders["3"]
    parity = compare(life)
    assert (parity.equal, parity.difference) == (False, "order 3: was not sent live, and is made now")
    assert parity.live_hash != parity.replay_hash


def test_a_damaged_session_is_refused(house, tmp_path):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE)
    path = tmp_path / "kept" / "one.journal"
    write_session(path, "one", 1, recorded(house))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DataError):
        read_session(path)


def test_a_fill_that_the_desk_made_for_it_is_heard_and_its_stop_withdrawn(house):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE[:4])
    (stop,) = house.center.open_orders("turns")
    flatten = SubmitOrder(
        strategy="turns",
        key="flatten/1",
        symbol="BTC/USDT",
        side=Side.SELL,
        quantity=Decimal("0.999"),
        role=Role.FLATTEN,
    )
    house.desk.take(flatten, time.time_ns())
    house.desk.commit()
    house.until(lambda: stop not in house.center.open_orders("turns"))
    sent = len(house.street.orders)
    house.bars(99, 98)  # below the average: it would close what it holds
    assert len(house.street.orders) == sent
    house.bars(105)
    assert house.street.orders[-2].why == "above"


FLOOD = IMPORT + (
    "class Spam(Strategy):\n"
    "    def on_bar(self, bar):\n"
    "        for _ in range(1000):\n"
    "            self.buy(SIZE, limit=1)\n"
)


def notes_of(house, gate):
    entries = [decode(body).record for _, body in house.journal.read()]
    return [record for record in entries if isinstance(record, DecisionNoted) and record.gate == gate]


def test_what_is_refused_too_often_is_counted_and_in_the_end_stopped(house):
    house.run("spam", FLOOD.replace("SIZE", "0.0000001"))
    house.until(house.hosts.ready)
    for _ in range(8):
        if house.state_of("spam")["running"]:
            house.bars(100)
            time.sleep(1.01)
            house.turn()
    row = house.state_of("spam")
    told = "more than 200 orders and notes a second, in 5 seconds of the last 60"
    assert (row["running"], row["fault"], row["stopped"]) == (False, "flood", told)
    assert len(notes_of(house, "account")) == 1000
    counted = [note.text.split()[0] for note in notes_of(house, "flood")]
    assert sum(map(int, counted)) == 4000
    assert len(counted) <= 6


def test_orders_that_were_too_many_are_refused_and_stay_so_when_it_is_rebuilt(tmp_path):
    first = House(tmp_path)
    first.run("spam", FLOOD.replace("SIZE", "1"))
    first.until(first.hosts.ready)
    first.bars(100)
    assert 200 <= len(first.street.orders) < 500
    sent = len(first.street.orders)
    first.close()
    second = House(tmp_path)
    second.until(second.hosts.ready)
    second.turn()
    assert (second.street.orders, second.state_of("spam")["running"]) == ([], True)
    second.close()
    (recorded,) = lives_in(tmp_path / "strategies")
    journal = FileJournal(tmp_path / "desk.journal")
    add_orders([recorded], [decode(body) for _, body in journal.read()])
    journal.close()
    parity = compare(recorded)
    assert (parity.equal, parity.orders) == (True, sent), parity.difference


def test_orders_that_the_center_has_forgotten_are_forgotten(house):
    house.run("turns", TURNS)
    house.until(house.hosts.ready)
    house.bars(*WAVE)
    known = len(house.street.orders)
    house.hosts._owners |= {-number: ("turns", -number) for number in range(1, 10_001)}
    house.turn()
    assert len(house.hosts._owners) == known

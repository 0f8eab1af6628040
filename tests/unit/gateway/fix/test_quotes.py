"""Market data over FIX: snapshots, increments that rebuild the book, rejects."""

from __future__ import annotations

import pytest

from parrot.contracts.exchange import SCALE
from tests.unit.centers.matching.public import order as plain
from tests.unit.gateway.fix.client import types
from tests.unit.gateway.fix.test_trading import Trader


class Watcher(Trader):
    """A trader that also hears of the market, as the server tells it: between calls of the exchange."""

    def __init__(self) -> None:
        super().__init__()
        self.events = []
        self.exchange.listen(self.events.extend)

    def turn(self):
        self.exchange.turn(self.exchange.now + 1_000_000)
        events, self.events[:] = list(self.events), []
        self.acceptor.hear(events)
        return self.heard()

    def rest(self, side, quantity, price, account="other"):
        return self.exchange.submit(account, plain(side, quantity, price)).order_id

    def ask(self, name="m", kind="1", depth=0, update=1, types=("0", "1", "2"), symbols=("BTCUSDT",)):
        pairs = [(262, name), (263, kind), (264, depth), (265, update), (267, len(types))]
        pairs += [(269, one) for one in types]
        pairs += [(146, len(symbols))] + [(55, one) for one in symbols]
        return self.say("V", *pairs)


@pytest.fixture
def watcher():
    return Watcher()


def entries(message, *more):
    return list(zip(*(message.all(tag) for tag in (*more, 269, 270, 271)), strict=False))


def test_a_snapshot_has_the_best_levels_and_the_last_trade(watcher):
    watcher.rest("buy", 0.2, 59_000)
    watcher.rest("buy", 0.1, 59_500)
    watcher.rest("sell", 0.3, 60_500)
    watcher.trade(60_000)
    watcher.turn()
    [snapshot] = watcher.ask(kind="0", depth=1)
    assert [snapshot[tag] for tag in (35, 262, 55, 268)] == ["W", "m", "BTCUSDT", "3"]
    assert entries(snapshot) == [("0", "59500", "0.1"), ("1", "60500", "0.3"), ("2", "60000", "0.01")]
    assert (snapshot[272], snapshot[273]) == ("20260921", "14:13:20.000")
    [whole] = watcher.ask(kind="0")
    assert [price for _, price, _ in entries(whole)] == ["59500", "59000", "60500", "60000"]
    assert watcher.turn() == []
    [book] = watcher.ask(kind="0", types=("1",))
    assert entries(book) == [("1", "60500", "0.3")]


def test_a_book_that_is_empty_has_no_entries(watcher):
    [snapshot] = watcher.ask(kind="0", symbols=("ETHUSDT",))
    assert (snapshot[268], snapshot[55]) == ("0", "ETHUSDT")


def test_levels_come_change_and_go_by_increments(watcher):
    watcher.rest("buy", 0.2, 59_000)
    watcher.ask()
    resting = watcher.rest("buy", 0.1, 59_500)
    [new] = watcher.turn()
    assert [new[tag] for tag in (35, 262, 268, 279, 278, 55)] == ["X", "m", "1", "0", "0-59500", "BTCUSDT"]
    assert entries(new, 279) == [("0", "0", "59500", "0.1")]
    watcher.rest("buy", 0.1, 59_000)
    [changed] = watcher.turn()
    assert entries(changed, 279) == [("1", "0", "59000", "0.3")]
    watcher.exchange.cancel("other", resting)
    [gone] = watcher.turn()
    assert (gone[279], gone[269], gone[270], gone[271]) == ("2", "0", "59500", None)


def test_trades_are_increments_with_their_moment(watcher):
    watcher.ask(types=("2",))
    watcher.trade(60_000)
    [traded] = watcher.turn()
    assert entries(traded, 279) == [("0", "2", "60000", "0.01")]
    assert (traded[278], traded[272], traded[273]) == ("1", "20260921", "14:13:20.000")


def test_of_a_few_levels_those_that_come_into_sight_are_new(watcher):
    best = watcher.rest("buy", 0.1, 59_500)
    watcher.rest("buy", 0.2, 59_000)
    [snapshot] = watcher.ask(depth=1, types=("0",))
    assert entries(snapshot) == [("0", "59500", "0.1")]
    watcher.rest("buy", 0.2, 58_000)
    assert watcher.turn() == []
    watcher.exchange.cancel("other", best)
    [moved] = watcher.turn()
    assert list(zip(moved.all(279), moved.all(270), strict=True)) == [("2", "59500"), ("0", "59000")]


def test_whole_pictures_are_sent_where_the_client_wants_them(watcher):
    watcher.rest("buy", 0.1, 59_500)
    watcher.ask(update=0, depth=5)
    watcher.rest("buy", 0.2, 59_000)
    [snapshot] = watcher.turn()
    assert (snapshot.type, entries(snapshot)) == ("W", [("0", "59500", "0.1"), ("0", "59000", "0.2")])


def test_increments_rebuild_the_book_of_a_living_market():
    watcher = Watcher()
    shown = {"0": {}, "1": {}}
    watcher.ask(types=("0", "1"))
    levels = [("buy", 59_000 + 7 * step % 90) for step in range(40)] + [
        ("sell", 59_050 + 11 * step % 90) for step in range(40)
    ]
    for number, (side, price) in enumerate(levels):
        watcher.rest(side, 0.01 * (1 + number % 3), price, account=("other", "third")[number % 2])
        for message in watcher.turn():
            for entry in message.split(279):
                kept, price = shown[entry[269]], entry[270]
                assert (entry[279] == "0") == (price not in kept), message
                if entry[279] == "2":
                    del kept[price]
                else:
                    kept[price] = entry[271]
    depth = watcher.exchange.depth("BTCUSDT", 100)
    for side, levels in (("0", depth.bids), ("1", depth.asks)):
        assert {(float(price), float(size)) for price, size in shown[side].items()} == (
            {(price / SCALE, quantity / SCALE) for price, quantity in levels}
        )
        assert levels


def test_what_a_snapshot_has_is_not_told_again_by_events_that_come_later(watcher):
    watcher.rest("buy", 0.1, 59_500)
    watcher.trade(60_000)
    [snapshot] = watcher.ask()  # its market events have not been told to the acceptor yet
    assert entries(snapshot) == [("0", "59500", "0.1"), ("2", "60000", "0.01")]
    assert watcher.turn() == []


def test_a_subscription_ends_when_it_is_asked_to_and_with_the_connection(watcher):
    watcher.ask()
    assert watcher.say("V", (262, "m"), (263, "2"), (264, 0), (267, 1), (269, "0"), (146, 1), (55, "BTCUSDT")) == []
    watcher.rest("buy", 0.1, 59_500)
    assert watcher.turn() == []
    watcher.ask()
    watcher.drop()
    watcher.rest("buy", 0.1, 59_600)
    watcher.turn()
    watcher.connect()
    [welcome] = watcher.log_on()
    watcher.rest("buy", 0.1, 59_700)
    assert watcher.turn() == []
    assert types(watcher.say("2", (7, 1), (16, 0))) == "4"  # nothing of it is told again
    assert welcome.type == "A"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"symbols": ("NOPE",)}, "0"),
        ({"name": "taken"}, "1"),
        ({"kind": "7"}, "4"),
        ({"update": 9}, "6"),
        ({"types": ("4",)}, "8"),
        ({"name": "other", "kind": "2"}, None),
    ],
)
def test_a_request_that_cannot_be_is_rejected(watcher, more, reason):
    watcher.ask("taken")
    [reject] = watcher.ask(**more)
    assert (reject.type, reject[262], reject[281]) == ("Y", more.get("name", "m"), reason)
    assert reject[58]


def test_a_group_must_have_as_many_members_as_it_says(watcher):
    [reject] = watcher.say("V", (262, "m"), (263, 0), (264, 0), (267, 2), (269, "0"), (146, 1), (55, "BTCUSDT"))
    assert (reject.type, reject[371], reject[373]) == ("3", "267", "16")

"""Depth streams of a living exchange, put together by a client, are the book that REST tells."""

from typing import Any

from parrot.centers.matching.manifest import build_exchange, public_settings
from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, NewOrder
from parrot.gateway.binance_api import messages
from parrot.gateway.binance_api.faults import Faults
from parrot.gateway.binance_api.hub import Hub
from tests.unit.gateway.streams.quiet import MS, SECOND, Ear, call

START = 1_790_000_000 * SECOND
WHOLE = 5_000


class Copy:
    """A book as a client keeps it."""

    def __init__(self, snapshot: Any) -> None:
        self.last = snapshot.last
        self.sides = {"b": _side(snapshot.bids), "a": _side(snapshot.asks)}

    def apply(self, event: Any) -> None:
        if event["u"] <= self.last:
            return
        assert event["U"] <= self.last + 1, "a gap"
        self.last = event["u"]
        for name, side in self.sides.items():
            for price, quantity in event[name]:
                side[price] = quantity
                if float(quantity) == 0:
                    del side[price]


def _side(levels: Any) -> dict[str, str]:
    return dict(messages.levels(levels))


def test_a_book_put_together_from_either_speed_is_the_exchanges_own():
    exchange = build_exchange(public_settings(("BTCUSDT",)), now=START)
    exchange.open_account("a")
    exchange.deposit("a", "USDT", 10**7 * SCALE)
    exchange.deposit("a", "BTC", 10 * SCALE)
    hub = Hub(exchange, exchange.markets(), call, Faults())
    exchange.listen(hub.take)
    ears = {name: Ear() for name in ("btcusdt@depth@100ms", "btcusdt@depth")}
    for name, ear in ears.items():
        hub.join(ear, name, wrapped=False)
    copies: dict[str, Copy] = {}
    ids: dict[str, list[tuple[int, int]]] = {name: [] for name in ears}
    now = START
    for step in range(600):
        now += 25 * MS
        exchange.turn(now)
        if step % 7 == 0:
            side = Side.SELL if step % 2 else Side.BUY
            exchange.submit("a", NewOrder(symbol="BTCUSDT", side=side, kind=Kind.MARKET, quantity=SCALE // 100))
        if step == 100:  # in the middle of a message, as clients ask
            copies = {name: Copy(exchange.depth("BTCUSDT", WHOLE)) for name in ears}
        hub.tick(now)
        for name, ear in ears.items():
            for event in ear.take():
                ids[name].append((event["U"], event["u"]))
                if copies:
                    copies[name].apply(event)
    exchange.turn(now)
    hub.tick(now + SECOND)
    found = Copy(exchange.depth("BTCUSDT", WHOLE))
    for name, copy in copies.items():
        for event in ears[name].take():
            copy.apply(event)
        assert (copy.last, copy.sides) == (found.last, found.sides)
        assert len(ids[name]) > 10
        assert all(before[1] + 1 == after[0] for before, after in zip(ids[name], ids[name][1:], strict=False))
    exchange.close()

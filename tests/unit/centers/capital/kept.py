"""An account that is kept by a real desk: orders are told as records, so that only capital decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from parrot.app.desk import Desk
from parrot.centers.capital.manifest import Capital, Settings, build
from parrot.contracts.commands import Beat, Deposit, Quoted, Side, SubmitOrder
from parrot.contracts.ledger import LedgerPosted
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderApproved, OrderFilled, OrderReceived
from parrot.contracts.venue import Filled
from parrot.ports.journal import EMPTY_DIGEST, Head, chain

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
START = 1_700_000_000 * SECOND // DAY * DAY


def listing(base: str, quote: str) -> Listing:
    return Listing(
        symbol=base + quote,
        base=base,
        quote=quote,
        tick=Decimal("0.01"),
        lot=Decimal("0.0001"),
        price_decimals=2,
        quantity_decimals=4,
    )


LISTINGS = [listing("BTC", "USDT"), listing("ETH", "USDT"), listing("ETH", "BTC"), listing("BNB", "USDT")]


class MemoryJournal:
    def __init__(self, bodies: Iterable[bytes] = ()) -> None:
        self.bodies = list(bodies)

    def head(self) -> Head:
        digest = EMPTY_DIGEST
        for seq, body in self.read():
            digest = chain(digest, seq, body)
        return Head(len(self.bodies), digest)

    def append(self, bodies: Sequence[bytes]) -> Head:
        self.bodies += bodies
        return self.head()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        yield from enumerate(self.bodies[after:], after + 1)

    def verify(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


class OneSnapshot:
    def __init__(self, head: Head, state: bytes) -> None:
        self.kept = (head, state)

    def save(self, head: Head, state: bytes) -> None:
        self.kept = (head, state)

    def newest(self) -> tuple[Head, bytes]:
        return self.kept


class Told:
    """Records that another part of the desk has decided on."""

    def __init__(self, *records: Any) -> None:
        self.records = records


class Teller:
    """The other part."""

    name = "teller"
    receives: Mapping[type, Callable[[Any, int], Any]] = {Told: lambda told, now: told.records}
    answers: Mapping[type, Any] = {}
    follows: Mapping[type, Any] = {}

    def state(self) -> dict[str, Any]:
        return {}

    def load(self, state: Mapping[str, Any]) -> None:
        pass


class Account:
    """An account `main` in USDT; every call is a transaction of its own, a second after the one before."""

    def __init__(self, bodies: Iterable[bytes] = (), *, snapshot: OneSnapshot | None = None, **settings: Any) -> None:
        self.capital: Capital = build(LISTINGS, Settings(**settings))
        self.journal = MemoryJournal(bodies)
        self.desk = Desk([Teller(), self.capital], self.journal, lambda request: None, snapshots=snapshot)
        self.desk.recover()
        self.now = START
        self.entries: list[Entry] = []
        self.trades = 0

    def take(self, message: Any, *, wait: int = SECOND) -> list[Any]:
        self.now += wait
        self.desk.take(message, self.now)
        batch = self.desk.commit()
        self.entries += batch
        return [entry.record for entry in batch]

    def deposit(self, amount: str, currency: str = "USDT", **fields: Any) -> list[Any]:
        key = fields.pop("key", f"deposit {len(self.entries)}")
        return self.take(
            Deposit(key=key, currency=currency, amount=Decimal(amount), by=fields.pop("by", "Ada"), **fields)
        )

    def order(self, strategy: str, symbol: str, side: Side, quantity: str, reserved: str = "0") -> int:
        terms = next(item for item in LISTINGS if item.symbol == symbol)
        asked = SubmitOrder(strategy=strategy, key="k", symbol=symbol, side=side, quantity=Decimal(quantity))
        order_id = self.desk.seq + 1
        self.take(
            Told(
                OrderReceived(order=asked),
                OrderApproved(
                    order_id=order_id,
                    quantity=Decimal(quantity),
                    price=Decimal(1),
                    reserved=Decimal(reserved),
                    currency=terms.quote if side is Side.BUY else terms.base,
                ),
            )
        )
        return order_id

    def fill(
        self,
        order_id: int,
        symbol: str,
        side: Side,
        quantity: str | Decimal,
        price: str | Decimal,
        *,
        fee: str | Decimal = "0",
        fee_in: str = "USDT",
        left: str | Decimal = "0",
    ) -> LedgerPosted:
        self.trades += 1
        fill = Filled(
            client_id=f"c{order_id}",
            venue_id=str(order_id),
            symbol=symbol,
            trade_id=str(self.trades),
            number=self.trades,
            side=side,
            quantity=Decimal(quantity),
            price=Decimal(price),
            fee=Decimal(fee),
            fee_currency=fee_in,
            maker=False,
            ts=self.now,
        )
        filled = OrderFilled(order_id=order_id, fill=fill, filled=Decimal(quantity), left=Decimal(left))
        told = self.take(Told(filled))
        assert [type(record) for record in told] == [OrderFilled, LedgerPosted]
        return told[1]

    def trade(self, strategy: str, symbol: str, side: Side, quantity: str, price: str, **fee: Any) -> LedgerPosted:
        return self.fill(self.order(strategy, symbol, side, quantity), symbol, side, quantity, price, **fee)

    def quote(self, symbol: str, bid: str | Decimal, ask: str | Decimal | None = None) -> None:
        low, high = Decimal(bid), Decimal(bid if ask is None else ask)
        self.take(Quoted(symbol=symbol, ts=self.now, received=self.now, bid=low, ask=high, last=low))

    def beat(self, *, wait: int = MINUTE) -> list[Any]:
        return self.take(Beat(ts=self.now + wait), wait=wait)

"""A desk with the risk center alone: records of the other centers are told to it, as they would write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec

from parrot.app.desk import Desk
from parrot.centers.risk.book import Book, Shelf
from parrot.centers.risk.manifest import Settings, build
from parrot.contracts import ledger, records
from parrot.contracts.commands import EngageKill, OrderKind, Quoted, Role, SetLimits, Side, SubmitOrder
from parrot.contracts.listing import Listing
from parrot.contracts.message import Message
from parrot.contracts.venue import Filled
from parrot.ports.journal import Head

SECOND = 1_000_000_000
NOON = 1_800_014_400 * SECOND  # Friday 2027-01-15 12:00 UTC
BTC, ETH = "BTC/USDT", "ETH/USDT"


def listing(symbol: str, **terms: object) -> Listing:
    base, quote = symbol.split("/")
    steps = {"tick": Decimal("0.01"), "lot": Decimal("0.001"), "price_decimals": 2, "quantity_decimals": 3}
    return Listing(symbol=symbol, base=base, quote=quote, **{**steps, **terms})


class Tell(Message, frozen=True, kw_only=True):
    """A record that another center would have written."""

    record: object


class Others:
    """Stands for the other centers: passes on what it is told."""

    name = "others"

    def __init__(self) -> None:
        self.receives: dict[type, Any] = {Tell: lambda told, now: [told.record]}
        self.answers: dict[type, Any] = {}
        self.follows: dict[type, Any] = {}

    def state(self) -> dict:
        return {}

    def load(self, state: object) -> None:
        pass


class Pages:
    """A journal in memory."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def head(self) -> Head:
        return Head(len(self.bodies), b"")

    def append(self, bodies: Sequence[bytes]) -> Head:
        self.bodies.extend(bodies)
        return self.head()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        return iter(list(enumerate(self.bodies, 1))[after:])


class Table:
    """One desk, its clock, and short words for what the tests say to it."""

    def __init__(
        self, limits=None, *, settings=None, listings: Any = (BTC, ETH), cash="1000000", coins="1000", pages=None
    ):
        self.settings = settings or Settings(cash=False)
        self.listings = [listing(one) if isinstance(one, str) else one for one in listings]
        self.pages = pages or Pages()
        self.now = NOON
        self._keys = count(1)
        self._trades = count(1)
        self.open(self.pages)
        if not self.pages.bodies:
            self.own("USDT", cash)
            self.own("BTC", coins)
            for scope, one in (limits or {}).items():
                self.limit(scope, **one)
        for symbol, price in ((BTC, "100"), (ETH, "10")):
            if symbol in {one.symbol for one in self.listings}:
                self.quote(symbol, price, price)

    def open(self, pages: Pages) -> None:
        self.risk = build(self.listings, self.settings)
        self.desk = Desk([self.risk, Others()], pages, lambda request: None)
        self.desk.recover()

    def take(self, message: object) -> list:
        entries = self.desk.take(message, self.now)
        self.desk.commit()
        return [entry.record for entry in entries]

    def tell(self, record: object) -> list:
        return self.take(Tell(record=record))[1:]

    def own(self, currency: str, amount: str, account: str = "main") -> None:
        legs = [
            ledger.Posting(account, ledger.AccountKind.CASH, currency, Decimal(amount)),
            ledger.Posting("world", ledger.AccountKind.EXTERNAL, currency, -Decimal(amount)),
        ]
        self.tell(ledger.LedgerPosted(what="deposit", ref="d", order_id=0, strategy="", symbol="", legs=legs))

    def limit(self, scope: str, **limits: str) -> list:
        return self.take(SetLimits(scope=scope, limits=limits, approver="ann"))

    def quote(self, symbol: str, bid: str, ask: str, **more: object) -> None:
        prices = {"bid": Decimal(bid), "ask": Decimal(ask), "last": Decimal(bid)}
        self.take(Quoted(symbol=symbol, ts=self.now, received=self.now, **prices, **more))

    def kill(self, scope: str = "all", **more: object) -> list:
        return self.take(EngageKill(**{"scope": scope, "by": "ann", "source": "cli", **more}))

    def order(self, side: str, quantity: str, limit: str | None = None, **more: object) -> SubmitOrder:
        kind = OrderKind.MARKET if limit is None else OrderKind.LIMIT
        given = {"strategy": "s", "key": str(next(self._keys)), "symbol": BTC, "kind": kind, **more}
        prices = {"limit": limit, "trigger": more.get("trigger")}
        given |= {name: None if text is None else Decimal(text) for name, text in prices.items()}
        return SubmitOrder(side=Side(side), quantity=Decimal(quantity), **given)

    def ask(self, side: str, quantity: str, limit: str | None = None, *, parent: int = 0, **more: object):
        """The answer to an order: OrderApproved or OrderRefused; `answers` keeps all that followed."""
        order = self.order(side, quantity, limit, **more)
        self.answers = self.tell(records.OrderReceived(order=order, parent=parent))
        return self.answers[-1]

    def place(self, side: str, quantity: str, limit: str | None = None, **more: object) -> int:
        """The id of an order that was approved."""
        approved = self.ask(side, quantity, limit, **more)
        assert isinstance(approved, records.OrderApproved), approved
        return approved.order_id

    def refused(self, side: str, quantity: str, limit: str | None = None, **more: object) -> records.OrderRefused:
        refusal = self.ask(side, quantity, limit, **more)
        assert isinstance(refusal, records.OrderRefused), refusal
        return refusal

    def fill(self, order_id, side, quantity, price="100", *, filled=None, left="0", symbol=BTC, fee="0", paid="USDT"):
        number = next(self._trades)
        fill = Filled(
            client_id=f"c{order_id}",
            venue_id=f"v{order_id}",
            symbol=symbol,
            trade_id=str(number),
            number=number,
            side=Side(side),
            quantity=Decimal(quantity),
            price=Decimal(price),
            fee=Decimal(fee),
            fee_currency=paid,
            maker=False,
            ts=self.now,
        )
        done = Decimal(filled or quantity)
        return self.tell(records.OrderFilled(order_id=order_id, fill=fill, filled=done, left=Decimal(left)))

    def hold_position(self, quantity: str, **more: object) -> None:
        """Gives the strategy a position, by an order that is filled."""
        side = "sell" if quantity.startswith("-") else "buy"
        order_id = self.place(side, quantity.lstrip("-"), **more)
        self.fill(order_id, side, quantity.lstrip("-"), symbol=more.get("symbol", BTC))

    def cancel(self, order_id: int) -> None:
        self.tell(records.OrderCanceled(order_id=order_id, by="user", reason=""))

    def book(self, scope: str = "firm", symbol: str = BTC) -> Book:
        """What a node holds, over all strategies; reading must not make the book."""
        total = Book()
        for book in self.risk._tree.nodes[scope].shelves.get(symbol, Shelf()).books.values():
            total.position += book.position
            total.buys += book.buys
            total.sells += book.sells
        return total

    def restored(self) -> str:
        """The hash of a desk that takes a snapshot instead."""
        other = Desk([build(self.listings, self.settings), Others()], self.pages, lambda request: None)
        other.load(Head(self.desk.seq, b""), self.desk.state())
        return other.hash()


def gates(approved: records.OrderApproved) -> dict[str, tuple[str, str, str]]:
    return {rule: (scope, limit, actual) for rule, scope, limit, actual in approved.gates}


FLATTEN, STOP, TAKE, CHILD = Role.FLATTEN, Role.STOP, Role.TAKE, Role.CHILD
replace = msgspec.structs.replace

"""A desk with execution, a risk that says yes, and a venue whose every word the test says itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from parrot.app.desk import Desk, decode
from parrot.centers.execution.life import ENDED
from parrot.centers.execution.manifest import Settings, build, build_groups
from parrot.contracts import venue
from parrot.contracts.commands import (
    Beat,
    EngageKill,
    OpenDesk,
    OrderKind,
    Quoted,
    RearmKill,
    Side,
    StopStrategy,
    SubmitOrder,
)
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.records import (
    KillEngaged,
    KillRearmed,
    OrderApproved,
    OrderReceived,
    OrderRefused,
    OrderSent,
    OrderTriggered,
    ReplaceApproved,
    ReplaceReceived,
    StrategyStopped,
)
from parrot.ports.journal import Head

D = Decimal
SECOND = 1_000_000_000
BTC = Listing(
    symbol="BTC/USDT",
    base="BTC",
    quote="USDT",
    tick=D("0.01"),
    lot=D("0.001"),
    price_decimals=2,
    quantity_decimals=3,
    min_quantity=D("0.001"),
    max_quantity=D(1000),
    min_notional=D(5),
)
TERMS = VenueTerms(venue="stage")


class Yes:
    """Approves everything but the strategies in `refuses`; `cap` cuts what is asked for."""

    name = "risk"

    def __init__(self):
        self.refuses, self.cap = set(), None
        self.orders = {}
        self.receives = {
            EngageKill: lambda kill, now: [
                KillEngaged(scope=kill.scope, by=kill.by, source=kill.source, reason=kill.reason, flatten=kill.flatten)
            ],
            StopStrategy: lambda command, now: [StrategyStopped(strategy=command.strategy, by="ann", reason="over")],
            RearmKill: lambda kill, now: [KillRearmed(scope=kill.scope, by=kill.by, reason=kill.reason)],
        }
        self.answers = {
            OrderReceived: self.received,
            OrderTriggered: self.triggered,
            ReplaceReceived: self.replace,
        }
        self.follows = {OrderReceived: self.fold}

    def fold(self, entry):
        self.orders[entry.seq] = entry.record.order

    def received(self, entry, now):
        if entry.record.fault:
            return []
        return [self.verdict(entry.seq)]

    def triggered(self, entry, now):
        return [self.verdict(entry.record.order_id)]

    def verdict(self, order_id):
        order = self.orders[order_id]
        if order.strategy in self.refuses:
            return OrderRefused(order_id=order_id, rule="test", scope="all", limit="0", actual="1", text="no")
        quantity = order.quantity if self.cap is None else min(self.cap, order.quantity)
        return OrderApproved(order_id=order_id, quantity=quantity, price=D(1), reserved=D(1), currency="USDT")

    def replace(self, entry, now):
        record = entry.record
        asked = self.orders[record.order_id]
        self.orders[record.order_id] = msgspec.structs.replace(asked, quantity=record.quantity)
        return [
            ReplaceApproved(
                order_id=record.order_id,
                quantity=record.quantity,
                limit=record.limit,
                price=D(1),
                reserved=D(1),
                currency="USDT",
            )
        ]

    def state(self):
        return {}

    def load(self, state):
        pass


class Pages:
    """A journal in memory."""

    def __init__(self, bodies=()):
        self.bodies = list(bodies)

    def head(self):
        return Head(len(self.bodies), b"")

    def append(self, bodies):
        self.bodies += bodies
        return self.head()

    def read(self, after=0):
        return iter(enumerate(self.bodies[after:], after + 1))

    def verify(self):
        return []

    def close(self):
        pass


class Stage:
    """`say` brings a message; `sent` are the requests that left, `records` what was decided, newest last."""

    def __init__(self, *, pages=None, terms=TERMS, settings=None, open_=True, now=1000 * SECOND):
        self.pages = pages or Pages()
        self.terms = terms
        self.settings = settings or Settings()
        self.now = now
        self.sent: list[Any] = []
        self.risk = Yes()
        self.center = build([BTC], terms, settings=self.settings)
        self.groups = build_groups(self.center)
        parts: list[Any] = [self.risk, self.center, self.groups]
        self.desk = Desk(parts, self.pages, self.sent.append)
        self.desk.recover()
        self.keys = len(self.pages.bodies)
        self.trades = 0
        if open_:
            self.open()

    def open(self):
        self.say(OpenDesk(build="b", schema="s", config="c"))
        self.state()

    def reborn(self, *, open_=True, after=0):
        """The same journal in a new process."""
        return Stage(pages=self.pages, terms=self.terms, settings=self.settings, open_=open_, now=self.now + after)

    def say(self, *messages):
        found = []
        for message in messages:
            found += [entry.record for entry in self.desk.take(message, self.now)]
        self.desk.commit()
        return found

    def wait(self, ns, step=SECOND // 10):
        """Time goes on, beat by beat."""
        found = []
        end = self.now + ns
        while self.now < end:
            self.now = min(end, self.now + step)
            found += self.say(Beat(ts=self.now))
        return found

    def submit(self, side=Side.BUY, quantity="1", **fields):
        self.keys += 1
        fields = {"strategy": "s", "key": str(self.keys), "symbol": BTC.symbol, **fields}
        for name in ("limit", "trigger", "stop", "take", "trail", "participation", "display"):
            if isinstance(fields.get(name), str):
                fields[name] = D(fields[name])
        found = self.say(SubmitOrder(side=side, quantity=D(quantity), **fields))
        assert self.desk.seq
        return self.newest(fields["strategy"], fields["key"]) if found else None

    def limit(self, side=Side.BUY, quantity="1", price="100", **fields):
        return self.submit(side, quantity, kind=OrderKind.LIMIT, limit=price, **fields)

    def working(self, side=Side.BUY, quantity="1", price="100", **fields):
        """A limit order that the venue has accepted."""
        order = self.limit(side, quantity, price, **fields)
        self.accept(order)
        return order

    def kill(self, scope="all", *, flatten=False):
        return self.say(EngageKill(scope=scope, by="ann", source="api", flatten=flatten))

    def at(self, order, state):
        return order.state is state

    def newest(self, strategy, key):
        return self.center._orders.of_key(strategy, key)

    def accept(self, order):
        return self.say(venue.Accepted(client_id=order.client_id, venue_id=f"v{order.client_id}", ts=self.now))

    def fill(self, order, quantity="1", price="100", **fields):
        return self.say(self.trade(order, quantity, price, **fields))

    def trade(self, order, quantity="1", price="100", **fields):
        self.trades += 1
        fields = {
            "client_id": order.client_id,
            "venue_id": f"v{order.client_id}",
            "trade_id": f"t{self.trades}",
            "number": self.trades,
            "fee": D(0),
            "fee_currency": "USDT",
            "maker": False,
            **fields,
        }
        return venue.Filled(
            symbol=order.asked.symbol,
            side=order.asked.side,
            quantity=D(quantity),
            price=D(price),
            ts=self.now,
            **fields,
        )

    def withdraw(self, order, filled=None, *, expired=False):
        total = order.filled if filled is None else D(filled)
        return self.say(venue.Withdrawn(client_id=order.client_id, filled=total, expired=expired, ts=self.now))

    def state(self, orders=(), trades=(), balances=None):
        return self.say(
            venue.VenueState(orders=list(orders), trades=list(trades), balances=balances or {}, ts=self.now)
        )

    def shown(self, order, **fields):
        """The order as the venue lists it."""
        fields = {
            "client_id": order.client_id,
            "venue_id": f"v{order.client_id}",
            "quantity": order.quantity,
            "filled": order.filled,
            "limit": order.limit,
            **fields,
        }
        return venue.OpenOrder(symbol=order.asked.symbol, side=order.asked.side, **fields)

    def quote(self, price, *, valid=True, spread="0", volume="0", symbol=BTC.symbol):
        half = D(spread) / 2
        return self.say(
            Quoted(
                symbol=symbol,
                ts=self.now,
                received=self.now,
                bid=D(price) - half,
                ask=D(price) + half,
                last=D(price),
                volume=D(volume),
                valid=valid,
            )
        )

    def requests(self, kind=venue.PlaceOrder):
        return [request for request in self.sent if isinstance(request, kind)]

    def records(self, kind=None):
        found = [decode(body).record for body in self.pages.bodies]
        return found if kind is None else [record for record in found if isinstance(record, kind)]

    def rebuilt(self):
        """The state that the journal alone gives."""
        other = Stage(pages=Pages(self.pages.bodies), terms=self.terms, settings=self.settings, open_=False)
        return other.desk.state()

    def open_ids(self):
        return [order.id for order in self.center.open_orders()]


def names(found):
    return [type(record).__name__ for record in found]


def sends(found):
    return [record for record in found if isinstance(record, OrderSent)]


__all__ = ["BTC", "ENDED", "SECOND", "TERMS", "D", "Pages", "Stage", "Yes", "names", "sends"]

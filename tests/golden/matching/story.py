"""The language of the cases: commands to send, events to expect, and a venue that checks all that must always hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.golden.matching.words import CommandKind, EventKind, ListKind, OrderType, Reason, Setting, TimeInForce

ANN, BOB, CAT, DAN, NOBODY = range(5)
COIN, CASH, TOKEN, NO_CURRENCY = range(4)
NO_SYMBOL = 9

Row = dict[str, int]


# Commands. Price comes before quantity, as in the records.
def order(type_: int, owner: int, side: int, **fields: int) -> Row:
    return {"kind": CommandKind.ORDER, "order": type_, "owner": owner, "side": side, **fields}


def limit(owner: int, side: int, price: int, quantity: int, **more: int) -> Row:
    return order(OrderType.LIMIT, owner, side, **{"price": price, "quantity": quantity, **more})


def market(owner: int, side: int, quantity: int, **more: int) -> Row:
    return order(OrderType.MARKET, owner, side, **{"quantity": quantity, "tif": TimeInForce.IOC, **more})


def market_to_limit(owner: int, side: int, quantity: int, **more: int) -> Row:
    return order(OrderType.MARKET_TO_LIMIT, owner, side, quantity=quantity, **more)


def stop(owner: int, side: int, trigger: int, quantity: int, **more: int) -> Row:
    kind = OrderType.STOP_LIMIT if "price" in more else OrderType.STOP
    return order(kind, owner, side, trigger=trigger, quantity=quantity, **more)


def touch(owner: int, side: int, trigger: int, quantity: int, **more: int) -> Row:
    kind = OrderType.TOUCH_LIMIT if "price" in more else OrderType.TOUCH
    return order(kind, owner, side, trigger=trigger, quantity=quantity, **more)


def trailing(owner: int, side: int, trail: int, quantity: int, **more: int) -> Row:
    return order(OrderType.TRAILING, owner, side, trail=trail, quantity=quantity, **more)


def peg(owner: int, side: int, quantity: int, *, cap: int = 0, offset: int = 0, **more: int) -> Row:
    return order(OrderType.PEG_PRIMARY, owner, side, quantity=quantity, price=cap, trail=offset, **more)


def peg_mid(owner: int, side: int, quantity: int, *, cap: int = 0, **more: int) -> Row:
    return order(OrderType.PEG_MID, owner, side, quantity=quantity, price=cap, **more)


def oco(*legs: Row) -> list[Row]:
    return [{**leg, "list": ListKind.OCO} for leg in legs]


def oto(*legs: Row) -> list[Row]:
    return [{**leg, "list": ListKind.OTO} for leg in legs]


def bracket(*legs: Row) -> list[Row]:
    return [{**leg, "list": ListKind.BRACKET} for leg in legs]


def cancel(who: int, order: Order) -> Row:
    return {"kind": CommandKind.CANCEL, "owner": who, "handle": order.handle, "id": order.id}


def amend(who: int, order: Order, **fields: int) -> Row:
    return {"kind": CommandKind.AMEND, "owner": who, "handle": order.handle, "id": order.id, **fields}


def mass_cancel(owner: int, *, symbol: int, side: int) -> Row:
    return {"kind": CommandKind.MASS_CANCEL, "owner": owner, "symbol": symbol, "side": side}


def disconnect(owner: int) -> Row:
    return {"kind": CommandKind.DISCONNECT, "owner": owner}


def time(ts: int) -> Row:
    return {"kind": CommandKind.TIME, "expiry": ts}


def phase(to: int, symbol: int = 0) -> Row:
    return {"kind": CommandKind.PHASE, "symbol": symbol, "order": to}


def reference(price: int, symbol: int = 0) -> Row:
    return {"kind": CommandKind.REFERENCE, "symbol": symbol, "price": price}


def set_limit(which: int, value: int, symbol: int = 0) -> Row:
    return {"kind": Setting.SET_LIMIT, "symbol": symbol, "order": which, "price": value}


def add_currency(number: int) -> Row:
    return {"kind": Setting.ADD_CURRENCY, "symbol": number}


def add_symbol(number: int, *, base: int = COIN, quote: int = CASH, **units: int) -> Row:
    steps = {name: units.get(name, 1) for name in ("tick", "lot", "base_unit", "quote_unit")}
    fields = dict(zip(("price", "quantity", "display", "minimum"), steps.values(), strict=True))
    return {"kind": Setting.ADD_SYMBOL, "symbol": number, "owner": base << 16 | quote, **fields}


def add_owner(number: int) -> Row:
    return {"kind": Setting.ADD_OWNER, "owner": number}


def deposit(owner: int, currency: int, amount: int) -> Row:
    return {"kind": Setting.DEPOSIT, "owner": owner, "symbol": currency, "quantity": amount}


def withdraw(owner: int, currency: int, amount: int) -> Row:
    return {"kind": Setting.WITHDRAW, "owner": owner, "symbol": currency, "quantity": amount}


def set_tier(tier: int, *, maker: int, taker: int) -> Row:
    return {"kind": Setting.SET_TIER, "order": tier, "price": maker, "quantity": taker}


def join_tier(owner: int, tier: int, flags: int = 0) -> Row:
    return {"kind": Setting.JOIN_TIER, "owner": owner, "order": tier, "flags": flags}


def fee_currency(currency: int, discount: int) -> Row:
    return {"kind": Setting.FEE_CURRENCY, "symbol": currency, "price": discount}


def conversion(currency: int, price: int) -> Row:
    return {"kind": Setting.CONVERSION, "symbol": currency, "price": price}


# Events. `of` is the order that an event belongs to: by default the order of the command that is looked at.
@dataclass(frozen=True)
class Wanted:
    """An event as a case expects it: only the fields that it names are compared."""

    kind: EventKind
    of: Order | None = None
    by: Order | None = None
    fields: Row = field(default_factory=dict)

    def misses(self, seen: Row, own: Order | None) -> bool:
        wanted = dict(self.fields)
        if self.of or (own and self.kind in OWN):
            wanted["id"] = (self.of or own).id
        if self.kind in TAKEN and (self.by or own):
            wanted["taker"] = (self.by or own).id
        return seen["kind"] != self.kind or any(seen[name] != value for name, value in wanted.items())

    def __str__(self) -> str:
        whose = {"id": self.of.id} if self.of else {}
        return in_words({"kind": self.kind, **whose, **self.fields})


TAKEN = {EventKind.TRADE, EventKind.PREVENTED}
OWN = set(EventKind) - TAKEN - {EventKind.PHASE, EventKind.AUCTION, EventKind.DONE}


def _wanted(kind: EventKind, names: str, values: tuple[int, ...], more: dict) -> Wanted:
    of, by = more.pop("of", None), more.pop("by", None)
    return Wanted(kind, of, by, {**dict(zip(names.split(), values, strict=False)), **more})


def rejected(reason: int, **more) -> Wanted:
    return _wanted(EventKind.REJECTED, "reason", (reason,), more)


def accepted(*values: int, **more) -> Wanted:
    return _wanted(EventKind.ACCEPTED, "price quantity", values, more)


def rested(*values: int, **more) -> Wanted:
    return _wanted(EventKind.RESTED, "price quantity left level", values, more)


def trade(*values: int, **more) -> Wanted:
    """`of` is the maker; `by` the taker, by default the order of the command."""
    return _wanted(EventKind.TRADE, "price quantity left level", values, more)


def refreshed(*values: int, **more) -> Wanted:
    return _wanted(EventKind.REFRESHED, "price quantity level", values, more)


def reduced(*values: int, **more) -> Wanted:
    return _wanted(EventKind.REDUCED, "price quantity left level", values, more)


def filled(*values: int, **more) -> Wanted:
    return _wanted(EventKind.FILLED, "quantity", values, more)


def cancelled(*values: int, **more) -> Wanted:
    return _wanted(EventKind.CANCELLED, "quantity reason", values, more)


def expired(*values: int, **more) -> Wanted:
    return _wanted(EventKind.EXPIRED, "quantity reason", values, more)


def amended(*values: int, **more) -> Wanted:
    return _wanted(EventKind.AMENDED, "price quantity left level", values, more)


def triggered(*values: int, **more) -> Wanted:
    return _wanted(EventKind.TRIGGERED, "price quantity", values, more)


def repriced(*values: int, **more) -> Wanted:
    return _wanted(EventKind.REPRICED, "price quantity level", values, more)


def aside(*values: int, **more) -> Wanted:
    return _wanted(EventKind.ASIDE, "price quantity level", values, more)


def prevented(*values: int, **more) -> Wanted:
    """`of` is the maker; `by` the taker, by default the order of the command."""
    return _wanted(EventKind.PREVENTED, "price quantity left level", values, more)


def shrunk(*values: int, **more) -> Wanted:
    return _wanted(EventKind.SHRUNK, "quantity reason", values, more)


def phased(to: int, **more) -> Wanted:
    return _wanted(EventKind.PHASE, "price", (to,), more)


def auction(*values: int, **more) -> Wanted:
    """Price, volume, imbalance."""
    return _wanted(EventKind.AUCTION, "price quantity left", values, more)


def done(*values: int, **more) -> Wanted:
    return _wanted(EventKind.DONE, "quantity", values, more)


@dataclass
class Order:
    """An order that was sent; its handle as the events tell it."""

    id: int
    owner: int
    side: int
    symbol: int
    handle: int = 0
    flags: int = 0
    display: int = 0


@dataclass(frozen=True)
class Answer:
    """The events of one command."""

    events: list[Row]
    orders: list[Order]

    def gives(self, *wanted: Wanted) -> Order:
        """Exactly these events and no other, in this order; the order of the command comes back."""
        own = self.orders[0] if len(self.orders) == 1 else None
        fits = len(wanted) == len(self.events) and not any(
            want.misses(seen, own) for want, seen in zip(wanted, self.events, strict=True)
        )
        assert fits, "\n".join(["came:", *map(in_words, self.events), "wanted:", *map(str, wanted)])
        return own

    @property
    def kinds(self) -> list[EventKind]:
        return [EventKind(seen["kind"]) for seen in self.events]


def in_words(seen: Row) -> str:
    named = {name: value for name, value in seen.items() if value and name not in ("kind", "reason")}
    reason = [Reason(seen["reason"]).name] if seen.get("reason") else []
    return " ".join(
        ["  ", EventKind(seen["kind"]).name, *reason, *(f"{name}={value}" for name, value in named.items())]
    )

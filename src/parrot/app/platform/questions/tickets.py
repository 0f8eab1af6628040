"""An order before it is sent: its cost against the book, what it would change, and what every gate would say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple

from parrot.app.platform.assemble import House
from parrot.app.platform.platform import Platform
from parrot.centers.risk.manifest import Survey
from parrot.contracts.commands import OrderKind, Side, SubmitOrder, TimeInForce
from parrot.contracts.listing import Listing
from parrot.kernel.decimals import ONE, ZERO, exactly, plain, share

_DEPTH: Final = 2_000  # levels of a side that an estimate looks at
_PRICE_STEP: Final = Decimal("1e-8")
_BPS_STEP: Final = Decimal("0.01")
_BPS: Final = Decimal(10_000)
_TRIGGERED: Final = frozenset(
    {OrderKind.STOP, OrderKind.STOP_LIMIT, OrderKind.TOUCH, OrderKind.TOUCH_LIMIT, OrderKind.TRAILING}
)
_WORKED: Final = frozenset({OrderKind.TWAP, OrderKind.VWAP, OrderKind.POV, OrderKind.ICEBERG})
_AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})

Levels = Sequence[tuple[Decimal, Decimal]]


class Met(NamedTuple):
    """What of a quantity meets the book: how much, what it is worth, over how many levels."""

    quantity: Decimal
    notional: Decimal
    levels: int


class TicketQuestions:
    """Answers of one running platform (gateway.rest.ports.tickets.TicketsDoor)."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def preview(self, order: SubmitOrder) -> dict[str, Any]:
        """What an order would cost and what every gate would say of it. Raises MissingError for an unknown symbol."""
        return self._platform.read(partial(preview, order=order))


@exactly
def preview(house: House, *, order: SubmitOrder) -> dict[str, Any]:
    """The same, between two turns of the house."""
    now, listing = house.clock.now_ns(), house.watch.listing(order.symbol)
    parts = house.components
    fault = parts.execution.fault(order, now)
    survey = parts.risk.preview(order, now) if fault is None else Survey(())
    approval = survey.approval
    estimate = _estimate(house, order, listing, now)
    held = next((one.quantity for one in parts.capital.positions() if one.symbol == order.symbol), ZERO)
    sign = 1 if order.side is Side.BUY else -1
    return {
        "symbol": order.symbol,
        "side": order.side.value,
        "kind": order.kind.value,
        "quantity": plain(approval.quantity if approval is not None else order.quantity),
        "ts": now,
        "mode": house.terms.mode,
        "base": listing.base,
        "quote": listing.quote,
        "verdict": _verdict(survey) if fault is None else _faulty(fault),
        "gates": [found._asdict() | {"text": found.text} for found in survey.findings],
        "reserved": plain(approval.reserved) if approval is not None else None,
        "currency": approval.currency if approval is not None else None,
        "waits_for": _waits_for(order, ready=parts.execution.ready),
        "estimate": estimate,
        "balances": _balances(house, order, listing, estimate),
        "position": plain(held),
        "position_after": plain(held + sign * order.quantity),
    }


def _verdict(survey: Survey) -> dict[str, Any]:
    refusal = survey.refusal
    if refusal is None:
        text = f"risk lets it pass: {len(survey.findings)} gates looked"
        return {"approved": True, "rule": "", "scope": "", "limit": "", "actual": "", "field": "", "text": text}
    return {"approved": False, **refusal._asdict(), "field": "", "text": refusal.text()}


def _faulty(fault: Any) -> dict[str, Any]:
    about = {"rule": "fields", "scope": "order", "limit": fault.expected, "actual": fault.actual}
    return {"approved": False, **about, "field": fault.field, "text": fault.text}


def _waits_for(order: SubmitOrder, *, ready: bool) -> str:
    if order.kind in _TRIGGERED:
        return "its trigger"
    if order.kind in _WORKED:
        return "its schedule: the desk works it in parts"
    return "" if ready else "the line to the venue"


def _estimate(house: House, order: SubmitOrder, listing: Listing, now: int) -> dict[str, Any] | None:
    """The cost at this moment; None while there is no market to measure it with."""
    quote, middle = house.watch.quote(order.symbol), None
    if quote is not None and quote.bid > 0:
        middle = (quote.bid + quote.ask) / 2
    fixed = _fixed_price(order, middle)
    if fixed is not None:
        met = Met(order.quantity, order.quantity * fixed, 0)
        return _told(order, listing, met, rests=ZERO, unmet=ZERO, middle=None, note=_note(order))
    book = house.watch.book(house.market, order.symbol, _DEPTH, now)
    side = book["asks"] if order.side is Side.BUY else book["bids"]
    levels = [(Decimal(price), Decimal(size)) for price, size in side]
    if not levels and quote is not None and quote.bid > 0:
        best = (quote.ask, quote.ask_size) if order.side is Side.BUY else (quote.bid, quote.bid_size)
        levels = [(best[0], best[1] or order.quantity)]
    met = meet(levels, order.quantity, order.limit, buys=order.side is Side.BUY)
    left = order.quantity - met.quantity
    resting = order.limit is not None and order.tif not in _AT_ONCE
    if order.limit is None and not met.quantity:
        return None
    rests, unmet = (left, ZERO) if resting else (ZERO, left)
    note = "" if book["valid"] or not levels else "the book is not valid now"
    return _told(order, listing, met, rests=rests, unmet=unmet, middle=middle, note=note)


def meet(levels: Levels, quantity: Decimal, limit: Decimal | None, *, buys: bool) -> Met:
    """What of `quantity` meets levels, best first, up to a limit."""
    left, notional, count = quantity, ZERO, 0
    for price, size in levels:
        beyond = limit is not None and (price > limit if buys else price < limit)
        if left <= 0 or beyond:
            break
        taken = min(left, size)
        left, notional, count = left - taken, notional + taken * price, count + 1
    return Met(quantity - left, notional, count)


def _fixed_price(order: SubmitOrder, middle: Decimal | None) -> Decimal | None:
    """The price that an order is reckoned at, where the book of now says nothing about its fills."""
    if order.kind in _WORKED:
        return order.limit or middle
    if order.kind is OrderKind.TRAILING and order.trail is not None and middle is not None:
        away = middle * order.trail / 100 if order.trail_percent else order.trail
        return middle + away if order.side is Side.BUY else max(middle - away, ZERO) or middle
    return order.limit or order.trigger if order.kind in _TRIGGERED else None


def _note(order: SubmitOrder) -> str:
    if order.kind in _WORKED:
        return "reckoned at its limit or the middle of the market; the desk works it over time"
    return "reckoned at the price that it waits for; the market of that moment decides"


def _told(
    order: SubmitOrder,
    listing: Listing,
    met: Met,
    *,
    rests: Decimal,
    unmet: Decimal,
    middle: Decimal | None,
    note: str,
) -> dict[str, Any]:
    waiting = rests * (order.limit or ZERO)
    notional, filled = met.notional + waiting, met.quantity + rests
    fee = met.notional * listing.taker_fee + waiting * listing.maker_fee
    sign = 1 if order.side is Side.BUY else -1
    taken = share(met.notional, part=ONE, of=met.quantity, step=_PRICE_STEP) if met.quantity else None
    slips = sign * (taken - middle) if taken is not None and middle is not None else None
    return {
        "price": plain(share(notional, part=ONE, of=filled, step=_PRICE_STEP) if filled else ZERO),
        "middle": None if middle is None else plain(middle),
        "notional": plain(notional),
        "fee": plain(fee),
        "fee_rate": plain(listing.taker_fee if met.quantity else listing.maker_fee),
        "total": plain(notional + sign * fee),
        "slippage": None if slips is None else plain(slips * met.quantity),
        "slippage_bps": None
        if slips is None or not middle
        else plain(share(slips, part=_BPS, of=middle, step=_BPS_STEP)),
        "taken": plain(met.quantity),
        "rests": plain(rests),
        "unmet": plain(unmet),
        "levels": met.levels,
        "note": note,
    }


def _balances(house: House, order: SubmitOrder, listing: Listing, estimate: Any) -> list[dict[str, str]]:
    """The two currencies of the order, now and when the estimate has come true."""
    free = {one.currency: one.available for one in house.components.capital.balances()}
    total = Decimal(estimate["total"]) if estimate else ZERO
    moved = order.quantity - Decimal(estimate["unmet"]) if estimate else ZERO
    sign = 1 if order.side is Side.BUY else -1
    changes = {listing.base: sign * moved, listing.quote: -sign * total}
    return [
        {
            "currency": currency,
            "available": plain(free.get(currency, ZERO)),
            "after": plain(free.get(currency, ZERO) + change),
        }
        for currency, change in changes.items()
    ]

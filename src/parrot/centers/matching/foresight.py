"""What the engine would say of an order, without asking it to take it."""

from __future__ import annotations

from typing import Final

from parrot.centers.matching.admission import refuse
from parrot.centers.matching.membership.fields import STAYING, STOPS, trails
from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.terms import Terms, shown
from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, Lifetime, NewOrder, Why
from parrot.engine.matching import Phase

_BIPS: Final = 10_000
_AUCTIONS: Final = (Lifetime.OPEN, Lifetime.CLOSE)


def foresee(ledger: Ledger, member: Member, terms: Terms, order: NewOrder, gives: Standing | None = None) -> None:
    """Raises Refused as the engine would; `gives` is an order that ends first, and frees what it locks."""
    core, market = ledger.core, terms.market
    phase = core.phase(terms.number)
    if not _enters(order, Phase(phase)):
        raise refuse(Why.CLOSED, f"{market.symbol} is {Phase(phase).name.lower()}", "another phase, or another order")
    if order.kind is Kind.MARKET and _for_auction(order, Phase(phase)):
        _look_at_reference(ledger, terms)
    last = (core.last(terms.number) or 0) * terms.price_scale
    if order.kind is Kind.MARKET and last * order.quantity // SCALE < market.min_notional and order.quantity and last:
        raise refuse(
            Why.NOTIONAL, f"{market.symbol}: too little at {shown(last)}", f"at least {shown(market.min_notional)}"
        )
    if order.kind in STOPS:
        _look_at_trigger(order, market.symbol, last)
    best = _best(ledger, terms, order)
    crosses = best and (order.limit >= best if order.side is Side.BUY else order.limit <= best)
    if order.post_only and crosses:
        raise refuse(
            Why.WOULD_TAKE, f"{market.symbol}: {shown(order.limit)} would take", "a price behind the other side"
        )
    money, needed = _needed(order, terms, best or last, last)
    free = ledger.balance(member, money)[0]
    if gives is not None and gives.symbol == terms.number and gives.order.side is order.side:
        free += _locked(gives, terms)
    if needed > free:
        raise refuse(
            Why.BALANCE, f"{market.symbol}: {shown(needed)} needed, {shown(free)} free", "a deposit, or a smaller order"
        )


def _for_auction(order: NewOrder, phase: Phase) -> bool:
    return order.lifetime in _AUCTIONS or (order.lifetime in STAYING and phase is Phase.OPENING)


def _enters(order: NewOrder, phase: Phase) -> bool:
    """Whether a phase takes such an order."""
    if phase in (Phase.CLOSED, Phase.HALTED):
        return False
    if order.lifetime is Lifetime.OPEN:
        return phase is Phase.OPENING
    if phase is Phase.CONTINUOUS or order.kind in STOPS or order.lifetime is Lifetime.CLOSE:
        return True
    if order.kind is Kind.MARKET:
        return phase is Phase.OPENING and order.lifetime in STAYING and not order.quote_quantity
    return order.lifetime in STAYING and not order.post_only


def _look_at_reference(ledger: Ledger, terms: Terms) -> None:
    """An order without a price takes part in an auction at the edge of the price band."""
    if not terms.desk or ledger.core.reference(terms.number) is None:
        raise refuse(Why.NO_PRICE, f"{terms.market.symbol} has no reference price", "an order with a limit")


def _look_at_trigger(order: NewOrder, symbol: str, last: int) -> None:
    if trails(order) and not last:
        raise refuse(Why.NO_PRICE, f"{symbol} has no last price", "a trade before it")
    if not (order.trigger and last):
        return
    above = (order.side is Side.BUY) == (order.kind in (Kind.STOP, Kind.STOP_LIMIT))
    if last >= order.trigger if above else last <= order.trigger:
        raise refuse(
            Why.WOULD_TRIGGER, f"{symbol}: trigger {shown(order.trigger)} at {shown(last)}", "one not reached yet"
        )


def _best(ledger: Ledger, terms: Terms, order: NewOrder) -> int:
    """The best price that it could take at, 0 for none."""
    levels = ledger.core.levels(terms.number, 1 if order.side is Side.BUY else 0)
    return int(levels[0][0]) * terms.price_scale if len(levels) else 0


def _needed(order: NewOrder, terms: Terms, price: int, last: int) -> tuple[int, int]:
    """Currency and amount that the order needs."""
    if order.side is Side.SELL:
        return terms.base, order.quantity
    if order.quote_quantity:
        return terms.quote, order.quote_quantity
    lock = order.limit or order.trigger or price
    if trails(order) and not order.limit:
        start = order.trigger or last
        lock = start + (order.trail or -(-start * order.trail_bips // _BIPS))
    return terms.quote, -(-lock // terms.price_scale) * (order.quantity // terms.quantity_scale) * terms.turnover


def _locked(standing: Standing, terms: Terms) -> int:
    """At least what an order that stands has locked."""
    left = standing.quantity - standing.filled - standing.prevented
    if standing.order.side is Side.SELL:
        return left
    price = standing.limit or standing.order.trigger
    return price // terms.price_scale * (left // terms.quantity_scale) * terms.turnover

"""What the engine would say of an order, without asking it to take it."""

from __future__ import annotations

from typing import Final

from parrot.centers.matching.admission import refuse
from parrot.centers.matching.membership.fields import STOPS, trails
from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.terms import Terms
from parrot.contracts.commands import Side
from parrot.contracts.exchange import Kind, NewOrder, Why
from parrot.engine.matching import Phase

_BIPS: Final = 10_000


def foresee(ledger: Ledger, member: Member, terms: Terms, order: NewOrder, gives: Standing | None = None) -> None:
    """Raises Refused as the engine would; `gives` is an order that ends first, and frees what it locks."""
    core, market = ledger.core, terms.market
    phase = core.phase(terms.number)
    if phase in (Phase.CLOSED, Phase.HALTED):
        raise refuse(Why.CLOSED, f"{market.symbol} is {Phase(phase).name.lower()}", "an open market")
    last = (core.last(terms.number) or 0) * terms.price_scale
    if order.kind in STOPS:
        _look_at_trigger(order, market.symbol, last)
    best = _best(ledger, terms, order)
    crosses = best and (order.limit >= best if order.side is Side.BUY else order.limit <= best)
    if order.post_only and crosses:
        raise refuse(Why.WOULD_TAKE, f"{market.symbol}: {order.limit} would take", "a price behind the other side")
    money, needed = _needed(order, terms, best or last, last)
    free = ledger.balance(member, money)[0]
    if gives is not None and gives.symbol == terms.number and gives.order.side is order.side:
        free += _locked(gives, terms)
    if needed > free:
        raise refuse(Why.BALANCE, f"{market.symbol}: {needed} needed, {free} free", "a deposit, or a smaller order")


def _look_at_trigger(order: NewOrder, symbol: str, last: int) -> None:
    if trails(order) and not last:
        raise refuse(Why.NO_PRICE, f"{symbol} has no last price", "a trade before it")
    if not (order.trigger and last):
        return
    above = (order.side is Side.BUY) == (order.kind in (Kind.STOP, Kind.STOP_LIMIT))
    if last >= order.trigger if above else last <= order.trigger:
        raise refuse(Why.WOULD_TRIGGER, f"{symbol}: trigger {order.trigger} at {last}", "one not reached yet")


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

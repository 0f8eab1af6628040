"""The rules on what orders add up to: positions, exposure, concentration, losses, money.

A rule here refuses what makes a number worse that is over its limit: an order that leaves it as it is may pass, so that
a limit that was lowered, or a market that moved, never blocks the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from parrot.centers.risk.book import NOTHING, ZERO, Claim, Node
from parrot.centers.risk.limits import Limit
from parrot.centers.risk.rules import NO_PRICE, Case, Found, Rule, at_most
from parrot.kernel.decimals import plain

Measure = Callable[[Case, Node, Claim], Decimal | None]


def _grown(case: Case, node: Node, measure: Measure, bound: Decimal) -> Found:
    after = measure(case, node, case.change)
    if after is None:
        return Found(False, NO_PRICE)
    if after <= bound:
        return Found(True, plain(after))
    before = measure(case, node, case.before)
    return Found(before is not None and after <= before, plain(after))


def _worst(case: Case, node: Node, change: Claim) -> Decimal:
    return node.shelf(case.symbol).worst(change, case.order.owner.strategy)


def _notional(case: Case, node: Node, change: Claim) -> Decimal | None:
    return None if case.value is None else _worst(case, node, change) * case.value


def _gross(case: Case, node: Node, change: Claim) -> Decimal | None:
    total = ZERO
    for symbol, shelf in node.shelves.items():
        worst = shelf.worst(change if symbol == case.symbol else NOTHING, case.order.owner.strategy)
        value = case.holdings.market.value(symbol) if worst else ZERO
        if value is None:
            return None
        total += worst * value
    return total


def _net(case: Case, node: Node, change: Claim) -> Decimal | None:
    longest = shortest = ZERO
    for symbol, shelf in node.shelves.items():
        added = change if symbol == case.symbol else NOTHING
        high, low = shelf.highest() + added.buys, shelf.lowest() - added.sells
        value = case.holdings.market.value(symbol) if high or low else ZERO
        if value is None:
            return None
        longest, shortest = longest + high * value, shortest + low * value
    return max(abs(longest), abs(shortest))


def _max_position(case: Case, node: Node, limit: Limit) -> Found:
    return _grown(case, node, _worst, limit.value)


def _max_gross(case: Case, node: Node, limit: Limit) -> Found:
    return _grown(case, node, _gross, limit.value)


def _max_net(case: Case, node: Node, limit: Limit) -> Found:
    return _grown(case, node, _net, limit.value)


def _concentration(case: Case, node: Node, limit: Limit) -> Found:
    return _share_of_equity(case, node, _notional, limit.value)


def _leverage(case: Case, node: Node, limit: Limit) -> Found:
    return _share_of_equity(case, node, _gross, limit.value)


def _share_of_equity(case: Case, node: Node, measure: Measure, fraction: Decimal) -> Found:
    equity = case.holdings.equity(case.order.owner.account)
    if equity is None:
        return Found(False, "equity unknown")
    found = _grown(case, node, measure, fraction * max(equity, ZERO))
    return Found(found.passed, f"{found.actual} of equity {plain(equity)}")


def _long_only(case: Case, node: Node, limit: Limit) -> Found:
    if not limit.value:
        return Found(True, "off")
    book = node.book(case.symbol, case.order.owner.strategy)
    low = book.position - book.sells - case.change.sells
    return Found(low >= 0 or not case.change.sells, plain(low))


def _loss(case: Case, node: Node, limit: Limit) -> Found:
    lost = case.losses(node, limit.rule)
    return Found(False, NO_PRICE) if lost is None else Found(lost < limit.value, plain(lost))


EXPOSURE_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "long_only": _long_only,
        "max_position": _max_position,
        "max_gross": _max_gross,
        "max_net": _max_net,
        "concentration": _concentration,
        "leverage": _leverage,
        "daily_loss": _loss,
        "drawdown": _loss,
    }
)


def funds(case: Case) -> Found:
    """A cash account pays with what is neither spent nor set aside: money for a buy with its fee, coins for a sell."""
    listing = case.holdings.market.listings[case.symbol]
    account = case.order.owner.account
    if case.order.buys:
        needed, currency = case.change.quote, listing.quote
    else:
        needed, currency = case.change.sells, listing.base
    free = case.holdings.available(account, currency)
    if needed <= 0:
        return Found(True, "nothing more")
    found = at_most(needed, free)
    return Found(found.passed, f"{found.actual} of {plain(free)} {currency}")

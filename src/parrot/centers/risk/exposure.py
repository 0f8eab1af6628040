"""The rules on what orders add up to: positions, exposure, concentration, losses, money.

A rule here refuses what makes a number worse that is over its limit: an order that leaves it as it is may pass, so that
a limit that was lowered, or a market that moved, never blocks the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from parrot.centers.risk.book import ZERO, Claim, Node
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


def _side(case: Case, node: Node, change: Claim) -> Decimal:
    """How far the positions in the order's symbol can go to the order's own side: the other one it cannot grow."""
    shelf, strategy = node.shelf(case.symbol), case.order.owner.strategy
    return shelf.longest(change.buys, strategy) if case.order.buys else shelf.shortest(change.sells, strategy)


def _net_side(case: Case, node: Node, change: Claim) -> Decimal:
    """The same for what all strategies add up to."""
    shelf = node.shelf(case.symbol)
    return shelf.highest() + change.buys if case.order.buys else change.sells - shelf.lowest()


def _notional(case: Case, node: Node, change: Claim) -> Decimal | None:
    return None if case.value is None else _side(case, node, change) * case.value


def _gross(case: Case, node: Node, change: Claim) -> Decimal | None:
    total = _notional(case, node, change)
    for symbol, shelf in node.shelves.items():
        worst = shelf.worst() if symbol != case.symbol else ZERO
        value = case.holdings.market.value(symbol) if worst else ZERO
        if value is None or total is None:
            return None
        total += worst * value
    return total


def _net(case: Case, node: Node, change: Claim) -> Decimal | None:
    """What positions add up to, with signs, when all orders of the order's side fill and no others do."""
    buys = case.order.buys
    own, net = change.buys if buys else change.sells, ZERO
    for symbol, shelf in node.shelves.items():
        reached = shelf.highest() if buys else -shelf.lowest()
        added = own if symbol == case.symbol else ZERO
        value = case.holdings.market.value(symbol) if reached or added else ZERO
        if value is None:
            return None
        net += (reached + added) * value
    return net


def _max_position(case: Case, node: Node, limit: Limit) -> Found:
    found = _grown(case, node, _side, limit.value)
    # Above a lowered limit an order that closes its own strategy's book may still move the net position further away.
    return found if not found.passed else _grown(case, node, _net_side, limit.value)._replace(actual=found.actual)


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
    return Found(low >= 0 or case.change.sells <= case.before.sells, plain(low))


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
    own = case.change.less(case.before)  # of an order that has not left all of it, of a change what it adds
    held = case.holdings.available(case.order.owner, listing.quote if case.order.buys else listing.base)
    if case.order.buys:
        needed, free, currency = own.quote, held - case.before.quote, listing.quote
    else:
        needed, free, currency = own.sells, held - case.before.sells, listing.base
    if needed <= 0:
        return Found(True, "nothing more")
    found = at_most(needed, free)
    return Found(found.passed, f"{found.actual} of {plain(free)} {currency}")

"""What an order must be before the engine sees it: the filters of a symbol, in the order of the venue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from parrot.centers.matching.membership.fields import LIMITS, STAYING, STOPS, trails
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.terms import Terms, shown
from parrot.contracts.commands import Side
from parrot.contracts.exchange import (
    SCALE,
    Kind,
    Lifetime,
    ListForm,
    NewOrder,
    NewOrderList,
    PublicMarket,
    SelfTrade,
    Why,
)
from parrot.engine.matching import Reason
from parrot.kernel.errors import Refused

_UNITS_MAX: Final = (1 << 63) - 1
_ID_LONGEST: Final = 128
_WHY: Final = {
    Reason.MARKET_CLOSED: Why.CLOSED,
    Reason.MARKET_HALTED: Why.CLOSED,
    Reason.WRONG_PHASE: Why.CLOSED,
    Reason.PRICE_TICK: Why.PRICE_FILTER,
    Reason.PRICE_RANGE: Why.PRICE_FILTER,
    Reason.QUANTITY_LOT: Why.LOT_SIZE,
    Reason.QUANTITY_RANGE: Why.LOT_SIZE,
    Reason.NOTIONAL: Why.NOTIONAL,
    Reason.AMOUNT: Why.BALANCE,
    Reason.INSUFFICIENT_BALANCE: Why.BALANCE,
    Reason.WOULD_TAKE: Why.WOULD_TAKE,
    Reason.WOULD_TRIGGER: Why.WOULD_TRIGGER,
    Reason.NO_REFERENCE: Why.NO_PRICE,
    Reason.UNKNOWN_ORDER: Why.UNKNOWN_ORDER,
    Reason.INVALID_QUANTITY: Why.AMEND,
    Reason.LISTED: Why.LIST,
    Reason.INVALID_LIST: Why.LIST,
    Reason.LIST_MEMBER: Why.LIST,
}


def refuse(why: Why, problem: str, expected: str = "") -> Refused:
    """A refusal with its reason."""
    return Refused(problem, reason=why, expected=expected)


def why_of(code: int) -> Why:
    """The reason of a refusal of the engine."""
    return _WHY.get(Reason(code), Why.COMBINATION)


class Admission:
    """Checks of one exchange.

    `average` is asked for a symbol's average price, `balance` for free and locked of a currency.
    """

    def __init__(self, average: Callable[[int], int], balance: Callable[[Member, int], tuple[int, int]]) -> None:
        self._average = average
        self._balance = balance

    def check(self, member: Member, terms: Terms, order: NewOrder, *, gives: Standing | None = None) -> None:
        """Raises Refused for the first filter that does not let the order pass; `gives` is one that ends for it."""
        _check_shape(order)
        market = terms.market
        for price in (order.limit, order.trigger):
            check_price(market, price)
        if order.trail and order.trail % market.tick:
            problem = f"{market.symbol}: trail {shown(order.trail)}"
            raise refuse(Why.PRICE_FILTER, problem, f"a multiple of {shown(market.tick)}")
        if not order.quote_quantity:
            _check_lots(terms, order)
        self._check_notional(terms, order)
        if order.limit:
            self.check_band(terms, order.limit)
        _check_counts(member, terms, order, gives)
        if order.display and -(-order.quantity // order.display) > market.max_iceberg_parts:
            problem = f"{market.symbol}: an iceberg that shows {shown(order.display)}"
            raise refuse(Why.ICEBERG_PARTS, problem, f"at most {market.max_iceberg_parts} parts")
        bips = order.trail_bips
        if bips and not market.min_trailing_bips <= bips <= market.max_trailing_bips:
            expected = f"{market.min_trailing_bips} to {market.max_trailing_bips} basis points"
            raise refuse(Why.TRAILING_DELTA, f"{market.symbol}: trails by {bips}", expected)
        if order.side is Side.BUY:
            self.check_position(member, terms, order.quantity or self._bought(terms, order), gives=gives)
        _check_name(member, order, gives)

    def check_list(self, member: Member, orders: NewOrderList, of: Callable[[str], Terms]) -> Terms:
        """Raises Refused for orders that form no list, or of which one may not be; returns the terms of the symbol."""
        found = orders.orders
        if len(found) != (3 if orders.form is ListForm.OTOCO else 2):
            raise refuse(Why.LIST, f"{len(found)} orders as {orders.form.value}", "two, of an OTOCO three")
        terms = of(found[0].symbol)
        first, pair = found[0], found if orders.form is ListForm.OCO else found[1:]
        names = [order.client_id for order in found if order.client_id]
        right = (
            all(order.symbol == first.symbol for order in found),
            len(names) == len(set(names)),
            orders.form is ListForm.OCO or (first.kind in (Kind.LIMIT, Kind.MARKET) and not first.quote_quantity),
            orders.form is ListForm.OTO or _form_pair(*pair),
            not any(order.quote_quantity for order in found),
        )
        if not all(right):
            raise refuse(
                Why.LIST,
                f"{first.symbol}: orders that form no {orders.form.value}",
                "what the page on the simulated exchange says of lists",
            )
        for order in found:
            self.check(member, terms, order)
        if orders.form is not ListForm.OCO:
            self._check_after(member, terms, found)
        if len(orders.client_id) > _ID_LONGEST or not orders.client_id.isascii():
            raise refuse(Why.COMBINATION, "the name of a list", f"at most {_ID_LONGEST} ASCII characters")
        still = [group for group in member.lists.values() if not group.done]
        if orders.client_id and any(group.client_id == orders.client_id for group in still):
            raise refuse(Why.DUPLICATE_ID, f"client id {orders.client_id} is of an open list", "another one")
        if len(still) >= terms.market.max_lists > 0:
            raise refuse(Why.MAX_LISTS, f"{first.symbol}: too many open lists", f"{terms.market.max_lists} at most")
        return terms

    def check_position(self, member: Member, terms: Terms, quantity: int, *, gives: Standing | None = None) -> None:
        """Raises Refused where a buy could make an account hold too much; `gives` is an order that ends for it."""
        market = terms.market
        if not market.max_position:
            return
        standing = member.open.get(terms.number, {}).values()
        buys = [other for other in standing if other.order.side is Side.BUY and other is not gives]
        open_buys = sum(max(other.quantity - other.filled - other.prevented, 0) for other in buys)
        could = sum(self._balance(member, terms.base)) + open_buys + quantity
        if could > market.max_position:
            problem = f"{market.symbol}: the account could come to hold {shown(could)}"
            raise refuse(Why.MAX_POSITION, problem, f"at most {shown(market.max_position)}")

    def _check_after(self, member: Member, terms: Terms, orders: Sequence[NewOrder]) -> None:
        """Buys of a list that come after another one."""
        first, *others = orders
        if first.side is Side.BUY:
            for order in others:
                if order.side is Side.BUY:
                    self.check_position(member, terms, first.quantity + order.quantity)

    def _bought(self, terms: Terms, order: NewOrder) -> int:
        """About what an order by amount buys."""
        average = self._average(terms.number)
        return order.quote_quantity * SCALE // average if average else 0

    def _check_notional(self, terms: Terms, order: NewOrder) -> None:
        market = terms.market
        if order.quote_quantity:
            notional = order.quote_quantity
        else:
            price = order.limit or order.trigger or self._average(terms.number)
            if not price:
                return
            notional = price * order.quantity // SCALE
        if notional < market.min_notional or notional > market.max_notional > 0:
            expected = f"{shown(market.min_notional)} to {shown(market.max_notional)} {market.quote}"
            raise refuse(Why.NOTIONAL, f"{market.symbol}: worth {shown(notional)}", expected)

    def check_band(self, terms: Terms, limit: int) -> None:
        """Raises Refused for a price too far from the average."""
        average, market = self._average(terms.number), terms.market
        if average and not average * market.band_down <= limit * SCALE <= average * market.band_up:
            problem = f"{market.symbol}: price {shown(limit)} is too far from {shown(average)}"
            low, high = (average * share // SCALE for share in (market.band_down, market.band_up))
            raise refuse(Why.PERCENT_PRICE, problem, f"{shown(low)} to {shown(high)}")


def _form_pair(one: NewOrder, other: NewOrder) -> bool:
    """Whether two orders may cancel each other: the engine shrinks one by what the other trades."""
    return (
        one.side is other.side
        and one.quantity == other.quantity
        and all(
            order.kind is not Kind.MARKET and order.lifetime in STAYING and not order.display for order in (one, other)
        )
        and not any(trails(order) and order.trigger for order in (one, other))
    )


def _check_name(member: Member, order: NewOrder, gives: Standing | None) -> None:
    if order.client_id and member.uses(order.client_id, gives):
        raise refuse(Why.DUPLICATE_ID, f"client id {order.client_id} is of an open order", "another one")


def _check_shape(order: NewOrder) -> None:
    """Which fields go together."""
    numbers = (
        order.quantity,
        order.quote_quantity,
        order.limit,
        order.trigger,
        order.display,
        order.trail,
        order.trail_bips,
        order.strategy_id,
        order.strategy_type,
        order.flags,
    )
    name = order.client_id
    right = min(numbers) >= 0 and max(numbers) <= _UNITS_MAX and len(name) <= _ID_LONGEST and name.isascii()
    if not (right and _fits(order) and (_stops(order) if order.kind in STOPS else _enters(order))):
        raise refuse(Why.COMBINATION, f"a {order.kind.value} order with fields that do not go together")


def _fits(order: NewOrder) -> bool:
    stays, plain = order.lifetime in STAYING, order.kind is Kind.LIMIT
    return (
        (order.quantity > 0) != (order.quote_quantity > 0)
        and (order.limit > 0) == (order.kind in LIMITS)
        and (not order.post_only or (plain and stays))
        and (not order.display or (plain and stays and order.display <= order.quantity))
    )


def _enters(order: NewOrder) -> bool:
    """Of orders that do not wait."""
    if order.trigger or trails(order):
        return False
    by_amount = order.kind is Kind.MARKET and order.lifetime is not Lifetime.FOK
    return not order.quote_quantity or (by_amount and order.self_trade is not SelfTrade.DECREMENT)


def _stops(order: NewOrder) -> bool:
    """Of stops and touches."""
    lives = order.lifetime in STAYING or (order.lifetime is Lifetime.IOC and order.limit > 0)
    trailing = (order.trail_bips > 0) + (order.trail > 0)
    return lives and not order.quote_quantity and trailing <= 1 and (order.trigger > 0 or trailing == 1)


def _check_lots(terms: Terms, order: NewOrder) -> None:
    market = terms.market
    for quantity in (order.quantity, order.display):
        check_quantity(market, quantity)
    if order.kind is Kind.MARKET and order.quantity > market.market_max_quantity > 0:
        problem = f"{market.symbol}: quantity {shown(order.quantity)} of a market order"
        raise refuse(Why.MARKET_LOT_SIZE, problem, f"at most {shown(market.market_max_quantity)}")


def check_price(market: PublicMarket, price: int) -> None:
    """Raises Refused for a price that the symbol does not have; 0 is none."""
    if price and (price % market.tick or not market.min_price <= price <= market.max_price):
        expected = f"{shown(market.min_price)} to {shown(market.max_price)}, in steps of {shown(market.tick)}"
        raise refuse(Why.PRICE_FILTER, f"{market.symbol}: price {shown(price)}", expected)


def check_quantity(market: PublicMarket, quantity: int) -> None:
    """Raises Refused for a quantity that the symbol does not have; 0 is none."""
    if quantity and (quantity % market.step or not market.min_quantity <= quantity <= market.max_quantity):
        expected = f"{shown(market.min_quantity)} to {shown(market.max_quantity)}, in steps of {shown(market.step)}"
        raise refuse(Why.LOT_SIZE, f"{market.symbol}: quantity {shown(quantity)}", expected)


def _check_counts(member: Member, terms: Terms, order: NewOrder, gives: Standing | None) -> None:
    if order.kind is Kind.MARKET or order.lifetime in (Lifetime.IOC, Lifetime.FOK):
        return
    market, standing = terms.market, member.open.get(terms.number, {})
    if gives is not None:
        standing = {number: other for number, other in standing.items() if other is not gives}
    if market.max_orders and len(standing) >= market.max_orders:
        raise refuse(Why.MAX_ORDERS, f"{market.symbol}: {len(standing)} open orders", f"{market.max_orders} at most")
    if order.kind in STOPS and market.max_stops:
        stops = sum(other.order.kind in STOPS and not other.triggered for other in standing.values())
        if stops >= market.max_stops:
            raise refuse(Why.MAX_STOPS, f"{market.symbol}: {stops} open stops", f"{market.max_stops} at most")
    if order.display and market.max_icebergs:
        icebergs = sum(other.order.display > 0 for other in standing.values())
        if icebergs >= market.max_icebergs:
            raise refuse(Why.MAX_ICEBERGS, f"{market.symbol}: {icebergs} icebergs", f"{market.max_icebergs} at most")

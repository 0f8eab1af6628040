"""Orders: sending, replacing, cancelling, looking up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from parrot.contracts.exchange import Kind, NewOrder, OrderState, Why
from parrot.gateway.alpaca_api import asking, names
from parrot.gateway.alpaca_api.asking import word
from parrot.gateway.alpaca_api.problems import Problem, forbidden, invalid, missing, not_found, told
from parrot.gateway.alpaca_api.stocks import Stocks
from parrot.gateway.alpaca_api.telling import in_order
from parrot.gateway.alpaca_api.values import product, read_moment, text, truth, whole
from parrot.kernel.errors import Refused

_CLASSES: Final = ("simple", "bracket", "oco", "oto", "mleg")
_LIMIT: Final = 50
_LIMIT_MAX: Final = 500
_WINDOW: Final = 1_000  # orders that are looked at first, then as many times more
_ALL: Final = _WINDOW**4

Query = Mapping[str, str]
Json = dict[str, Any]


class Trading:
    """What the paths below /v2/orders do."""

    def __init__(self, stocks: Stocks) -> None:
        self._stocks = stocks
        self._exchange = stocks.exchange

    # -- sending -------------------------------------------------------------------------------------------------------

    def submit(self, account: str, fields: Json) -> Json:
        """POST /v2/orders."""
        symbol = self._stocks.tradable(fields.get("symbol"))
        form = word(fields, "order_class", ("", *_CLASSES), "simple")
        if form == "mleg":
            raise invalid("multi-leg orders are for options, which are not traded here")
        if form != "simple":
            return self._submit_list(account, fields, symbol, form)
        for name in ("take_profit", "stop_loss"):
            if fields.get(name) is not None:
                raise invalid(f"simple orders must not have {name.replace('_', ' ')}")
        return self.place(account, asking.single(fields, symbol))

    def place(self, account: str, order: NewOrder) -> Json:
        """Sends one order and tells of it; raises Problem."""
        self._in_time(order)
        self._not_with_oneself(account, order)
        try:
            state = self._exchange.submit(account, order)
        except Refused as fault:
            raise self._refused(account, order, fault) from None
        self._stocks.index.note(state)
        return self._stocks.teller.order(state, self._stocks.now)

    def _submit_list(self, account: str, fields: Json, symbol: str, form: str) -> Json:
        wanted = asking.listed(fields, symbol, form)
        for order in wanted.orders:
            if order.client_id:
                self._not_with_oneself(account, order)
        try:
            found = self._exchange.submit_list(account, wanted)
        except Refused as fault:
            if fault.reason == Why.CLOSED:
                raise invalid(f"{form} orders are accepted during market hours only") from None
            raise self._refused(account, wanted.orders[0], fault) from None
        for state in found.orders:
            self._stocks.index.note(state)
        return self._stocks.teller.group(found, self._stocks.now)

    def _in_time(self, order: NewOrder) -> None:
        days, now = self._stocks.days, self._stocks.now
        if order.lifetime == "open" and not days.takes_for_open(now):
            raise invalid("opg orders are accepted from 7:00pm to 9:28am Eastern time only")
        if order.lifetime == "close" and not days.takes_for_close(now):
            raise invalid("cls orders are accepted from 7:00pm to 3:50pm Eastern time only")
        if days.is_open(now):
            return
        if order.quote_quantity:
            raise invalid("notional orders are accepted during market hours only")
        if order.lifetime in ("ioc", "fok"):
            raise invalid(f"{order.lifetime} orders are accepted during market hours only")

    def _not_with_oneself(self, account: str, order: NewOrder) -> None:
        for other in self._stocks.open_orders(account, order.symbol):
            against = other.order
            if against.side is order.side or against.kind not in (Kind.LIMIT, Kind.MARKET) or not other.working_since:
                continue
            if order.kind not in (Kind.LIMIT, Kind.MARKET):
                continue
            if _crosses(order, other):
                raise forbidden(
                    "potential wash trade detected. use complex orders",
                    existing_order_id=names.order_id(other.order_id),
                    reject_reason=f"opposite side {asking.type_of(against)} order exists",
                )

    def _refused(self, account: str, order: NewOrder, fault: Refused) -> Problem:
        if fault.reason == Why.CLOSED and order.lifetime not in ("open", "close"):
            return invalid(f"{asking.type_of(order)} orders are accepted during market hours only")
        if fault.reason not in (Why.BALANCE, Why.NOTIONAL):
            return told(fault)
        if fault.reason == Why.BALANCE and order.side == "sell":
            return self._too_few(account, order)
        power, most = self._stocks.cash(account).free, self._stocks.markets[order.symbol].max_notional
        price = order.limit or order.trigger or self._stocks.last_price(order.symbol)
        cost = order.quote_quantity or product(price, order.quantity)
        if fault.reason == Why.NOTIONAL and (order.side == "sell" or cost <= power):
            return (
                forbidden(f"cost basis must be <= maximal amount of order {text(most)}") if cost > most else told(fault)
            )
        return forbidden("insufficient buying power", buying_power=text(power), cost_basis=text(cost))

    def _too_few(self, account: str, order: NewOrder) -> Problem:
        held = self._stocks.shares(account, order.symbol)
        if held.free + held.locked == 0:
            return forbidden("account is not allowed to short")
        wanted = text(order.quantity)
        return forbidden(
            f"insufficient qty available for order (requested: {wanted}, available: {text(held.free)})",
            available=text(held.free),
            existing_qty=text(held.free + held.locked),
            held_for_orders=text(held.locked),
            symbol=order.symbol,
        )

    # -- replacing and cancelling --------------------------------------------------------------------------------------

    def replace(self, account: str, given: str, fields: Json) -> Json:
        """PATCH /v2/orders/{id}: a new order that takes the place of the old one."""
        state = self._stocks.order(account, given)
        self._must_be_open(state)
        if state.list_id >= 0:
            raise invalid("an order of a bracket, oco or oto cannot be replaced: cancel it and send another")
        order = asking.successor(state, fields)
        try:
            found = self._exchange.replace(account, state.order_id, order)
        except Refused as fault:
            raise self._refused(account, order, fault) from None
        self._stocks.index.note(found)
        return self._stocks.teller.order(found, self._stocks.now)

    def cancel(self, account: str, given: str) -> None:
        """DELETE /v2/orders/{id}."""
        state = self._stocks.order(account, given)
        self._must_be_open(state)
        try:
            self._exchange.cancel(account, state.order_id)
        except Refused as fault:
            raise told(fault) from None

    def _must_be_open(self, state: OrderState) -> None:
        if not state.open:
            word = self._stocks.teller.order(state, self._stocks.now)["status"]
            raise invalid(f'order is already in "{word}" state')

    def cancel_all(self, account: str, symbol: str = "") -> list[Json]:
        """DELETE /v2/orders: what became of every open order."""
        found: list[Json] = []
        for state in self._stocks.open_orders(account, symbol):
            status = 200
            try:
                self._exchange.cancel(account, state.order_id)
            except Refused as fault:
                status = 200 if fault.reason == Why.NOT_OPEN else 500  # its list ended it just now
            found.append({"id": names.order_id(state.order_id), "status": status})
        return found

    # -- looking up ----------------------------------------------------------------------------------------------------

    def one(self, account: str, given: str, query: Query) -> Json:
        """GET /v2/orders/{id}."""
        state = self._stocks.order(account, given)
        return self._shown(state, nested=truth(query.get("nested"), "nested", default=True))

    def named(self, account: str, query: Query) -> Json:
        """GET /v2/orders:by_client_order_id."""
        name = query.get("client_order_id", "")
        if not name:
            raise missing("client_order_id is required")
        try:
            state = self._exchange.order_named(account, name)
        except Refused:
            state = None
        if state is None and names.canonical(name):
            state = self._stocks.order(account, name)  # an order without a name has its uuid for one
        if state is None or state.order.symbol not in self._stocks.markets:
            raise not_found(f"order not found for {name[:128]}")
        return self._shown(state, nested=True)

    def _shown(self, state: OrderState, *, nested: bool) -> Json:
        group = self._stocks.group(state)
        if group is None:
            return self._stocks.teller.order(state, self._stocks.now)
        if nested and in_order(group)[0].order_id == state.order_id:
            return self._stocks.teller.group(group, self._stocks.now)
        return self._stocks.teller.order(state, self._stocks.now, group.form)

    def many(self, account: str, query: Query) -> list[Json]:
        """GET /v2/orders."""
        limit = whole(query.get("limit"), "limit", default=_LIMIT, most=_LIMIT_MAX)
        nested = truth(query.get("nested"), "nested")
        upwards = word(query, "direction", ("asc", "desc"), "desc") == "asc"
        wanted, only_open = _wanted(query), (query.get("status") or "open") == "open"
        window = _ALL if upwards else _WINDOW
        while True:
            known = self._stocks.open_orders(account) if only_open else self._stocks.orders(account, newest=window)
            found = [state for state in known if wanted(state)]
            shown = self._told(found if upwards else found[::-1], limit, nested=nested)
            if only_open or len(shown) == limit or window >= _ALL:
                return shown
            window *= _WINDOW

    def _told(self, found: Sequence[OrderState], limit: int, *, nested: bool) -> list[Json]:
        shown: list[Json] = []
        for state in found:
            group = self._stocks.group(state) if nested else None
            if group is not None and in_order(group)[0].order_id != state.order_id:
                continue
            shown.append(self._shown(state, nested=nested))
            if len(shown) == limit:
                break
        return shown


def _wanted(query: Query) -> Callable[[OrderState], bool]:
    """Which orders a query asks for; raises Problem."""
    status = word(query, "status", ("open", "closed", "all"), "open")
    after = read_moment(query["after"], "after") if query.get("after") else 0
    until = read_moment(query["until"], "until") if query.get("until") else 0
    side = word(query, "side", ("", "buy", "sell"), "")
    symbols = {name for name in query.get("symbols", "").upper().split(",") if name}

    def wanted(state: OrderState) -> bool:
        return (
            (status != "closed" or not state.open)
            and (not after or state.created > after)
            and (not until or state.created < until)
            and (not side or state.order.side == side)
            and (not symbols or state.order.symbol in symbols)
        )

    return wanted


def _crosses(order: NewOrder, other: OrderState) -> bool:
    against = other.limit or other.order.limit
    if order.kind is Kind.MARKET or not against or other.order.kind is Kind.MARKET:
        return True
    return order.limit >= against if order.side == "buy" else order.limit <= against

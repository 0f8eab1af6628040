"""Order entry: D, F, G, H, mass status and mass cancel; every change of the account's orders is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from parrot.contracts.exchange import (
    AccountEvent,
    Change,
    MarketEvent,
    NewOrder,
    OrderChanged,
    OrderState,
    PublicMarket,
    Why,
)
from parrot.gateway.fix import reports, requests, tags
from parrot.gateway.fix.messages import FieldError, Incoming
from parrot.gateway.fix.moments import moment
from parrot.gateway.fix.quotes import Quotes
from parrot.gateway.fix.session import BusinessError, Session
from parrot.kernel.errors import InputError, ParrotError, Refused, StorageError
from parrot.ports.exchange import Credential, KeyRing, PublicExchange

_NONE: Final = "NONE"
_ALL: Final = "7"
_OF_SYMBOL: Final = "1"
_UNSUPPORTED_TYPE: Final = 3
_NOT_AVAILABLE: Final = 4


class Trading:
    """The orders of one session's account, by the client's own names."""

    def __init__(self, exchange: PublicExchange, keys: KeyRing, session: Session) -> None:
        self._exchange = exchange
        self._keys = keys
        self._session = session
        self._account = session.key.account
        self._key = ""
        self._cancel_on_disconnect = False
        self._placed: set[int] = set()  # open orders of this connection
        self._asked = ("", "")  # name and earlier name of the request that the exchange works on
        self._markets: dict[str, PublicMarket] = {}
        self.quotes = Quotes(exchange, session.send)
        self._handlers: dict[str, Callable[[Incoming], None]] = {
            tags.NEW_ORDER: self._new,
            tags.CANCEL: self._cancel,
            tags.REPLACE: self._replace,
            tags.STATUS: self._status,
            tags.MASS_STATUS: self._mass_status,
            tags.MASS_CANCEL: self._mass_cancel,
            tags.MARKET_DATA: self.quotes.request,
        }

    # -- the session's side --------------------------------------------------------------------------------------------

    def admit(self, credential: Credential, *, cancel_on_disconnect: bool) -> None:
        """Whose logon it was."""
        self._key = credential.key
        self._cancel_on_disconnect = cancel_on_disconnect

    def handle(self, message: Incoming) -> None:
        """An application message in its turn. Raises FieldError, BusinessError."""
        handler = self._handlers.get(message.type)
        if handler is None:
            raise BusinessError(_UNSUPPORTED_TYPE, "this type of message is not supported")
        try:
            handler(message)
        except StorageError:
            raise
        except ParrotError as fault:
            raise BusinessError(_NOT_AVAILABLE, str(fault)) from fault

    def left(self) -> None:
        """The connection is gone: subscriptions end, orders only where the client wanted that."""
        self.quotes.clear()
        placed, self._placed = sorted(self._placed), set()
        if self._cancel_on_disconnect:
            self._cancel_each(placed)

    def hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        """What happened in the market."""
        self.quotes.hear(events)

    def told(self, event: OrderChanged) -> None:
        """Reports a change of an order, whoever asked for it."""
        order = event.order
        if not order.open:
            self._placed.discard(order.order_id)
        row = reports.changed(event, names=self._names(event), number=self._session.store.outgoing)
        self._session.send(tags.EXECUTION, row)

    def _names(self, event: OrderChanged) -> tuple[str, str]:
        """The name that a report goes by, and the one before it."""
        order = event.order
        if not event.request_id or event.change not in (Change.CANCELED, Change.REPLACED):
            return order.client_id, ""
        name, earlier = self._asked
        if event.request_id != name:
            earlier = order.client_id if order.client_id != event.request_id else order.order.client_id
        return event.request_id, earlier

    # -- D -------------------------------------------------------------------------------------------------------------

    def _new(self, message: Incoming) -> None:
        name = message.name(tags.CL_ORD_ID)
        known = self._named(name)
        if known is not None and (message.flag(tags.POSS_DUP) or message.flag(tags.POSS_RESEND)):
            self._report(known, name)
            return
        try:
            order = requests.new_order(message, self._market(message.name(tags.SYMBOL)))
        except requests.Unsupported as fault:
            self._refuse(message, requests.UNSUPPORTED, str(fault))
            return
        if known is not None:
            self._refuse(message, requests.DUPLICATE, "there was an order of this ClOrdID (11) already")
        elif not self._may_trade():
            self._refuse(message, requests.OTHER, "this key may not trade")
        else:
            self._submit(message, order)

    def _submit(self, message: Incoming, order: NewOrder) -> None:
        try:
            state = self._exchange.submit(self._account, order)
        except Refused as refusal:
            self._refuse(message, requests.order_reason(refusal.reason), str(refusal))
        except InputError as fault:
            self._refuse(message, requests.OTHER, str(fault))
        else:
            if state.open:
                self._placed.add(state.order_id)

    def _refuse(self, message: Incoming, reason: int, text: str) -> None:
        row: reports.Row = [
            (tags.ORDER_ID, _NONE),
            (tags.CL_ORD_ID, message.name(tags.CL_ORD_ID)),
            (tags.EXEC_ID, f"R{self._session.now}-{self._session.store.outgoing}"),
            (tags.EXEC_TYPE, reports.REJECTED),
            (tags.ORD_STATUS, reports.REJECTED),
            (tags.ORD_REASON, reason),
            *((tag, message.find(tag) or None) for tag in _ECHOED),
            (tags.LEAVES_QTY, 0),
            (tags.CUM_QTY, 0),
            (tags.AVG_PX, 0),
            (tags.TRANSACT_TIME, moment(self._session.now)),
            (tags.TEXT, text),
        ]
        self._session.send(tags.EXECUTION, row)

    # -- F and G -------------------------------------------------------------------------------------------------------

    def _cancel(self, message: Incoming) -> None:
        self._change(message, "1", lambda order, name: self._exchange.cancel(self._account, order.order_id, name))

    def _replace(self, message: Incoming) -> None:
        kind = message.need(tags.ORD_TYPE)
        quantity = message.amount(tags.ORDER_QTY)
        limit = message.amount(tags.PRICE) if message.find(tags.PRICE).strip("0.") else 0
        trigger = message.amount(tags.STOP_PX) if message.find(tags.STOP_PX).strip("0.") else 0

        def amend(order: OrderState, name: str) -> None:
            if kind != reports.KINDS[order.order.kind]:
                raise Refused("the type of an order cannot be changed", reason=Why.AMEND)
            if not self._may_trade():
                raise Refused("this key may not trade", reason=Why.AMEND)
            self._exchange.amend(
                self._account,
                order.order_id,
                quantity=quantity if quantity != order.quantity else 0,
                limit=limit if limit != order.limit else 0,
                trigger=trigger if trigger != order.order.trigger else 0,
                request_id=name,
            )

        self._change(message, "2", amend)

    def _change(self, message: Incoming, response_to: str, act: Callable[[OrderState, str], object]) -> None:
        """A cancel ("1") or replace ("2") of the order that OrigClOrdID names; what fails is a cancel reject (9)."""
        name, earlier = message.name(tags.CL_ORD_ID), message.name(tags.ORIG_CL_ORD_ID)
        symbol, side = message.name(tags.SYMBOL), message.need(tags.SIDE)
        order = self._named(earlier)
        try:
            if order is None:
                raise Refused("there is no order of this OrigClOrdID (41)", reason=Why.UNKNOWN_ORDER)
            if symbol != order.order.symbol or side != reports.SIDES[order.order.side]:
                raise Refused("symbol or side is not the order's", reason=Why.UNKNOWN_ORDER)
            self._asked = (name, earlier)
            act(order, name)
        except InputError as fault:
            reason = fault.reason if isinstance(fault, Refused) else ""
            self._refuse_change(order, (name, earlier), response_to, (requests.cancel_reason(reason), str(fault)))
        finally:
            self._asked = ("", "")

    def _refuse_change(
        self, order: OrderState | None, names: tuple[str, str], response_to: str, why: tuple[int, str]
    ) -> None:
        row: reports.Row = [
            (tags.ORDER_ID, order.order_id if order is not None else _NONE),
            (tags.CL_ORD_ID, names[0]),
            (tags.ORIG_CL_ORD_ID, names[1]),
            (tags.ORD_STATUS, reports.status(order) if order is not None else reports.REJECTED),
            (tags.TRANSACT_TIME, moment(self._session.now)),
            (tags.CXL_RESPONSE_TO, response_to),
            (tags.CXL_REASON, why[0]),
            (tags.TEXT, why[1]),
        ]
        self._session.send(tags.CANCEL_REJECT, row)

    # -- questions, and all orders at once -----------------------------------------------------------------------------

    def _status(self, message: Incoming) -> None:
        name = message.name(tags.CL_ORD_ID)
        message.name(tags.SYMBOL)
        order = self._named(name)
        if order is None:
            self._unknown(message, name)
        else:
            self._report(order, name, [(tags.ORD_STATUS_REQ_ID, message.find(tags.ORD_STATUS_REQ_ID) or None)])

    def _unknown(self, message: Incoming, name: str) -> None:
        row: reports.Row = [
            (tags.ORDER_ID, message.find(tags.ORDER_ID) or _NONE),
            (tags.CL_ORD_ID, name),
            (tags.ORD_STATUS_REQ_ID, message.find(tags.ORD_STATUS_REQ_ID) or None),
            (tags.SYMBOL, message.find(tags.SYMBOL)),
            (tags.SIDE, message.need(tags.SIDE)),
            (tags.ORD_STATUS, reports.REJECTED),
            (tags.ORD_REASON, requests.order_reason(Why.UNKNOWN_ORDER)),
            (tags.LEAVES_QTY, 0),
            (tags.CUM_QTY, 0),
            (tags.AVG_PX, 0),
            (tags.TEXT, "there is no order of this ClOrdID (11)"),
        ]
        self._session.send(tags.EXECUTION, [*row, *self._status_ids()])

    def _status_ids(self) -> reports.Row:
        return [
            (tags.EXEC_TYPE, reports.STATUS_REPORT),
            (tags.EXEC_ID, f"S{self._session.now}-{self._session.store.outgoing}"),
        ]

    def _report(self, order: OrderState, name: str, more: reports.Row | None = None) -> None:
        row = reports.standing(order, name=name, now=order.updated)
        self._session.send(tags.EXECUTION, [*row, *self._status_ids(), *(more or [])])

    def _mass_status(self, message: Incoming) -> None:
        request = message.name(tags.MASS_STATUS_ID)
        orders = self._chosen(message, tags.MASS_STATUS_TYPE)
        for number, order in enumerate(orders, 1):
            counted: reports.Row = [
                (tags.MASS_STATUS_ID, request),
                (tags.TOTAL_REPORTS, len(orders)),
                (tags.LAST_REPORT, "Y" if number == len(orders) else "N"),
            ]
            self._report(order, order.client_id, counted)
        if not orders:
            self._no_orders(message, request)

    def _no_orders(self, message: Incoming, request: str) -> None:
        row: reports.Row = [
            (tags.ORDER_ID, _NONE),
            (tags.MASS_STATUS_ID, request),
            (tags.TOTAL_REPORTS, 0),
            (tags.LAST_REPORT, "Y"),
            (tags.SYMBOL, message.find(tags.SYMBOL) or "[N/A]"),
            (tags.SIDE, "7"),
            (tags.ORD_STATUS, reports.REJECTED),
            (tags.LEAVES_QTY, 0),
            (tags.CUM_QTY, 0),
            (tags.AVG_PX, 0),
            (tags.TEXT, "there are no open orders"),
        ]
        self._session.send(tags.EXECUTION, [*row, *self._status_ids()])

    def _mass_cancel(self, message: Incoming) -> None:
        name = message.name(tags.CL_ORD_ID)
        ended = self._cancel_each([order.order_id for order in self._chosen(message, tags.MASS_CANCEL_TYPE)])
        row: reports.Row = [
            (tags.CL_ORD_ID, name),
            (tags.ORDER_ID, f"M{self._session.now}-{self._session.store.outgoing}"),
            (tags.MASS_CANCEL_TYPE, message.find(tags.MASS_CANCEL_TYPE)),
            (tags.MASS_CANCEL_RESPONSE, message.find(tags.MASS_CANCEL_TYPE)),
            (tags.AFFECTED, ended),
            (tags.TRANSACT_TIME, moment(self._session.now)),
        ]
        self._session.send(tags.MASS_CANCEL_REPORT, row)

    def _chosen(self, message: Incoming, tag: int) -> Sequence[OrderState]:
        """The open orders that a mass request means: all, or those of a symbol."""
        choice = message.need(tag)
        if choice == _ALL:
            return self._exchange.open_orders(self._account)
        if choice == _OF_SYMBOL:
            return self._exchange.open_orders(self._account, message.name(tags.SYMBOL))
        raise FieldError(tag, tags.WRONG_VALUE, f"of tag {tag} only 1, of a symbol, and 7, all, are supported")

    def _cancel_each(self, order_ids: Sequence[int]) -> int:
        ended = 0
        for order_id in order_ids:
            try:
                self._exchange.cancel(self._account, order_id)
            except Refused:  # it ended with another one of its list
                continue
            ended += 1
        return ended

    # -- what is known -------------------------------------------------------------------------------------------------

    def _named(self, name: str) -> OrderState | None:
        try:
            return self._exchange.order_named(self._account, name)
        except (Refused, LookupError):
            return None

    def _market(self, symbol: str) -> PublicMarket | None:
        if symbol not in self._markets:
            self._markets = {market.symbol: market for market in self._exchange.markets()}
        return self._markets.get(symbol)

    def _may_trade(self) -> bool:
        credential = self._keys.find(self._key)
        return credential is not None and credential.may_trade


_ECHOED: Final = (
    tags.SYMBOL,
    tags.SIDE,
    tags.ORDER_QTY,
    tags.ORD_TYPE,
    tags.PRICE,
    tags.STOP_PX,
    tags.TIME_IN_FORCE,
)

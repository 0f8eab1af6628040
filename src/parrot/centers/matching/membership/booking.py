"""What the engine tells, booked to the members that it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from parrot.centers.matching.membership.ledger import Event, Ledger
from parrot.centers.matching.membership.sleeping import Sleeping
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.opening import OWN_NUMBER
from parrot.contracts.commands import Side
from parrot.contracts.exchange import Change, Execution, Lifetime, OrderChanged, Stage
from parrot.engine.matching import EventKind, Mark, Reason

_MAKER_DONE: Final = int(Mark.MAKER_DONE)
_TAKER_DONE: Final = int(Mark.TAKER_DONE)
_KEPT: Final = int(Mark.KEPT)
_ASKED: Final = (Reason.REQUESTED, Reason.MASS)
_WHY_EXPIRED: Final = {
    Reason.UNFILLED: "ioc",
    Reason.FILL_OR_KILL: "fok",
    Reason.NO_LIQUIDITY: "liquidity",
    Reason.OCO: "oco",
    Reason.PARENT: "oto",
    Reason.END_OF_DAY: "session",
    Reason.AUCTION_OVER: "session",
    Reason.SELF_TRADE: "self_trade",
    Reason.INSUFFICIENT_BALANCE: "rejected",
    Reason.WOULD_TAKE: "rejected",
}


class _Meeting(NamedTuple):
    """An order of the same account that another would have met: that one, whether this one came to it, and when."""

    against: int
    took: bool
    ts: int


class Booking:
    """Takes events, each once; `follow` gets the orders that stand but must not (an IOC that was triggered)."""

    def __init__(self, ledger: Ledger, sleeping: Sleeping, follow: Callable[[Standing], None]) -> None:
        self._ledger = ledger
        self._sleeping = sleeping
        self._follow = follow
        self._smaller: dict[int, Standing] = {}
        self._entering = 0  # the order that takes just now
        self._prevented = 0  # the maker that it met last, and did not trade with
        self._handlers: dict[int, Callable[[Standing, Event], None]] = {
            EventKind.ACCEPTED: self._accepted,
            EventKind.RESTED: self._rested,
            EventKind.FILLED: self._filled,
            EventKind.CANCELLED: self._gone,
            EventKind.EXPIRED: self._gone,
            EventKind.AMENDED: self._amended,
            EventKind.TRIGGERED: self._triggered,
            EventKind.PREVENTED: self._decremented,
            EventKind.SHRUNK: self._shrunk,
        }

    def take(self, event: Event) -> None:
        """What an event other than a trade means for the member that it is about."""
        handler = self._handlers.get(event[14])
        standing = self._ledger.live.get(event[2]) if handler is not None else None
        if handler is not None and standing is not None:
            handler(standing, event)

    def traded(self, event: Event) -> None:
        """A trade of anybody."""
        ledger, symbol, side = self._ledger, event[13], event[15]
        maker_id = event[2] if event[11] > OWN_NUMBER else 0
        taker_id = event[3] if event[12] > OWN_NUMBER else 0
        number = ledger.chart.add(symbol, event, *((taker_id, maker_id) if side else (maker_id, taker_id)))
        if maker_id:
            maker = ledger.live[maker_id]
            self._fill(maker, event, event[9], number, maker=True)
            if event[17] & _MAKER_DONE:
                ledger.end(maker)
        if taker_id:
            taker = ledger.live[taker_id]
            self._fill(taker, event, event[10], number, maker=False)
            if event[17] & _TAKER_DONE:
                ledger.end(taker)
        if self._sleeping.any:
            self._sleeping.traded(symbol, event[5] * ledger.terms[symbol].price_scale)

    def _fill(self, standing: Standing, event: Event, fee: int, number: int, *, maker: bool) -> None:
        ledger = self._ledger
        terms = ledger.terms[standing.symbol]
        quantity, amount, ts = event[6] * terms.quantity_scale, event[5] * event[6] * terms.turnover, event[1]
        buys = standing.order.side is Side.BUY
        member = ledger.all[standing.member]
        standing.filled += quantity
        standing.quote_filled += amount
        standing.updated = ts
        if standing.order.quote_quantity:
            standing.quantity = standing.filled
            standing.stage = Stage.PARTIALLY_FILLED
        else:
            whole = standing.filled + standing.prevented >= standing.quantity
            standing.stage = Stage.FILLED if whole else Stage.PARTIALLY_FILLED
        member.cost(standing.symbol).fill(quantity if buys else -quantity, amount)
        execution = Execution(
            order_id=standing.order_id,
            symbol=terms.market.symbol,
            trade_id=number,
            side=standing.order.side,
            price=event[5] * terms.price_scale,
            quantity=quantity,
            fee=fee,
            fee_asset=terms.market.base if buys else terms.market.quote,
            maker=maker,
            ts=ts,
            list_id=standing.list_id,
        )
        member.executions.append(execution)
        member.pay(terms.base if buys else terms.quote, fee)
        if standing.order_id == ledger.asked:
            ledger.fills.append(execution)
        ledger.tell(standing, Change.TRADE, ts, execution)

    def _accepted(self, standing: Standing, event: Event) -> None:
        self._enter(standing)
        self._ledger.accept(standing, event[1])

    def _enter(self, standing: Standing) -> None:
        self._entering, self._prevented = standing.order_id, 0

    def _rested(self, standing: Standing, event: Event) -> None:
        standing.handle = event[4]
        if standing.triggered and standing.order.lifetime is Lifetime.IOC:
            standing.expiry = "ioc"
            self._follow(standing)

    def _filled(self, standing: Standing, event: Event) -> None:
        if standing.stage is not Stage.FILLED:
            standing.stage = Stage.FILLED
            self._mend_last(standing)
        self._ledger.end(standing)

    def _mend_last(self, standing: Standing) -> None:
        """Only behind the last trade of an order by amount is it known that it was the last."""
        every = self._ledger.told
        for place in range(len(every) - 1, -1, -1):
            told = every[place]
            if isinstance(told, OrderChanged) and told.order.order_id == standing.order_id:
                state = standing.state(told.order.account)
                every[place] = msgspec.structs.replace(told, order=state)
                return

    def _gone(self, standing: Standing, event: Event) -> None:
        ledger, reason, ts = self._ledger, Reason(event[16]), event[1]
        standing.updated = ts
        if reason is Reason.SELF_TRADE:
            self._met_itself(standing, event)
        elif reason is Reason.OCO and ledger.cancelling == standing.list_id:
            standing.stage = Stage.CANCELED
            ledger.tell(standing, Change.CANCELED, ts)
        elif reason not in _ASKED or standing.expiry:
            standing.stage = Stage.EXPIRED
            standing.expiry = standing.expiry or _WHY_EXPIRED.get(reason, reason.name.lower())
            ledger.tell(standing, Change.EXPIRED, ts)
        elif ledger.successor:
            standing.stage, standing.replaced_by = Stage.REPLACED, ledger.successor
            ledger.tell(standing, Change.REPLACED, ts, request=ledger.request)
        else:
            standing.stage = Stage.CANCELED
            ledger.tell(standing, Change.CANCELED, ts, request=ledger.request)
        ledger.end(standing)

    def _amended(self, standing: Standing, event: Event) -> None:
        standing.updated = event[1]
        if not event[17] & _KEPT:
            self._enter(standing)
        self._ledger.tell(standing, Change.REPLACED, event[1], request=self._ledger.request)

    def _triggered(self, standing: Standing, event: Event) -> None:
        self._enter(standing)
        standing.triggered = True
        standing.updated = standing.working_since = event[1]
        self._ledger.tell(standing, Change.TRIGGERED, event[1])

    def _shrunk(self, standing: Standing, event: Event) -> None:
        """The other leg of its list traded; told once, when it is known what is left of it."""
        standing.quantity -= event[6] * self._ledger.terms[standing.symbol].quantity_scale
        standing.updated = event[1]
        self._smaller[standing.order_id] = standing

    def settle(self) -> None:
        """Tells the orders that became smaller and still stand."""
        if self._smaller:
            smaller, self._smaller = self._smaller, {}
            for standing in smaller.values():
                if not standing.ended:
                    self._ledger.tell(standing, Change.REPLACED, standing.updated)

    # -- self-trade prevention -----------------------------------------------------------------------------------------

    def _met_itself(self, standing: Standing, event: Event) -> None:
        """It would have met an order of the same account and ends for that."""
        if standing.stage is Stage.EXPIRED_IN_MATCH:
            return  # told when it lost the last of its quantity
        took = standing.order_id == self._entering
        if took:
            other = self._prevented or self._best_own(standing)
        else:
            other, self._prevented = self._entering, standing.order_id
        self._prevent(standing, _Meeting(other, took, event[1]), _left(standing), ends=True)

    def _best_own(self, standing: Standing) -> int:
        """The order that it would have met: the first in the queue."""
        side = 1 if standing.order.side is Side.BUY else 0
        rows = self._ledger.core.orders(standing.symbol, side)
        return int(rows[0]["id"]) if len(rows) else 0

    def _decremented(self, maker: Standing, event: Event) -> None:
        taker = self._ledger.live[event[3]]
        quantity = event[6] * self._ledger.terms[maker.symbol].quantity_scale
        for standing, other in ((maker, taker), (taker, maker)):
            meeting = _Meeting(other.order_id, standing is taker, event[1])
            self._prevent(standing, meeting, quantity, ends=_left(standing) <= quantity)

    def _prevent(self, standing: Standing, meeting: _Meeting, quantity: int, *, ends: bool) -> None:
        against, took, ts = meeting
        standing.prevented += quantity
        standing.updated = ts
        if ends:
            standing.stage, standing.expiry = Stage.EXPIRED_IN_MATCH, "self_trade"
        told = self._ledger.tell(standing, Change.PREVENTED, ts, against=against, prevented=quantity, took=took)
        self._ledger.all[standing.member].preventions.append(told)


def _left(standing: Standing) -> int:
    return standing.quantity - standing.filled - standing.prevented

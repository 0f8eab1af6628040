"""The public exchange: many accounts on one floor, as the protocols that speak for it need them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

import numpy as np

from parrot.centers.matching.admission import Admission, fields_of, mode_of, refuse, why_of
from parrot.centers.matching.house import House
from parrot.centers.matching.market.board import Board
from parrot.centers.matching.market.intervals import LENGTHS, candle, candles, seconds, whole
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.membership.members import PHASES
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.operations import Act, Amended, Deposit, Opened, Rang, Referred, Sent, Withdrew
from parrot.centers.matching.sessions import Bell, Timetable
from parrot.centers.matching.terms import Terms
from parrot.contracts.exchange import (
    SCALE,
    AccountEvent,
    Candle,
    Depth,
    Execution,
    Held,
    MarketKind,
    NewOrder,
    OrderState,
    PublicMarket,
    PublicTrade,
    Statistics,
    Why,
)
from parrot.engine.matching import Phase
from parrot.engine.matching.refusals import refusal
from parrot.kernel.errors import ParameterError, Refused, StorageError
from parrot.ports.exchange import Listener

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FOREVER: Final = 1 << 62


class SimulatedExchange:
    """A PublicExchange on a floor with a crowd. Nothing happens but within its calls.

    Market data of what a call did are told with the next `turn`, or as soon as somebody asks for them. Raises
    StorageError once the journal has failed; what was not told by then did not happen for anybody.
    """

    def __init__(self, house: House, *, now: int) -> None:
        """To be made before the house lets the crowd in; else depth begins with the next change."""
        self.now = now
        self._house = house
        self._floor = house.floor
        self._members = house.floor.members
        self._members.forget()
        self._terms = self._members.terms
        self._numbers = {terms.market.symbol: terms.number for terms in self._terms}
        self._chart = self._members.chart
        self._board = Board(self._floor.exchange, self._terms, self._chart, last=house.last)
        self._floor.tapes.append(self._board.hear)
        self._listeners: list[Listener] = []
        self._admission = Admission(self._average)
        self._turning = False
        if house.settings.stock_days:
            self._keep_hours(house, now)

    def _keep_hours(self, house: House, now: int) -> None:
        stocks = [terms.market.symbol for terms in self._terms if terms.market.kind is MarketKind.STOCK]
        bell = Bell(Timetable(house.settings.stock_days), stocks, self)
        bell.begin(now, last=house.before)
        self._toll(bell)

    def _toll(self, bell: Bell) -> None:
        """The bell rings in the house's time."""
        bell.run(self._house.agenda.now)
        due = bell.due()
        if due is not None:
            self._house.agenda.at(due, self._toll, bell)

    # -- time ----------------------------------------------------------------------------------------------------------

    def turn(self, now: int) -> None:
        """Lets time go on to `now`: the crowd trades, listeners hear of it."""
        self._turning = True
        try:
            self._house.run(now)
        finally:
            self._turning = False
        self.now = max(self.now, now)
        if self._members.told:
            self._release()
        else:
            self._house.write_behind()
        self._publish()

    def due(self) -> int | None:
        """When something happens next without being asked."""
        return self.now if self._board.waiting or self._members.told else self._house.agenda.due()

    def listen(self, listener: Listener) -> None:
        """Has everything that happens told to `listener`."""
        self._listeners.append(listener)

    def _publish(self) -> None:
        told = self._board.publish(self.now)
        if told:
            for listener in self._listeners:
                listener(told)

    def _release(self) -> None:
        """Durable first, then told."""
        members = self._members
        try:
            self._house.write()
        except StorageError:
            members.told.clear()
            raise
        if members.told:
            told, members.told = members.told, []
            for listener in self._listeners:
                listener(told)

    def _act(self, operation: Act, what: str) -> None:
        if self._house.failed:
            raise StorageError(self._house.failed, fix="mend the storage, then begin again")
        code = self._floor.act(operation)
        if code < 0:
            if self._members.told:
                self._release()
            fault = refusal(-code, what)
            raise Refused(fault.problem, reason=why_of(-code), expected=fault.expected)
        self._release()

    def close(self) -> None:
        """Writes down what is left and lets go of the journal."""
        self._house.close()

    # -- accounts ------------------------------------------------------------------------------------------------------

    def open_account(self, account: str) -> None:
        """Opens an account; one that is there already stays as it is."""
        if account not in self._members.accounts:
            self._act(Opened(self.now, account), f"account {account}")

    def accounts(self) -> Sequence[str]:
        """The names of all accounts that were opened."""
        return list(self._members.accounts)

    def deposit(self, account: str, asset: str, amount: int) -> None:
        """Brings an amount in, below zero takes it out."""
        member = self._member(account)
        if asset not in self._floor.exchange.currencies:
            raise refuse(Why.UNKNOWN_ASSET, f"asset {asset[:40]!r}", "one of the exchange's")
        if amount:
            self._act(Deposit(self.now, member.number, asset, amount), f"{amount} {asset} to {account}")

    def held(self, account: str) -> Sequence[Held]:
        """What the account has of every asset of the exchange, zeros too."""
        return self._members.held(self._member(account))

    def cost(self, account: str, symbol: str) -> tuple[int, int]:
        """Position in base units from the fills of a symbol, and its average entry price."""
        found = self._member(account).cost(self._of(symbol).number)
        return found.position, found.price

    def _member(self, account: str) -> Member:
        member = self._members.accounts.get(account)
        if member is None:
            raise refuse(Why.UNKNOWN_ACCOUNT, f"account {account[:40]!r}", "an open account")
        return member

    def _of(self, symbol: str) -> Terms:
        number = self._numbers.get(symbol)
        if number is None:
            raise refuse(Why.SYMBOL, f"symbol {symbol[:40]!r}", "one of the exchange's")
        return self._terms[number]

    # -- orders --------------------------------------------------------------------------------------------------------

    def check(self, account: str, order: NewOrder) -> None:
        """Raises as `submit` would before the book is met; changes nothing."""
        self._admission.check(self._member(account), self._of(order.symbol), order)

    def submit(self, account: str, order: NewOrder) -> OrderState:
        """Sends an order; the answer holds the fills that it met."""
        member, terms = self._member(account), self._of(order.symbol)
        self._admission.check(member, terms, order)
        members = self._members
        number = members.next_number
        phase = self._floor.exchange.core.phase(terms.number)
        fields = fields_of(order, terms, member.owners[terms.desk], number, phase=phase)
        client_id = order.client_id or _made(number)
        self._act(Sent(self.now, member.number, number, client_id, fields, order), order.symbol)
        return member.orders[number].state(account, tuple(members.fills))

    def cancel(self, account: str, order_id: int, request_id: str = "") -> OrderState:
        """Ends an open order."""
        member = self._member(account)
        standing = self._open(member, order_id)
        self._act(Withdrew(self.now, order_id, request_id), f"cancel of {order_id}")
        return standing.state(account)

    def amend(
        self, account: str, order_id: int, *, quantity: int = 0, limit: int = 0, trigger: int = 0, request_id: str = ""
    ) -> OrderState:
        """Changes an open order in place; 0 leaves a field. Only a smaller quantity keeps its place in the queue."""
        member = self._member(account)
        standing = self._open(member, order_id)
        terms = self._terms[standing.symbol]
        limit = 0 if limit == standing.limit and quantity else limit
        self._check_amend(standing, terms, quantity=quantity, limit=limit, trigger=trigger)
        units = limit // terms.price_scale, quantity // terms.quantity_scale, trigger // terms.price_scale
        operation = Amended(self.now, order_id, *units, mode_of(standing.order), request_id)
        self._act(operation, f"amendment of {order_id}")
        return standing.state(account, tuple(self._members.fills))

    def _check_amend(self, standing: Standing, terms: Terms, *, quantity: int, limit: int, trigger: int) -> None:
        market = terms.market
        if min(quantity, limit, trigger) < 0:
            raise refuse(Why.AMEND, f"order {standing.order_id}: below zero", "amounts above zero")
        same = quantity in (0, standing.quantity) and limit in (0, standing.limit)
        if (same and trigger in (0, standing.order.trigger)) or 0 < quantity <= standing.filled:
            problem = f"order {standing.order_id}: quantity {quantity}, limit {limit}"
            raise refuse(Why.AMEND, problem, f"something new, and more than {standing.filled}")
        for price in (limit, trigger):
            if price and (price % market.tick or not market.min_price <= price <= market.max_price):
                raise refuse(Why.PRICE_FILTER, f"{market.symbol}: price {price}", f"a multiple of {market.tick}")
        if quantity and (quantity % market.step or not market.min_quantity <= quantity <= market.max_quantity):
            raise refuse(Why.LOT_SIZE, f"{market.symbol}: quantity {quantity}", f"a multiple of {market.step}")
        stays = 0 < quantity < standing.quantity and not (limit or trigger)  # others go to the end of the queue
        if stays and market.max_amends and standing.amends >= market.max_amends:
            raise refuse(Why.MAX_AMENDS, f"order {standing.order_id}: {standing.amends} amendments", "fewer")

    def _open(self, member: Member, order_id: int) -> Standing:
        standing = member.orders.get(order_id)
        if standing is None:
            raise refuse(Why.UNKNOWN_ORDER, f"order {order_id}", "an order of the account")
        if standing.ended:
            raise refuse(Why.NOT_OPEN, f"order {order_id} is {standing.stage.value}", "an open order")
        return standing

    def order(self, account: str, order_id: int) -> OrderState:
        """One order of the account, open or ended."""
        standing = self._member(account).orders.get(order_id)
        if standing is None:
            raise refuse(Why.UNKNOWN_ORDER, f"order {order_id}", "an order of the account")
        return standing.state(account)

    def order_named(self, account: str, client_id: str, symbol: str = "") -> OrderState:
        """The newest order of that client id, of a symbol where one is named."""
        standing = self._member(account).named(client_id, self._of(symbol).number if symbol else None)
        if standing is None:
            raise refuse(Why.UNKNOWN_ORDER, f"order {client_id[:40]!r}", "an order of the account")
        return standing.state(account)

    def open_orders(self, account: str, symbol: str = "") -> Sequence[OrderState]:
        """Open orders by id, of all symbols where none is named."""
        member = self._member(account)
        found = member.open.get(self._of(symbol).number, {}).values() if symbol else member.all_open()
        return [standing.state(account) for standing in sorted(found, key=lambda standing: standing.order_id)]

    def orders(
        self, account: str, symbol: str = "", *, from_id: int = 0, since: int = 0, until: int = 0, limit: int = 500
    ) -> Sequence[OrderState]:
        """Orders by id, open or ended: the first `limit` from an id or time on, else the newest."""
        number, latest = self._of(symbol).number if symbol else -1, until or _FOREVER
        every = self._member(account).orders.values()
        found = (
            standing
            for standing in (every if from_id or since else reversed(every))
            if standing.order_id >= from_id and since <= standing.created <= latest and number in (-1, standing.symbol)
        )
        chosen = sorted(islice(found, limit), key=lambda standing: standing.order_id)
        return [standing.state(account) for standing in chosen]

    def executions(
        self,
        account: str,
        symbol: str = "",
        *,
        order_id: int = 0,
        from_id: int = -1,
        since: int = 0,
        until: int = 0,
        limit: int = 500,
    ) -> Sequence[Execution]:
        """The account's fills by trade id: the first `limit` from an id or time on, else the newest."""
        first, latest = from_id >= 0 or since > 0, until or _FOREVER
        every = self._member(account).executions
        found = (
            execution
            for execution in (every if first else reversed(every))
            if (not symbol or execution.symbol == symbol)
            and (not order_id or execution.order_id == order_id)
            and execution.trade_id >= from_id
            and since <= execution.ts <= latest
        )
        chosen = list(islice(found, limit))
        return chosen if first else chosen[::-1]

    def preventions(self, account: str, symbol: str, *, order_id: int = 0, limit: int = 500) -> Sequence[AccountEvent]:
        """What self-trade prevention took away, oldest first."""
        every = self._member(account).preventions
        found = [
            event for event in every if event.order.order.symbol == symbol and order_id in (0, event.order.order_id)
        ]
        return found[-limit:]

    # -- market data ---------------------------------------------------------------------------------------------------

    def markets(self) -> Sequence[PublicMarket]:
        """What may be traded."""
        return [terms.market for terms in self._terms]

    def phase(self, symbol: str) -> str:
        """The trading phase: "closed", "opening", "continuous", "closing" or "halted"."""
        return PHASES[Phase(self._floor.exchange.core.phase(self._of(symbol).number))]

    def set_phase(self, symbol: str, phase: str) -> None:
        """Puts a symbol into another phase; the same again does nothing. Raises ParameterError for none."""
        terms = self._of(symbol)
        if phase not in PHASES.values():
            raise ParameterError(f"phase {phase[:20]!r}", expected=", ".join(PHASES.values()))
        if self.phase(symbol) != phase:
            self._ring(Rang(self._time(), terms.number, Phase[phase.upper()]))

    def set_reference(self, symbol: str) -> None:
        """Makes the last price the one that price bands and auctions go by."""
        terms = self._of(symbol)
        price = self._floor.last_price(terms.number) or terms.opening // terms.price_scale
        self._ring(Referred(self._time(), terms.number, price))

    def _time(self) -> int:
        return max(self.now, self._house.agenda.now)

    def _ring(self, operation: Act) -> None:
        """As other operations, but within a turn it is told with the rest of the turn."""
        if self._turning:
            self._floor.act(operation)
        else:
            self._act(operation, "a phase")

    def depth(self, symbol: str, limit: int) -> Depth:
        """The best levels, on the same counter as DepthChanged, as of all that listeners were told."""
        self._publish()
        return self._board.depth(self._of(symbol).number, limit)

    def trades(
        self, symbol: str, *, from_id: int = -1, since: int = 0, until: int = 0, limit: int = 500
    ) -> Sequence[PublicTrade]:
        """Public trades by id: the first `limit` from an id or time on, else the newest."""
        self._publish()
        number, latest = self._of(symbol).number, until or _FOREVER
        first, every = from_id >= 0 or since > 0, self._chart.deals[self._of(symbol).number]
        found = (
            deal for deal in (every if first else reversed(every)) if deal.id >= from_id and since <= deal.ts <= latest
        )
        chosen = list(islice(found, limit))
        return [self._chart.trade(number, deal) for deal in (chosen if first else chosen[::-1])]

    def candles(
        self, symbol: str, interval: str, *, since: int = 0, until: int = 0, limit: int = 500
    ) -> Sequence[Candle]:
        """Bars, oldest first: the first `limit` from `since` on, else the newest; the last may not be closed."""
        self._publish()
        terms = self._of(symbol)
        bars, now = self._chart.bars[terms.number], self.now
        if interval not in LENGTHS:
            raise ParameterError(f"interval {interval[:20]!r}", expected=", ".join(LENGTHS))
        if interval == "1s":
            rows = seconds(list(bars.seconds), now, since=since, until=until, limit=limit)
            return [candle(symbol, interval, row, now) for row in rows]
        return candles(symbol, interval, bars.rows(now), now, since=since, until=until, limit=limit)

    def statistics(self, symbol: str, window: int) -> Statistics:
        """A symbol over the last `window` ns, in whole minutes and the one that goes on."""
        self._publish()
        terms, now = self._of(symbol), self.now
        rows = self._chart.bars[terms.number].rows(now)
        begin = min(int(np.searchsorted(rows[:, 0], now - window)), len(rows) - 1)
        row, deals = whole(rows[begin:]), self._chart.deals[terms.number]
        bid, ask = self._board.tops[terms.number]
        return Statistics(
            symbol=symbol,
            open_ts=now - window,
            close_ts=now,
            open=row[1],
            high=row[2],
            low=row[3],
            last=row[4],
            last_quantity=deals[-1].quantity if deals else 0,
            previous_close=int(rows[begin - 1, 4]) if begin else row[1],
            volume=row[5],
            quote_volume=row[6],
            trades=row[7],
            first_trade=row[10],
            last_trade=row[11],
            bid=bid[0],
            bid_quantity=bid[1],
            ask=ask[0],
            ask_quantity=ask[1],
        )

    def average_price(self, symbol: str, minutes: int) -> int:
        """Volume-weighted price of the last minutes, the last price without trades."""
        self._publish()
        rows = self._chart.bars[self._of(symbol).number].rows(self.now)
        row = whole(rows[-max(1, minutes) :])
        return row[6] * SCALE // row[5] if row[5] else row[4]

    def _average(self, symbol: int) -> int:
        return self._chart.bars[symbol].average()


def _made(number: int) -> str:
    """A client id of the exchange's own making."""
    left, text = (number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128), ""
    while len(text) < len("6gCrw2kRUAF9CvJDGP16IP"):
        left, digit = divmod(left, len(_LETTERS))
        text += _LETTERS[digit]
    return text

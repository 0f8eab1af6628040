"""What may be seen of the public exchange: accounts, orders, fills and market data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np

from parrot.centers.matching.admission import refuse
from parrot.centers.matching.house import House
from parrot.centers.matching.market.board import Board
from parrot.centers.matching.market.intervals import LENGTHS, candle, candles, seconds, whole
from parrot.centers.matching.membership.acting import PHASES
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.terms import Terms
from parrot.contracts.exchange import (
    SCALE,
    AccountEvent,
    Candle,
    Depth,
    Execution,
    Held,
    OrderListState,
    OrderState,
    PublicMarket,
    PublicTrade,
    Statistics,
    Why,
)
from parrot.engine.matching import Phase
from parrot.kernel.errors import ParameterError

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FOREVER: Final = 1 << 62


class Looking(ABC):
    """The questions of a PublicExchange; they change nothing."""

    now: int

    def __init__(self, house: House) -> None:
        self._house = house
        self._floor = house.floor
        self._lists = house.floor.members.lists
        self._ledger = house.floor.members.ledger
        self._terms = self._ledger.terms
        self._numbers = {terms.market.symbol: terms.number for terms in self._terms}
        self._chart = self._ledger.chart
        self._board = Board(self._floor.exchange, self._terms, self._chart, last=house.last)
        self._floor.tapes.append(self._board.hear)

    @abstractmethod
    def _publish(self) -> None:
        """Tells listeners what market data mean, so that nobody sees more than they have heard of."""

    def accounts(self) -> Sequence[str]:
        """The names of all accounts that were opened."""
        return list(self._ledger.accounts)

    def held(self, account: str) -> Sequence[Held]:
        """What the account has of every asset of the exchange, zeros too."""
        return self._ledger.held(self._member(account))

    def fees(self, account: str) -> Mapping[str, int]:
        """What all fills of the account ever paid, by asset."""
        names = self._ledger.names
        return {names[money]: amount for money, amount in sorted(self._member(account).fees.items())}

    def reserved(self, account: str) -> Mapping[str, tuple[str, int]]:
        """Asset and amount of all that is set aside, by name."""
        names = self._ledger.names
        return {ref: (names[money], amount) for ref, (money, amount) in self._member(account).pending.items()}

    def cost(self, account: str, symbol: str) -> tuple[int, int]:
        """Position in base units from the fills of a symbol, and its average entry price."""
        found = self._member(account).cost(self._of(symbol).number)
        return found.position, found.price

    def _member(self, account: str) -> Member:
        member = self._ledger.accounts.get(account)
        if member is None:
            raise refuse(Why.UNKNOWN_ACCOUNT, f"account {account[:40]!r}", "an open account")
        return member

    def _of(self, symbol: str) -> Terms:
        number = self._numbers.get(symbol)
        if number is None:
            raise refuse(Why.SYMBOL, f"symbol {symbol[:40]!r}", ", ".join(list(self._numbers)[:20]))
        return self._terms[number]

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

    def order_list(self, account: str, list_id: int = -1, client_id: str = "") -> OrderListState:
        """One list by its number or name."""
        lists = self._member(account).lists
        named = (group for group in reversed(lists.values()) if client_id and group.client_id == client_id)
        found = lists.get(list_id) or next(named, None)
        if found is None:
            raise refuse(Why.UNKNOWN_ORDER, f"list {list_id} {client_id[:40]}", "a list of the account")
        return self._lists.state(found)

    def order_lists(
        self, account: str, *, open_only: bool = False, from_id: int = 0, limit: int = 500
    ) -> Sequence[OrderListState]:
        """Lists by number: the first `limit` from an id on, else the newest."""
        every = [
            group
            for group in self._member(account).lists.values()
            if group.list_id >= from_id and not (open_only and group.done)
        ]
        return [self._lists.state(group) for group in (every[:limit] if from_id else every[-limit:])]

    # -- market data ---------------------------------------------------------------------------------------------------

    def markets(self) -> Sequence[PublicMarket]:
        """What may be traded."""
        return [terms.market for terms in self._terms]

    def phase(self, symbol: str) -> str:
        """The trading phase: "closed", "opening", "continuous", "closing" or "halted"."""
        return PHASES[Phase(self._floor.exchange.core.phase(self._of(symbol).number))]

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

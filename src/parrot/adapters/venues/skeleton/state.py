"""The account as the venue has it, and the executions that no stream told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from parrot.adapters.venues.skeleton.news import TradeNews
from parrot.adapters.venues.skeleton.own_trades import OwnTrades
from parrot.adapters.venues.skeleton.roster import Roster
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.wire import Wire
from parrot.contracts.venue import AskState, OpenOrder, Report, VenueState

_FORGOTTEN: Final = 60_000_000_000  # ns behind a trade after which the venue has to know its order
_UNNAMED_MOST: Final = 50  # orders looked up at a time


class AccountState:
    """Reads open orders, balances and own trades, in that order, so that whatever moved a balance is among the trades.

    `symbols` are those whose trades are read, whether or not they have open orders.
    """

    def __init__(
        self, wire: Wire, roster: Roster, trades: OwnTrades, *, symbols: Iterable[str], now: Callable[[], int]
    ) -> None:
        self._wire = wire
        self._roster = roster
        self._trades = trades
        self._symbols = dict.fromkeys(symbols)
        self._now = now

    async def ask(self, request: AskState) -> list[Report]:
        """The whole state; reports of what came to light with it stand before."""
        begin, before = self._now(), self._trades.number
        orders = await self._wire.open_orders()
        balances = await self._wire.balances()
        self._symbols.update(dict.fromkeys(order.symbol for order in orders))
        reports = self._roster.learn(order for order in orders if order.client_id)
        reports += await self.recover(self._symbols, begin)
        if self._roster.waiting:
            # Balances have moved by them: a state without them would look like a difference.
            raise Trouble(Outcome.UNKNOWN, "executions are there whose orders could not be asked for")
        trades = self._trades.after(request.after)
        # What was told meanwhile may not be in the balances: the state is dated before it, whatever the clocks say.
        meanwhile = (trade.ts for trade in trades if trade.number > before)
        state = VenueState(
            orders=[
                OpenOrder(
                    client_id=order.client_id,
                    venue_id=order.venue_id,
                    symbol=order.symbol,
                    side=order.side,
                    quantity=order.quantity,
                    filled=order.filled,
                    limit=order.limit,
                )
                for order in orders
            ],
            trades=trades,
            balances=balances,
            ts=min((begin, *meanwhile)),
        )
        return [*reports, state]

    async def recover(self, symbols: Iterable[str], begin: int | None = None) -> list[Report]:
        """Reads the history of own trades of some symbols; reports of those that nobody told of."""
        since = self._now() if begin is None else begin
        newest: dict[str, str] = {}
        reports: list[Report] = []
        for symbol in list(symbols):
            found = await self._wire.own_trades(symbol, self._trades.cursor(symbol))
            reports += self._roster.hear(found)
            reports += await self.name()
            if found:
                newest[symbol] = found[-1].trade_id
        if set(newest) | set(symbols) >= set(self._symbols) and not self._roster.waiting:
            self._trades.read_until(newest, since)
        return reports

    async def name(self) -> list[Report]:
        """Looks up the orders of trades that nobody knows whose they are."""
        reports: list[Report] = []
        for venue_id, trades in list(self._roster.waiting.items())[:_UNNAMED_MOST]:
            try:
                order = await self._wire.name_of(venue_id, _symbol(trades))
            except Trouble as trouble:
                old = self._now() - trades[-1].ts > _FORGOTTEN
                if trouble.outcome is Outcome.MISSING and old:
                    reports += self._roster.disown(venue_id)
                continue  # else the next time
            reports += self._roster.hear([order])
        return reports


def _symbol(trades: list[TradeNews]) -> str:
    return trades[0].symbol if trades else ""

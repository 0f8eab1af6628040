"""The stocks of an exchange and what an account has of them: what all parts of the face look things up in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from parrot.contracts.exchange import Execution, Held, MarketKind, OrderListState, OrderState, PublicMarket
from parrot.gateway.alpaca_api import names
from parrot.gateway.alpaca_api.days import Days
from parrot.gateway.alpaca_api.problems import Problem, invalid, not_found
from parrot.gateway.alpaca_api.telling import Teller
from parrot.kernel.errors import Refused
from parrot.ports.exchange import PublicExchange

CURRENCY = "USD"
_PAGE = 1_000
_ALL = 1 << 40


class Holding(NamedTuple):
    """What an account has of one stock, units of 10^-8; `entry` is the average price that it was bought at."""

    symbol: str
    quantity: int
    available: int
    entry: int


class Stocks:
    """Looks things up in the exchange; holds nothing but what never changes."""

    def __init__(self, exchange: PublicExchange, days: Days) -> None:
        self.exchange = exchange
        self.days = days
        self.teller = Teller(days)
        self.index = names.Index(exchange)
        self.markets: dict[str, PublicMarket] = {
            market.symbol: market
            for market in sorted(exchange.markets(), key=lambda market: market.symbol)
            if market.kind is MarketKind.STOCK and market.quote == CURRENCY
        }
        self._by_id = {names.asset_id(symbol): symbol for symbol in self.markets}

    @property
    def now(self) -> int:
        """The exchange's time, ns UTC."""
        return self.exchange.now

    def symbol(self, given: str) -> str | None:
        """The stock of a symbol or an asset's uuid, None where there is none."""
        if given in self.markets:
            return given
        return self._by_id.get(names.canonical(given) or "")

    def asset(self, given: str) -> str:
        """The stock of a symbol or an asset's uuid; raises Problem 404."""
        found = self.symbol(given)
        if found is None:
            raise not_found(f"asset not found for {given[:60]}")
        return found

    def tradable(self, given: object) -> str:
        """The stock that an order names; raises Problem 422."""
        if not isinstance(given, str) or given == "":
            raise Problem(422, 40010001, "symbol is required")
        found = self.symbol(given.upper() if given.isascii() else given)
        if found is None:
            raise invalid(f'asset "{given[:60]}" not found')
        return found

    # -- orders --------------------------------------------------------------------------------------------------------

    def order(self, account: str, given: str) -> OrderState:
        """The order of a uuid; raises Problem 404."""
        uuid = names.canonical(given)
        if uuid is None:
            raise Problem(422, 40010001, "order_id must be a UUID")
        number = self.index.number(account, uuid)
        if number is None:
            raise not_found(f"order not found for {uuid}")
        return self._known(account, number, uuid)

    def _known(self, account: str, number: int, uuid: str) -> OrderState:
        try:
            state = self.exchange.order(account, number)
        except Refused:
            raise not_found(f"order not found for {uuid}") from None
        if state.order.symbol not in self.markets:
            raise not_found(f"order not found for {uuid}")
        return state

    def orders(self, account: str, *, newest: int = _ALL) -> list[OrderState]:
        """Orders of stocks among the newest of an account, by id."""
        return [state for state in self.exchange.orders(account, limit=newest) if state.order.symbol in self.markets]

    def open_orders(self, account: str, symbol: str = "") -> list[OrderState]:
        """Open orders of stocks by id."""
        return [state for state in self.exchange.open_orders(account, symbol) if state.order.symbol in self.markets]

    def group(self, state: OrderState) -> OrderListState | None:
        """The list that an order belongs to."""
        if state.list_id < 0:
            return None
        try:
            return self.exchange.order_list(state.account, state.list_id)
        except Refused:
            return None

    # -- what an account has -------------------------------------------------------------------------------------------

    def cash(self, account: str) -> Held:
        """Dollars, free and locked."""
        return self._held(account, CURRENCY)

    def shares(self, account: str, symbol: str) -> Held:
        """Shares of one stock, free and locked."""
        return self._held(account, self.markets[symbol].base)

    def _held(self, account: str, asset: str) -> Held:
        for held in self.exchange.held(account):
            if held.asset == asset:
                return held
        return Held(asset=asset, free=0, locked=0)

    def holdings(self, account: str) -> list[Holding]:
        """The stocks that an account has, by symbol."""
        held = {row.asset: row for row in self.exchange.held(account)}
        found = []
        for symbol, market in self.markets.items():
            row = held.get(market.base)
            if row is not None and row.free + row.locked > 0:
                entry = self.exchange.cost(account, symbol)[1]
                found.append(Holding(symbol, row.free + row.locked, row.free, entry))
        return found

    def executions(self, account: str, symbol: str, since: int = 0) -> Sequence[Execution]:
        """All fills of an account in one stock from a time on, oldest first."""
        return self.exchange.executions(account, symbol, from_id=0, since=since, limit=_ALL)

    # -- prices --------------------------------------------------------------------------------------------------------

    def last_price(self, symbol: str) -> int:
        """The price of the newest trade, else the end of the newest bar, 0 where there was neither."""
        newest = self.exchange.trades(symbol, limit=1)
        if newest:
            return newest[-1].price
        bars = self.exchange.candles(symbol, "1m", limit=1)
        return bars[-1].close if bars else 0

    def price_at(self, symbol: str, ts: int) -> int:
        """The price at a time: the close of the last minute that ended by then, the last price where none is kept."""
        bars = self.exchange.candles(symbol, "1m", since=ts - _LOOK_BACK, until=ts - 1, limit=_PAGE)
        traded = [bar for bar in bars if bar.close_ts < ts]
        return traded[-1].close if traded else self.last_price(symbol)


_LOOK_BACK = 3_600_000_000_000

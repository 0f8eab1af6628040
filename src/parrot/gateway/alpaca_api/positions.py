"""Positions: what is held, and closing it."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, Lifetime, NewOrder
from parrot.gateway.alpaca_api import names
from parrot.gateway.alpaca_api.problems import Problem, invalid, not_found
from parrot.gateway.alpaca_api.stocks import Holding, Stocks
from parrot.gateway.alpaca_api.trading import Query, Trading
from parrot.gateway.alpaca_api.values import product, ratio, text, truth, units

_HUNDRED: Final = 100 * SCALE

Json = dict[str, Any]


class Positions:
    """What the paths below /v2/positions do."""

    def __init__(self, stocks: Stocks, trading: Trading) -> None:
        self._stocks = stocks
        self._trading = trading

    def all(self, account: str) -> list[Json]:
        """GET /v2/positions."""
        return [self._told(account, holding) for holding in self._stocks.holdings(account)]

    def one(self, account: str, given: str) -> Json:
        """GET /v2/positions/{symbol or asset}."""
        return self._told(account, self._holding(account, given))

    def _holding(self, account: str, given: str) -> Holding:
        symbol = self._stocks.symbol(given)
        for holding in self._stocks.holdings(account):
            if holding.symbol == symbol:
                return holding
        raise not_found("position does not exist")

    def _told(self, account: str, holding: Holding) -> Json:
        stocks, symbol, quantity = self._stocks, holding.symbol, holding.quantity
        price, opened = stocks.last_price(symbol), stocks.days.last_close(stocks.now)
        before = stocks.price_at(symbol, opened)
        value, cost = product(price, quantity), product(holding.entry, quantity)
        day_cost = self._cost_today(account, holding, before, opened)
        return {
            "asset_id": names.asset_id(symbol),
            "symbol": symbol,
            "exchange": "NASDAQ",
            "asset_class": "us_equity",
            "asset_marginable": False,
            "qty": text(quantity),
            "qty_available": text(holding.available),
            "avg_entry_price": text(holding.entry),
            "side": "long",
            "market_value": text(value),
            "cost_basis": text(cost),
            "unrealized_pl": text(value - cost),
            "unrealized_plpc": ratio(value - cost, cost),
            "unrealized_intraday_pl": text(value - day_cost),
            "unrealized_intraday_plpc": ratio(value - day_cost, day_cost),
            "current_price": text(price),
            "lastday_price": text(before),
            "change_today": ratio(price - before, before),
        }

    def _cost_today(self, account: str, holding: Holding, before: int, opened: int) -> int:
        """What the position cost as of today: what was held at the last close at its price, the rest as bought."""
        fills = self._stocks.executions(account, holding.symbol, since=opened)
        bought = sum(fill.quantity for fill in fills if fill.side == "buy")
        new = min(bought, holding.quantity)
        paid = sum(product(fill.price, fill.quantity) for fill in fills if fill.side == "buy")
        return product(before, holding.quantity - new) + (paid * new // bought if bought else 0)

    # -- closing -------------------------------------------------------------------------------------------------------

    def close(self, account: str, given: str, query: Query) -> Json:
        """DELETE /v2/positions/{symbol or asset}: the order that sells it, or a part of it."""
        holding = self._holding(account, given)
        return self._sell(account, holding.symbol, self._part(holding, query))

    def _part(self, holding: Holding, query: Query) -> int:
        quantity, percentage = query.get("qty"), query.get("percentage")
        if quantity and percentage:
            raise invalid("only one of qty or percentage is accepted")
        if quantity:
            return units(quantity, "qty")
        if not percentage:
            return holding.quantity
        share = units(percentage, "percentage")
        if share > _HUNDRED:
            raise invalid("percentage must be between 0 and 100")
        step = self._stocks.markets[holding.symbol].step
        part = holding.quantity * share // _HUNDRED // step * step
        if not part:
            raise invalid("percentage is less than the smallest fraction of a share")
        return part

    def _sell(self, account: str, symbol: str, quantity: int) -> Json:
        order = NewOrder(symbol=symbol, side=Side.SELL, kind=Kind.MARKET, quantity=quantity, lifetime=Lifetime.DAY)
        return self._trading.place(account, order)

    def close_all(self, account: str, query: Query) -> list[Json]:
        """DELETE /v2/positions: what became of each."""
        if truth(query.get("cancel_orders"), "cancel_orders"):
            self._trading.cancel_all(account)
        found: list[Json] = []
        for holding in self._stocks.holdings(account):
            status, body = 200, {}
            try:
                body = self._sell(account, holding.symbol, holding.quantity)
            except Problem as problem:
                status, body = problem.status, problem.body
            found.append({"symbol": holding.symbol, "status": status, "body": body})
        return found

"""The account: its money, its settings, what happened on it."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.exchange import Execution, OrderState
from parrot.gateway.alpaca_api import names
from parrot.gateway.alpaca_api.days import local, midnight_of
from parrot.gateway.alpaca_api.problems import invalid, malformed
from parrot.gateway.alpaca_api.stocks import Stocks
from parrot.gateway.alpaca_api.telling import status
from parrot.gateway.alpaca_api.trading import Query
from parrot.gateway.alpaca_api.values import SECOND, moment, product, read_date, read_moment, text, whole
from parrot.kernel.errors import Refused

Json = dict[str, Any]

_DAY: Final = 86_400 * SECOND
_PAGE: Final = 100
_NOTHING: Final = "0"
_SETTINGS: Final[Json] = {
    "dtbp_check": "entry",
    "fractional_trading": True,
    "max_margin_multiplier": "1",
    "max_options_trading_level": 0,
    "no_shorting": True,
    "pdt_check": "entry",
    "ptp_no_exception_entry": False,
    "suspend_trade": False,
    "trade_confirm_email": "all",
}
_CHOICES: Final = {
    "dtbp_check": ("both", "entry", "exit"),
    "pdt_check": ("both", "entry", "exit"),
    "trade_confirm_email": ("all", "none"),
    "max_margin_multiplier": ("1",),
    "max_options_trading_level": (0, None),
    "no_shorting": (True,),
    "fractional_trading": (True, False),
    "ptp_no_exception_entry": (True, False),
    "suspend_trade": (True, False),
}


class Accounts:
    """What the paths below /v2/account do. Settings last as long as the process."""

    def __init__(self, stocks: Stocks) -> None:
        self._stocks = stocks
        self._settings: dict[str, Json] = {}
        self._since = stocks.now

    # -- money ---------------------------------------------------------------------------------------------------------

    def show(self, account: str) -> Json:
        """GET /v2/account."""
        cash = self._stocks.cash(account)
        total = cash.free + cash.locked
        value = sum(
            product(self._stocks.last_price(holding.symbol), holding.quantity)
            for holding in self._stocks.holdings(account)
        )
        before = self._at_last_close(account, total)
        money = {
            "buying_power": cash.free,
            "regt_buying_power": cash.free,
            "non_marginable_buying_power": cash.free,
            "effective_buying_power": cash.free,
            "cash": total,
            "equity": total + value,
            "portfolio_value": total + value,
            "last_equity": before,
            "long_market_value": value,
            "position_market_value": value,
            "initial_margin": value,
        }
        nothing = (
            "accrued_fees",
            "daytrading_buying_power",
            "intraday_adjustments",
            "last_maintenance_margin",
            "maintenance_margin",
            "options_buying_power",
            "pending_reg_taf_fees",
            "pending_transfer_in",
            "pending_transfer_out",
            "short_market_value",
            "sma",
        )
        suspended = self.suspended(account)
        return {
            "id": names.account_id(account),
            "account_number": names.account_number(account),
            "status": "ACTIVE",
            "crypto_status": "INACTIVE",
            "currency": "USD",
            **{name: text(amount) for name, amount in money.items()},
            **dict.fromkeys(nothing, _NOTHING),
            "multiplier": "1",
            "shorting_enabled": False,
            "pattern_day_trader": False,
            "trading_blocked": False,
            "transfers_blocked": False,
            "account_blocked": False,
            "trade_suspended_by_user": suspended,
            "created_at": moment(self._since),
            "balance_asof": local(self._stocks.days.last_close(self._stocks.now)).date().isoformat(),
            "daytrade_count": 0,
            "options_approved_level": 0,
            "options_trading_level": 0,
            "crypto_tier": 0,
        }

    def _at_last_close(self, account: str, cash: int) -> int:
        """What the account was worth at the last close; money and shares brought in since count as if there then."""
        stocks = self._stocks
        closed = stocks.days.last_close(stocks.now)
        held = {holding.symbol: holding.quantity for holding in stocks.holdings(account)}
        worth = cash
        for symbol in stocks.markets:
            quantity = held.get(symbol, 0)
            for fill in stocks.executions(account, symbol, since=closed):
                sign = 1 if fill.side == "buy" else -1
                quantity -= sign * fill.quantity
                worth += sign * product(fill.price, fill.quantity)
            if quantity:
                worth += product(stocks.price_at(symbol, closed), quantity)
        return worth

    # -- settings ------------------------------------------------------------------------------------------------------

    def settings(self, account: str) -> Json:
        """GET /v2/account/configurations."""
        return {**_SETTINGS, **self._settings.get(account, {})}

    def change(self, account: str, fields: Json) -> Json:
        """PATCH /v2/account/configurations."""
        for name, value in fields.items():
            choices = _CHOICES.get(name)
            if choices is None:
                raise invalid(f"unknown setting {name[:40]}")
            if not any(type(value) is type(choice) and value == choice for choice in choices):
                raise invalid(f"invalid {name}")
        self._settings[account] = {**self._settings.get(account, {}), **fields}
        return self.settings(account)

    def suspended(self, account: str) -> bool:
        """Whether the client asked to take no more orders."""
        return bool(self._settings.get(account, {}).get("suspend_trade", False))

    # -- what happened -------------------------------------------------------------------------------------------------

    def activities(self, account: str, query: Query, kind: str = "") -> list[Json]:
        """GET /v2/account/activities: fills, the newest first unless asked for otherwise."""
        kinds = {word for word in (kind or query.get("activity_types", "")).upper().split(",") if word}
        if query.get("category") == "non_trade_activity" or (kinds and "FILL" not in kinds):
            return []
        size = whole(query.get("page_size"), "page_size", default=_PAGE, most=_PAGE)
        direction = query.get("direction") or "desc"
        if direction not in ("asc", "desc"):
            raise invalid("invalid direction")
        since, until = self._span(query)
        fills = sorted(
            (fill for symbol in self._stocks.markets for fill in self._stocks.executions(account, symbol)),
            key=lambda fill: (fill.ts, fill.symbol, fill.trade_id),
        )
        told = [row for row in self._told(account, fills) if since <= row[0] and (not until or row[0] <= until)]
        rows = [row for _, row in (told if direction == "asc" else told[::-1])]
        return _after(rows, query.get("page_token"))[:size]

    def _span(self, query: Query) -> tuple[int, int]:
        if query.get("date"):
            start = midnight_of(read_date(query["date"], "date"))
            return start, start + _DAY - 1
        since = read_moment(query["after"], "after") + 1 if query.get("after") else 0
        return since, read_moment(query["until"], "until", end=True) - 1 if query.get("until") else 0

    def _told(self, account: str, fills: list[Execution]) -> list[tuple[int, Json]]:
        done: dict[int, int] = {}
        states: dict[int, OrderState] = {}
        found = []
        for fill in fills:
            number = fill.order_id
            try:
                state = states.get(number) or states.setdefault(number, self._stocks.exchange.order(account, number))
            except Refused:  # the order is forgotten before its fills
                continue
            done[number] = done.get(number, 0) + fill.quantity
            found.append((fill.ts, self._activity(account, fill, state, done[number])))
        return found

    def _activity(self, account: str, fill: Execution, state: OrderState, done: int) -> Json:
        left = max(state.quantity - done, 0)
        uuid = names.execution_id(fill)
        now = self._stocks.days.is_open(self._stocks.now)
        return {
            "id": f"{local(fill.ts):%Y%m%d%H%M%S}{fill.ts % SECOND // 1_000_000:03d}::{uuid}",
            "account_id": names.account_id(account),
            "activity_type": "FILL",
            "transaction_time": moment(fill.ts),
            "type": "fill" if not left else "partial_fill",
            "price": text(fill.price),
            "qty": text(fill.quantity),
            "side": fill.side.value,
            "symbol": fill.symbol,
            "leaves_qty": text(left),
            "cum_qty": text(done),
            "order_id": names.order_id(fill.order_id),
            "order_status": status(state, trading=now),
        }


def _after(rows: list[Json], token: str | None) -> list[Json]:
    if not token:
        return rows
    for place, row in enumerate(rows):
        if row["id"] == token:
            return rows[place + 1 :]
    raise malformed("invalid page_token")

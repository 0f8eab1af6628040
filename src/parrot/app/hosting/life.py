"""One life of a strategy: its core in the live mode, batches in, deeds out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from parrot.app.strategies import configured, load_text
from parrot.contracts.commands import Guard, OrderKind, Role, Side, SubmitOrder, TimeInForce
from parrot.contracts.hosting import Deed, InputBatch, LifeBegun, OrderReport
from parrot.contracts.listing import Listing
from parrot.contracts.market import Fees, Instrument, Market
from parrot.engine.live import Executed, LiveRun, Move, nothing_yet
from parrot.kernel.errors import InputError
from parrot.sdk import Strategy
from parrot.sdk.rules import Rules, RulesStrategy

_UNITS: Final = 10**8
_KINDS: Final = {
    "market": OrderKind.MARKET,
    "limit": OrderKind.LIMIT,
    "stop": OrderKind.STOP,
    "stop_limit": OrderKind.STOP_LIMIT,
    "trailing_stop": OrderKind.TRAILING,
    "market_if_touched": OrderKind.TOUCH,
    "limit_if_touched": OrderKind.TOUCH_LIMIT,
}
_ROLES: Final = {"stop": Role.STOP, "take": Role.TAKE}
_LEVELS: Final = {"price": "price", "distance": "distance", "pct": "percent"}


def strategy_of(begun: LifeBegun) -> Strategy:
    """The strategy of a life, made from its kept text. Raises StrategyError, InputError or MissingError."""
    found = configured(load_text(begun.source, begun.path), begun.parameters)
    return RulesStrategy(found) if isinstance(found, Rules) else found


def feeds_of(strategy: Strategy, begun: LifeBegun) -> list[str]:
    """The feeds that were asked for, else bars where they have a length, and ticks that it has handlers for."""
    if begun.feeds:
        return list(begun.feeds)
    handled = [feed for feed in ("trades", "quotes") if hasattr(strategy, f"on_{feed[:-1]}")]
    return (["bars"] if begun.timeframe else []) + handled


def require_bars(strategy: Strategy, begun: LifeBegun) -> None:
    """Refuses `on_bar` where no bars will come. Raises InputError."""
    handled = callable(getattr(strategy, "on_bar", None))
    if handled and not begun.timeframe and (not begun.feeds or "bars" in begun.feeds):
        problem = f"{type(strategy).__name__} has on_bar, and would be given no bars"
        raise InputError(problem, expected="a timeframe such as 5s or 1m", fix="give --timeframe 1m")


def market_of(listings: Sequence[Listing]) -> Market:
    """The terms of a live run: what the venue lists; fees only size orders, those paid come with the fills."""
    instruments = {listing.symbol: _instrument(listing) for listing in listings}
    fees = Fees(
        maker=max((listing.maker_fee for listing in listings), default=Decimal(0)),
        taker=max((listing.taker_fee for listing in listings), default=Decimal(0)),
    )
    return Market(instruments=instruments, fees=fees)


def _instrument(listing: Listing) -> Instrument:
    return Instrument(
        tick=listing.tick,
        lot=listing.lot,
        min_quantity=listing.min_quantity,
        min_notional=listing.min_notional,
        currency=listing.quote,
        base=listing.base,
    )


class Life:
    """A strategy at work. `take` brings a batch, `deeds` says what was done since the last call.

    `run` makes the run where it is no empty one on the terms of the listings; `strategy` is one that is there already.
    """

    def __init__(
        self,
        begun: LifeBegun,
        run: Callable[[Strategy, LifeBegun], LiveRun] | None = None,
        strategy: Strategy | None = None,
    ) -> None:
        strategy = (strategy_of(begun) if strategy is None else strategy).fresh()
        require_bars(strategy, begun)
        self.feeds = feeds_of(strategy, begun)
        self.run = _empty_run(strategy, begun, self.feeds) if run is None else run(strategy, begun)
        self._strategy = strategy
        self._begun = begun
        self._listings = begun.listings
        self._by_symbol = {listing.symbol: listing for listing in begun.listings}
        for held in begun.opening:
            self._adopt(held.symbol, held.quantity, held.price)

    @property
    def has_timers(self) -> bool:
        """True when its timers need time to go on without data."""
        return bool(self._strategy.subscriptions[1])

    def take(self, batch: InputBatch, *, data: bool = True) -> None:
        """Hands a batch to the core; without `data` only reports and how far things are known."""
        run = self.run
        if data:
            for bar in batch.bars:
                row = (bar.ts, bar.close_ts, bar.open, bar.high, bar.low, bar.close, bar.volume)
                run.bar(bar.symbol, row)
            for trade in batch.trades:
                run.trade(trade.symbol, trade.ts, trade.price, trade.size, trade.side)
            for quote in batch.quotes:
                run.quote(quote.symbol, quote.ts, quote.bid, quote.ask, quote.bid_size, quote.ask_size)
        for report in batch.reports:
            self._report(report)
        run.know(batch.upto)

    def deeds(self) -> list[Deed]:
        """What the strategy did since the last call."""
        return [self._deed(move) for move in self.run.moves()]

    def _report(self, report: OrderReport) -> None:
        if report.kind == "filled":
            self.run.filled(report.order, self._executed(report))
        elif report.kind == "foreign":
            local = self.run.adopt(report.symbol, report.side, _units(report.quantity))
            self.run.filled(local, self._executed(report))
        elif report.kind != "received":
            self.run.ended(report.order, report.ts, report.kind, report.reason)

    def _executed(self, report: OrderReport) -> Executed:
        listing = self._by_symbol[report.symbol]
        in_base = report.fee_currency == listing.base
        fee = report.fee * report.price if in_base else report.fee
        known = in_base or report.fee_currency == listing.quote
        return Executed(
            report.ts,
            _units(report.quantity),
            int(report.price.scaleb(listing.price_decimals)),
            fee if known else Decimal(0),
            _units(report.fee) if in_base and report.side > 0 else None,
            report.maker,
            report.protection,
        )

    def _adopt(self, symbol: str, quantity: Decimal, price: Decimal) -> None:
        listing = self._by_symbol[symbol]
        side = 1 if quantity > 0 else -1
        local = self.run.adopt(symbol, side, _units(abs(quantity)))
        units = int(price.scaleb(listing.price_decimals).to_integral_value())
        self.run.filled(local, Executed(0, _units(abs(quantity)), units, Decimal(0), None, maker=False))

    def _deed(self, move: Move) -> Deed:
        quantity = Decimal(move.quantity).scaleb(-8)
        if move.deed != "place":
            return Deed(kind=move.deed, order=move.order_id, ts=move.ts, quantity=quantity)
        terms = self.run.engine.order_units(move.order_id)
        refused = str(terms["reason"]) if terms["status"] == "refused" else ""
        submit = self._submit(move, quantity, terms)
        return Deed(kind="place", order=move.order_id, ts=move.ts, quantity=quantity, submit=submit, refused=refused)

    def _submit(self, move: Move, quantity: Decimal, terms: dict[str, Any]) -> SubmitOrder:
        listing = self._listings[terms["symbol"]]
        kind = _KINDS.get(terms["type"], OrderKind.MARKET)
        role = _ROLES.get(terms["role"], Role.PLAIN)
        trailing = kind is OrderKind.TRAILING
        unit, trail = terms["trail"]
        return SubmitOrder(
            strategy=self._begun.strategy,
            key=str(self._begun.first_key + move.order_id),
            symbol=listing.symbol,
            side=Side.BUY if terms["side"] > 0 else Side.SELL,
            quantity=quantity,
            kind=kind,
            limit=_price(terms["limit"], listing),
            trigger=_price(terms["trigger"], listing),
            trail=_amount(unit, trail, listing) if trailing else None,
            trail_percent=trailing and unit == "pct",
            tif=TimeInForce(terms["tif"].lower()),
            until=terms["until"],
            post_only=terms["post_only"],
            reduce_only=terms["reduce_only"],
            role=role,
            guard=_guard(terms, listing),
            group=f"{self._begun.strategy}:{terms['oco']}" if terms["oco"] else "",
            decided=move.ts,
            why=terms["why"],
        )


def _empty_run(strategy: Strategy, begun: LifeBegun, feeds: Sequence[str]) -> LiveRun:
    decimals = {listing.symbol: listing.price_decimals for listing in begun.listings}
    return LiveRun(strategy, nothing_yet(decimals, begun.timeframe, feeds), market_of(begun.listings), begun.cash)


def _units(quantity: Decimal) -> int:
    return int(quantity * _UNITS)


def _price(units: int, listing: Listing) -> Decimal | None:
    return Decimal(units).scaleb(-listing.price_decimals) if units else None


def _amount(unit: str, amount: int, listing: Listing) -> Decimal:
    """A level in quote units, or in per cent."""
    return Decimal(amount).scaleb(-6) if unit == "pct" else Decimal(amount).scaleb(-listing.price_decimals)


def _guard(terms: dict[str, Any], listing: Listing) -> Guard | None:
    stop, take = terms["stop"], terms["take"]
    if stop is None and take is None:
        return None
    return Guard(
        stop=None if stop is None else _amount(stop[0], stop[1], listing),
        stop_unit="price" if stop is None else _LEVELS[stop[0]],
        trailing=terms["trailing"],
        take=None if take is None else _amount(take[0], take[1], listing),
        take_unit="price" if take is None else _LEVELS[take[0]],
    )

"""One run of a strategy over data: build the core, call the strategy, hand back what it left behind."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from parrot.contracts.market import (
    AccountKind,
    Action,
    Dividend,
    Fees,
    InstrumentKind,
    Market,
    Number,
    Slippage,
    Split,
    decimal,
)
from parrot.contracts.orders import FillView, OrderView
from parrot.engine import terms
from parrot.engine.bars import Bars
from parrot.engine.calendar import calendar
from parrot.engine.columns import timeframe_ns
from parrot.engine.handlers import require_handlers, taking
from parrot.engine.outcome import Outcome
from parrot.engine.series import Columns, Engine
from parrot.kernel.errors import AmountError, InputError, Interrupted, ParameterError, ParrotError, StrategyError

Progress = Callable[[int], None]
Handler = Callable[..., object]

_MOST_CASH = 10**15


class Player(Protocol):
    """What a run asks of a strategy."""

    timeframes: ClassVar[Sequence[str]]
    warmup: ClassVar[int]

    def attach(self, engine: Engine, symbols: Sequence[str], columns: Columns) -> None:
        """Binds it to a started run."""

    def init(self) -> None:
        """Lets it declare indicators and subscriptions."""

    @property
    def subscriptions(self) -> tuple[list[Handler], list[Handler]]:
        """Handlers of conditions and of timers, by number."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Data of a run by symbol: bars, ticks, universe masks (uint8, one a bar), events; `fx` by currency.

    `fx` holds bars of each currency's rate in the account's currency.
    """

    bars: Mapping[str, Bars]
    masks: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    trades: Mapping[str, Any] = field(default_factory=dict)
    quotes: Mapping[str, Any] = field(default_factory=dict)
    books: Mapping[str, Any] = field(default_factory=dict)
    fx: Mapping[str, Bars] = field(default_factory=dict)

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols, in the order given."""
        return tuple(dict.fromkeys([*self.bars, *self.trades, *self.quotes, *self.books]))


def run(strategy: Player, inputs: Inputs, market: Market, cash: Number, *, progress: Progress | None = None) -> Outcome:
    """Runs `strategy` to the end of the data.

    Raises InputError for terms or data that cannot be used, StrategyError (with the partial outcome as `result`) when
    the strategy raises, Interrupted (likewise) on Ctrl-C.
    """
    amount = amount_of(cash)
    engine, views = build(inputs, market, amount, listed(strategy.timeframes))
    strategy.attach(engine, inputs.symbols, lambda symbol, length: floats(views, symbol, length))
    outcome = Outcome(engine, inputs, market, amount)
    try:
        play(engine, strategy, inputs, progress)
    except KeyboardInterrupt as fault:
        raise Interrupted(outcome) from fault
    except ParrotError as fault:
        if isinstance(fault, InputError) and _user_frame(fault):
            raise failure(strategy, fault, outcome) from fault
        raise
    except (Exception, SystemExit) as fault:
        if isinstance(fault, OverflowError) and not _user_frame(fault):
            raise AmountError(str(fault), fix="start with less cash or smaller quantities") from None
        raise failure(strategy, fault, outcome) from fault
    finally:
        for handlers in strategy.subscriptions:
            handlers.clear()  # methods of the strategy: the circle would keep its columns until the collector comes by
    return outcome


def amount_of(cash: Number) -> Decimal:
    """Starting cash, exact; raises ParameterError for what cannot be one."""
    amount = decimal(cash, "cash")
    if amount <= 0:
        raise ParameterError(f"cash is {cash!r}", expected="a positive amount")
    if amount > _MOST_CASH:
        raise ParameterError(f"cash is {cash!r}", expected=f"at most {_MOST_CASH:,}", fix="count in a larger unit")
    return amount


def build(
    inputs: Inputs, market: Market, cash: Decimal, timeframes: Sequence[str | int], *, live: bool = False
) -> tuple[Engine, dict[tuple[str, int], Bars]]:
    """A started run and its bars by symbol and timeframe (0: those given); see `run` for the errors."""
    account = {**terms.account_terms(market, cash), "live": live}
    _require_known_instruments(inputs, market)
    _refuse_futures_for_cash(inputs, market)
    _require_fee_rate(inputs, market)
    _refuse_actions(inputs, market)
    specified = {}
    for symbol in inputs.symbols:
        specified[symbol] = terms.instrument_terms(
            market.of(symbol), _price_decimals(inputs, symbol), account["cash_decimals"]
        )
    slippage = Slippage.of(market.slippage)
    _require_slippage_basis(slippage, inputs, market)
    engine = Engine({**account, "slippage": terms.slippage_terms(slippage)})
    views: dict[tuple[str, int], Bars] = {}
    numbers = {symbol: engine.add_symbol(symbol, spec) for symbol, spec in specified.items()}
    for symbol, bars in inputs.bars.items():
        _add_bars(engine, numbers[symbol], bars, inputs, market, views)
        for length in timeframes:
            _add_timeframe(engine, numbers[symbol], symbol, bars, length, inputs.actions, views)
    for symbol, (ts, rates) in terms.fx_terms(market, inputs.symbols, inputs.fx).items():
        engine.add_fx(numbers[symbol], ts, rates)
    engine.start([terms.action_terms(action, _number(numbers, action)) for action in inputs.actions])
    _add_ticks(engine, inputs, numbers)
    return engine, views


def _number(numbers: Mapping[str, int], action: Action) -> int:
    if action.symbol not in numbers:
        raise ParameterError(f"{action} names an unknown symbol", expected=", ".join(numbers))
    return numbers[action.symbol]


def _price_decimals(inputs: Inputs, symbol: str) -> int:
    found = {
        data[symbol].price_decimals
        for data in (inputs.bars, inputs.trades, inputs.quotes, inputs.books)
        if symbol in data
    }
    if len(found) > 1:
        raise InputError(f"the data of {symbol} have different price scales: {sorted(found)}")
    return int(found.pop())


def _add_bars(
    engine: Engine, number: int, bars: Bars, inputs: Inputs, market: Market, views: dict[tuple[str, int], Bars]
) -> None:
    columns = _columns(bars)
    symbol = inputs.symbols[number]
    if market.calendar is not None:
        columns["session"] = calendar(market.calendar).session_ids(bars.ts)
    if symbol in inputs.masks:
        columns["member"] = inputs.masks[symbol]
    stream = engine.add_bars(number, bars.timeframe, True, bars.volume_decimals, columns)
    _adjust(engine, stream, symbol, bars, inputs.actions)
    views[symbol, 0] = views[symbol, bars.timeframe] = bars


def _add_timeframe(
    engine: Engine,
    number: int,
    symbol: str,
    bars: Bars,
    length: str | int,
    actions: Sequence[Action],
    views: dict[tuple[str, int], Bars],
) -> None:
    span = timeframe_ns(length)
    if span == bars.timeframe:
        return
    larger = bars.resample(span)
    stream = engine.add_bars(number, span, False, larger.volume_decimals, _columns(larger))
    _adjust(engine, stream, symbol, larger, actions)
    views[symbol, span] = larger


def _columns(bars: Bars) -> dict[str, Any]:
    return {
        "ts": bars.ts,
        "close_ts": bars.close_ts,
        "open": bars.open_ticks,
        "high": bars.high_ticks,
        "low": bars.low_ticks,
        "close": bars.close_ticks,
        "volume": bars.volume_lots,
    }


def floats(views: dict[tuple[str, int], Bars], symbol: str, length: int) -> dict[str, NDArray[np.float64]] | None:
    """Whole columns of a symbol's bars by name; None where there are none of this length."""
    bars = views.get((symbol, length))
    if bars is None:
        return None
    return {name: getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}


def _add_ticks(engine: Engine, inputs: Inputs, numbers: Mapping[str, int]) -> None:
    for symbol, data in inputs.trades.items():
        engine.add_trades(numbers[symbol], data.ts, data.price_ticks, data.size_lots, data.side, data.size_decimals)
    for symbol, data in inputs.quotes.items():
        columns = (data.ts, data.bid_ticks, data.ask_ticks, data.bid_lots, data.ask_lots)
        engine.add_quotes(numbers[symbol], *columns, data.size_decimals)
    for symbol, data in inputs.books.items():
        columns = (data.ts, data.side, data.price_ticks, data.size_lots, data.flags)
        engine.add_books(numbers[symbol], *columns, data.size_decimals, getattr(data, "last_id", None))


def _require_slippage_basis(slippage: Slippage, inputs: Inputs, market: Market) -> None:
    """Slippage in ticks needs ticks, as a share of the spread it needs quotes: neither is inferred from prices."""
    for symbol in inputs.symbols:
        if slippage.ticks and market.of(symbol).tick is None:
            fix = "Market(instrument=Instrument(tick=...))"
            raise ParameterError(f"slippage is in ticks, and {symbol} has no tick", expected="its tick", fix=fix)
        if slippage.spread and symbol not in inputs.quotes and symbol not in inputs.books:
            problem = f"slippage is a share of the spread, and {symbol} has no quotes"
            raise ParameterError(problem, expected="quotes= or books= for it", fix='or slippage="5bp"')


def _require_known_instruments(inputs: Inputs, market: Market) -> None:
    """Terms by symbol of which none fits the data would leave every symbol on the default, unnoticed."""
    if market.instruments and not market.instruments.keys() & set(inputs.symbols):
        problem = f"market.instruments has terms for {', '.join(market.instruments)}, and the data are of "
        fix = "name the data: {symbol: bars}, or read_bars(..., symbol=...)"
        raise ParameterError(problem + ", ".join(inputs.symbols), expected="one of these symbols at least", fix=fix)


def _refuse_futures_for_cash(inputs: Inputs, market: Market) -> None:
    futures = [symbol for symbol in inputs.symbols if market.of(symbol).kind is not InstrumentKind.SPOT]
    if futures and market.account is AccountKind.CASH:
        raise InputError(
            f"{', '.join(futures)}: futures cannot be held on a cash account", fix='pass Market(account="margin", ...)'
        )


def _require_fee_rate(inputs: Inputs, market: Market) -> None:
    """A fee in a third currency costs the account its value at the last rate, which has to be known (rule A5)."""
    currency = Fees.of(market.fees).currency
    if currency not in ("quote", "base", market.currency, *inputs.fx):
        raise InputError(
            f"fees are paid in {currency!r}, whose rate is not given",
            expected='"quote", "base", the account\'s currency, or one with a rate',
            fix=f'pass fx={{"{currency}": bars of its rate}}',
        )


def _refuse_actions(inputs: Inputs, market: Market) -> None:
    """Corporate actions of futures make no sense; those that prices already contain would count twice."""
    for action in inputs.actions:
        if isinstance(action, Split | Dividend) and market.of(action.symbol).kind is not InstrumentKind.SPOT:
            raise InputError(
                f"{action}: {action.symbol} is a future", expected="a spot instrument for splits and dividends"
            )
        bars = inputs.bars.get(action.symbol)
        if bars is None or bars.adjusted == "none":
            continue
        if isinstance(action, Dividend) and bars.adjusted == "dividends":
            what = "dividends"
        elif isinstance(action, Split):
            what = "splits"
        else:
            continue
        raise InputError(
            f"the prices of {action.symbol} already contain {what}, and {action} would count twice",
            expected=f"raw prices with {what} as events, or adjusted prices without them",
            fix=f"leave the {what} out of actions=, or read raw prices",
        )


def _adjust(engine: Engine, stream: int, symbol: str, bars: Bars, actions: Sequence[Action]) -> None:
    """Indicators of a symbol with corporate actions see point-in-time prices: later ones in the first one's terms."""
    events = [a for a in actions if a.symbol == symbol and isinstance(a, Split | Dividend)]
    if not events:
        return
    factor = np.ones(len(bars))
    for action in events:
        row = int(np.searchsorted(bars.ts, action.ts))
        if isinstance(action, Split):
            factor[row:] *= float(decimal(action.ratio, "ratio"))
        elif 0 < row < len(bars):
            before = float(bars.close_ticks[row - 1]) / 10**bars.price_decimals
            paid = float(decimal(action.amount, "amount")) / before
            if paid >= 1:
                raise ParameterError(f"{action} pays more than the last price, {before:g}", expected="less")
            factor[row:] /= 1 - paid
    engine.adjust(stream, factor)


def play(
    engine: Engine,
    strategy: Any,
    inputs: Inputs,
    progress: Progress | None = None,
    feed: Callable[[], bool] | None = None,
) -> None:
    """Calls the strategy to the end of the data; live, `feed` brings more and says whether there will be any."""
    strategy.init()
    require_handlers(strategy, acting=bool(engine.working(None)))
    if strategy.warmup:
        engine.warm_up(strategy.warmup, 0)
    feeds: dict[str, Mapping[str, Any]] = {"trade": inputs.trades, "quote": inputs.quotes, "book": inputs.books}
    names = ("bar", "order", "fill", *feeds)
    handlers = {name: taking(getattr(strategy, f"on_{name}", None), 1) for name in names}
    engine.listen(**{name: handler is not None and bool(feeds.get(name, True)) for name, handler in handlers.items()})
    _call(strategy, "on_start")
    conditions, timers = strategy.subscriptions
    engine.run(
        {
            **handlers,
            "order": _shown(handlers["order"], engine.order, OrderView),
            "fill": _shown(handlers["fill"], engine.fill, FillView),
            "conditions": [taking(handler, 1) for handler in conditions],
            "timers": [taking(handler, 0) for handler in timers],
            "progress": progress,
            "feed": feed,
        }
    )
    _call(strategy, "on_stop")
    engine.finish()


def listed(timeframes: str | Sequence[str]) -> Sequence[str]:
    """Timeframes as a sequence, also where one was written."""
    return (timeframes,) if isinstance(timeframes, str) else timeframes


def _call(strategy: object, name: str) -> None:
    handler = getattr(strategy, name, None)
    if handler is not None:
        handler()


def _shown(
    handler: Handler | None, look: Callable[[int], dict[str, Any]], view: Callable[..., object]
) -> Handler | None:
    """`handler` called with a number, and hearing what stands behind it."""
    return None if handler is None else lambda number: handler(view(**look(number)))


def _user_frame(fault: BaseException) -> traceback.FrameSummary | None:
    """The innermost frame that is neither Parrot's own nor a library's; where there is none, that of a library."""
    own = str(Path(__file__).parents[1])
    libraries = (*(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")), "<")
    frames = traceback.extract_tb(fault.__traceback__)
    inside = [index for index, frame in enumerate(frames) if frame.filename == __file__]
    after = frames[max(inside) + 1 :] if inside else []
    outside = [frame for frame in reversed(after) if not frame.filename.startswith(own)]
    users = (frame for frame in outside if not frame.filename.startswith(libraries))
    return next(users, next(iter(outside), None))


def failure(strategy: object, fault: BaseException, outcome: object = None) -> StrategyError:
    """What a strategy raised, with its place in the user's file."""
    frame = _user_frame(fault)
    location = f"{frame.filename}:{frame.lineno}" if frame else ""
    line = f" in {frame.name}: {frame.line}" if frame else ""
    name = type(strategy).__name__
    problem = f"{name} raised {type(fault).__name__}: {fault}"
    return StrategyError(f"{problem} ({location}{line})" if location else problem, location=location, result=outcome)

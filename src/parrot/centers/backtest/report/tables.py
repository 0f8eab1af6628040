"""The tables of the page: months, drawdowns, where results came from, costs, orders, data, reproduction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from parrot.centers.backtest.report.analysis import Analysis
from parrot.centers.backtest.report.data import Candles, Feed, ReportData, Stats
from parrot.centers.backtest.report.figures import BY_KEY, signed, written
from parrot.centers.backtest.report.markup import Child, Markup, join, tag
from parrot.centers.backtest.report.parts import card, folded, named_values, scrolled, table
from parrot.centers.backtest.report.wording import DASH, Unit, moment, money, number, percent, span

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEAT_STEPS = (0.005, 0.02, 0.05, 0.1)  # monthly returns from which a cell is tinted more
REASONS_MAX = 12
BOUND_KEYS = ("final_equity", "total_return", "sharpe", "max_drawdown", "trades", "win_rate", "profit_factor")


def heat_map(analysis: Analysis) -> Markup:
    """Returns by month and year; the sign is written, the tint only helps."""
    values = {(month.year, month.month): month.value for month in analysis.months}
    head = tag(
        "tr",
        tag("th", "Year", scope="col"),
        [tag("th", name, scope="col", class_="n") for name in (*MONTHS, "Whole year")],
    )
    rows = [
        tag(
            "tr",
            tag("th", year, scope="row"),
            [_heat(values.get((year, month))) for month in range(1, 13)],
            _heat(total, "total"),
        )
        for year, total in reversed(analysis.years)
    ]
    if not rows:
        return tag("p", "No month has a close yet.", class_="empty")
    body = tag(
        "table", tag("caption", "Return by month, % (UTC)"), tag("thead", head), tag("tbody", rows), class_="heat"
    )
    return scrolled(body, label="Return by month")


def months(analysis: Analysis) -> Markup:
    """The charts of performance in numbers."""
    rows = (
        (
            f"{month.year}-{month.month:02}",
            money(month.equity, analysis.unit),
            _gain(month.value),
            _gain(month.benchmark),
            _gain(month.drawdown),
            percent(month.exposure, 1),
            number(month.trades, 0),
            money(month.fees, analysis.unit),
        )
        for month in reversed(analysis.months)
    )
    heads = (
        "Month",
        "Equity at end",
        "Return",
        "Buy and hold",
        "Deepest drawdown",
        "Mean exposure",
        "Trades opened",
        "Fees",
    )
    return folded("These charts as a table", table(heads, rows, caption="Month by month (UTC)"))


def drawdowns(analysis: Analysis) -> Markup:
    """The deepest falls with their dates."""
    dates = _close_dates(analysis)
    rows = (
        (
            str(place),
            _gain(fall.depth),
            dates[fall.start],
            dates[fall.trough],
            dates[fall.end] if fall.end is not None else "not recovered",
            number(fall.days, 0),
        )
        for place, fall in enumerate(analysis.drawdowns, 1)
    )
    heads = ("#", "Depth", "Peak", "Trough", "Recovered", "Days")
    return table(
        heads,
        rows,
        caption="Deepest drawdowns, from daily closes (UTC)",
        empty="Equity never closed a day below a peak.",
    )


def attribution(data: ReportData, analysis: Analysis) -> Markup:
    """Where results came from: reasons, symbols, side, weekday of entry."""
    closed = data.trades.filter(~pl.col("open")) if data.trades.height else data.trades
    if closed.is_empty():
        return card("Where results came from", tag("p", "No trade was closed.", class_="empty"))
    weekday = pl.from_epoch(pl.col("entry_ts"), "ns").dt.weekday()
    wanted: list[tuple[str, pl.Expr]] = [
        ("Reason to enter", pl.col("why_entry")),
        ("Reason to leave", pl.col("why_exit")),
        ("Side", pl.col("side")),
        ("Weekday of entry (UTC)", weekday),
    ]
    if closed["symbol"].n_unique() > 1:
        wanted.insert(0, ("Symbol", pl.col("symbol")))
    return join(card(name, _groups(closed, name, key, analysis.unit)) for name, key in wanted)


def costs(data: ReportData, analysis: Analysis) -> Markup:
    """Fees and slippage against what was traded and earned."""
    fees = float(data.fills["fee"].sum()) if data.fills.height else 0.0
    traded = float((data.fills["price"] * data.fills["quantity"]).sum()) if data.fills.height else 0.0
    net = float(analysis.closes.equity[-1]) - data.cash
    pairs: list[tuple[Child, Child]] = [
        ("Fills", number(data.fills.height, 0)),
        ("Traded value", money(traded, analysis.unit)),
        ("Fees", money(fees, analysis.unit)),
        ("Fees of traded value", f"{number(fees / traded * 1e4)} bp" if traded else DASH),
        ("Fees of starting equity", percent(fees / data.cash)),
        ("Profit before fees", signed(net + fees, money(net + fees, analysis.unit, signed=True))),
        ("Profit after fees", signed(net, money(net, analysis.unit, signed=True))),
        *_makers(data.fills),
        *_slippage(data, analysis.unit),
        ("Turnover", _times(data.stats.get("turnover"))),
    ]
    return card("Costs", named_values(pairs), note="Fees are already taken off every result on this page.")


def orders(data: ReportData) -> Markup:
    """What became of the orders, with the engine's reasons."""
    if data.orders.is_empty():
        return card("Orders", tag("p", "The strategy sent no order.", class_="empty"))
    counted = (
        data.orders.group_by("status", "reason")
        .len()
        .sort(["len", "status", "reason"], descending=[True, False, False])
    )
    rows = (
        (status or DASH, reason or DASH, number(count, 0))
        for status, reason, count in counted.head(REASONS_MAX).iter_rows()
    )
    rest = counted.height - REASONS_MAX
    note = f"{rest} rarer reasons are left out." if rest > 0 else None
    return card(
        "Orders",
        table(("Status", "Reason", "Orders"), rows, caption="Orders by outcome", text=2, quiet=True),
        note=note,
    )


def bounds(data: ReportData, analysis: Analysis) -> Markup:
    """What the bars allow: the same run read with most and least luck inside each bar."""
    columns = [_bound(data, "pessimistic"), analysis.stats, _bound(data, "optimistic")]
    wanted = [BY_KEY[key] for key in BOUND_KEYS if columns[0].get(key) is not None or columns[2].get(key) is not None]
    rows = ([figure.name, *(written(figure, stats, analysis.unit) for stats in columns)] for figure in wanted)
    heads = ("Figure", "Pessimistic", "This run", "Optimistic")
    note = "A bar does not tell the order of its prices. The bounds read each bar against and for the strategy."
    return card("What the bars allow", table(heads, rows, caption="Bounds of the result", quiet=True), note=note)


def coverage(data: ReportData) -> Markup:
    """Which data the run saw, with gaps and repairs."""
    rows = [_covered(symbol, candles) for symbol, candles in data.bars.items()] + [_fed(feed) for feed in data.feeds]
    heads = ("Symbol", "Data", "Source", "From (UTC)", "To (UTC)", "Rows", "Gaps", "Longest gap", "Missing bars")
    told = [(symbol, note) for symbol, candles in data.bars.items() for note in candles.notes]
    told += [(f"{feed.symbol} {feed.kind}", note) for feed in data.feeds for note in feed.notes]
    noted = [tag("li", f"{name}: {note}" if name else note) for name, note in told]
    notes = tag("ul", noted, class_="notes") if noted else tag("p", "No repair was needed.", class_="note")
    body = table(heads, rows, caption="Data coverage", text=5, empty="The run had no data.", quiet=True)
    note = "A gap is a step between open times longer than one bar; closed markets count too."
    return card("Data", body, notes, note=note, wide=True)


def source(data: ReportData) -> Markup | None:
    """The strategy as it was when it ran."""
    if not data.source:
        return None
    code = tag("pre", tag("code", data.source), tabindex=0, class_="code")
    return card("Code", folded(f"{len(data.source.splitlines()):,} lines as they ran", code), wide=True)


def reproduction(data: ReportData) -> Markup:
    """What must be equal for the same hash, and the command that runs it again."""
    facts = data.reproduction
    pairs = [
        ("Run", facts.run_id),
        ("Made", moment(facts.made_ns)),
        ("Parrot", facts.version),
        ("Code hash", facts.code_hash),
        ("Data hash", facts.data_hash),
        ("Result hash", facts.result_hash or str(data.stats.get("hash") or "")),
        ("Seed", "none" if facts.seed is None else str(facts.seed)),
    ]
    values = named_values((name, tag("code", value or DASH)) for name, value in pairs)
    if not facts.command:
        return card("Reproduce", values)
    copy = tag("button", "Copy", type="button", data_copy="command")
    command = tag("div", tag("pre", tag("code", facts.command, id="command"), tabindex=0), copy, class_="command")
    return card(
        "Reproduce", values, command, note="The same code, data, parameters and seed give the same result hash."
    )


def _bound(data: ReportData, name: str) -> Stats:
    found = (data.bounds or {}).get(name, {})
    if isinstance(found, int | float):
        return {"final_equity": found, "total_return": found / data.cash - 1}
    return found


def _heat(value: float | None, kind: str = "") -> Markup:
    if value is None:
        return tag("td", tag("span", DASH, class_="none"), class_=f"n {kind}".strip())
    step = sum(abs(value) >= edge for edge in HEAT_STEPS)
    tint = f"{'up' if value > 0 else 'down'}{step}" if step else "flat"
    return tag("td", number(value * 100, 1, signed=True), class_=f"n {tint} {kind}".strip())


def _gain(value: float | None) -> Markup:
    return tag("span", DASH) if value is None else signed(value, percent(value, signed=True))


def _close_dates(analysis: Analysis) -> list[str]:
    days = analysis.closes.days.astype(str).tolist()
    return ["start", *days]


def _groups(closed: pl.DataFrame, name: str, key: pl.Expr, unit: Unit) -> Markup:
    grouped = closed.group_by(key.alias("key")).agg(
        pl.len().alias("count"),
        (pl.col("pnl") > 0).mean().alias("won"),
        pl.col("pnl").mean().alias("mean"),
        pl.col("pnl").sum(),
    )
    by_day = grouped["key"].dtype.is_integer()
    rows = grouped.sort("key") if by_day else grouped.sort(["pnl", "key"], descending=[True, False])
    shown = (
        rows if rows.height <= REASONS_MAX else pl.concat([rows.head(REASONS_MAX // 2), rows.tail(REASONS_MAX // 2)])
    )
    listed = [
        (_key_name(key), number(count, 0), percent(won, 0), _result(mean, unit), _result(total, unit))
        for key, count, won, mean, total in shown.iter_rows()
    ]
    left = rows.height - shown.height
    said = tag("p", f"The best and worst six of {rows.height:,} are shown.", class_="note") if left else None
    return join([table((name, "Trades", "Won", "Mean", "Sum"), listed, caption=f"Results by {name}", quiet=True), said])


def _key_name(key: str | int | None) -> str:
    return WEEKDAYS[key - 1] if isinstance(key, int) else key or "none given"


def _result(value: float | None, unit: Unit) -> Markup:
    return tag("span", DASH) if value is None else signed(value, money(value, unit, signed=True))


def _makers(fills: pl.DataFrame) -> list[tuple[Child, Child]]:
    if fills.is_empty() or "liquidity" not in fills.columns:
        return []
    share = (fills["liquidity"] == "maker").mean()
    return [("Fills as maker", percent(float(share) if isinstance(share, int | float) else None, 1))]


def _slippage(data: ReportData, unit: Unit) -> list[tuple[Child, Child]]:
    paid, model = data.stats.get("slippage"), data.terms.get("slippage")
    if isinstance(paid, int | float):
        return [("Slippage", money(paid, unit))]
    return [("Slippage model", str(model))] if model is not None else []


def _times(value: float | int | str | None) -> str:
    return f"{number(value)} x mean equity" if isinstance(value, int | float) else DASH


def _covered(symbol: str, candles: Candles) -> Sequence[Child]:
    kind, count = f"bars of {span(candles.timeframe)}", len(candles.ts)
    if not count:
        return (symbol or DASH, kind, candles.source, DASH, DASH, "0", DASH, DASH, DASH)
    steps = np.diff(candles.ts)
    long = steps[steps > candles.timeframe]
    missing = int(np.sum(long // candles.timeframe - 1)) if candles.timeframe else 0
    first, last = moment(int(candles.ts[0])), moment(int(candles.close_ts[-1]))
    longest = span(int(long.max())) if len(long) else DASH
    gaps = (number(count, 0), number(len(long), 0), longest, number(missing, 0))
    return (symbol or DASH, kind, candles.source, first, last, *gaps)


def _fed(feed: Feed) -> Sequence[Child]:
    times = (moment(feed.first_ns), moment(feed.last_ns))
    return (feed.symbol or DASH, feed.kind, feed.source, *times, number(feed.rows, 0), DASH, DASH, DASH)

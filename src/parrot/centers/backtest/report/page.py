"""The report as one HTML page that loads nothing and says so in its own content policy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from parrot.centers.backtest.report import overview, tables
from parrot.centers.backtest.report.analysis import Analysis, analyse
from parrot.centers.backtest.report.data import ReportData
from parrot.centers.backtest.report.markup import Child, Markup, join, tag
from parrot.centers.backtest.report.parts import card, chart, chart_tools
from parrot.centers.backtest.report.payload import SYMBOLS_MAX, TRADES_MAX, charted_symbols, embedded
from parrot.kernel.errors import DataError

SCRIPTS = ("format.js", "scale.js", "plot.js", "curves.js", "candles.js", "trades.js", "page.js")
STYLES = ("base.css", "report.css")
_SLOT = re.compile(r"\{\{(\w+)\}\}")


def render(data: ReportData) -> str:
    """One self-contained HTML page about a back-test.

    Times on the page are UTC, amounts in `data.currency`. The page makes no request, holds at most 40,000 candles and
    50,000 trades, and says where it shows less than the result holds.
    Raises DataError when the result has no starting equity, or its curve is not finite.
    """
    if not data.cash > 0:
        raise DataError(f"the starting equity is {data.cash}", expected="a positive amount")
    analysis = analyse(data)
    body = fill(
        asset("page.html"),
        {
            "heading": overview.heading(data, analysis),
            "summary": overview.summary(data, analysis),
            "performance": _performance(data, analysis),
            "months": card("Returns by month", tables.heat_map(analysis), tables.months(analysis), wide=True),
            "figures": overview.all_figures(data, analysis),
            "chart": _price_chart(data),
            "trades": _trade_list(data),
            "results": _results(data, analysis),
            "costs": _costs(data, analysis),
            "run": _run(data),
            "data": Markup(embedded(data, analysis)),
        },
    )
    return document(f"{data.strategy}: back-test report", body, scripts=SCRIPTS)


def document(title: str, body: str, *, scripts: tuple[str, ...]) -> str:
    """A whole page around a body: one style, one script, and a policy that allows these two and no request."""
    style = "".join(map(asset, STYLES))
    script = f'"use strict";\n(() => {{\n{"".join(map(asset, scripts))}}})();\n'
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )
    slots = {
        "title": tag("title", title),
        "policy": tag("meta", http_equiv="Content-Security-Policy", content=policy),
        "style": Markup(f"<style>{style}</style>"),
        "body": Markup(body),
        "script": Markup(f"<script>{script}</script>"),
    }
    return fill(asset("document.html"), slots)


def fill(template: str, slots: Mapping[str, Markup]) -> str:
    """The template with every slot replaced, in one pass: what is filled in is not looked at again."""
    return _SLOT.sub(lambda found: slots[found.group(1)], template)


@cache
def asset(name: str) -> str:
    """A file of the report's assets."""
    return (files("parrot.centers.backtest.report") / "assets" / name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _performance(data: ReportData, analysis: Analysis) -> Markup:
    if not len(analysis.ts):
        return card("Equity", tag("p", "The run has no bar to show.", class_="empty"))
    unit = f", {data.currency}" if data.currency else ""
    held = [("Buy and hold", "held")] if analysis.benchmark is not None else []
    return card(
        "Equity",
        chart(
            "equity", "Equity against buy and hold over time", height="tall", keys=[(f"Strategy{unit}", "own"), *held]
        ),
        chart("drawdown", "Drawdown from the highest equity so far, %", height="low", keys=[("Drawdown", "down")]),
        _exposure(analysis),
        _rolling(analysis),
        tools=[tag("button", "Log scale", type="button", id="log", aria_pressed="false"), *chart_tools("equity")],
        note="Drawdown at every bar; ratios and the drawdown table from daily closes.",
        wide=True,
    )


def _exposure(analysis: Analysis) -> Markup:
    merged = analysis.exposure[2]
    name = "Exposure" if merged == 1 else f"Exposure, mean of {merged:,} bars"
    return chart("exposure", "Value of positions over equity, %", height="low", keys=[(name, "own")])


def _rolling(analysis: Analysis) -> Child:
    if len(analysis.rolling) < analysis.window:
        return tag("p", f"A rolling Sharpe ratio needs {analysis.window} days.", class_="empty")
    name = f"Sharpe ratio of the last {analysis.window} days"
    return chart("rolling", f"{name} over time", height="low", keys=[(name, "own")])


def _price_chart(data: ReportData) -> Markup:
    symbols = charted_symbols(data)
    if not symbols:
        return card("Price", tag("p", "There are no bars to draw.", class_="empty"), wide=True)
    options = [tag("option", symbol or "one symbol", value=symbol) for symbol in symbols]
    choice = tag("select", options, id="symbol", aria_label="Symbol", hidden=len(symbols) == 1)
    left = len(data.bars) - len(symbols)
    more = f" The {SYMBOLS_MAX} most traded symbols are here; {left} others are left out." if left > 0 else ""
    keys = [
        ("Long entry", "enter long"),
        ("Short entry", "enter short"),
        ("Exit", "leave"),
        ("Gain", "up"),
        ("Loss", "down"),
    ]
    return card(
        "Price, entries and exits",
        chart("price", "Candles with entries and exits of trades", height="tall", keys=keys),
        tag("canvas", id="overview", class_="overview", aria_hidden="true"),
        tag("p", id="merged", class_="note"),
        tools=[choice, *chart_tools("price")],
        note=f"Choose the chart, then wheel or pinch to zoom and drag to move; by keyboard + - 0 and arrows.{more}",
        wide=True,
    )


def _trade_list(data: ReportData) -> Markup:
    total = data.trades.height
    if not total:
        return card("No trades", tag("p", "The strategy made no trade.", class_="empty"), wide=True)
    note = f"The last {TRADES_MAX:,} of {total:,} trades; result.trades holds them all." if total > TRADES_MAX else None
    return card(f"{total:,} {'trade' if total == 1 else 'trades'}", Markup(asset("trades.html")), note=note, wide=True)


def _results(data: ReportData, analysis: Analysis) -> Markup:
    if len(analysis.bin_counts):
        picture: Child = [
            chart(
                "spread", "Number of closed trades by return", height="middle", keys=[("Gain", "up"), ("Loss", "down")]
            ),
            tag("p", "Outermost bars take what lies beyond the 1st and 99th percentile.", class_="note"),
        ]
    else:
        picture = tag("p", "No trade was closed.", class_="empty")
    falls = card("Drawdowns", tables.drawdowns(analysis))
    first = tag("div", card("Results of closed trades", picture), falls, class_="grid two")
    return join([first, tag("div", tables.attribution(data, analysis), class_="grid two")])


def _costs(data: ReportData, analysis: Analysis) -> Markup:
    limits = tables.bounds(data, analysis) if data.bounds else None
    return join([tag("div", tables.costs(data, analysis), tables.orders(data), class_="grid two"), limits])


def _run(data: ReportData) -> Markup:
    first = tag("div", overview.parameters(data), tables.reproduction(data), class_="grid")
    return join([first, tables.coverage(data), tables.source(data)])

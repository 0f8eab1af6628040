"""The index of several reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parrot.centers.backtest.report.data import IndexEntry
from parrot.centers.backtest.report.figures import BY_KEY, written
from parrot.centers.backtest.report.markup import Markup, tag
from parrot.centers.backtest.report.page import asset, document, fill
from parrot.centers.backtest.report.wording import Unit

FIGURES = ("total_return", "benchmark_return", "sharpe", "max_drawdown", "trades", "final_equity")
POINTS = 120
WIDTH, HEIGHT = 240, 56


def index_page(entries: Sequence[IndexEntry], *, title: str = "Back-tests", note: str = "") -> str:
    """One self-contained HTML page that links to reports, with key figures and a small picture of equity.

    `href` of an entry is kept as it is, so relative links stay relative. An empty index says what to do next.
    """
    listed = tag("div", map(_entry, entries), class_="reports") if entries else Markup(asset("no_reports.html"))
    slots = {
        "heading": tag("h1", title),
        "note": tag("p", note, class_="facts") if note else Markup(""),
        "entries": listed,
    }
    return document(title, fill(asset("index.html"), slots), scripts=("format.js", "index.js"))


def _entry(entry: IndexEntry) -> Markup:
    figures = [
        tag("div", tag("dt", BY_KEY[key].name), tag("dd", written(BY_KEY[key], entry.stats, Unit(entry.currency))))
        for key in FIGURES
        if key in entry.stats
    ]
    head = tag("header", tag("h2", entry.title), tag("p", entry.subtitle, class_="facts"))
    return tag(
        "a", head, sparkline(entry.equity), tag("dl", figures, class_="values"), href=entry.href, class_="card report"
    )


def sparkline(equity: Sequence[float]) -> Markup:
    """Equity as a small line; its shape only, the figures beside it are the reading."""
    values = np.asarray(equity, dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return Markup("")
    values = values[np.linspace(0, len(values) - 1, min(POINTS, len(values))).astype(int)]
    low, high = float(values.min()), float(values.max())
    across = np.linspace(2, WIDTH - 2, len(values))
    down = HEIGHT - 4 - (values - low) / ((high - low) or 1.0) * (HEIGHT - 8)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    line = tag("polyline", points=points, class_="line")
    start = tag("line", x1=0, x2=WIDTH, y1=f"{down[0]:.1f}", y2=f"{down[0]:.1f}", class_="base")
    return tag(
        "svg",
        start,
        line,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="spark",
        aria_hidden="true",
        preserveAspectRatio="none",
    )

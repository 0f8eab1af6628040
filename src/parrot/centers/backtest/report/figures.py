"""Names, units and order of the figures in a report."""

from __future__ import annotations

from dataclasses import dataclass

from parrot.centers.backtest.report.data import Stats
from parrot.centers.backtest.report.markup import Markup, tag
from parrot.centers.backtest.report.wording import DASH, Unit, money, number, percent, words


@dataclass(frozen=True, slots=True)
class Figure:
    """How one statistic is named and written; `kind` is percent, gain, ratio, money, result, count, days or text."""

    key: str
    name: str
    kind: str
    hint: str = ""


GROUPS: tuple[tuple[str, tuple[Figure, ...]], ...] = (
    (
        "Growth",
        (
            Figure("final_equity", "Final equity", "money"),
            Figure("total_return", "Total return", "gain"),
            Figure(
                "benchmark_return", "Buy and hold", "gain", "every symbol in equal parts from its first open, no fees"
            ),
            Figure("cagr", "CAGR", "gain", "growth a year at a constant rate"),
            Figure("best_day", "Best day", "gain"),
            Figure("worst_day", "Worst day", "gain"),
            Figure("exposure", "Time in market", "percent", "share of bar closes with a position"),
            Figure("stability", "Stability", "ratio", "share of log equity's variance that a straight line explains"),
        ),
    ),
    (
        "Risk",
        (
            Figure("sharpe", "Sharpe", "ratio", "daily closes, a year's worth, no risk-free rate"),
            Figure("sortino", "Sortino", "ratio"),
            Figure("calmar", "Calmar", "ratio", "CAGR over deepest drawdown"),
            Figure("omega", "Omega", "ratio"),
            Figure("volatility", "Volatility a year", "percent"),
            Figure("max_drawdown", "Deepest drawdown", "gain", "from daily closes"),
            Figure("max_drawdown_days", "Its length", "days", "from the peak to the recovery, or to the end"),
            Figure("longest_drawdown_days", "Longest drawdown", "days"),
            Figure("value_at_risk", "Value at risk, 95 %", "gain", "one day in twenty was worse"),
            Figure("conditional_value_at_risk", "Mean beyond it (CVaR)", "gain"),
            Figure("tail_ratio", "Tail ratio", "ratio"),
            Figure("skew", "Skew", "ratio"),
            Figure("kurtosis", "Excess kurtosis", "ratio"),
        ),
    ),
    (
        "Trades",
        (
            Figure("trades", "Trades", "count"),
            Figure("win_rate", "Won", "percent", "of closed trades"),
            Figure("profit_factor", "Profit factor", "ratio", "gross profit over gross loss"),
            Figure("expectancy", "Mean result", "result"),
            Figure("average_win", "Mean win", "result"),
            Figure("average_loss", "Mean loss", "result"),
            Figure("payoff_ratio", "Mean win over mean loss", "ratio"),
            Figure("best_trade", "Best trade", "result"),
            Figure("worst_trade", "Worst trade", "result"),
            Figure("longest_winning_streak", "Longest winning streak", "count"),
            Figure("longest_losing_streak", "Longest losing streak", "count"),
        ),
    ),
)
CARDS = ("total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate", "profit_factor", "exposure")
BY_KEY = {figure.key: figure for _, figures in GROUPS for figure in figures}
# Shown elsewhere on the page, or parts of other figures.
ELSEWHERE = frozenset(
    {
        "hash",
        "fills",
        "orders",
        "fees",
        "slippage",
        "turnover",
        "days",
        "downside_risk",
        "round_trips",
        "round_trip_pnl",
    }
    | {"wins", "losses"}
)


def written(figure: Figure, stats: Stats, unit: Unit) -> Markup:
    """The figure's value with unit, sign and, for gains and losses, colour."""
    value = stats.get(figure.key)
    if value is None or isinstance(value, str):
        return tag("span", DASH if value is None else value)
    if figure.kind in ("gain", "result"):
        return signed(value, percent(value, signed=True) if figure.kind == "gain" else money(value, unit, signed=True))
    return tag("span", _plain(figure.kind, value, unit))


def signed(value: float, text: str) -> Markup:
    """Text in the colour of a gain or a loss; the sign is already in it."""
    return tag("span", text, class_="gain" if value > 0 else "loss" if value < 0 else None)


def others(stats: Stats) -> list[Figure]:
    """Figures that a later engine added and this page does not know by name."""
    known = set(BY_KEY) | ELSEWHERE
    return [Figure(key, words(key), "ratio") for key in stats if key not in known]


def _plain(kind: str, value: float, unit: Unit) -> str:
    if kind == "percent":
        return percent(value)
    if kind == "money":
        return money(value, unit)
    if kind == "count" or (kind == "ratio" and isinstance(value, int)):
        return number(value, 0)
    if kind == "days":
        return f"{number(value, 0)} {'day' if value == 1 else 'days'}"
    return number(value)

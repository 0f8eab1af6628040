"""The top of the page: what ran, what came out, every figure."""

from __future__ import annotations

from parrot.centers.backtest.report.analysis import Analysis
from parrot.centers.backtest.report.data import ReportData
from parrot.centers.backtest.report.figures import BY_KEY, CARDS, GROUPS, others, signed, written
from parrot.centers.backtest.report.markup import Child, Markup, join, tag
from parrot.centers.backtest.report.parts import card, named_values
from parrot.centers.backtest.report.wording import day, money, percent, span, words

DAY = 86_400_000_000_000


def heading(data: ReportData, analysis: Analysis) -> Markup:
    """Name, market, period and state of the run."""
    state = tag("span", "STOPPED EARLY", class_="badge bad") if data.failure else None
    title = tag("h1", data.strategy, " ", tag("span", "BACK-TEST", class_="badge"), state)
    return tag("div", title, tag("p", join(_facts(data, analysis)), class_="facts"), class_="name")


def summary(data: ReportData, analysis: Analysis) -> Markup:
    """One sentence, the main figures, and what the reader has to know before trusting them."""
    cards = [_tile(key, analysis) for key in CARDS]
    return join(
        [_warnings(data), tag("p", _verdict(data, analysis), class_="verdict"), tag("div", cards, class_="tiles")]
    )


def all_figures(data: ReportData, analysis: Analysis) -> Markup:
    """Every statistic by group, with its unit."""
    groups = [
        card(
            name,
            named_values(
                (_name(figure.name, figure.hint), written(figure, analysis.stats, analysis.unit)) for figure in figures
            ),
        )
        for name, figures in GROUPS
    ]
    further = others(analysis.stats)
    if further:
        groups.append(
            card(
                "Other",
                named_values((figure.name, written(figure, analysis.stats, analysis.unit)) for figure in further),
            )
        )
    return tag("div", groups, class_="grid")


def symbols_named(data: ReportData) -> str:
    """Symbols and timeframe in a few words."""
    named = [symbol or "one symbol" for symbol in data.bars]
    shown = ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    frames = sorted({candles.timeframe for candles in data.bars.values()})
    return f"{shown}, {', '.join(map(span, frames))}" if frames else shown or "no bars"


def _facts(data: ReportData, analysis: Analysis) -> list[Child]:
    facts: list[Child] = [tag("span", symbols_named(data))]
    if len(analysis.ts):
        first, last = int(analysis.ts[0]), int(analysis.ts[-1])
        days = len(analysis.closes.days)
        facts.append(tag("span", f"{day(first)} to {day(last)} UTC, {days:,} {'day' if days == 1 else 'days'}"))
    bars = sum(len(candles.ts) for candles in data.bars.values())
    facts.append(tag("span", f"{bars:,} bars"))
    if data.reproduction.run_id:
        facts.append(tag("span", "run ", tag("code", data.reproduction.run_id)))
    return facts


def _warnings(data: ReportData) -> Child:
    found: list[Child] = []
    if data.failure:
        found.append(tag("p", tag("strong", "The run stopped early. "), data.failure, class_="alert", role="alert"))
    found += [tag("p", note, class_="alert mild") for note in data.notes]
    return found


def _verdict(data: ReportData, analysis: Analysis) -> list[Child]:
    final = float(analysis.closes.equity[-1])
    grown = final / data.cash - 1
    days = len(analysis.closes.days)
    said: list[Child] = [
        f"{money(data.cash, analysis.unit)} became ",
        tag("strong", money(final, analysis.unit)),
        ": ",
        signed(grown, percent(grown, signed=True)),
        f" in {days:,} {'day' if days == 1 else 'days'}.",
    ]
    held = analysis.stats.get("benchmark_return")
    if isinstance(held, int | float):
        said += [" Buy and hold made ", signed(held, percent(held, signed=True)), "."]
    return said


def _tile(key: str, analysis: Analysis) -> Markup:
    figure = BY_KEY[key]
    return tag(
        "div",
        tag("span", figure.name),
        tag("b", written(figure, analysis.stats, analysis.unit)),
        class_="tile",
        title=figure.hint or None,
    )


def _name(name: str, hint: str) -> Child:
    return [name, tag("small", hint)] if hint else name


def parameters(data: ReportData) -> Markup:
    """The strategy's parameters and the terms of its market."""
    said = tag("p", data.description, class_="note") if data.description else None
    own = named_values((tag("code", name), _value(value)) for name, value in data.parameters.items())
    terms = named_values((words(name), _value(value)) for name, value in data.terms.items())
    none = tag("p", "This strategy has no parameters.", class_="empty")
    untold = tag("p", "The market's terms were not recorded.", class_="empty")
    return join(
        [card("Parameters", said, own if data.parameters else none), card("Market", terms if data.terms else untold)]
    )


def _value(value: object) -> Child:
    return tag("span", "none" if value is None else str(value))

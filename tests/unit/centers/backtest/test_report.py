"""The report is one safe, small, well-formed page that shows what the result holds."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest

from parrot.centers.backtest.report import Feed, ReportData, render
from parrot.kernel.errors import DataError
from tests.unit.centers.backtest.sample import FILLS, ORDERS, TRADES, report_data

VOID = {"br", "col", "input", "link", "meta"}
HOSTILE = '</script><img src=x onerror="alert(1)">&<b>'
REQUEST = re.compile(r"https?:|url\(|@import|\b(?:fetch|import|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\s*\(")
PARTS = (
    "Summary", "Buy and hold", "Drawdown", "Returns by month", "Sharpe ratio of the last", "Price, entries and exits",
    "Results of closed trades", "Reason to enter", "Reason to leave", "Costs", "Fees of traded value", "Exposure",
    "Orders", "insufficient cash", "Parameters", "Data", "Gaps", "Reproduce", "Code hash", "Data hash", "Seed",
)  # fmt: skip


class Nesting(HTMLParser):
    """Every element that opens closes in its place; text and attributes are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)


def parsed(page: str) -> Nesting:
    nesting = Nesting()
    nesting.feed(page)
    nesting.close()
    assert nesting.open == []
    return nesting


def addresses(page: str) -> list[str | None]:
    """What the page's elements point to outside of it."""
    found = [
        a.get(name)
        for _, a in parsed(page).elements
        for name in ("src", "href", "action", "srcset", "data")
        if name in a
    ]
    return [where for where in found if where != "data:," and not str(where).startswith("#")]


def payload(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def text(page: str) -> str:
    return " ".join(" ".join(parsed(page).words).split())


@pytest.fixture(scope="module")
def page() -> str:
    return render(report_data(4_000))


def empty(**overrides) -> ReportData:
    frames = {
        "trades": pl.DataFrame(schema=TRADES),
        "fills": pl.DataFrame(schema=FILLS),
        "orders": pl.DataFrame(schema=ORDERS),
    }
    return report_data(200, **(frames | {"stats": {}} | overrides))


def test_the_page_is_well_formed_and_ids_are_unique(page: str) -> None:
    elements = parsed(page).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [name for name, _ in elements].count("h1") == 1


def test_the_page_loads_nothing_from_anywhere(page: str) -> None:
    assert addresses(page) == []
    assert not REQUEST.findall(page)
    assert page.count("<script>") == 1
    assert page.count("<style>") == 1
    assert " style=" not in page
    assert " onclick=" not in page


def test_the_pages_policy_names_its_own_style_and_script_only(page: str) -> None:
    (policy,) = [a["content"] for _, a in parsed(page).elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert policy.count("sha256-") == 2
    assert "unsafe" not in policy


def test_names_and_reasons_with_markup_stay_text() -> None:
    data = report_data(600)
    trades = data.trades.with_columns(pl.lit(HOSTILE).alias("why_entry"), pl.lit("\u2028" + HOSTILE).alias("why_exit"))
    hostile = render(
        report_data(
            600,
            strategy=HOSTILE,
            description=HOSTILE,
            parameters={HOSTILE: HOSTILE},
            terms={HOSTILE: HOSTILE},
            trades=trades,
            failure=HOSTILE,
            notes=[HOSTILE],
            currency=HOSTILE,
            bars={HOSTILE: data.bars["BTCUSDT"]},
        )
    )
    elements = parsed(hostile).elements
    assert "img" not in [name for name, _ in elements]
    assert hostile.count("</script>") == 2
    assert payload(hostile)["trades"]["reasons"] == [HOSTILE, "\u2028" + HOSTILE]
    assert list(payload(hostile)["candles"]) == [HOSTILE]


def test_a_slot_in_the_users_text_is_not_filled() -> None:
    assert "{{data}}" in text(render(report_data(600, strategy="{{data}}")))


def test_every_part_of_the_report_is_there(page: str) -> None:
    words = text(page)
    for part in PARTS:
        assert part in words, part


def test_figures_carry_signs_and_units(page: str) -> None:
    data = report_data(4_000)
    final = data.equity["equity"][-1]
    assert f"{final:,.2f}\N{NARROW NO-BREAK SPACE}USDT" in page
    gains = re.findall(r'<span class="(gain|loss)">([^<]+)</span>', page)
    assert len(gains) > 20
    assert all(said.startswith("+" if kind == "gain" else "\N{MINUS SIGN}") for kind, said in gains if float_of(said))


def float_of(said: str) -> float:
    return float(re.sub(r"[^\d.]", "", said.split("\N{NARROW NO-BREAK SPACE}")[0]) or 0)


def test_stats_of_the_result_win_and_unknown_ones_are_shown() -> None:
    words = text(render(report_data(600, stats={"sharpe": 7.77, "edge_ratio": 1.23, "profit_factor": None})))
    assert "7.77" in words
    assert "Edge ratio 1.23" in words


def test_a_run_without_trades_says_what_there_is_instead() -> None:
    words = text(render(empty()))
    for said in ("The strategy made no trade.", "The strategy sent no order.", "No trade was closed."):
        assert said in words


def test_a_run_without_bars_or_equity_still_makes_a_page() -> None:
    frame = report_data(200).equity.clear()
    words = text(render(empty(equity=frame, bars={})))
    assert "There are no bars to draw." in words
    assert "The run has no bar to show." in words


def test_one_bar_makes_a_page() -> None:
    parsed(render(empty(equity=report_data(200).equity.head(1))))


def test_a_failed_run_says_why_first() -> None:
    words = text(render(report_data(600, failure="sma.py, line 12: division by zero")))
    assert "STOPPED EARLY" in words
    assert words.index("The run stopped early. sma.py, line 12") < words.index("became")


def test_data_finer_than_bars_and_the_code_are_shown() -> None:
    feed = Feed("quotes", "ETHUSDT", "quotes.parquet", 1_234, 0, 3_600_000_000_000, ["sizes missing"])
    words = text(render(report_data(600, feeds=[feed], source="class Idea(Strategy):\n    x = 1 < 2\n")))
    assert "ETHUSDT quotes quotes.parquet 1970-01-01 00:00 UTC 1970-01-01 01:00 UTC 1,234" in words
    assert "ETHUSDT quotes: sizes missing" in words
    assert "2 lines as they ran class Idea(Strategy): x = 1 < 2" in words


def test_bounds_stand_beside_the_run_when_there_are_any() -> None:
    bounds = {"optimistic": {"final_equity": 123_456.0}, "pessimistic": {"final_equity": 65_432.0}}
    words = text(render(report_data(600, bounds=bounds)))
    assert "What the bars allow" in words
    assert "123,456.00" in words
    assert "65,432.00" in words
    assert "What the bars allow" not in text(render(report_data(600)))


def test_no_starting_equity_is_refused() -> None:
    with pytest.raises(DataError, match="starting equity"):
        render(report_data(200, cash=0.0))


def test_candles_decode_to_the_bars_they_came_from(page: str) -> None:
    bars, packed = report_data(4_000).bars["BTCUSDT"], payload(page)["candles"]["BTCUSDT"]
    scale = 10 ** packed["decimals"]
    before = np.concatenate([[0], np.cumsum(np.array(packed["o"]) + packed["c"])[:-1]])
    opens = before + packed["o"]
    closes = opens + packed["c"]
    np.testing.assert_allclose(opens / scale, bars.open, atol=0.5 / scale)
    np.testing.assert_allclose(closes / scale, bars.close, atol=0.5 / scale)
    np.testing.assert_allclose((np.maximum(opens, closes) + packed["h"]) / scale, bars.high, atol=0.5 / scale)
    np.testing.assert_allclose((np.minimum(opens, closes) - packed["l"]) / scale, bars.low, atol=0.5 / scale)
    times = packed["t"]
    stamps = times["first"] + np.concatenate([[0], np.cumsum(times["steps"])]) * times["unit"]
    assert (stamps * 1_000_000 == bars.ts).all()


def test_a_million_bars_and_many_trades_stay_below_five_megabytes() -> None:
    data = report_data(1_000_000, fast=4, slow=14, timeframe=60_000_000_000, rate=0.0)
    assert data.trades.height > 50_000
    large = render(data)
    assert len(large.encode()) < 5_000_000
    content = payload(large)
    assert content["candles"]["BTCUSDT"]["merged"] == 25
    assert len(content["trades"]["pnl"]) == 50_000
    assert content["trades"]["total"] == data.trades.height
    assert f"The last 50,000 of {data.trades.height:,} trades" in large
    assert min(content["curve"]["drawdown"]) == pytest.approx(data.equity["drawdown"].min(), abs=1e-6)


def theme(css: str, selector: str) -> dict[str, str]:
    block = css[css.index(selector) + len(selector) :].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#\w{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("selector", [":root {", ':root[data-theme="light"] {'])
@pytest.mark.parametrize("palette", ["usual", "safe"])
def test_text_has_contrast_aa_on_every_ground(page: str, selector: str, palette: str) -> None:
    colours = theme(page, selector)
    if palette == "safe":
        colours |= theme(page, selector.replace(" {", '[data-palette="safe"] {'))
    for ink in ("text", "soft", "accent", "gain", "loss"):
        for ground in ("ground", "panel", "raised"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (selector, palette, ink, ground)
    for ink in ("gain", "loss"):
        tinted = mixed(colours["panel"], colours[ink], 0.4)
        assert contrast(colours["text"], tinted) >= 4.5, (selector, palette, ink)


def mixed(ground: str, ink: str, share: float) -> str:
    pairs = [(int(ground[place : place + 2], 16), int(ink[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def test_both_light_themes_are_the_same(page: str) -> None:
    assert theme(page, ':root[data-theme="light"] {') == theme(page, ":root:not([data-theme]) {")

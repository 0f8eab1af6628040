"""The report in a real browser: no error, no request, both themes, phone width, a list of trades that works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from parrot.centers.backtest.report import render
from tests.unit.centers.backtest.sample import report_data

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAINTED = """() => [...document.querySelectorAll('canvas')].map((canvas) => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let place = 3; place < pixels.length; place += 4) if (pixels[place]) inked++;
  return [canvas.id, inked];
})"""

# Which of gain and loss appear on a canvas.
COLOURS = """(identity) => {
  const style = getComputedStyle(document.documentElement);
  const wanted = ['gain', 'loss'].map((name) => style.getPropertyValue(`--${name}-rgb`).trim());
  const canvas = document.getElementById(identity);
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let place = 0; place < pixels.length; place += 4) {
    const name = `${pixels[place]}, ${pixels[place + 1]}, ${pixels[place + 2]}`;
    if (pixels[place + 3] === 255 && wanted.includes(name)) seen.add(name);
  }
  return [...seen];
}"""


class Page:
    """An open page with everything that it said and asked for."""

    def __init__(self, page) -> None:
        self.it = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def column(self, head: str) -> list[str]:
        heads = [name.strip() for name in self.it.locator("#trade-list thead th").all_inner_texts()]
        place = heads.index(head) + 1
        return self.it.locator(f"#trade-list tbody tr td:nth-child({place})").all_inner_texts()

    def settle(self) -> None:
        self.it.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(report_data(6_000, symbols=("BTCUSDT", "ETHUSDT"))), "utf-8")
    return path


@pytest.fixture
def visit(browser):
    contexts = []

    def open_page(path: Path, *, width: int = 1400, scheme: str = "dark") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        page = Page(context.new_page())
        page.it.goto(path.as_uri())
        page.settle()
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1400])
def test_the_page_opens_without_errors_requests_or_sideways_scrolling(visit, report, width: int, scheme: str) -> None:
    page = visit(report, width=width, scheme=scheme)
    assert page.said == []
    assert page.asked == [report.as_uri()]
    assert page.it.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.it.evaluate("document.documentElement.scrollWidth") <= width
    painted = dict(page.it.evaluate(PAINTED))
    assert set(painted) == {"equity", "drawdown", "exposure", "rolling", "price", "overview", "spread"}
    assert all(inked > 200 for inked in painted.values()), painted
    assert len(set(page.it.evaluate(COLOURS, "price"))) >= 2, "candles rise and fall"


def test_the_theme_and_palette_change_and_are_remembered(visit, report) -> None:
    page = visit(report)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.it.evaluate(ground)
    page.it.click("#theme")
    page.it.click("#palette")
    assert page.it.evaluate(ground) != dark
    page.it.reload()
    assert page.it.evaluate("({...document.documentElement.dataset})") == {"theme": "light", "palette": "safe"}
    assert page.said == []


def test_trades_sort_by_result_both_ways(visit, report) -> None:
    page = visit(report)
    page.it.select_option("#page-rows", "200")
    for down in (True, False):
        page.it.locator("#trade-list thead button", has_text="Result").click()
        values = [float(text.replace("−", "-").replace(",", "")) for text in page.column("Result (USDT)")]
        assert values == sorted(values, reverse=down)
    state = page.it.locator("#trade-list th", has_text="Result").get_attribute("aria-sort")
    assert state == "ascending"


def test_trades_filter_by_side_result_and_reason(visit, report) -> None:
    page = visit(report)
    page.it.select_option("select[name=side]", "0")
    page.it.select_option("select[name=result]", "won")
    assert set(page.column("Side")) == {"↓ short"}
    assert all(text.startswith("+") for text in page.column("Result (USDT)"))
    page.it.fill("input[name=text]", "no such reason")
    assert page.it.locator("#trade-list tbody").inner_text() == "No trade fits these filters."


def test_the_list_says_what_its_closed_trades_made_together(visit, report) -> None:
    trades = report_data(6_000, symbols=("BTCUSDT", "ETHUSDT")).trades
    closed = trades.filter(~trades["open"])
    said = visit(report).it.locator("#found").inner_text().replace("\N{MINUS SIGN}", "-")
    assert said.startswith(f"{closed.height} closed trades, together {closed['pnl'].sum():+,.2f} USDT")
    assert trades.height == closed.height or said.endswith(f"; {trades.height - closed.height} open")


def test_trades_come_in_pages(visit, report) -> None:
    page = visit(report)
    page.it.select_option("#page-rows", "25")
    first = page.column("#")
    page.it.click("#pager [data-page=on]")
    assert page.column("#") != first
    assert "Page 2 of" in page.it.locator("#page-now").inner_text()


def test_trades_are_written_as_csv(visit, report, tmp_path: Path) -> None:
    page = visit(report)
    with page.it.expect_download() as download:
        page.it.click("#csv")
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert lines[0].startswith("#,Symbol,Side,Result (USDT),Return,Entry (UTC)")
    assert len(lines) > 100


def test_a_trade_is_shown_on_the_chart_of_its_symbol(visit, report) -> None:
    page = visit(report)
    place = page.column("Symbol").index("ETHUSDT")
    page.it.select_option("#symbol", "BTCUSDT")
    page.it.locator("#trade-list tbody .go").nth(place).click()
    page.settle()
    assert page.it.locator("#symbol").input_value() == "ETHUSDT"
    reading = page.it.locator("#price").locator("xpath=..").locator(".reading").inner_text()
    assert reading.startswith(page.column("Entry (UTC)")[place])
    entered = float(page.column("Entry price")[place].replace(",", ""))
    assert f"O {entered:,.2f}" in reading.replace("\N{NO-BREAK SPACE}", " ")


def test_charts_zoom_with_the_keyboard_and_say_what_is_under_the_pointer(visit, report) -> None:
    page = visit(report)
    before = page.it.evaluate("document.getElementById('equity').toDataURL()")
    page.it.focus("#equity")
    for key in ("+", "+", "ArrowRight"):
        page.it.keyboard.press(key)
    page.settle()
    zoomed = page.it.evaluate("document.getElementById('equity').toDataURL()")
    assert zoomed != before
    page.it.keyboard.press("0")
    page.settle()
    assert page.it.evaluate("document.getElementById('equity').toDataURL()") == before
    page.it.hover("#equity", position={"x": 400, "y": 100})
    page.settle()
    reading = page.it.locator("#equity").locator("xpath=..").locator(".reading").inner_text()
    assert "UTC" in reading
    assert "USDT, buy and hold" in reading
    page.it.click("#log")
    page.settle()
    assert page.said == []

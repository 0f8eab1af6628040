"""Every page, dark and light, wide and on a phone: nothing complains, nothing leaves, everybody can use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.conftest import Visit
from tests.browser.pages import OPEN, SIGNED_IN
from tests.browser.visitor import PHONE, WIDE
from tests.end_to_end.command import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})"
THEME = "theme => { document.documentElement.dataset.theme = theme; }"
LAPTOP = {"width": 1366, "height": 820}
# Tables that scroll sideways, and figures that are wider than their place.
CUT = """() => [...document.querySelectorAll('[role=grid], section[aria-label="Watch-list"] > div, td, dd')]
  .filter(place => place.scrollWidth > place.clientWidth + 1)
  .map(place => place.getAttribute('aria-label') ?? place.textContent)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Any) -> list[str]:
    """What axe finds, one line each."""
    found = page.evaluate(RUN, RULES)["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def axe() -> str:
    assert AXE.exists(), "axe-core is not there: npm ci in web/"
    return Path(AXE).read_text(encoding="utf-8")


def test_axe_finds_nothing_on_any_page_dark_or_light(visit: Visit) -> None:
    source = axe()
    wrong: dict[tuple[str, str], list[str]] = {}
    visitors = {None: visit(None), "owner": visit()}
    for name, pages in ((None, OPEN), ("owner", SIGNED_IN)):
        page = visitors[name].page
        for path in pages:
            page.goto(path)
            page.get_by_role("heading", level=1).first.wait_for()
            page.wait_for_timeout(400)
            page.evaluate(source)  # not a script tag, which the page's own policy refuses
            for theme in ("dark", "light"):
                page.evaluate(THEME, theme)
                if found := violations(page):
                    wrong[path, theme] = found
    assert wrong == {}


def test_no_page_is_wider_than_its_window_wide_or_on_a_phone(visit: Visit) -> None:
    page = visit().page
    wider = {}
    for path in SIGNED_IN:
        page.goto(path)
        page.get_by_role("heading", level=1).first.wait_for()
        for viewport in (WIDE, PHONE):
            page.set_viewport_size(viewport)
            page.wait_for_timeout(200)
            if over := page.evaluate(SIDEWAYS):
                wider[path, viewport["width"]] = over
    assert wider == {}


def test_no_column_is_cut_on_a_small_laptop(visit: Visit) -> None:
    page = visit().page
    page.set_viewport_size(LAPTOP)
    cut = {}
    for path in (*(path for path in SIGNED_IN if path != "/"), "/orders?tab=all", "/orders?tab=fills"):
        page.goto(path)
        page.get_by_role("heading", level=1).first.wait_for()
        if path == "/markets":
            page.get_by_label("Quantity", exact=True).fill("0.5")
            page.get_by_text("Pay about").wait_for()
        page.wait_for_timeout(800)
        if found := page.evaluate(CUT):
            cut[path] = found
    assert cut == {}

"""A platform with an owner, and browsers to visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parrot.app.screen import screen_folder
from tests.browser.visitor import CHROMIUM, FLAGS, OWNER, PASSWORD, WIDE, Visitor
from tests.end_to_end.platform import Running, up

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")  # its loop must not stand where other tests run theirs
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def new_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A platform that nobody has visited yet."""
    assert screen_folder() is not None, "the screen is not built: make build"
    running = up(tmp_path_factory.mktemp("house"))
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def house(new_house: Running, chromium: Any) -> Running:
    """A platform with an owner."""
    visitor = Visitor(chromium, new_house.told["url"])
    visitor.page.goto("/setup")
    visitor.done("POST", "/auth/setup", {"code": new_house.told["setup"], "name": OWNER, "password": PASSWORD})
    visitor.close()
    return new_house


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(house: Running, chromium: Any) -> Iterator[Visit]:
    """Opens windows; at the end none may have complained, nor asked any other origin for anything.

    A test that provokes an error takes what it provoked out of `said`.
    """
    opened: list[Visitor] = []

    def visit(name: str | None = OWNER, *, viewport: dict[str, int] = WIDE, dark: bool = True) -> Visitor:
        visitor = Visitor(chromium, house.told["url"], viewport=viewport, dark=dark)
        opened.append(visitor)
        if name is not None:
            visitor.sign_in(name)
        return visitor

    yield visit
    for visitor in opened:
        visitor.close()
    assert [visitor.complaints() for visitor in opened] == [[] for _ in opened]
    assert [visitor.elsewhere() for visitor in opened] == [[] for _ in opened]

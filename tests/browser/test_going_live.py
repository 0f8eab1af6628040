"""Live on a venue, which is a simulated exchange: words to type, what to write, and what is asked before an order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from parrot.app.screen import screen_folder
from parrot.app.venues.register import Register
from parrot.contracts.connections import Connection
from tests.browser.conftest import Visit
from tests.end_to_end.platform import Running, up
from tests.end_to_end.served import KEY, SECRET, exchange

SYMBOL = "BTC/USDT"
SETTINGS = """[venue]
kind = "ccxt"
name = "sim"
symbols = ["BTC/USDT"]
mode = "live"
acknowledge = "live on sim"

[limits]
max_notional = "200"
max_gross = "500"
daily_loss = "100"
"""


@pytest.fixture(scope="module")
def new_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A platform that trades live on an exchange beside it, from just the settings that the screen says to write."""
    assert screen_folder() is not None, "the screen is not built: make build"
    place = tmp_path_factory.mktemp("house")
    with exchange(place, "--symbol", "BTCUSDT") as venue:
        Register(place / "var").add(Connection(name="sim", exchange="binance", url=venue.http), [KEY, SECRET])
        (place / "live-sim").mkdir(mode=0o700)
        (place / "live-sim" / "settings.toml").write_text(SETTINGS)
        running = up(place, data="live-sim")
        yield running
        running.stop()


@pytest.mark.timeout(180)  # its programs begin one after the other
def test_who_goes_live_types_it_and_is_told_what_to_write(house: Running, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/settings?tab=venues")
    page.get_by_role("button", name="Go live").click()
    going = page.get_by_role("dialog", name="Go live")
    words = going.get_by_label("Type: live on sim")
    for wrong in ("", "live on Sim", "live"):
        words.fill(wrong)
        going.get_by_role("button", name="Show what to write").click()
        going.get_by_text("type: live on sim", exact=True).wait_for()
    body = {"name": "sim", "symbols": [SYMBOL], "acknowledge": "live on Sim"}
    amounts = dict.fromkeys(("max_order_value", "max_position_value", "max_daily_loss"), "100")
    assert visitor.call("POST", "/settings/live", body | amounts)[0] == 422
    visitor.said.clear()  # what was refused
    words.fill("live on sim")
    with page.expect_response("**/api/v1/settings/live") as answer:
        going.get_by_role("button", name="Show what to write").click()
    plan = json.loads(answer.value.text())
    assert (plan["settings"], plan["command"]) == (SETTINGS.strip(), f"parrot up --data {house.data}")
    told = page.get_by_role("dialog", name="What to write")
    assert told.get_by_label("settings.toml").input_value() == SETTINGS.strip()
    told.get_by_text(plan["command"], exact=True).wait_for()


def test_live_says_so_and_asks_before_each_order(house: Running, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(f"/markets?symbol={SYMBOL}")
    page.get_by_title("Real money").get_by_text("LIVE").wait_for()
    ticket: Any = page.get_by_role("form", name=f"Order in {SYMBOL}")
    ticket.get_by_label("Quantity", exact=True).fill("1")
    ticket.get_by_text("It would be refused").wait_for()  # the limits that were written bind
    ticket.get_by_label("Quantity", exact=True).fill("0.001")
    ticket.get_by_text("Risk lets it pass").wait_for()
    ticket.get_by_role("button", name="Buy 0.001 BTC").click()
    sure = page.get_by_role("alertdialog").or_(page.get_by_role("dialog")).filter(has_text="with real money")
    sure.get_by_text("A fill cannot be taken back").wait_for()
    assert visitor.done("GET", "/orders")["items"] == []  # nothing leaves before it is confirmed
    sure.get_by_role("button", name="Buy 0.001 BTC").click()
    page.get_by_text(re.compile(r"^Order \d+ was taken")).wait_for()
    house.wait(lambda status: status["fills"] > 0, 10)
    [fill] = visitor.done("GET", "/fills")["items"]
    assert (fill["symbol"], float(fill["quantity"])) == (SYMBOL, 0.001)

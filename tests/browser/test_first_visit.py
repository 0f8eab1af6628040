"""From a fresh machine to the first trade, as a person goes."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.browser.visitor import PASSWORD, Visitor
from tests.end_to_end.platform import Running

MINUTE_S = 60.0


def test_a_first_visitor_owns_the_house_sees_it_alive_and_trades(new_house: Running, chromium: Any) -> None:
    begin = time.monotonic()
    visitor = Visitor(chromium, new_house.told["url"])
    page = visitor.page
    page.goto("/")
    page.wait_for_url("**/setup*")
    page.get_by_text("1 to 40 small letters a-z, digits and . _ - between them").wait_for()
    page.get_by_role("button", name="Go to Home").click()
    page.get_by_text("the code that parrot up printed").wait_for()
    page.get_by_label("One-time code").fill(new_house.told["setup"])
    page.get_by_label("Your name here").fill("ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go to Home").click()
    page.wait_for_url(lambda url: "/setup" not in url)
    page.get_by_role("figure", name=re.compile("equity", re.IGNORECASE)).first.wait_for()
    assert time.monotonic() - begin < MINUTE_S

    page.goto("/markets?symbol=BTC/USDT")
    ticket = page.get_by_role("form", name=re.compile("ticket|order", re.IGNORECASE))
    ticket.get_by_label("Quantity", exact=False).first.fill("0.01")
    ticket.get_by_role("button", name=re.compile("^buy", re.IGNORECASE)).last.click()
    rows: list[dict[str, Any]] = []
    end = time.monotonic() + 15
    while not any(row["status"] == "filled" for row in rows):
        assert time.monotonic() < end, rows
        rows = visitor.done("GET", "/orders?strategy=manual")["items"]
        page.wait_for_timeout(200)
    assert [row["quantity"] for row in rows] == ["0.01"]

    page.goto("/orders?tab=all")
    page.get_by_text("manual").first.wait_for()
    assert visitor.complaints() == []
    assert visitor.elsewhere() == []
    visitor.close()


def test_the_code_of_the_first_visit_works_once(new_house: Running, chromium: Any) -> None:
    visitor = Visitor(chromium, new_house.told["url"])
    visitor.page.goto("/signin")
    body = {"code": new_house.told["setup"], "name": "bob", "password": PASSWORD}
    status, problem = visitor.call("POST", "/auth/setup", body)
    assert status in (403, 409, 422)
    assert problem["title"] == "Parrot is set up already"
    visitor.close()


def test_the_icon_that_browsers_ask_for_unasked_is_there(new_house: Running, chromium: Any) -> None:
    visitor = Visitor(chromium, new_house.told["url"])
    found = visitor.context.request.get("/favicon.ico")
    assert (found.status, found.headers["content-type"]) == (200, "image/vnd.microsoft.icon")
    visitor.close()

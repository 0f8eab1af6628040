"""Trading by hand in a real browser: what is previewed, sent once, changed, ended and told."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from typing import Any


def manual(visitor: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.done("GET", "/orders?strategy=manual&symbol=BTC/USDT&limit=50")["items"]
    return found


def until(true: Any, page: Any) -> None:
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end
        page.wait_for_timeout(100)


def test_an_order_is_previewed_sent_once_changed_and_ended(visit: Any) -> None:
    visitor = visit()
    page = visitor.page
    before = {row["order_id"] for row in manual(visitor)}
    page.goto("/markets?symbol=BTC/USDT")
    ticket = page.get_by_role("form", name="Order in BTC/USDT")

    # What risk would refuse is said in words before anything is sent, and the button does not send it.
    ticket.get_by_label("Quantity", exact=True).fill("400")
    ticket.get_by_text("It would be refused").wait_for()
    assert ticket.get_by_role("button", name="Buy 400 BTC").is_disabled()
    ticket.get_by_label("Quantity", exact=True).fill("0.000001")
    ticket.get_by_text("does not fit the lot of BTC/USDT").first.wait_for()

    ticket.get_by_label("Kind").select_option("limit")
    ticket.get_by_label("Quantity", exact=True).fill("0.002")
    ticket.get_by_label("Limit", exact=True).fill("60000.001")
    ticket.get_by_text("is off the tick of BTC/USDT").first.wait_for()
    price = visitor.done("GET", "/markets")["items"][0]["bid"]
    limit = str(int(Decimal(price) * Decimal("0.97")))
    ticket.get_by_label("Limit", exact=True).fill(limit)
    ticket.get_by_text("Risk lets it pass").wait_for()
    ticket.get_by_role("button", name="Buy 0.002 BTC").dblclick()
    until(lambda: any(row["status"] == "accepted" for row in manual(visitor) if row["order_id"] not in before), page)
    page.wait_for_timeout(500)
    made = [row for row in manual(visitor) if row["order_id"] not in before]
    assert [(row["quantity"], row["limit"]) for row in made] == [("0.002", limit)]
    order_id = made[0]["order_id"]

    # In the blotter it is changed and ended, and its life names every gate.
    page.goto("/orders")
    page.get_by_role("button", name=f"Change order {order_id}").click()
    page.get_by_label("Whole quantity, filled parts included").fill("0.003")
    page.get_by_role("button", name="Change the order").click()
    until(lambda: Decimal(visitor.done("GET", f"/orders/{order_id}")["quantity"]) == Decimal("0.003"), page)
    page.get_by_role("button", name=f"Cancel order {order_id}").click()
    until(lambda: visitor.done("GET", f"/orders/{order_id}")["status"] == "canceled", page)
    page.goto(f"/orders?tab=all&id={order_id}")
    timeline = page.get_by_role("region", name="Timeline")
    for step in ("Received", "Approved by risk", "Sent to the venue", "Accepted by the venue", "Cancelled"):
        timeline.get_by_text(step, exact=True).first.wait_for()
    timeline.get_by_text(re.compile("gates looked")).first.click()
    timeline.get_by_text("max_notional", exact=True).first.wait_for()

    # Back from an order is where one came from; the address holds what is open, over a reload too.
    page.go_back()
    page.get_by_role("tab", name="Open").wait_for()
    page.get_by_role("tab", name="All").click()
    page.get_by_role("gridcell", name=str(order_id), exact=True).click()
    page.wait_for_url(f"**/orders?tab=all&id={order_id}")
    page.reload()
    timeline.get_by_text("Cancelled", exact=True).first.wait_for()
    page.go_back()
    timeline.wait_for(state="detached")
    assert page.url.endswith("/orders?tab=all")
    assert visitor.complaints() == []
    assert visitor.elsewhere() == []


def priced(visitor: Any, factor: str) -> str:
    return str(int(Decimal(visitor.done("GET", "/markets")["items"][0]["bid"]) * Decimal(factor)))


def test_the_end_of_a_stop_that_protects_is_told_before(visit: Any) -> None:
    visitor = visit()
    page, trigger = visitor.page, priced(visitor, "0.96")
    entry = {"key": "guarded", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.002", "stop": trigger}
    parent = visitor.done("POST", "/orders", entry)["order_id"]

    def stops() -> list[int]:
        return [row["order_id"] for row in manual(visitor) if row["parent"] == parent and row["status"] == "accepted"]

    until(stops, page)
    (first,) = stops()
    page.goto(f"/orders?id={first}")
    page.get_by_role("button", name=f"Cancel order {first}").first.click()
    dialog = page.get_by_role("dialog", name="Cancel the stop of a position")
    dialog.get_by_text(f"This stop protects what order {parent} opened in BTC/USDT.").wait_for()
    dialog.get_by_text("Another with the same terms takes its place at once").wait_for()
    assert stops() == [first]
    dialog.get_by_role("button", name="all the same").click()
    until(lambda: stops() and stops() != [first], page)
    page.goto(f"/orders?id={stops()[0]}")
    page.get_by_role("button", name=f"Change order {stops()[0]}").first.click()
    page.get_by_text(f"It cannot be moved here: its stop was given with order {parent}").wait_for()


def test_the_trigger_of_a_stop_is_moved_by_another_order_in_its_place(visit: Any) -> None:
    visitor = visit()
    page, later = visitor.page, priced(visitor, "1.03")
    stop = {"key": "moved", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.002", "kind": "stop"}
    order_id = visitor.done("POST", "/orders", stop | {"trigger": priced(visitor, "1.02")})["order_id"]
    until(lambda: visitor.done("GET", f"/orders/{order_id}")["status"] in ("accepted", "held"), page)
    page.goto("/orders")
    page.get_by_role("button", name=f"Change order {order_id}").click()
    dialog = page.get_by_role("dialog", name=f"Change order {order_id}")
    dialog.get_by_label("Trigger").fill(f"{later}.001")
    dialog.get_by_text(f"order {order_id} is cancelled, and a new one is sent").wait_for()
    dialog.get_by_role("button", name="Cancel it and send a new one").click()
    dialog.get_by_text("is off the tick of BTC/USDT").first.wait_for()
    assert visitor.done("GET", f"/orders/{order_id}")["status"] in ("accepted", "held")
    dialog.get_by_label("Trigger").fill(priced(visitor, "0.97"))
    dialog.get_by_role("button", name="Cancel it and send a new one").click()
    dialog.get_by_text("would go off at once").first.wait_for()
    assert visitor.done("GET", f"/orders/{order_id}")["status"] in ("accepted", "held")
    dialog.get_by_label("Trigger").fill(later)
    dialog.get_by_role("button", name="Cancel it and send a new one").click()
    page.get_by_text(re.compile(rf"Order \d+ takes the place of order {order_id}")).wait_for()
    assert visitor.done("GET", f"/orders/{order_id}")["status"] == "canceled"
    newest = manual(visitor)[0]
    assert [newest[name] for name in ("kind", "trigger", "quantity", "side")] == ["stop", later, "0.002", "buy"]


def test_pressing_again_sends_nothing_more_while_the_line_is_slow(visit: Any) -> None:
    visitor = visit()
    page = visitor.page
    sent: list[str] = []
    visitor.context.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.goto("/markets?symbol=ETH/USDT")
    ticket = page.get_by_role("form", name="Order in ETH/USDT")
    ticket.get_by_label("Quantity", exact=True).fill("0.01")
    ticket.get_by_text("Risk lets it pass").wait_for()
    slow = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    visitor.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    button = ticket.get_by_role("button", name="Buy 0.01 ETH")
    button.dblclick()
    button.dispatch_event("click")
    ticket.get_by_label("Quantity", exact=True).press("Enter")
    page.get_by_text(re.compile(r"Order \d+ was taken")).wait_for()
    assert [url for url in sent if url.endswith("/orders")] == [f"{visitor.url.rstrip('/')}/api/v1/orders"]
    assert len(visitor.done("GET", "/orders?strategy=manual&symbol=ETH/USDT")["items"]) == 1


def test_going_back_and_on_shows_each_page_as_it_is(visit: Any) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/markets?symbol=BTC/USDT")
    page.get_by_role("form", name="Order in BTC/USDT").wait_for()
    for title in ("Orders", "Risk"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=title, exact=True).click()
        page.get_by_role("heading", level=1, name=title).wait_for()
    page.get_by_role("button", name="You: owner").click()
    page.get_by_role("menuitem", name="Profile and security").click()
    page.get_by_role("tab", name="API keys").click()
    page.get_by_role("button", name="Make a key").click()
    page.get_by_role("dialog", name="Make a key").wait_for()
    page.go_back()
    page.get_by_role("heading", level=1, name="Risk").wait_for()
    assert page.get_by_role("dialog").count() == 0
    page.go_back()
    page.get_by_role("heading", level=1, name="Orders").wait_for()
    page.go_back()
    page.get_by_role("form", name="Order in BTC/USDT").wait_for()
    assert page.url.endswith("/markets?symbol=BTC/USDT")
    page.go_forward()
    page.get_by_role("heading", level=1, name="Orders").wait_for()
    page.get_by_text("data live").wait_for()

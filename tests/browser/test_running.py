"""What people do all day: stop and start a strategy, back-test, stop everything, and go on after a restart."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tests.browser.conftest import Visit
from tests.browser.visitor import PASSWORD, Visitor
from tests.end_to_end.platform import Running, up


def test_a_strategy_is_stopped_and_started(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/strategies?id=momentum")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop momentum").click()
    page.get_by_role("button", name="Start", exact=True).wait_for()
    states = {row["strategy"]: row["state"] for row in visitor.done("GET", "/strategies")["items"]}
    assert states["momentum"] == "stopped"
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Start momentum").click()
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    states = {row["strategy"]: row["state"] for row in visitor.done("GET", "/strategies")["items"]}
    assert states["momentum"] == "running"


def test_the_kill_switch_takes_two_clicks_and_a_reason_to_come_back(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.get_by_role("button", name="Kill", exact=True).click()
    page.get_by_role("button", name="Stop everything now").dblclick()  # a nervous hand does no harm
    page.get_by_role("button", name="Stopped", exact=True).wait_for()
    assert [text.partition(" ")[0] for text in visitor.done("GET", "/status")["killed"]] == ["all"]
    engaged = [row for row in visitor.done("GET", "/activity")["items"] if row["kind"] == "kill_engaged"]
    assert len(engaged) == 1
    told = [row for row in visitor.done("GET", "/alerts")["standing"] if row["text"].startswith("orders of all")]
    assert [(row["ts"], "kill by owner (screen)" in row["text"]) for row in told] == [(engaged[0]["ts"], True)]
    refused = {"key": "1", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.01"}
    status, problem = visitor.call("POST", "/orders", refused)
    assert (status, "kill" in problem["title"]) == (422, True)
    visitor.said.clear()  # the refusal was asked for

    page.get_by_role("button", name="Stopped", exact=True).click()
    page.get_by_label("Why it is safe again").fill("it was a drill")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("arm|leave|again", re.IGNORECASE)).last.click()
    page.get_by_role("button", name="Kill", exact=True).wait_for()
    assert visitor.done("GET", "/status")["killed"] == []


def test_a_back_test_runs_from_the_screen(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/backtests")
    page.get_by_role("button", name="New back-test").or_(page.get_by_role("link", name="New back-test")).first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(run|back-test)", re.IGNORECASE)).click()
    page.wait_for_url(re.compile(r"/backtests\?job="))
    page.reload()  # waits for it all the same
    page.wait_for_url(re.compile(r"/backtests\?id="), timeout=60_000)
    page.get_by_text("Deepest drawdown").first.wait_for()
    page.get_by_role("figure").first.wait_for()


def test_the_page_goes_on_after_a_restart_of_the_server(tmp_path: Any, chromium: Any) -> None:
    running = up(tmp_path)
    visitor = Visitor(chromium, running.told["url"])
    page = visitor.page
    page.goto("/setup")
    visitor.done("POST", "/auth/setup", {"code": running.told["setup"], "name": "owner", "password": PASSWORD})
    page.goto("/")
    page.get_by_text("data live").wait_for()
    page.get_by_role("figure").first.wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(4_000)  # the parts of the shell come after the page
    page.wait_for_load_state("networkidle")
    running.kill()
    page.get_by_text(re.compile("No line to Parrot")).wait_for()
    again: Running = up(tmp_path, "--port", str(urlsplit(running.told["url"]).port))
    try:
        page.get_by_text("data live").wait_for(timeout=30_000)
        page.get_by_text(re.compile("No line to Parrot")).wait_for(state="hidden")
        # The browser itself says that nobody answers; the page says nothing beside.
        lost = ("ERR_CONNECTION", "WebSocket", "fetching the script")
        assert visitor.complaints(lambda said: any(word in said for word in lost)) == []
    finally:
        again.stop()
        visitor.close()

"""A session that ends, tabs of one browser, and no line at all: nothing typed is lost, nothing old is shown as new."""

from __future__ import annotations

from tests.browser.conftest import Visit
from tests.browser.visitor import PASSWORD

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const {url} of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  return found;
}"""


def test_who_signs_in_again_goes_on_where_they_were(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/markets")
    page.get_by_label("Quantity").fill("0.0123")
    assert visitor.call("DELETE", "/auth/session")[0] == 204  # as if it had been ended elsewhere
    dialog = page.get_by_role("dialog", name="Your session ended")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    dialog.wait_for(state="hidden")
    assert page.url.endswith("/markets")
    assert page.get_by_label("Quantity").input_value() == "0.0123"
    page.get_by_text("data live").wait_for()  # the stream is back as well
    visitor.said.clear()  # the questions that met no session


def test_signing_out_in_one_tab_shuts_the_others(visit: Visit) -> None:
    visitor = visit()
    other = visitor.window()
    other.goto("/orders")
    other.get_by_role("heading", level=1, name="Orders").wait_for()
    visitor.page.get_by_role("link", name="Risk").first.click()
    visitor.page.get_by_role("heading", level=1, name="Risk").wait_for()
    visitor.page.get_by_role("button", name="You: owner").click()
    visitor.page.get_by_role("menuitem", name="Sign out").click()
    visitor.page.wait_for_url("**/signin")
    other.wait_for_url("**/signin?next=%2Forders")
    visitor.page.go_back()
    visitor.page.wait_for_url("**/signin**")
    visitor.said.clear()  # the questions that met no session


def test_without_a_line_the_shell_opens_and_shows_no_number(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate("() => navigator.serviceWorker.ready")
    page.reload()
    page.get_by_text("data live").wait_for()
    page.wait_for_function("async () => (await caches.match('/')) !== undefined")
    kept = page.evaluate(KEPT)
    assert "/" in kept
    assert [path for path in kept if path.startswith("/api")] == []

    visitor.context.set_offline(True)
    page.reload()
    page.get_by_text("The server could not be reached").wait_for()
    page.goto("/a-page-never-seen")
    page.get_by_role("heading", name="No line to Parrot").wait_for()
    visitor.context.set_offline(False)
    page.goto("/")
    page.get_by_text("data live").wait_for()
    visitor.said.clear()  # what the browser says of a lost line


def test_what_has_not_come_when_the_line_is_lost_says_so_and_comes_later(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto("/orders")
    page.get_by_text("data live").wait_for()
    visitor.context.set_offline(True)
    page.keyboard.press("?")
    page.get_by_text("This part of the page has not come").wait_for()
    page.get_by_role("button", name="Kill", exact=True).wait_for()
    visitor.context.set_offline(False)
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("This list").wait_for()
    visitor.said.clear()  # what the browser says of a lost line

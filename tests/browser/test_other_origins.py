"""A page of another origin gets nothing done and nothing to read, while the owner is signed in beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.browser.visitor import Visitor
from tests.end_to_end.platform import Running

BLANK = b"<!doctype html><title>another</title><body>"
FOLLOW = """(url) => {
  const link = document.createElement('a');
  Object.assign(link, {href: url, textContent: 'go'});
  document.body.append(link);
  link.click();
}"""

# Each says what it saw: "refused", or what it was let to see.
FETCH = """async ([url, options]) => {
  try {
    const answer = await fetch(url, {credentials: 'include', ...options});
    return answer.type === 'opaque' ? 'unreadable' : `readable ${answer.status}`;
  } catch { return 'refused'; }
}"""
FORM = """([url, kind]) => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.name = 'target';
  frame.onload = () => done('sent');
  document.body.append(frame);
  const form = document.createElement('form');
  Object.assign(form, {action: url, method: 'POST', target: 'target', enctype: kind});
  const field = document.createElement('input');
  Object.assign(field, {name: '{"scope":"all","x":"', value: '"}'});
  form.append(field);
  document.body.append(form);
  form.submit();
  setTimeout(() => done('sent'), 3000);
})"""
SOCKET = """(url) => new Promise((done) => {
  const socket = new WebSocket(url);
  socket.onopen = () => done('open');
  socket.onerror = () => done('refused');
  setTimeout(() => done('silent'), 5000);
})"""
FRAME = """(url) => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.onload = () => { try { done(frame.contentDocument ? 'readable' : 'closed'); } catch { done('closed'); } };
  frame.src = url;
  document.body.append(frame);
})"""


class Another(BaseHTTPRequestHandler):
    """A page that belongs to somebody else; the same machine, another port, is another origin."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(BLANK)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Another)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def victim(house: Running, chromium: Any) -> Iterator[Visitor]:
    visitor = Visitor(chromium, house.told["url"])
    visitor.sign_in()
    yield visitor
    visitor.close()


@pytest.fixture(scope="module")
def stranger(victim: Visitor, elsewhere: str) -> Any:
    """A tab of the same browser, with the owner's cookies, on a page of another origin."""
    page = victim.window()
    page.goto(elsewhere)
    return page


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/auth/session", "/api/v1/orders", "/ready"])
@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_nothing_can_be_read(victim: Visitor, stranger: Any, path: str, mode: str) -> None:
    seen = stranger.evaluate(FETCH, [victim.url + path, {"mode": mode}])
    assert seen in ("refused", "unreadable")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_form_gets_an_act_done(victim: Visitor, stranger: Any, kind: str) -> None:
    stranger.evaluate(FORM, [f"{victim.url}/api/v1/kill", kind])
    assert victim.done("GET", "/status")["killed"] == []


@pytest.mark.parametrize("content", ["text/plain", "application/json"])
@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_no_fetch_gets_an_act_done(victim: Visitor, stranger: Any, content: str, mode: str) -> None:
    options = {"method": "POST", "mode": mode, "headers": {"Content-Type": content}, "body": '{"scope": "all"}'}
    assert stranger.evaluate(FETCH, [f"{victim.url}/api/v1/kill", options]) in ("refused", "unreadable")
    assert victim.done("GET", "/status")["killed"] == []


def test_no_socket_opens(victim: Visitor, stranger: Any) -> None:
    address = victim.url.replace("http", "ws") + "/api/v1/stream"
    assert stranger.evaluate(SOCKET, address) == "refused"


def test_no_page_can_be_framed(victim: Visitor, stranger: Any) -> None:
    assert stranger.evaluate(FRAME, f"{victim.url}/") == "closed"


def test_a_link_elsewhere_opens_a_page_also_once_the_worker_stands(victim: Visitor, elsewhere: str) -> None:
    victim.page.evaluate("() => navigator.serviceWorker.ready")
    page = victim.window()
    page.goto("/")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.goto(elsewhere.replace("localhost", "127.0.0.1"))  # another site, whose links bring no strict cookie along
    page.evaluate(FOLLOW, f"{victim.url}/orders")
    page.get_by_role("heading", level=1, name="Orders").wait_for()
    page.close()


def test_the_owner_can_do_all_that_at_home(victim: Visitor) -> None:
    """The control: what is refused above is refused for its origin, not because it never works."""
    address = victim.url.replace("http", "ws") + "/api/v1/stream"
    assert victim.page.evaluate(SOCKET, address) == "open"
    victim.done("POST", "/kill", {"scope": "symbol:SOL/USDT", "reason": "the control"})
    assert victim.done("GET", "/status")["killed"] == ["symbol:SOL/USDT"]
    victim.done("POST", "/rearm", {"scope": "symbol:SOL/USDT", "reason": "the control"})

"""Somebody at a browser: their window, and everything that it said and asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
PASSWORD: Final = "a long walk beside the river"
OWNER: Final = "owner"
# Calls the interface as the page itself does: cookie, token against forgery, JSON.
CALL: Final = """async ([method, path, body]) => {
  const headers = {};
  if (body !== null) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') {
    const me = await (await fetch('/api/v1/auth/session')).json();
    if (me) headers['Parrot-CSRF'] = me.csrf;
    headers['Idempotency-Key'] = crypto.randomUUID();
  }
  const sent = {method, headers, body: body === null ? undefined : JSON.stringify(body)};
  const answer = await fetch('/api/v1' + path, sent);
  const text = await answer.text();
  return [answer.status, text ? JSON.parse(text) : null];
}"""


class Visitor:
    """One browser window with cookies of its own.

    `said` are errors and warnings of the console and uncaught ones; `asked` every address that was asked for.
    """

    def __init__(self, browser: Any, url: str, *, viewport: dict[str, int] = WIDE, dark: bool = True) -> None:
        self.url = url
        self.context = browser.new_context(
            viewport=viewport,
            base_url=url,
            has_touch=viewport is PHONE,
            reduced_motion="reduce",
        )
        theme = "dark" if dark else "light"
        self.context.add_init_script(
            f"localStorage.getItem('parrot.appearance') ?? localStorage.setItem('parrot.appearance', "
            f"JSON.stringify({{theme: '{theme}'}}))"
        )
        self.said: list[str] = []
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page = self.window()

    def window(self) -> Any:
        """One more tab."""
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda fault: self.said.append(f"uncaught: {fault}"))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        return page

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """What the interface answers this visitor below /api/v1: status and body."""
        status, answer = self.page.evaluate(CALL, [method, path, body])
        return status, answer

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """The body of an answer that is none of an error."""
        status, answer = self.call(method, path, body)
        assert status < 400, (method, path, status, answer)
        return answer

    def sign_in(self, name: str = OWNER, password: str = PASSWORD) -> None:
        """Signs in by the form; ends on the page behind it."""
        self.page.goto("/signin")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/signin" not in url)

    def elsewhere(self) -> list[str]:
        """Addresses of other origins that were asked for."""
        own = urlsplit(self.url).netloc
        schemes = ("http", "https", "ws", "wss")
        return [url for url in self.asked if urlsplit(url).scheme in schemes and urlsplit(url).netloc != own]

    def complaints(self, expected: Callable[[str], bool] = lambda said: False) -> list[str]:
        """What the browser complained of, but what was `expected`."""
        return [said for said in self.said if not expected(said)]

    def close(self) -> None:
        """Ends the window."""
        self.context.close()

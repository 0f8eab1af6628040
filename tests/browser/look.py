"""Pictures of every page, wide and on a phone, dark and light: `python -m tests.browser.look FOLDER [PATH ...]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from tests.browser.pages import SIGNED_IN
from tests.browser.visitor import CHROMIUM, FLAGS, OWNER, PASSWORD, PHONE, WIDE, Visitor
from tests.end_to_end.platform import Running, up

LOOKS: Final = {
    "wide-dark": (WIDE, True),
    "wide-light": (WIDE, False),
    "phone-dark": (PHONE, True),
    "phone-light": (PHONE, False),
}


def look(folder: Path, pages: tuple[str, ...], *, age_s: float = 20.0) -> None:
    """Starts a platform, lets it trade for a while, and takes the pictures; says what the browser complained of."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        running = up(Path(place))
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            _own(browser, running)
            time.sleep(age_s)
            for name, (viewport, dark) in LOOKS.items():
                _pictures(browser, running, folder, name, viewport, dark, pages)
        finally:
            running.stop()


def _own(browser: Any, running: Running) -> None:
    visitor = Visitor(browser, running.told["url"])
    visitor.page.goto("/setup")
    visitor.done("POST", "/auth/setup", {"code": running.told["setup"], "name": OWNER, "password": PASSWORD})
    visitor.close()


def _pictures(
    browser: Any,
    running: Running,
    folder: Path,
    name: str,
    viewport: dict[str, int],
    dark: bool,
    pages: tuple[str, ...],
) -> None:
    visitor = Visitor(browser, running.told["url"], viewport=viewport, dark=dark)
    visitor.sign_in()
    for path in pages:
        visitor.page.goto(path)
        visitor.page.wait_for_timeout(2_500)
        word = path.strip("/").replace("/", "-").replace("?", "-") or "home"
        visitor.page.screenshot(path=folder / f"{word}-{name}.png")
        print(name, path, *visitor.said, *visitor.elsewhere(), sep="\n  ")
        visitor.said.clear()
    visitor.close()


if __name__ == "__main__":
    look(Path(sys.argv[1]), tuple(sys.argv[2:]) or SIGNED_IN)

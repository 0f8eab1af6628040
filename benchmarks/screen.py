"""The screen in Chromium on a running platform: first load, and interaction while the stream floods.

`PYTHONPATH=src:. python benchmarks/screen.py`; the screen has to be built. The flood is made in the page, in the shape
of the platform's own rows, so that it loads the page and nothing else.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from tests.browser.visitor import CHROMIUM, FLAGS, OWNER, PASSWORD, Visitor
from tests.end_to_end.platform import up

JS_KB_MOST, PAINT_MS_MOST, ACT_MS_MOST = 250, 1_500, 100
UPDATES_A_SECOND, ROWS = 5_000, 100_000

# A socket that answers subscriptions with many rows and then changes 50 of them every 10 ms, one message each.
FLOOD: Final = """([updates, rows]) => {
  window.told = 0;
  window.WebSocket = class {
    constructor() { setTimeout(() => this.onopen?.({}), 1); this.seq = {}; }
    close() { clearInterval(this.timer); }
    tell(channel, type, data) {
      this.seq[channel] = (this.seq[channel] ?? -1) + 1;
      const message = {channel, type, seq: this.seq[channel], ts: Date.now() * 1e6, data};
      this.onmessage?.({data: JSON.stringify(message)});
    }
    async send(text) {
      const {op, channels = []} = JSON.parse(text);
      if (op === 'ping') this.onmessage?.({data: '{"type":"pong"}'});
      if (op === 'subscribe') for (const channel of channels) await this.begin(channel);
    }
    async begin(channel) {
      const ask = async (path) => (await (await fetch('/api/v1' + path)).json());
      if (channel === 'status') return this.tell(channel, 'snapshot', await ask('/status'));
      if (channel === 'orders') {
        const [like] = (await ask('/orders?limit=1')).items;
        this.tell(channel, 'snapshot', {key: 'order_id', rows: Array.from({length: rows}, (_, id) =>
          ({...like, order_id: id + 1, status: 'accepted', quantity: `${id}.5`}))});
      } else if (channel === 'quotes') {
        const [like] = (await ask('/markets')).items;
        const quote = (id) => ({...like, symbol: id ? `S${id}/USDT` : like.symbol, last: String(100 + Math.random())});
        this.tell(channel, 'snapshot', {key: 'symbol', rows: Array.from({length: 500}, (_, id) => quote(id))});
        let began = performance.now(), sent = 0;
        this.timer = setInterval(() => {
          const due = Math.min(sent + 500, (performance.now() - began) * updates / 1000);
          for (; sent < due; sent += 1, window.told += 1)
            this.tell(channel, 'delta', {put: [quote(sent % 500)], drop: []});
        }, 10);
      } else this.tell(channel, 'snapshot', {key: 'id', rows: []});
    }
  };
}"""
WATCH: Final = """() => {
  window.acts = []; window.frames = [];
  const note = (list) => { for (const {name, duration} of list.getEntries()) window.acts.push([name, duration]); };
  new PerformanceObserver(note).observe({type: 'event', durationThreshold: 16});
  let last = performance.now();
  const frame = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""
PAINT: Final = """() => new Promise((tell) => new PerformanceObserver((list) =>
  tell(list.getEntries().at(-1).startTime)).observe({type: 'largest-contentful-paint', buffered: true}))"""
JS: Final = """() => performance.getEntriesByType('resource').filter(({name}) => name.endsWith('.js'))
  .reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0)"""


def first_load(browser: Any, url: str) -> tuple[float, float]:
    """KB of JavaScript that Home loads, compressed, and ms to its largest paint, in a window that has nothing yet."""
    visitor = Visitor(browser, url)
    visitor.sign_in()
    visitor.context.storage_state()
    page = visitor.window()
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/")
    page.get_by_text("data live").wait_for()
    found = page.evaluate(JS) / 1_000, page.evaluate(PAINT)
    visitor.close()
    return found


def flooded(browser: Any, url: str, path: str, act: Any, *, rows: int) -> tuple[float, float, float]:
    """Worst ms of an act and the 99th of 100 frames while the stream floods, and updates a second that came."""
    visitor = Visitor(browser, url)
    visitor.sign_in()
    page = visitor.window()
    page.add_init_script(f"({FLOOD})([{UPDATES_A_SECOND}, {rows}])")
    page.goto(path)
    page.wait_for_timeout(6_000)
    page.evaluate(WATCH)
    before, start = page.evaluate("() => window.told"), time.monotonic()
    act(page)
    took = time.monotonic() - start
    told, acts, frames = page.evaluate("() => [window.told, window.acts, window.frames.sort((a, b) => a - b)]")
    visitor.close()
    return max([ms for _, ms in acts] or [0.0]), frames[int(len(frames) * 0.99)], (told - before) / took


def clicks(page: Any) -> None:
    """What somebody does while the market runs."""
    for _ in range(3):
        page.keyboard.press("Control+k")
        page.wait_for_timeout(300)
        page.keyboard.type("ord", delay=80)
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
        page.get_by_role("button", name="Kill", exact=True).click()
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")


def scrolls(page: Any) -> None:
    """Through the blotter."""
    page.mouse.move(700, 500)
    for _ in range(60):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(16)


def main() -> None:
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        running = up(Path(place))
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            url = running.told["url"]
            owner = Visitor(browser, url)
            owner.page.goto("/setup")
            owner.done("POST", "/auth/setup", {"code": running.told["setup"], "name": OWNER, "password": PASSWORD})
            owner.close()
            kb, paint = first_load(browser, url)
            print(f"Home: {kb:.0f} KB of JavaScript, compressed (at most {JS_KB_MOST})")
            print(f"Home: largest paint after {paint:.0f} ms (at most {PAINT_MS_MOST})")
            act, _, rate = flooded(browser, url, "/markets", clicks, rows=200)
            print(f"Markets: {rate:.0f} updates/s; slowest act {act:.0f} ms (at most {ACT_MS_MOST})")
            act, frame, _ = flooded(browser, url, "/orders", scrolls, rows=ROWS)
            print(f"Orders: {ROWS} rows; p99 frame {frame:.0f} ms while scrolling, slowest act {act:.0f} ms")
        finally:
            running.stop()


if __name__ == "__main__":
    main()

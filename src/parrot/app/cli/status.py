"""`parrot status`."""

from __future__ import annotations

from typing import Any, Final

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, find, folder_of
from parrot.kernel.errors import StorageError

NOT_READY: Final = 1
_NOTHING: Final[dict[str, Any]] = {
    "ready": False,
    "pid": None,
    "strategies": [],
    "orders": 0,
    "fills": 0,
    "last_fill_ts": None,
    "positions": [],
    "equity": None,
    "data_age_ms": None,
    "queues": {},
}


def status(data: Data = None, as_json: options.AsJson = False) -> int:
    """What the platform on a data directory is doing; exit code 0 only when it is ready."""
    running = find(data)
    found = _NOTHING | {"reasons": [f"nothing runs on {folder_of(data)}"]}
    if running is not None:
        try:
            found = running.get("/api/v1/status")
        except StorageError as fault:
            found = _NOTHING | {"reasons": [fault.problem]}
    screen.answer(found, lambda: _draw(found), as_json=as_json)
    return 0 if found["ready"] else NOT_READY


def _draw(found: dict[str, Any]) -> None:
    if found["pid"] is None:
        screen.say("; ".join(found["reasons"]))
        return
    fills = f"{found['fills']:,}, the last at {screen.moment(found['last_fill_ts'] or None, seconds=True)}"
    screen.values(
        [
            ("state", "ready" if found["ready"] else "not ready: " + "; ".join(found["reasons"])),
            ("address", f"{found['url']} (process {found['pid']})"),
            ("equity", f"{found['equity']} {found['currency']}"),
            ("orders", f"{found['orders']:,}, {found['open_orders']:,} of them open"),
            ("fills", fills),
            ("data age", f"{found['data_age_ms']} ms"),
            ("queues", ", ".join(f"{name} {count}" for name, count in found["queues"].items())),
            ("kill switch", ", ".join(found["killed"]) or "off"),
        ]
    )
    rows = [
        [row["strategy"], row["state"], ", ".join(row["symbols"]), row["version"], row["fault"] or None]
        for row in found["strategies"]
    ]
    screen.table("strategies", ("strategy", "state", "symbols", "version", "fault"), rows, texts=3)
    held = [
        [
            row["strategy"] or "account",
            row["symbol"],
            row["quantity"],
            row["average"],
            row["realised"],
            row["unrealised"],
        ]
        for row in found["positions"]
    ]
    columns = ("book", "symbol", "quantity", "average price", "realised", "unrealised")
    screen.table("positions", columns, held, texts=2)

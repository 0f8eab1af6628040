"""`parrot order`."""

from __future__ import annotations

import getpass
import secrets
import time
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Client, Data, client
from parrot.app.cli.moments import moment
from parrot.kernel.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Orders of a running platform.")

Price = Annotated[str | None, typer.Option(metavar="PRICE")]
_WAIT_S: Final = 1.5
_UNDER_WAY: Final = frozenset({"new", "approved", "sent"})
_WORKING: Final = frozenset({"accepted", "partially_filled"})


@app.command("submit")
def submit(
    side: Annotated[str, typer.Argument(help="buy or sell")],
    quantity: Annotated[str, typer.Argument(help="In base units, such as 0.01")],
    symbol: Annotated[str, typer.Argument(help="Such as BTC/USDT")],
    data: Data = None,
    kind: Annotated[
        str,
        typer.Option(
            help="market, limit, stop, stop_limit, trailing, touch, touch_limit, twap, vwap, pov or iceberg; "
            "without it what the prices say."
        ),
    ] = "",
    limit: Price = None,
    trigger: Price = None,
    stop: Price = None,
    take: Price = None,
    trail: Annotated[str | None, typer.Option(metavar="DISTANCE|PERCENT%", help="Of a trailing stop.")] = None,
    duration: Annotated[str | None, typer.Option(metavar="TIME", help="How long an algo works, such as 10m.")] = None,
    slices: Annotated[int | None, typer.Option(help="In how many pieces an algo works.")] = None,
    participation: Annotated[str | None, typer.Option(help="Share of the volume that POV takes, such as 0.1.")] = None,
    display: Annotated[str | None, typer.Option(help="What an iceberg shows.")] = None,
    tif: Annotated[str, typer.Option(help="gtc, gtd (with --until), day, ioc or fok")] = "gtc",
    until: Annotated[str | None, typer.Option(metavar="TIME", help="End of a gtd order, ISO 8601, UTC.")] = None,
    post_only: Annotated[bool, typer.Option("--post-only", help="Refuse it rather than take.")] = False,
    reduce_only: Annotated[bool, typer.Option("--reduce-only", help="Only shrink the position.")] = False,
    key: Annotated[str, typer.Option(help="Your own id: the same key again is the same order.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
    why: Annotated[str, typer.Option(help="The reason; it stands in the records.")] = "",
    as_json: options.AsJson = False,
) -> int:
    """Send an order through risk and execution, and say what became of it within a second or so.

    Without --kind it is a trailing stop with a --trail, a stop with a --trigger, a limit order with a --limit, else a
    market order. --stop and --take protect what it opens. The exit code is 2 when it was refused or rejected.
    """
    given: dict[str, str | int | None] = {
        "limit": limit,
        "trigger": trigger,
        "stop": stop,
        "take": take,
        "display": display,
    }
    given |= {"participation": participation, "slices": slices}
    body: dict[str, Any] = {
        "key": key or secrets.token_hex(8),
        "symbol": symbol,
        "side": side,
        "quantity": quantity,
        **({"kind": kind} if kind else {}),
        "tif": tif,
        "post_only": post_only,
        "reduce_only": reduce_only,
        "user": by or getpass.getuser(),
        "why": why,
        **{name: value for name, value in given.items() if value is not None},
        **_times(duration, until),
        **_trail(trail),
    }
    running = client(data)
    told = running.send("POST", "/api/v1/orders", body)
    if "order_id" not in told:
        screen.answer(told, lambda: screen.say(f"key {told['key']} was used already"), as_json=as_json)
        return 0
    row = _first_word(running, told["order_id"])
    screen.answer(told | {"order": row}, lambda: screen.say(_told(row)), as_json=as_json)
    return InputError.exit_code if row["status"] in ("refused", "rejected") else 0


def _times(duration: str | None, until: str | None) -> dict[str, int]:
    from parrot.engine.columns import timeframe_ns

    found = {}
    if duration is not None:
        found["duration"] = timeframe_ns(duration)
    if until is not None:
        found["until"] = moment(until, "--until")
    return found


def _trail(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    return {"trail": text.removesuffix("%"), "trail_percent": text.endswith("%")}


def _first_word(running: Client, order_id: int) -> dict[str, Any]:
    """The order once the venue has said something, of a market order the end, or as it stands after a second or so."""
    end = time.monotonic() + _WAIT_S
    while True:
        row: dict[str, Any] = running.get(f"/api/v1/orders/{order_id}")
        waits = _UNDER_WAY | _WORKING if row["kind"] == "market" else _UNDER_WAY
        if row["status"] not in waits or time.monotonic() > end:
            return row
        time.sleep(0.05)


def _told(row: dict[str, Any]) -> str:
    words = {"sent": "on its way", "accepted": "working", "partially_filled": "partly filled"}
    text = f"order {row['order_id']} is {words.get(row['status'], row['status'])}"
    filled = f", {row['filled']} of {row['quantity']}" if row["filled"] != "0" else ""
    return text + filled + (f": {row['reason']}" if row["reason"] else "")


@app.command("show")
def show(
    order_id: Annotated[int, typer.Argument(help="Number of the order")],
    data: Data = None,
    as_json: options.AsJson = False,
) -> None:
    """One order as it stands, and its life through every gate."""
    running = client(data)
    row = running.get(f"/api/v1/orders/{order_id}")
    events = running.get(f"/api/v1/orders/{order_id}/events")["items"]
    screen.answer(row | {"events": events}, lambda: _draw(row, events), as_json=as_json)


def _draw(row: dict[str, Any], events: list[dict[str, Any]]) -> None:
    told = [(name, screen.moment(value, seconds=True) if name in _TIMES else value) for name, value in row.items()]
    screen.values([(name, _flat(value)) for name, value in told if value not in (None, "", [], {})])
    drawn = [
        [screen.moment(event["ts"], seconds=True), event["gate"], event["event"], event["text"]] for event in events
    ]
    screen.table("life", ("time", "gate", "event", ""), drawn, texts=4)


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{amount} {name}" for name, amount in value.items())
    return ", ".join(value) if isinstance(value, list) else value


@app.command("cancel")
def cancel(
    order_id: Annotated[int, typer.Argument(help="Number of the order")],
    data: Data = None,
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """Ask for the end of an order."""
    told = client(data).send("DELETE", f"/api/v1/orders/{order_id}", {"by": by or getpass.getuser()})
    screen.answer(told, lambda: screen.say(f"order {order_id}: {', '.join(told['records'])}"), as_json=as_json)


@app.command("ls")
def ls(
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many rows.")] = 20,
    fills: Annotated[bool, typer.Option("--fills", help="Fills instead of orders.")] = False,
    symbol: Annotated[str, typer.Option(help="Only this symbol.")] = "",
    strategy: Annotated[str, typer.Option(help="Only this strategy.")] = "",
    status: Annotated[str, typer.Option(help="Only orders of this status, or open, or ended.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """Orders, newest first."""
    what = "fills" if fills else "orders"
    chosen = {"limit": str(limit), "symbol": symbol, "strategy": strategy} | ({} if fills else {"status": status})
    rows = client(data).get(f"/api/v1/{what}?{urlencode(chosen)}")["items"]
    named = ("order_id", "strategy", "symbol", "side", *(_FILL if fills else _ORDER))
    drawn = [[screen.moment(row["ts"], seconds=True), *(row[name] for name in named)] for row in rows]
    screen.answer({what: rows}, lambda: screen.table("", ("time", *named), drawn, texts=5), as_json=as_json)


_TIMES = ("ts", "updated")
_FILL = ("quantity", "price", "fee", "fee_currency", "trade_id")
_ORDER = ("kind", "status", "quantity", "filled", "limit", "trigger", "reason", "why")

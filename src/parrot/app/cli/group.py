"""`parrot group`."""

from __future__ import annotations

import getpass
import secrets
import time
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Client, Data, client
from parrot.kernel.errors import InputError, MissingError

app = typer.Typer(no_args_is_help=True, help="Groups of orders of a running platform: grids and ladders (DCA).")

GroupId = Annotated[int, typer.Argument(help="Number of the group, from `parrot group ls`.")]
Symbol = Annotated[str, typer.Argument(help="Such as BTC/USDT")]
Key = Annotated[str, typer.Option(help="Your own id: the same key again is the same group.")]
By = Annotated[str, typer.Option("--by", help="Your name.")]
_WAIT_S: Final = 1.5
_UNDER_WAY: Final = frozenset({"new", "approved", "sent"})
_REFUSED: Final = frozenset({"refused", "rejected"})
_ENDED: Final = _REFUSED | {"filled", "canceled", "expired"}
_ORDER: Final = ("order_id", "why", "side", "kind", "status", "quantity", "filled", "limit", "trigger", "reason")
_SHOWN: Final = ("group_id", "form", "symbol", "status", "round", "fills", "held", "cash", "reason")


@app.command("grid")
def grid(
    symbol: Symbol,
    low: Annotated[str, typer.Option(help="Lowest price.")],
    high: Annotated[str, typer.Option(help="Highest price.")],
    levels: Annotated[int, typer.Option(min=2, max=201, help="How many prices, both ends included.")],
    quantity: Annotated[str, typer.Option(help="What each step trades, in base units.")],
    data: Data = None,
    spacing: Annotated[
        str, typer.Option(help="arithmetic (equal distances) or geometric (equal ratios)")
    ] = "arithmetic",
    start: Annotated[
        str, typer.Option(help="both (buy below, sell above what is held), buy, or sell: what steps begin with")
    ] = "both",
    key: Key = "",
    by: By = "",
    why: Annotated[str, typer.Option(help="The reason; it stands in the records.")] = "",
    as_json: options.AsJson = False,
) -> int:
    """Buy low and sell one step higher, again and again, at fixed prices.

    Says what became of its first orders within a second or so; the exit code is 2 when all of them were refused.
    """
    plan = {"form": "grid", "symbol": symbol, "low": low, "high": high, "levels": levels, "quantity": quantity}
    return _place(client(data), plan | {"spacing": spacing, "start": start}, key=key, by=by, why=why, as_json=as_json)


@app.command("ladder")
def ladder(
    symbol: Symbol,
    quantity: Annotated[str, typer.Option(help="Of the first order, in base units.")],
    safety_orders: Annotated[int, typer.Option(help="How many orders further away.")],
    deviation: Annotated[str, typer.Option(help="Percent from the first price to the first safety order.")],
    take: Annotated[str, typer.Option(help="Percent from the average price at which all leaves.")],
    data: Data = None,
    side: Annotated[str, typer.Option(help="buy or sell")] = "buy",
    limit: Annotated[str | None, typer.Option(help="Price of the first order; without it at the market.")] = None,
    safety_quantity: Annotated[str | None, typer.Option(help="Of the first safety order; as the first order.")] = None,
    gap_scale: Annotated[str, typer.Option(help="Each gap is so many times the one before.")] = "1",
    quantity_scale: Annotated[str, typer.Option(help="Each quantity is so many times the one before.")] = "1",
    stop: Annotated[str | None, typer.Option(help="Price at which everything is closed.")] = None,
    rounds: Annotated[int, typer.Option(help="How often it begins; 0 without end.")] = 1,
    key: Key = "",
    by: By = "",
    why: Annotated[str, typer.Option(help="The reason; it stands in the records.")] = "",
    as_json: options.AsJson = False,
) -> int:
    """Enter, add further away, leave with a gain on the average price (DCA).

    Says what became of its first order within a second or so; the exit code is 2 when it was refused.
    """
    plan: dict[str, Any] = {"form": "ladder", "symbol": symbol, "side": side, "quantity": quantity, "take": take}
    plan |= {"safety_orders": safety_orders, "deviation": deviation, "gap_scale": gap_scale, "rounds": rounds}
    chosen = {"limit": limit, "safety_quantity": safety_quantity, "stop": stop}
    plan |= {"quantity_scale": quantity_scale, **{name: value for name, value in chosen.items() if value is not None}}
    return _place(client(data), plan, key=key, by=by, why=why, as_json=as_json)


def _place(running: Client, plan: dict[str, Any], *, key: str, by: str, why: str, as_json: bool) -> int:
    body = {"key": key or secrets.token_hex(8), "plan": plan, "user": by or getpass.getuser(), "why": why}
    told = running.send("POST", "/api/v1/groups", body)
    if "group_id" not in told:
        screen.answer(told, lambda: screen.say(f"key {told['key']} was used already"), as_json=as_json)
        return 0
    first = _first_orders(running, plan["form"], told["group_id"], count=plan.get("levels", 2) - 1)
    screen.answer(told | {"orders": first}, lambda: screen.say(_begun(told["group_id"], first)), as_json=as_json)
    return InputError.exit_code if first and all(row["status"] in _REFUSED for row in first) else 0


def _first_orders(running: Client, form: str, group_id: int, *, count: int) -> list[dict[str, Any]]:
    """Its orders once `count` are there and the venue has said something, or as they stand after a second or so."""
    end = time.monotonic() + _WAIT_S
    while True:
        rows = _own(_orders(running, f"group_id={group_id}"), form, group_id)
        if len(rows) >= count and not any(row["status"] in _UNDER_WAY for row in rows):
            return rows
        if time.monotonic() > end:
            return rows
        time.sleep(0.05)


def _orders(running: Client, chosen: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = running.get(f"/api/v1/orders?limit=1000&{chosen}")["items"]
    return rows


def _own(rows: Sequence[dict[str, Any]], form: str, group_id: int) -> list[dict[str, Any]]:
    """The orders that a group has sent, without the protection of what they opened."""
    return [row for row in rows if not row["parent"] and row["why"].startswith(f"{form} {group_id}, ")]


def _begun(group_id: int, first: Sequence[dict[str, Any]]) -> str:
    if not first:
        return f"group {group_id} works; none of its orders has left yet"
    refused = [row for row in first if row["status"] in _REFUSED]
    if not refused:
        return f"group {group_id} works; orders sent so far: {len(first)}"
    begins = "works" if len(refused) < len(first) else "cannot work"
    reasons = "\n".join(f"  {text}" for text in list(dict.fromkeys(row["reason"] for row in refused))[:3])
    return (
        f"group {group_id} {begins}: {len(refused)} of its first {len(first)} orders were refused\n{reasons}\n"
        f"each is sent again four times within a minute; `parrot group cancel {group_id}` ends it now"
    )


@app.command("amend")
def amend(
    group_id: GroupId,
    changes: Annotated[list[str], typer.Argument(help="What is to be different: low=59000 quantity=0.02 take=1.5")],
    data: Data = None,
    by: By = "",
    as_json: options.AsJson = False,
) -> None:
    """Change a group; all its open orders follow."""
    running = client(data)
    row = _row(running, group_id)
    known = {name: value for name, value in row["plan"].items() if name != "type"}
    plan = {name: value for name, value in known.items() if value is not None} | {"form": row["form"]}
    plan |= dict(_pair(text, list(known)) for text in changes)
    told = running.send("PUT", f"/api/v1/groups/{group_id}", {"plan": plan, "user": by or getpass.getuser()})
    text = "has its new plan, its open orders follow" if told["records"] else "had this plan already"
    screen.answer(told, lambda: screen.say(f"group {group_id} {text}"), as_json=as_json)


def _pair(text: str, known: Sequence[str]) -> tuple[str, str]:
    name, _, value = text.partition("=")
    name = name.replace("-", "_")
    if not name or not value:
        raise typer.BadParameter(f"{text!r} is no change; expected: name=value, such as quantity=0.02")
    if name not in known:
        raise typer.BadParameter(f"a group of this form has no {name!r}; expected: one of {', '.join(known)}")
    return name, value


def _row(running: Client, group_id: int) -> dict[str, Any]:
    rows = running.get("/api/v1/groups?limit=1000")["items"]
    found = next((row for row in rows if row["group_id"] == group_id), None)
    if found is None:
        raise MissingError(f"there is no group {group_id}", expected="its number", fix="parrot group ls")
    return dict(found)


@app.command("cancel")
def cancel(group_id: GroupId, data: Data = None, by: By = "", as_json: options.AsJson = False) -> None:
    """End a group: its orders are withdrawn; what it holds stays, and so do stops that protect it."""
    told = client(data).send("DELETE", f"/api/v1/groups/{group_id}", {"by": by or getpass.getuser()})
    text = "ends: its orders are withdrawn, what it holds stays" if told["records"] else "was ending already"
    screen.answer(told, lambda: screen.say(f"group {group_id} {text}"), as_json=as_json)


@app.command("show")
def show(group_id: GroupId, data: Data = None, as_json: options.AsJson = False) -> None:
    """One group as it stands: its plan, the newest order of each of its places, and the stops that protect it."""
    running = client(data)
    row = _row(running, group_id)
    orders = _places([*_orders(running, f"group_id={group_id}"), *_orders(running, "status=open")], row)
    screen.answer(row, lambda: _draw(row, orders), as_json=as_json)


def _places(rows: Sequence[dict[str, Any]], group: dict[str, Any]) -> list[dict[str, Any]]:
    """The newest order of each place, and what is open of the protection of any."""
    own = _own(rows, group["form"], group["group_id"])
    newest = {row["why"]: row for row in sorted(own, key=lambda row: int(row["order_id"]))}
    ids = {row["order_id"] for row in own}
    protection = {row["order_id"]: row for row in rows if row["parent"] in ids and row["status"] not in _ENDED}
    return [*newest.values(), *protection.values()]


def _draw(row: dict[str, Any], orders: Sequence[dict[str, Any]]) -> None:
    plan = ", ".join(f"{name} {value}" for name, value in row["plan"].items() if value is not None and name != "type")
    stopped = "; ".join(f"step {number}: {why}" for number, why in row["stopped"].items())
    told = {name: value for name, value in row.items() if name != "orders"}
    told |= {"ts": screen.moment(row["ts"], seconds=True), "plan": plan, "stopped": stopped}
    screen.values([("time" if name == "ts" else name, value) for name, value in told.items()])
    screen.table("orders", _ORDER, [[order[name] for name in _ORDER] for order in orders], texts=5)


@app.command("ls")
def ls(
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many rows.")] = 20,
    as_json: options.AsJson = False,
) -> None:
    """Groups, newest first."""
    rows = client(data).get(f"/api/v1/groups?limit={limit}")["items"]
    drawn = [[screen.moment(row["ts"], seconds=True), *(row[name] for name in _SHOWN)] for row in rows]
    screen.answer({"groups": rows}, lambda: screen.table("", ("time", *_SHOWN), drawn, texts=5), as_json=as_json)

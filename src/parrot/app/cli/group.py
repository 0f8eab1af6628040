"""`parrot group`."""

from __future__ import annotations

import getpass
import secrets
from typing import Annotated, Any, Final

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Client, Data, client
from parrot.kernel.errors import MissingError

app = typer.Typer(no_args_is_help=True, help="Groups of orders of a running platform: grids and ladders (DCA).")

GroupId = Annotated[int, typer.Argument(help="Number of the group, from `parrot group ls`.")]
Symbol = Annotated[str, typer.Argument(help="Such as BTC/USDT")]
Key = Annotated[str, typer.Option(help="Your own id: the same key again is the same group.")]
By = Annotated[str, typer.Option("--by", help="Your name.")]
_SHOWN: Final = ("group_id", "form", "symbol", "status", "round", "fills", "held", "cash", "reason")


@app.command("grid")
def grid(
    symbol: Symbol,
    low: Annotated[str, typer.Option(help="Lowest price.")],
    high: Annotated[str, typer.Option(help="Highest price.")],
    levels: Annotated[int, typer.Option(help="How many prices, both ends included.")],
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
) -> None:
    """Buy low and sell one step higher, again and again, at fixed prices."""
    plan = {"form": "grid", "symbol": symbol, "low": low, "high": high, "levels": levels, "quantity": quantity}
    _place(client(data), plan | {"spacing": spacing, "start": start}, key=key, by=by, why=why, as_json=as_json)


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
) -> None:
    """Enter, add further away, leave with a gain on the average price (DCA)."""
    plan: dict[str, Any] = {"form": "ladder", "symbol": symbol, "side": side, "quantity": quantity, "take": take}
    plan |= {"safety_orders": safety_orders, "deviation": deviation, "gap_scale": gap_scale, "rounds": rounds}
    chosen = {"limit": limit, "safety_quantity": safety_quantity, "stop": stop}
    plan |= {"quantity_scale": quantity_scale, **{name: value for name, value in chosen.items() if value is not None}}
    _place(client(data), plan, key=key, by=by, why=why, as_json=as_json)


def _place(running: Client, plan: dict[str, Any], *, key: str, by: str, why: str, as_json: bool) -> None:
    body = {"key": key or secrets.token_hex(8), "plan": plan, "user": by or getpass.getuser(), "why": why}
    told = running.send("POST", "/api/v1/groups", body)
    text = f"group {told['group_id']} works" if "group_id" in told else f"key {told['key']} was used already"
    screen.answer(told, lambda: screen.say(text), as_json=as_json)


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
    plan = {name: value for name, value in row["plan"].items() if value is not None and name != "type"}
    plan |= {"form": row["form"]} | dict(_pair(text) for text in changes)
    told = running.send("PUT", f"/api/v1/groups/{group_id}", {"plan": plan, "user": by or getpass.getuser()})
    screen.answer(told, lambda: screen.say(f"group {group_id}: {', '.join(told['records'])}"), as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise typer.BadParameter(f"{text!r} is no change; expected: name=value, such as quantity=0.02")
    return name.replace("-", "_"), value


def _row(running: Client, group_id: int) -> dict[str, Any]:
    rows = running.get("/api/v1/groups?limit=1000")["groups"]
    found = next((row for row in rows if row["group_id"] == group_id), None)
    if found is None:
        raise MissingError(f"there is no group {group_id}", expected="its number", fix="parrot group ls")
    return dict(found)


@app.command("cancel")
def cancel(group_id: GroupId, data: Data = None, by: By = "", as_json: options.AsJson = False) -> None:
    """End a group: all its orders are withdrawn, what it holds stays."""
    told = client(data).send("DELETE", f"/api/v1/groups/{group_id}", {"by": by or getpass.getuser()})
    screen.answer(told, lambda: screen.say(f"group {group_id}: {', '.join(told['records'])}"), as_json=as_json)


@app.command("show")
def show(group_id: GroupId, data: Data = None, as_json: options.AsJson = False) -> None:
    """One group as it stands, with its plan and its open orders."""
    row = _row(client(data), group_id)
    screen.answer(row, lambda: screen.values(list(row.items())), as_json=as_json)


@app.command("ls")
def ls(
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many rows.")] = 20,
    as_json: options.AsJson = False,
) -> None:
    """Groups, newest first."""
    rows = client(data).get(f"/api/v1/groups?limit={limit}")["groups"]
    drawn = [[screen.moment(row["ts"], seconds=True), *(row[name] for name in _SHOWN)] for row in rows]
    screen.answer({"groups": rows}, lambda: screen.table("", ("time", *_SHOWN), drawn, texts=5), as_json=as_json)

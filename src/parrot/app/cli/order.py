"""`parrot order`."""

from __future__ import annotations

import getpass
import secrets
from typing import Annotated, Any

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, client

app = typer.Typer(no_args_is_help=True, help="Orders of a running platform.")

Price = Annotated[str | None, typer.Option(metavar="PRICE")]


@app.command("submit")
def submit(
    side: Annotated[str, typer.Argument(help="buy or sell")],
    quantity: Annotated[str, typer.Argument(help="In base units, such as 0.01")],
    symbol: Annotated[str, typer.Argument(help="Such as BTC/USDT")],
    data: Data = None,
    kind: Annotated[
        str, typer.Option(help="market, limit, stop, stop_limit, trailing, touch, twap, vwap, pov, iceberg")
    ] = "",
    limit: Price = None,
    trigger: Price = None,
    stop: Price = None,
    take: Price = None,
    tif: Annotated[str, typer.Option(help="gtc, day, ioc or fok")] = "gtc",
    post_only: Annotated[bool, typer.Option("--post-only", help="Refuse it rather than take.")] = False,
    reduce_only: Annotated[bool, typer.Option("--reduce-only", help="Only shrink the position.")] = False,
    key: Annotated[str, typer.Option(help="Your own id: the same key again is the same order.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
    why: Annotated[str, typer.Option(help="The reason; it stands in the records.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """Send an order through risk and execution; without --limit and --trigger a market order."""
    named = {(False, False): "market", (True, False): "limit", (False, True): "stop", (True, True): "stop_limit"}
    body: dict[str, Any] = {
        "key": key or secrets.token_hex(8),
        "symbol": symbol,
        "side": side,
        "quantity": quantity,
        "kind": kind or named[limit is not None, trigger is not None],
        "tif": tif,
        "post_only": post_only,
        "reduce_only": reduce_only,
        "user": by or getpass.getuser(),
        "why": why,
    }
    prices = {"limit": limit, "trigger": trigger, "stop": stop, "take": take}
    body |= {name: value for name, value in prices.items() if value is not None}
    told = client(data).send("POST", "/api/v1/orders", body)
    text = f"order {told['order_id']} is on its way" if "order_id" in told else f"key {told['key']} was used already"
    screen.answer(told, lambda: screen.say(text), as_json=as_json)


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
    as_json: options.AsJson = False,
) -> None:
    """Orders, newest first: those that live, then those that ended."""
    what = "fills" if fills else "orders"
    rows = client(data).get(f"/api/v1/{what}?limit={limit}")[what]
    named = ("order_id", "strategy", "symbol", "side", *(_FILL if fills else _ORDER))
    drawn = [[screen.moment(row["ts"], seconds=True), *(row[name] for name in named)] for row in rows]
    screen.answer({what: rows}, lambda: screen.table("", ("time", *named), drawn, texts=5), as_json=as_json)


_FILL = ("quantity", "price", "fee", "fee_currency", "trade_id")
_ORDER = ("kind", "status", "quantity", "filled", "limit", "reason", "why")

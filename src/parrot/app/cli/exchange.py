"""`parrot exchange`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from parrot.app.cli import options, screen
from parrot.app.garbage import hold
from parrot.kernel.errors import InputError

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]
Maybe = int | None


class Session(StrEnum):
    """When stocks trade."""

    OPEN = "open"
    XNYS = "XNYS"


class Limits(StrEnum):
    """Whose request limits hold."""

    BINANCE = "binance"
    OFF = "off"


def exchange(
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    port: Port = 9000,
    api_key: Annotated[str | None, typer.Option(metavar="KEY", help="API key; a random one without it.")] = None,
    secret: Annotated[str | None, typer.Option(metavar="SECRET", help="Its secret; a random one without it.")] = None,
    fund: Annotated[
        list[str] | None,
        typer.Option("--fund", metavar="ASSET=AMOUNT", help="What the key has, 100000 USDT without. Again for more."),
    ] = None,
    symbol: Annotated[
        list[str] | None, typer.Option("--symbol", metavar="SYMBOL", help="What trades, as BTCUSDT. Again for more.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the crowd.")] = 1,
    alpaca_port: Annotated[
        Maybe, typer.Option(min=0, max=65535, metavar="PORT", help="Serve stocks as Alpaca does.")
    ] = None,
    stock: Annotated[
        list[str] | None, typer.Option("--stock", metavar="SYMBOL", help="A stock, as AAPL. Again for more.")
    ] = None,
    stock_session: Annotated[
        Session, typer.Option(help="Stocks trade always (open), or as New York's exchange does.")
    ] = Session.OPEN,
    fix_port: Annotated[Maybe, typer.Option(min=0, max=65535, metavar="PORT", help="Serve FIX 4.4.")] = None,
    legacy_listen_key: Annotated[
        bool, typer.Option("--legacy-listen-key", help="Offer listen keys, as the venue did until 2026.")
    ] = False,
    limits: Annotated[Limits, typer.Option(help="Request limits of the venue, or none.")] = Limits.BINANCE,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep everything there and go on from it; without, in memory.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Serve a living exchange that speaks Binance's API, so that any bot can trade on it with test money.

    REST, /ws, /stream and /ws-api/v3 on one port. The secret is also the token of the admin calls. Ctrl-C stops it.
    """
    hold()
    from parrot.app.exchange.runtime import serve
    from parrot.app.exchange.settings import ExchangeSettings

    _check(api_key=api_key, secret=secret, stocks=stock or [], faces=(alpaca_port, fix_port), session=stock_session)
    settings = ExchangeSettings(
        host=host,
        port=port,
        api_key=api_key or "",
        secret=secret or "",
        funds=_funds(fund) if fund else None,
        symbols=tuple(symbol or ("BTCUSDT", "ETHUSDT")),
        seed=seed,
        alpaca_port=alpaca_port,
        stocks=tuple(stock or (() if alpaca_port is None else ("AAPL",))),
        stock_session=stock_session.value,
        fix_port=fix_port,
        legacy_listen_key=legacy_listen_key,
        limits=limits is Limits.BINANCE,
        data=data,
    )

    def ready(facts: dict[str, Any]) -> None:
        screen.line(facts, _told(facts), as_json=as_json)
        if facts["kept"] and fund and not as_json:
            screen.note(f"{data} has the account already: --fund is for a new one, the faucet for more")

    serve(settings, ready)
    if not as_json:
        screen.note("stopped")


def _check(
    *, api_key: str | None, secret: str | None, stocks: Sequence[str], faces: Sequence[int | None], session: Session
) -> None:
    if "" in (api_key, secret):
        raise InputError(
            "--api-key or --secret is empty", expected="some letters", fix="leave it away for a random one"
        )
    if stocks and faces == (None, None):
        raise InputError("--stock: nobody serves stocks", fix="add --alpaca-port, or --fix-port")
    if session is Session.XNYS and not stocks and faces[0] is None:
        raise InputError("--stock-session: no stock trades", fix="add --stock and --alpaca-port")


def _told(facts: dict[str, Any]) -> str:
    others = [f"{name} {facts[f'{name}_url']}" for name in ("alpaca", "fix") if facts[f"{name}_url"]]
    given = [f"{name.replace('_', ' ')} {facts[name]}" for name in ("api_key", "secret") if name in facts]
    return "; ".join([f"Exchange serves at {facts['url']} (Ctrl-C stops)", *others, *given])


def _funds(given: Sequence[str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for text in given:
        asset, _, amount = text.partition("=")
        try:
            number = Decimal(amount)
        except InvalidOperation:
            number = Decimal("NaN")
        if not asset or not number.is_finite() or number <= 0 or number >= 10**10 or asset in found:
            raise InputError(
                f"--fund {text}", expected="ASSET=AMOUNT, above 0, each asset once", fix="--fund USDT=1000"
            )
        if number != round(number, 8):
            raise InputError(f"--fund {text}", expected="at most 8 decimals")
        found[asset] = number
    return found

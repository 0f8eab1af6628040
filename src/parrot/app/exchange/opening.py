"""An exchange and its keys, made from settings, or gone on with from a data directory."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from parrot.adapters.journal.files import FileSegments
from parrot.app.exchange.keys import Keys
from parrot.app.exchange.settings import ACCOUNT, ExchangeSettings
from parrot.app.exchange.stock_days import stock_days
from parrot.centers.matching import manifest as matching
from parrot.contracts.exchange import SCALE
from parrot.kernel.errors import InputError, StorageError
from parrot.ports.exchange import PublicExchange

_STOCK_MONEY = "USD"
_STOCK_CASH = Decimal(100_000)
_FUNDS = {"USDT": Decimal(100_000)}
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opened:
    """An exchange that is open, and who may trade there; `close` writes down what is left.

    `settings` have the key and secret that count; `made_secret`: that is new; `fresh`: the account is.
    """

    exchange: PublicExchange
    keys: Keys
    settings: ExchangeSettings
    fresh: bool
    made_secret: bool
    close: Callable[[], None]


def open_exchange(settings: ExchangeSettings, now: int) -> Opened:
    """The exchange that the settings describe, books alive as of `now` (ns UTC), a new account of the key funded.

    Raises InputError for a symbol, asset or secret that cannot be, DataError and StorageError for the data directory.
    """
    if not settings.symbols and not settings.stocks:
        raise InputError("no symbol is traded", expected="--symbol or --stock")
    days = stock_days(settings.stock_session, now) if settings.stocks else ()
    made = matching.public_settings(settings.symbols, settings.stocks, seed=settings.seed, stock_days=days)
    folder = _made(settings.data)
    segments = FileSegments(folder / "exchange") if folder else None
    exchange = matching.build_exchange(made, segments, now=now)
    try:
        keys = Keys(folder / "keys.json" if folder else None)
        known = len(keys.names())
        settings = _with_key(settings, keys)
        fresh = ACCOUNT not in exchange.accounts()
        if fresh:
            _fund(exchange, settings)
    except BaseException:
        exchange.close()
        raise
    return Opened(exchange, keys, settings, fresh, len(keys.names()) > known, exchange.close)


def _with_key(settings: ExchangeSettings, keys: Keys) -> ExchangeSettings:
    """The settings with the key that is kept, or a new one; it is in the ring afterwards."""
    kept = keys.find(settings.api_key) if settings.api_key else keys.of(ACCOUNT)
    if kept is None:
        chosen = replace(
            settings,
            api_key=settings.api_key or secrets.token_hex(_KEY_BYTES),
            secret=settings.secret or secrets.token_hex(_KEY_BYTES),
        )
        keys.keep(chosen.api_key, chosen.secret, ACCOUNT)
        return chosen
    secret = kept.secret.reveal()
    if settings.secret and settings.secret != secret:
        fix = "leave --secret away, or take another --api-key"
        raise InputError(f"key {kept.key} has another secret in {settings.data}", expected="that secret", fix=fix)
    return replace(settings, api_key=kept.key, secret=secret)


def _fund(exchange: PublicExchange, settings: ExchangeSettings) -> None:
    funds = dict(_FUNDS if settings.funds is None else settings.funds)
    if settings.stocks:
        funds.setdefault(_STOCK_MONEY, _STOCK_CASH)
    known = {asset for market in exchange.markets() for asset in (market.base, market.quote)}
    if settings.funds is None:
        funds = {asset: amount for asset, amount in funds.items() if asset in known}
    for asset in funds:
        if asset not in known:
            raise InputError(f"{asset} is not traded here", expected=f"one of {', '.join(sorted(known))}")
    exchange.open_account(ACCOUNT)
    for asset, amount in funds.items():
        exchange.deposit(ACCOUNT, asset, int(amount * SCALE))


def _made(folder: Path | None) -> Path | None:
    if folder is None:
        return None
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "exchange").is_dir():
            fix = "use an empty or a new folder"
            raise InputError(f"{folder} holds other things, and no exchange", expected="a folder of its own", fix=fix)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "exchange").mkdir(mode=0o700, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{folder} is a file", expected="a folder", fix="use another --data") from None
    except OSError as fault:
        raise StorageError(f"{folder} cannot be made: {fault.strerror}", fix="use a folder that is yours") from fault
    return folder

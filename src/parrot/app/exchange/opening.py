"""An exchange and its keys, made from settings, or gone on with from a data directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Opened:
    """An exchange that is open, and who may trade there; `close` writes down what is left."""

    exchange: PublicExchange
    keys: Keys
    close: Callable[[], None]


def open_exchange(settings: ExchangeSettings, now: int) -> Opened:
    """The exchange that the settings describe, books alive as of `now` (ns UTC), the account of the key funded once.

    Raises InputError for a symbol or asset that cannot be, DataError and StorageError for the data directory.
    """
    if not settings.symbols and not settings.stocks:
        raise InputError("no symbol is traded", expected="--symbol or --stock")
    days = stock_days(settings.stock_session, now) if settings.stocks else ()
    made = matching.public_settings(settings.symbols, settings.stocks, seed=settings.seed, stock_days=days)
    folder = _made(settings.data)
    segments = FileSegments(folder / "exchange") if folder else None
    exchange: Any = matching.build_exchange(made, segments, now=now)
    try:
        keys = Keys(folder / "keys.json" if folder else None)
        keys.keep(settings.api_key, settings.secret, ACCOUNT)
        if ACCOUNT not in exchange.accounts():
            _fund(exchange, settings)
    except BaseException:
        exchange.close()
        raise
    return Opened(exchange, keys, exchange.close)


def _fund(exchange: PublicExchange, settings: ExchangeSettings) -> None:
    exchange.open_account(ACCOUNT)
    funds = dict(settings.funds)
    if settings.stocks:
        funds.setdefault(_STOCK_MONEY, _STOCK_CASH)
    known = {held.asset for held in exchange.held(ACCOUNT)}
    for asset, amount in funds.items():
        if asset not in known:
            raise InputError(f"{asset} is not traded here", expected=f"one of {', '.join(sorted(known))}")
        exchange.deposit(ACCOUNT, asset, int(amount * SCALE))


def _made(folder: Path | None) -> Path | None:
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "exchange").mkdir(mode=0o700, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{folder} is a file", expected="a folder", fix="use another --data") from None
    except OSError as fault:
        raise StorageError(f"{folder} cannot be made: {fault.strerror}", fix="use a folder that is yours") from fault
    return folder

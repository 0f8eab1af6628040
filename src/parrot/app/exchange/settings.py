"""What a served exchange is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

ACCOUNT = "main"  # whose key the command line gives


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSettings:
    """The options of `parrot exchange`; a port of None is not served, port 0 takes a free one.

    `secret` is also the token of admin calls; an empty key or secret is the one that `data` keeps, else a random one.
    `funds` go to the account of the key when it is new (None: 100,000 USDT). `stocks` trade at `stock_session`: always
    ("open") or as that calendar says. With `data` everything is kept there and goes on.
    """

    host: str = "127.0.0.1"
    port: int | None = 9000
    api_key: str = ""
    secret: str = field(default="", repr=False)
    funds: Mapping[str, Decimal] | None = None
    symbols: tuple[str, ...] = ("BTCUSDT", "ETHUSDT")
    seed: int = 1
    alpaca_port: int | None = None
    stocks: tuple[str, ...] = ()
    stock_session: Literal["open", "XNYS"] = "open"
    fix_port: int | None = None
    legacy_listen_key: bool = False
    limits: bool = True
    data: Path | None = None

"""The channels: what each holds, who may hear it, and whether a slow client may miss a change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parrot.contracts.access import Permission, Principal
from parrot.kernel.errors import AccessError, InputError, MissingError

_MAIN: Final = "main"
RATE: Final = 10  # changes a second of a channel that is conflated, where nobody asks for more
RATES: Final = (1, 2, 5, 10, 20, 50, 100)


class Kind(StrEnum):
    """What a channel's state is: one value, rows by key, or the newest rows in order."""

    WHOLE = "whole"
    KEYED = "keyed"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A family of channels; `key` names the fields that tell rows of a keyed one apart, `kept` is how many a log holds.

    One that is `conflated` tells the newest state at its pace; of any other no change is ever left out. `own` says that
    it is of the desk's account; `words` are what stands behind its name.
    """

    name: str
    kind: Kind
    permission: Permission
    key: tuple[str, ...] = ()
    kept: int = 0
    conflated: bool = True
    own: bool = True
    words: tuple[str, ...] = ()


_P = Permission
CHANNELS: Final[Mapping[str, Channel]] = {
    channel.name: channel
    for channel in (
        Channel(name="status", kind=Kind.WHOLE, permission=_P.MARKETS_READ),
        Channel(name="equity", kind=Kind.LOG, permission=_P.PORTFOLIO_READ, kept=500, conflated=False),
        Channel(name="quotes", kind=Kind.KEYED, permission=_P.MARKETS_READ, key=("symbol",), own=False),
        Channel(name="book", kind=Kind.WHOLE, permission=_P.MARKETS_READ, own=False, words=("symbol",)),
        Channel(name="tape", kind=Kind.LOG, permission=_P.MARKETS_READ, kept=100, own=False, words=("symbol",)),
        Channel(
            name="bars",
            kind=Kind.KEYED,
            permission=_P.MARKETS_READ,
            key=("ts",),
            own=False,
            words=("symbol", "timeframe"),
        ),
        Channel(name="orders", kind=Kind.KEYED, permission=_P.ORDERS_READ, key=("order_id",), conflated=False),
        Channel(name="fills", kind=Kind.LOG, permission=_P.ORDERS_READ, kept=100, conflated=False),
        Channel(name="positions", kind=Kind.KEYED, permission=_P.PORTFOLIO_READ, key=("strategy", "symbol")),
        Channel(name="portfolio", kind=Kind.WHOLE, permission=_P.PORTFOLIO_READ),
        Channel(name="limits", kind=Kind.WHOLE, permission=_P.RISK_READ),
        Channel(name="exposures", kind=Kind.WHOLE, permission=_P.RISK_READ),
        Channel(name="stress", kind=Kind.WHOLE, permission=_P.RISK_READ),
        Channel(name="exchange", kind=Kind.WHOLE, permission=_P.EXCHANGE_READ, own=False),
        Channel(name="strategies", kind=Kind.KEYED, permission=_P.STRATEGIES_READ, key=("strategy",)),
        Channel(name="decisions", kind=Kind.LOG, permission=_P.STRATEGIES_READ, kept=100, conflated=False),
        Channel(name="activity", kind=Kind.LOG, permission=_P.STRATEGIES_READ, kept=100, conflated=False),
        Channel(name="alerts", kind=Kind.KEYED, permission=_P.RISK_READ, key=("alert_id",), conflated=False),
        Channel(name="jobs", kind=Kind.KEYED, permission=_P.BACKTESTS_READ, key=("id",)),
    )
}
_WORD: Final = re.compile(r"[\w./-]{1,60}")


def channel_of(name: str) -> Channel:
    """The family of a channel, such as that of "book:BTC/USDT". Raises InputError."""
    family, *words = name.split(":")
    channel = CHANNELS.get(family)
    if channel is None or len(words) != len(channel.words) or not all(_WORD.fullmatch(word) for word in words):
        raise InputError(f"there is no channel {name[:80]!r}", expected=", ".join(map(shape, CHANNELS.values())))
    return channel


def shape(channel: Channel) -> str:
    """How its channels are written."""
    return ":".join((channel.name, *(word.upper() for word in channel.words)))


def require(who: Principal, channel: Channel) -> None:
    """Raises AccessError for a channel that `who` may not hear, MissingError for one of an account not theirs."""
    if not who.may(channel.permission):
        needs = f"the permission {channel.permission}"
        raise AccessError(f"{who.name} may not hear {channel.name}", expected=needs, reason="forbidden")
    if channel.own and not who.sees(_MAIN):
        raise MissingError(f"there is no account {_MAIN}")


def pace(rate: int) -> int:
    """The pace that is kept for a wish. Raises InputError."""
    if not 1 <= rate <= RATES[-1]:
        raise InputError(f"rate is {rate}", expected=f"1 to {RATES[-1]} changes a second")
    return max(one for one in RATES if one <= rate)

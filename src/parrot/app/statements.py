"""Statements of an account from the journal of its data directory, which need not stand still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from parrot.app.desk import decode
from parrot.app.durable import DESK
from parrot.app.platform.settings import read_settings
from parrot.app.platform.trading import home_currency, known_terms
from parrot.app.verify.entries import batches
from parrot.centers.capital.manifest import Line, Settings, Statement, statement
from parrot.contracts.message import Entry
from parrot.kernel.errors import MissingError

_WANTED: Final = (b"LedgerPosted", b"EquityMarked")
_TAG_WITHIN: Final = 64  # bytes of an entry in which the name of its record stands


def statement_of(
    root: Path,
    *,
    since: int | None = None,
    until: int | None = None,
    each: Callable[[Line], None] | None = None,
    told: Callable[[float], None] = lambda part: None,
) -> Statement:
    """The statement from `since` to `until` (ns UTC, not included); from the first entry, to the last without them.

    With `each` its transactions go there, and it holds none; `told` hears what part of the journal is read. Raises
    MissingError when there is no journal, DataError for what cannot be read, ParameterError for a period that ends
    before it begins.
    """
    path = root / DESK
    if not path.exists():
        raise MissingError(f"{root} holds no {DESK}", fix="name the data directory of a platform with --data")
    if since is None or until is None:
        first, last = _ends(path)
        since, until = first if since is None else since, last + 1 if until is None else until
    listings, _ = known_terms(root, read_settings(root / "settings.toml").venue)
    account = Settings(currency=home_currency(listings))
    return statement(
        _entries(path, told),
        {listing.symbol: listing for listing in listings},
        account=account.account,
        currency=account.currency,
        since=since,
        until=until,
        each=each,
    )


def _entries(path: Path, told: Callable[[float], None]) -> Iterator[Entry]:
    """What statements are made of, batch by batch: the journal may be larger than the memory."""
    size = path.stat().st_size
    for place, bodies in batches(path):
        for body in bodies:
            if any(name in body[:_TAG_WITHIN] for name in _WANTED):
                yield decode(body)
        told(min(1.0, place.offset / size))


def _ends(path: Path) -> tuple[int, int]:
    """When the first and the last entry were decided, 0 where there is none."""
    first = last = b""
    for _, bodies in batches(path):
        first, last = first or bodies[0], bodies[-1]
    return (decode(first).ts, decode(last).ts) if first else (0, 0)

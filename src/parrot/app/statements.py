"""Statements of an account from the journal of its data directory, which need not stand still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from parrot.app.desk import decode
from parrot.app.durable import DESK
from parrot.app.platform.settings import read_settings
from parrot.app.platform.trading import home_currency, known_terms
from parrot.app.verify.entries import entries
from parrot.centers.capital.manifest import Settings, Statement, statement
from parrot.contracts.message import Entry
from parrot.kernel.errors import MissingError


def statement_of(root: Path, *, since: int | None = None, until: int | None = None) -> Statement:
    """The statement from `since` to `until` (ns UTC, not included); from the first entry, to the last without them.

    Raises MissingError when there is no journal, DataError for what cannot be read, ParameterError for a period that
    ends before it begins.
    """
    path = root / DESK
    if not path.exists():
        raise MissingError(f"{root} holds no {DESK}", fix="name the data directory of a platform with --data")
    found = list(_entries(path))
    listings, _ = known_terms(root, read_settings(root / "settings.toml").venue)
    terms = {listing.symbol: listing for listing in listings}
    account = Settings(currency=home_currency(listings))
    return statement(
        found,
        terms,
        account=account.account,
        currency=account.currency,
        since=since if since is not None else min((entry.ts for entry in found), default=0),
        until=until if until is not None else max((entry.ts for entry in found), default=0) + 1,
    )


def _entries(path: Path) -> Iterator[Entry]:
    return (decode(body) for _, body in entries(path))

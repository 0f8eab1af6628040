"""What happened in an account in a period, as text, CSV or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Final

import msgspec

from parrot.centers.capital.ledger import Ledger
from parrot.centers.capital.reading import profits
from parrot.contracts.accounts import Profit
from parrot.contracts.ledger import AccountKind, EquityMarked, LedgerPosted
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.kernel.decimals import ZERO, add, plain
from parrot.kernel.errors import ParameterError
from parrot.kernel.sheets import sheet

_ENCODER: Final = msgspec.json.Encoder(decimal_format="string")
COLUMNS: Final = (
    *("time", "seq", "what", "ref", "order", "strategy", "symbol"),
    *("owner", "kind", "currency", "amount"),
)


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of the account over the period; closing - opening is what its transactions add up to."""

    currency: str
    opening: Decimal
    closing: Decimal


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction of the period."""

    seq: int
    ts: int
    posted: LedgerPosted

    def as_json(self) -> bytes:
        """The transaction as it stands among the lines of the document."""
        return _ENCODER.encode(self)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """One row for each leg."""
        posted = self.posted
        start = (_time(self.ts), self.seq, posted.what, posted.ref, posted.order_id, posted.strategy, posted.symbol)
        for leg in posted.legs:
            yield (*start, leg.owner, leg.kind.value, leg.currency, leg.amount)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """An account from `since` up to but not including `until` (ns UTC).

    `equity_opening` and `equity_closing` are the last marks up to those times, None before the first.
    """

    account: str
    currency: str
    since: int
    until: int
    movements: list[Movement]
    profits: list[Profit]
    equity_opening: Decimal | None
    equity_closing: Decimal | None
    lines: list[Line]

    def as_json(self) -> str:
        """The statement as one JSON document; amounts are texts, so that no digit is lost."""
        return _ENCODER.encode(self).decode()

    def as_csv(self) -> str:
        """One row for each leg of each transaction."""
        return sheet(COLUMNS, chain.from_iterable(line.rows() for line in self.lines))

    def as_text(self) -> str:
        """The statement for people."""
        parts = [f"Account {self.account}, {_time(self.since)} to {_time(self.until)}"]
        if self.equity_closing is not None:
            opening = "none" if self.equity_opening is None else plain(self.equity_opening)
            parts.append(f"Equity in {self.currency}: {opening} -> {plain(self.equity_closing)}")
        parts.append(_table(("currency", "opening", "closing"), [_movement_row(row) for row in self.movements]))
        parts.append(
            _table(("strategy", "symbol", "fills", "realised", "fees"), [_profit_row(p) for p in self.profits])
        )
        parts.append(_table(("time", "seq", "what", "strategy", "cash"), [self._line_row(line) for line in self.lines]))
        return "\n\n".join(parts) + "\n"

    def _line_row(self, line: Line) -> tuple[str, ...]:
        cash = [leg for leg in line.posted.legs if leg.owner == self.account and leg.kind is AccountKind.CASH]
        told = ", ".join(f"{plain(leg.amount)} {leg.currency}" for leg in cash)
        return _time(line.ts), str(line.seq), line.posted.what, line.posted.strategy, told


def statement(
    entries: Iterable[Entry],
    listings: Mapping[str, Listing],
    *,
    account: str,
    currency: str,
    since: int,
    until: int,
    each: Callable[[Line], None] | None = None,
) -> Statement:
    """The statement of a period from the journal's entries, read from the first on; `until` is not included.

    With `each` its transactions go there as they are read, and it holds none of them, however many there are.
    Raises ParameterError for a period that ends before it begins.
    """
    if until <= since:
        raise ParameterError("the period ends before it begins", expected="since < until")
    before, within, lines = Ledger(), Ledger(), list[Line]()
    take = lines.append if each is None else each
    marks: list[Decimal | None] = [None, None]
    for entry in entries:
        if entry.ts >= until:
            continue
        early = entry.ts < since
        if isinstance(entry.record, LedgerPosted):
            (before if early else within).post(entry.record, entry.ts)
            if not early:
                take(Line(seq=entry.seq, ts=entry.ts, posted=entry.record))
        elif isinstance(entry.record, EquityMarked):
            marks = [entry.record.equity if early else marks[0], entry.record.equity]
    return Statement(
        account=account,
        currency=currency,
        since=since,
        until=until,
        movements=_movements(before, within, account),
        profits=profits(within, listings, by_day=False),
        equity_opening=marks[0],
        equity_closing=marks[1],
        lines=lines,
    )


def _movements(before: Ledger, within: Ledger, account: str) -> list[Movement]:
    opening, moved = before.of(account, AccountKind.CASH), within.of(account, AccountKind.CASH)
    return [
        Movement(
            currency=name,
            opening=opening.get(name, ZERO),
            closing=add(opening.get(name, ZERO), moved.get(name, ZERO)),
        )
        for name in sorted(opening.keys() | moved.keys())
    ]


def _movement_row(row: Movement) -> tuple[str, ...]:
    return row.currency, plain(row.opening), plain(row.closing)


def _profit_row(row: Profit) -> tuple[str, ...]:
    fees = ", ".join(f"{plain(amount)} {currency}" for currency, amount in sorted(row.fees.items()))
    return row.strategy, row.symbol, str(row.fills), f"{plain(row.realised)} {row.currency}", fees or "0"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [head, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def _time(ts: int) -> str:
    seconds, rest = divmod(ts, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"

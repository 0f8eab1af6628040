"""A statement as one HTML page that needs nothing else: to be read, printed and kept."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from typing import Final

from parrot.centers.capital.manifest import Statement
from parrot.contracts.ledger import AccountKind
from parrot.kernel.decimals import plain, subtract

_LOOK: Final = """
:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
.wide{overflow-x:auto}th,td{padding:.25rem .5rem;border-bottom:1px solid #8886;text-align:left;white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}@media print{body{margin:0;max-width:none}}
"""
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_LOOK.encode()).digest()).decode()
    + "'"
)
LINES_MOST: Final = 5_000


def statement_page(found: Statement, count: int) -> str:
    """The page of a statement with `count` transactions; it holds the first 5,000, all are in the CSV."""
    title = f"Statement of account {found.account}"
    period = f"{_time(found.since)} up to, not including, {_time(found.until)}"
    opening = "none" if found.equity_opening is None else f"{plain(found.equity_opening)} {found.currency}"
    closing = "none" if found.equity_closing is None else f"{plain(found.equity_closing)} {found.currency}"
    parts = [
        f"<h1>{escape(title)}</h1><p>{escape(period)}</p>",
        f"<p>Equity at the beginning: {escape(opening)}; at the end: {escape(closing)}</p>",
        "<h2>Cash and coins</h2>",
        _table(
            ("Currency", "Opening", "Change", "Closing"),
            [(row.currency, row.opening, subtract(row.closing, row.opening), row.closing) for row in found.movements],
        ),
        "<h2>Profit by strategy and symbol</h2>",
        _table(
            ("Strategy", "Symbol", "Fills", "Turnover", "Realised", "Currency", "Fees"),
            [
                (row.strategy, row.symbol, row.fills, row.turnover, row.realised, row.currency, _fees(row.fees))
                for row in found.profits
            ],
        ),
        f"<h2>Transactions</h2>{_cut(count)}",
        _table(("Time", "No.", "What", "Strategy", "Symbol", "Cash and coins"), _lines(found)),
    ]
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
    view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head = f"{view}{policy}<title>{escape(title)}</title>"
    body = "".join(parts)
    return f'<!doctype html><html lang="en"><head>{head}<style>{_LOOK}</style></head><body>{body}</body></html>\n'


def _lines(found: Statement) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for line in found.lines[:LINES_MOST]:
        legs = [leg for leg in line.posted.legs if leg.owner == found.account and leg.kind is AccountKind.CASH]
        cash = ", ".join(f"{plain(leg.amount)} {leg.currency}" for leg in legs)
        rows.append((_time(line.ts), line.seq, line.posted.what, line.posted.strategy, line.posted.symbol, cash))
    return rows


def _cut(lines: int) -> str:
    return f"<p>The first {LINES_MOST} of {lines}; all are in the CSV.</p>" if lines > LINES_MOST else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return "<p>None.</p>"
    numbers = [isinstance(value, Decimal | int) for value in rows[0]]
    heads = "".join(
        f"<th{_class(number=number)}>{escape(name)}</th>" for name, number in zip(head, numbers, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: object) -> str:
    number = isinstance(value, Decimal | int)
    text = plain(value) if isinstance(value, Decimal) else str(value)
    return f"<td{_class(number=number)}>{escape(text)}</td>"


def _class(*, number: bool) -> str:
    return ' class="n"' if number else ""


def _fees(fees: dict[str, Decimal]) -> str:
    return ", ".join(f"{plain(amount)} {currency}" for currency, amount in sorted(fees.items())) or "0"


def _time(ts: int) -> str:
    return f"{datetime.fromtimestamp(ts // 1_000_000_000, UTC):%Y-%m-%d %H:%M:%S} UTC"

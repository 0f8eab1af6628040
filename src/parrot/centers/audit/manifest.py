"""The way into the audit center."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parrot.centers.audit import outside
from parrot.centers.audit.acts import act_of
from parrot.centers.audit.attempts import NoLostOrder, OneEffect, WriteAhead
from parrot.centers.audit.doubt import Settled
from parrot.centers.audit.exact import Exact
from parrot.centers.audit.findings import Check, Reading, Violation
from parrot.centers.audit.ledger import Ledger
from parrot.centers.audit.life import Amounts, FillsOnce, Life, TakenOnce
from parrot.centers.audit.limits import GoodData, Rates, WithinLimits
from parrot.centers.audit.log import WITNESS_EVERY, AuditLog, decode_act
from parrot.centers.audit.orders import Orders
from parrot.centers.audit.reducing import ReduceOnly
from parrot.centers.audit.sequence import OneVersion, Sequence, mixed
from parrot.centers.audit.signing import Signer
from parrot.centers.audit.stops import Killed, Latched
from parrot.centers.audit.tampering import LogReading
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry

__all__ = [
    "JOURNAL_INVARIANTS",
    "NAME",
    "WITNESS_EVERY",
    "AuditLog",
    "LogReading",
    "Reading",
    "Signer",
    "Violation",
    "act_of",
    "decode_act",
    "mixed",
    "outside",
    "reading",
    "violations",
]

NAME = "audit"

# What a journal alone can show; the others take more, see `outside`.
JOURNAL_INVARIANTS = (
    *("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I14", "I15", "I19", "I20"),
)


def reading(listings: Iterable[Listing] = (), *, settled_within: int = 30_000_000_000, cash: bool = True) -> Reading:
    """All invariants that a journal alone can show, ready to be shown its entries one after another.

    `settled_within` (ns) is how long a doubt may last behind its fence while the line is up; `cash` says that the
    account has no debts.
    """
    terms = {listing.symbol: listing for listing in listings}
    orders = Orders({symbol: listing.base for symbol, listing in terms.items()})
    return Reading(_checks(orders, terms, settled_within=settled_within, cash=cash), orders.follow)


def violations(
    entries: Iterable[Entry],
    listings: Iterable[Listing] = (),
    *,
    settled_within: int = 30_000_000_000,
    cash: bool = True,
) -> list[Violation]:
    """Whatever does not hold in a journal, by number of the entry that shows it."""
    found = reading(listings, settled_within=settled_within, cash=cash)
    for entry in entries:
        found.look(entry)
    return found.end()


def _checks(orders: Orders, terms: Mapping[str, Listing], *, settled_within: int, cash: bool) -> list[Check]:
    return [
        Sequence(),
        OneVersion(),
        OneEffect(orders),
        NoLostOrder(orders),
        WriteAhead(orders),
        FillsOnce(),
        TakenOnce(),
        Life(orders),
        Amounts(orders),
        Exact(orders, terms),
        Ledger(orders, cash=cash),
        ReduceOnly(orders),
        WithinLimits(orders),
        GoodData(orders),
        Rates(orders),
        Killed(orders),
        Latched(orders),
        Settled(settled_within),
    ]

"""Records of the ledger: transactions, balances beside the venue's, the worth of an account."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from parrot.contracts.message import Message


class AccountKind(StrEnum):
    """What a ledger account holds."""

    CASH = "cash"
    POSITION = "position"
    RESERVED = "reserved"
    FEE = "fee"
    PNL = "pnl"
    EXTERNAL = "external"
    TRADING = "trading"


class Posting(msgspec.Struct, frozen=True, gc=False):
    """One leg: `amount` of `currency`, a debit of (owner, kind) if positive; owners are accounts or `strategy:<id>`."""

    owner: str
    kind: AccountKind
    currency: str
    amount: Decimal


class LedgerPosted(Message, frozen=True, kw_only=True, gc=False):
    """One transaction: for each currency its legs sum to zero. `what`: trade, deposit, adjustment, reversal, crossing.

    `ref` makes it happen once: trade id and client id of a fill, key of a deposit.
    """

    what: str
    ref: str
    order_id: int
    strategy: str
    symbol: str
    legs: list[Posting]
    realised: Decimal = Decimal(0)


class BalancesCompared(Message, frozen=True, kw_only=True, gc=False):
    """The venue's balances at its time `venue_ts` beside the ledger's; `differences` are venue less ledger."""

    account: str
    venue_ts: int
    differences: dict[str, Decimal]


class EquityMarked(Message, frozen=True, kw_only=True, gc=False):
    """What an account was worth in `currency` at one moment, at `marks` (value of one unit of each currency in it).

    Equity = deposits + realised + unrealised - fees, each valued at `marks`, to the last digit. `deposits` holds all
    that came from outside, adjustments included. `strategies` is realised + unrealised - fees of each.
    """

    account: str
    currency: str
    equity: Decimal
    deposits: Decimal
    realised: Decimal
    unrealised: Decimal
    fees: Decimal
    marks: dict[str, Decimal]
    strategies: dict[str, Decimal]

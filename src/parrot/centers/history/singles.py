"""Rows that one record makes by itself."""

from __future__ import annotations

from parrot.centers.history.moves import shown
from parrot.contracts import records
from parrot.contracts.history import DecisionRow, EquityRow, FillRow, LegRow, OrderRow, PostingRow
from parrot.contracts.ledger import EquityMarked, LedgerPosted
from parrot.contracts.message import Entry
from parrot.kernel.decimals import plain

_BOOK = "strategy:"


def fill_of(entry: Entry, order: OrderRow) -> FillRow:
    """One execution of an order."""
    record: records.OrderFilled = entry.record
    fill = record.fill
    return FillRow(
        seq=entry.seq,
        order_id=record.order_id,
        ts=entry.ts,
        venue_ts=fill.ts,
        account=order.account,
        user=order.user,
        strategy=order.strategy,
        symbol=fill.symbol,
        side=fill.side.value,
        quantity=shown(fill.quantity),
        price=shown(fill.price),
        fee=shown(fill.fee),
        fee_currency=fill.fee_currency,
        trade_id=fill.trade_id,
        maker=fill.maker,
        late=record.late,
    )


def decision_of(entry: Entry, account: str) -> DecisionRow:
    """What a gate said."""
    record: records.DecisionNoted = entry.record
    return DecisionRow(
        seq=entry.seq,
        ts=entry.ts,
        account=account,
        strategy=record.strategy,
        symbol=record.symbol,
        order_id=record.order_id,
        gate=record.gate,
        passed=record.passed,
        text=record.text,
    )


def equity_of(entry: Entry) -> EquityRow:
    """One mark of the curve."""
    record: EquityMarked = entry.record
    return EquityRow(
        seq=entry.seq,
        ts=entry.ts,
        account=record.account,
        currency=record.currency,
        equity=plain(record.equity),
        deposits=plain(record.deposits),
        realised=plain(record.realised),
        unrealised=plain(record.unrealised),
        fees=plain(record.fees),
        strategies={name: plain(value) for name, value in record.strategies.items()},
    )


def posting_of(entry: Entry, account: str) -> PostingRow:
    """One transaction of the ledger, of the account that its first own leg names."""
    record: LedgerPosted = entry.record
    legs = tuple(
        LegRow(owner=leg.owner, kind=leg.kind.value, currency=leg.currency, amount=plain(leg.amount))
        for leg in record.legs
    )
    owners = (leg.owner for leg in record.legs if not leg.owner.startswith(_BOOK))
    return PostingRow(
        seq=entry.seq,
        ts=entry.ts,
        account=next(owners, account),
        what=record.what,
        ref=record.ref,
        order_id=record.order_id,
        strategy=record.strategy,
        symbol=record.symbol,
        realised=plain(record.realised),
        legs=legs,
    )

"""A strategy that ran, beside the back-test of the same code on the same data: both curves, and the gap in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from parrot.adapters.journal.files import verify_journal
from parrot.app.desk import decode
from parrot.app.hosting.parity import Recorded, add_orders, life_in
from parrot.app.jobs.asked import Replay
from parrot.app.jobs.asking import conversation
from parrot.app.jobs.places import JobPlaces
from parrot.app.workers.handed import played_frames
from parrot.centers.strategies.manifest import Deal, Prices, curve, explain
from parrot.contracts.hosting import LifeBegun, OrderReport
from parrot.contracts.message import Entry
from parrot.engine.terms import cash_decimals
from parrot.kernel.decimals import plain
from parrot.kernel.errors import InputError, MissingError

if TYPE_CHECKING:
    import polars as pl

POINTS: Final = 400
_BATCHES_MOST: Final = 400_000
_UNITS: Final = -8
_ORDER: Final = b"OrderReceived"
_TAG_WITHIN: Final = 64
_SIDES: Final = {"buy": 1, "sell": -1}


def parity(strategy: str, places: JobPlaces, tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """The comparison as plain values: amounts as text, times ns UTC. Raises MissingError, InputError, StrategyError."""

    recorded = life_in(places.folder.strategies / f"{strategy}.journal")
    if recorded is None:
        raise MissingError(f"{strategy} has not run yet", fix="start it")
    notes = _notes(recorded)
    prices = prices_of(recorded)
    if not prices:
        raise InputError(f"{strategy} was given no data yet", fix="wait for its first bar")
    del recorded.batches[_BATCHES_MOST:]
    add_orders([recorded], _orders(places, recorded.life.seen))
    between = (recorded.batches[0].upto, recorded.batches[-1].upto)
    spoken = conversation(strategy, Replay(recorded=recorded))
    frames, played = played_frames(spoken, between, tell)
    if played.failure:
        notes.append(f"the back-test ended early: {played.failure}")
    live, back = live_deals(recorded), back_deals(frames, recorded.life)
    return _told(recorded.life, between, live, back, prices) | {
        "notes": notes,
        "orders_differ": played.orders_differ,
        "batches": len(recorded.batches),
    }


def _told(
    life: LifeBegun, between: tuple[int, int], live: Sequence[Deal], back: Sequence[Deal], prices: Mapping[str, Prices]
) -> dict[str, Any]:
    gap = explain(live, back, prices, life.cash)
    first, last = between
    step = max(1, (last - first) // (POINTS - 1))
    times = [*range(first, last, step), last] if last > first else [last]
    return {
        "version": life.version,
        "code_hash": life.code_hash,
        "currency": next(iter(life.listings)).quote,
        "cash": plain(life.cash),
        "from_ns": first,
        "to_ns": last,
        "live": plain(gap.live),
        "back": plain(gap.back),
        "gap": plain(gap.gap),
        "gap_bps": plain(gap.gap_bps),
        "parts": {name: plain(part) for name, part in gap.parts.items()},
        "parts_bps": {name: plain(part) for name, part in gap.parts_bps.items()},
        "live_fills": len(live),
        "back_fills": len(back),
        "decisions": [_plain(asdict(one)) for one in gap.decisions],
        "ts": times,
        "live_equity": curve(live, prices, life.cash, times),
        "back_equity": curve(back, prices, life.cash, times),
    }


def _notes(recorded: Recorded) -> list[str]:
    notes = [
        f"it began with {plain(held.quantity)} {held.symbol}, which the back-test does not have"
        for held in recorded.life.opening
    ]
    if len(recorded.batches) > _BATCHES_MOST:
        notes.append(f"only the first {_BATCHES_MOST:,} of {len(recorded.batches):,} batches are compared")
    return notes


def _orders(places: JobPlaces, after: int) -> Iterator[Entry]:
    """Orders of the desk behind an entry, read from its journal while that is written."""
    found: list[bytes] = []

    def each(number: int, body: bytes) -> None:
        if number > after and _ORDER in body[:_TAG_WITHIN]:
            found.append(bytes(body))

    verify_journal(places.folder.desk, each)
    return (decode(body) for body in found)


def prices_of(recorded: Recorded) -> dict[str, Prices]:
    """What each market stood at, as the strategy was told: trades, closes of bars, the middle of quotes."""
    found: dict[str, Prices] = {}
    for listing in recorded.life.listings:
        scale = -listing.price_decimals
        rows: list[tuple[int, Decimal]] = []
        for batch in recorded.batches:
            rows += [(bar.close_ts, Decimal(bar.close)) for bar in batch.bars if bar.symbol == listing.symbol]
            rows += [(trade.ts, Decimal(trade.price)) for trade in batch.trades if trade.symbol == listing.symbol]
            rows += [(one.ts, Decimal(one.bid + one.ask) / 2) for one in batch.quotes if one.symbol == listing.symbol]
        if rows:
            rows.sort(key=lambda row: row[0])
            found[listing.symbol] = Prices([ts for ts, _ in rows], [price.scaleb(scale) for _, price in rows])
    return found


def live_deals(recorded: Recorded) -> list[Deal]:
    """Fills as the strategy was told of them."""
    bases = {listing.symbol: listing.base for listing in recorded.life.listings}
    quotes = {listing.symbol: listing.quote for listing in recorded.life.listings}
    reports = [report for batch in recorded.batches for report in batch.reports]
    return [
        Deal(
            symbol=report.symbol,
            side=report.side,
            quantity=report.quantity,
            price=report.price,
            fee=report.fee if report.fee_currency == quotes[report.symbol] else Decimal(0),
            fee_base=report.fee if report.fee_currency == bases[report.symbol] else Decimal(0),
            ts=report.ts,
            decided=_decided(report, recorded),
            role=report.protection or "plain",
        )
        for report in reports
        if report.kind in ("filled", "foreign") and report.symbol in bases
    ]


def _decided(report: OrderReport, recorded: Recorded) -> int:
    """The time of the data of the decision; of protections, and of what it did not order itself, that of the fill."""
    order = recorded.orders.get(str(recorded.life.first_key + report.order))
    return report.ts if order is None or report.protection or report.kind == "foreign" else order.decided


def back_deals(frames: Mapping[str, pl.DataFrame], life: LifeBegun) -> list[Deal]:
    """Fills of the back-test, exact."""
    decimals = {listing.symbol: listing.price_decimals for listing in life.listings}
    orders = {row["order_id"]: (row["ts"], row["role"]) for row in frames["orders"].iter_rows(named=True)}
    money = -cash_decimals(life.cash)
    found = []
    for row in frames["fills"].iter_rows(named=True):
        decided, role = orders[row["order_id"]]
        protective = role in ("stop", "take")
        found.append(
            Deal(
                symbol=row["symbol"],
                side=_SIDES[row["side"]],
                quantity=Decimal(row["quantity_lots"]).scaleb(_UNITS),
                price=Decimal(row["price_ticks"]).scaleb(-decimals[row["symbol"]]),
                fee=Decimal(row["fee_units"]).scaleb(money),
                ts=row["ts"],
                decided=row["ts"] if protective else decided,
                role=role if protective else "plain",
            )
        )
    return found


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in fields.items()}

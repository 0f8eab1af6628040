"""The portfolio as the gateway asks for it: the account from the house, fills and curves from the history."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.app.platform.assemble import House
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.shown import shown
from parrot.centers.capital.manifest import tax_lots
from parrot.contracts.accounts import CurvePoint, Position
from parrot.contracts.history import EquityRow, FillRow
from parrot.contracts.listing import Listing
from parrot.contracts.lots import ClosedLot, LotFill, LotMethod, Lots, OpenLot
from parrot.gateway.rest.ports.history import HistoryDoor
from parrot.kernel.decimals import ONE, ZERO, add, multiply, share, subtract
from parrot.kernel.sheets import sheet
from parrot.ports.history import Wanted

_DAY_NS: Final = 86_400 * 10**9
_MAIN: Final = "main"
_PAGE: Final = 1_000
_STEP: Final = Decimal("0.000001")
_FILL: Final = msgspec.json.Decoder(FillRow)


class PortfolioQuestions:
    """Answers of one running platform (gateway.rest.ports.portfolio.PortfolioDoor)."""

    def __init__(self, platform: Platform, history: HistoryDoor, now: Callable[[], int]) -> None:
        self._platform = platform
        self._history = history
        self._now = now
        self._fills: list[LotFill] = []  # oldest first; what was read once is not read again
        self._lock = threading.Lock()

    # -- now -------------------------------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """What the account is worth, what today brought, positions and balances."""
        found: dict[str, Any] = self._platform.read(summary_of)
        return found

    def attribution(self) -> dict[str, Any]:
        """Where profit comes from."""
        found: dict[str, Any] = shown(self._platform.read(lambda house: house.components.capital.attribution()))
        return found

    # -- the curve -------------------------------------------------------------------------------------------------

    def curve(self, *, since: int, until: int, points: int) -> dict[str, Any]:
        """Equity and how far it is below its peak, oldest first; what came from outside makes no peak."""
        rows = self._history.equity(Wanted(account=_MAIN, since=since, until=until), points)
        items: list[dict[str, Any]] = []
        peak = deepest = ZERO
        for row in rows:
            won = subtract(Decimal(row.equity), Decimal(row.deposits))
            peak = won if not items else max(peak, won)
            fall = subtract(won, peak)
            deepest = min(deepest, fall)
            items.append(_point(row, fall, add(peak, Decimal(row.deposits))))
        currency = rows[-1].currency if rows else ""
        return {"currency": currency, "items": items, "drawdown": shown(deepest)}

    # -- tax lots --------------------------------------------------------------------------------------------------

    def lots(self, method: LotMethod, *, symbol: str) -> dict[str, Any]:
        """Open lots and gains by year."""
        found = self._lots(method, symbol)
        return {
            "method": method.value,
            "open": shown(found.open),
            "closed_count": len(found.closed),
            "years": shown(found.years),
            "other_fees": shown(found.other_fees),
        }

    def closed_lots(
        self, method: LotMethod, *, symbol: str, after: int, limit: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Closed lots, newest first; they are numbered as they were closed, which no later fill changes."""
        closed = self._lots(method, symbol).closed
        end = min(after - 1, len(closed)) if after else len(closed)
        begin = max(end - limit, 0)
        return [shown(lot) for lot in reversed(closed[begin:end])], begin + 1 if begin else 0

    def lots_csv(self, method: LotMethod, *, closed: bool, symbol: str) -> str:
        """Open or closed lots as CSV."""
        found = self._lots(method, symbol)
        return _closed_sheet(found.closed) if closed else _open_sheet(found.open)

    def _lots(self, method: LotMethod, symbol: str) -> Lots:
        def look(house: House) -> tuple[Mapping[str, Listing], dict[str, Decimal]]:
            listings = {listing.symbol: listing for listing in house.terms.listings}
            prices = {name: house.components.capital.price(name) for name in listings}
            return listings, {name: price for name, price in prices.items() if price is not None}

        fills = self._all_fills()
        listings, marks = self._platform.read(look)
        wanted = [fill for fill in fills if fill.symbol in listings and symbol in ("", fill.symbol)]
        return tax_lots(wanted, listings, method=method, marks=marks, now=self._now())

    def _all_fills(self) -> list[LotFill]:
        """All fills there ever were; only those behind the last that is known are asked for."""
        with self._lock:
            last = self._fills[-1].id if self._fills else 0
            fresh = [_lot_fill(row) for row in self._newer(last)]
            self._fills += fresh[::-1]
            return list(self._fills)

    def _newer(self, last: int) -> Iterator[FillRow]:
        after = 0
        while True:
            page = self._history.fills(Wanted(account=_MAIN, after=after, limit=_PAGE))
            for body in page.rows:
                row = _FILL.decode(body)
                if row.seq <= last:
                    return
                yield row
            after = page.after
            if not after:
                return


def summary_of(house: House) -> dict[str, Any]:
    """What the account is worth, today, positions and balances, as a question."""
    capital, now = house.components.capital, house.clock.now_ns()
    worth = capital.worth()
    positions = [held for held in (*capital.positions(), *capital.books()) if held.quantity or held.realised]
    return {
        "ts": now,
        "account": worth.account,
        "currency": worth.currency,
        "equity": shown(worth.equity),
        "deposits": shown(worth.deposits),
        "realised": shown(worth.realised),
        "unrealised": shown(worth.unrealised),
        "fees": shown(worth.fees),
        "profit": shown(subtract(worth.equity, worth.deposits)),
        "unpriced": worth.unpriced,
        "today": _today(house, now, worth.equity, worth.marks),
        "positions": [_position(held, worth.equity, worth.marks) for held in positions],
        "balances": [
            {**shown(balance), "value": _valued(balance.total, worth.marks.get(balance.currency))}
            for balance in capital.balances()
        ],
    }


def _today(house: House, now: int, equity: Decimal, marks: Mapping[str, Decimal]) -> dict[str, Any]:
    """What the day (UTC) brought: change of equity less what came from outside, since the last close."""
    curve, begin = house.components.capital.curve, now // _DAY_NS * _DAY_NS
    before = _before(curve.days, curve.first, begin)
    flow = ZERO
    for point in curve.points:
        if point.ts > begin and (before is None or point.ts > before.ts):
            flow = add(flow, point.flow)
    realised = fees = ZERO
    for profit in house.components.capital.profits(by_day=True):
        if profit.day == f"{datetime.fromtimestamp(begin // 10**9, UTC):%Y-%m-%d}":
            realised = add(realised, multiply(profit.realised, marks.get(profit.currency, ZERO)))
            for currency, fee in profit.fees.items():
                fees = add(fees, multiply(fee, marks.get(currency, ZERO)))
    start = before.equity if before is not None else None
    return {
        "since_ns": begin if before is None else max(begin, before.ts),
        "start": shown(start),
        "change": None if start is None else shown(subtract(subtract(equity, start), flow)),
        "realised": shown(realised),
        "fees": shown(fees),
    }


def _before(days: list[CurvePoint], first: CurvePoint | None, begin: int) -> CurvePoint | None:
    """The last close before a day, else the account's first mark."""
    return next((point for point in reversed(days) if point.ts <= begin), first)


def _position(held: Position, equity: Decimal, marks: Mapping[str, Decimal]) -> dict[str, Any]:
    rate = marks.get(held.currency)
    value = None if held.mark is None or rate is None else multiply(multiply(held.quantity, held.mark), rate)
    part = None if value is None or equity <= 0 else share(value, part=ONE, of=equity, step=_STEP)
    return {**shown(held), "value": shown(value), "share": shown(part)}


def _valued(amount: Decimal, mark: Decimal | None) -> str | None:
    return None if mark is None else shown(multiply(amount, mark))


def _point(row: EquityRow, fall: Decimal, top: Decimal) -> dict[str, Any]:
    part = share(fall, part=ONE, of=top, step=_STEP) if top > 0 else None
    return {
        "ts": row.ts,
        "equity": row.equity,
        "deposits": row.deposits,
        "drawdown": shown(fall),
        "drawdown_share": shown(part),
    }


def _lot_fill(row: FillRow) -> LotFill:
    return LotFill(
        id=row.seq,
        ts=row.ts,
        symbol=row.symbol,
        buys=row.side == "buy",
        quantity=Decimal(row.quantity),
        price=Decimal(row.price),
        fee=Decimal(row.fee),
        fee_currency=row.fee_currency,
    )


def _closed_sheet(lots: list[ClosedLot]) -> str:
    names = ("symbol", "quantity", "opened", "closed", "held_days", "cost", "proceeds", "gain", "currency")
    head = (*names, "short", "opening_fill", "closing_fill")
    return sheet(
        head,
        (
            (
                *(lot.symbol, lot.quantity, _time(lot.opened), _time(lot.closed), lot.held_days, lot.cost),
                *(lot.proceeds, lot.gain, lot.currency, lot.short, lot.opening_fill, lot.closing_fill),
            )
            for lot in lots
        ),
    )


def _open_sheet(lots: list[OpenLot]) -> str:
    head = ("symbol", "quantity", "opened", "held_days", "cost", "value", "gain", "currency", "fill")
    return sheet(
        head,
        (
            (
                *(lot.symbol, lot.quantity, _time(lot.opened), lot.held_days, lot.cost),
                *(lot.value, lot.gain, lot.currency, lot.fill),
            )
            for lot in lots
        ),
    )


def _time(ts: int) -> str:
    return f"{datetime.fromtimestamp(ts // 10**9, UTC):%Y-%m-%dT%H:%M:%S}Z"

"""A strategy run live on a recording, its fills by the replay venue: it must make the orders of its back-test."""

from __future__ import annotations

from collections import deque
from functools import partial

from parrot.adapters.venues.replay import Moment, ReplayVenue
from parrot.app.hosting.life import Life
from parrot.contracts.commands import Side, SubmitOrder
from parrot.contracts.hosting import Deed, InputBatch, LifeBegun, OrderReport
from parrot.contracts.market import Market, Number
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.contracts.venue import (
    CancelPlaced,
    Filled,
    PlaceOrder,
    Rejected,
    ReplacePlaced,
    Report,
    Withdrawn,
)
from parrot.engine.live import LiveRun, Stream, nothing_yet
from parrot.engine.run import Inputs, amount_of, build, floats, listed, play
from parrot.sdk import Strategy


def backtested(strategy: Strategy, inputs: Inputs, market: Market, cash: Number) -> Stream:
    """The order stream of a back-test."""
    player = strategy.fresh()
    engine, views = build(inputs, market, amount_of(cash), listed(player.timeframes))
    engine.keep_moves()
    player.attach(engine, inputs.symbols, lambda symbol, length: floats(views, symbol, length))
    play(engine, player, inputs)
    return Stream(*engine.order_stream)


class Rehearsal:
    """One live run on a recording: each step of it is worked through by the strategy before the next.

    `timers` are the intervals of the strategy's timers, ns; `orders` is what it sent, `stream` its order stream.
    """

    def __init__(
        self, strategy: Strategy, inputs: Inputs, market: Market, cash: Number, *, timers: tuple[int, ...] = ()
    ) -> None:
        spans = listed(strategy.timeframes)
        self.venue = ReplayVenue(inputs, market, cash, timeframes=spans, timers=timers)
        self.orders: list[SubmitOrder] = []
        self._reports: deque[Report] = deque()
        self.venue.connect(self._reports.append)
        self._number = 0
        self._symbols = {listing.symbol: listing for listing in self.venue.listings()}
        self._placed: dict[int, SubmitOrder] = {}
        self._life = Life(self._begun(strategy, inputs, cash), partial(_run, market), strategy)

    def play(self) -> Stream:
        """Runs to the end of the recording; the order stream. Raises StrategyError when the strategy raises."""
        self._life.run.play(self._feed)
        return self._life.run.stream

    def _begun(self, strategy: Strategy, inputs: Inputs, cash: Number) -> LifeBegun:
        timeframe = next(iter(inputs.bars.values())).timeframe if inputs.bars else 0
        kinds = {"bars": inputs.bars, "trades": inputs.trades, "quotes": inputs.quotes}
        return LifeBegun(
            strategy=type(strategy).__name__,
            version=1,
            name="",
            path="",
            source="",
            code_hash="",
            parameters={},
            listings=list(self.venue.listings()),
            timeframe=timeframe,
            feeds=[name for name, held in kinds.items() if held],
            cash=amount_of(cash),
        )

    def _feed(self) -> bool:
        for deed in self._life.deeds():
            self._do(deed)
        moment = self.venue.advance()
        if moment is None:
            return False
        self._life.take(self._batch(moment))
        return True

    def _batch(self, moment: Moment) -> InputBatch:
        self._number += 1
        reports = [report for report in map(self._told, self._reports) if report is not None]
        self._reports.clear()
        return InputBatch(
            number=self._number,
            upto=moment.ts,
            bars=[datum for datum in moment.data if isinstance(datum, BarClosed)],
            trades=[datum for datum in moment.data if isinstance(datum, TradeTick)],
            quotes=[datum for datum in moment.data if isinstance(datum, QuoteTick)],
            reports=reports,
        )

    def _do(self, deed: Deed) -> None:
        ts, name = deed.ts, str(deed.order)
        if deed.kind == "place" and deed.submit is not None:
            self._placed[deed.order] = deed.submit
            if not deed.refused:
                self.orders.append(deed.submit)
                self.venue.send(_placing(deed.submit, name, ts))
        else:
            symbol = self._placed[deed.order].symbol
            if deed.kind == "cancel":
                self.venue.send(CancelPlaced(client_id=name, symbol=symbol, ts=ts))
            else:
                self.venue.send(ReplacePlaced(client_id=name, symbol=symbol, quantity=deed.quantity, ts=ts))

    def _told(self, report: Report) -> OrderReport | None:
        match report:
            case Filled():
                name, _, role = report.client_id.partition("/")
                return OrderReport(
                    kind="filled",
                    order=int(name),
                    order_id=int(name),
                    seq=0,
                    ts=report.ts,
                    symbol=report.symbol,
                    side=1 if report.side is Side.BUY else -1,
                    quantity=report.quantity,
                    price=report.price,
                    fee=report.fee,
                    fee_currency=report.fee_currency,
                    maker=report.maker,
                    protection=role,
                )
            case Withdrawn():
                return self._ended(report.client_id, "expired" if report.expired else "canceled", report)
            case Rejected():
                return self._ended(report.client_id, "refused", report)
        return None

    def _ended(self, client_id: str, kind: str, report: Withdrawn | Rejected) -> OrderReport:
        number = int(client_id)
        return OrderReport(kind=kind, order=number, order_id=number, seq=0, ts=report.ts, reason=report.reason)


def _run(market: Market, strategy: Strategy, life: LifeBegun) -> LiveRun:
    decimals = {listing.symbol: listing.price_decimals for listing in life.listings}
    return LiveRun(strategy, nothing_yet(decimals, life.timeframe, life.feeds), market, life.cash)


def _placing(order: SubmitOrder, client_id: str, ts: int) -> PlaceOrder:
    return PlaceOrder(
        client_id=client_id,
        symbol=order.symbol,
        side=order.side,
        kind=order.kind,
        quantity=order.quantity,
        limit=order.limit,
        trigger=order.trigger,
        trail=order.trail,
        trail_percent=order.trail_percent,
        tif=order.tif,
        until=order.until,
        post_only=order.post_only,
        reduce_only=order.reduce_only,
        guard=order.guard,
        group=order.group,
        ts=ts,
    )

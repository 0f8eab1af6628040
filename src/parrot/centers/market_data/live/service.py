"""The live market: takes what a feed brought, and says what passed, what was kept back and what the desk must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from parrot.centers.market_data.live.checks import Refusal
from parrot.centers.market_data.live.cleaning import BarCleaner
from parrot.centers.market_data.live.fanout import Subscription
from parrot.centers.market_data.live.features import FeatureStream
from parrot.centers.market_data.live.normalise import Malformed, normalise, shown
from parrot.centers.market_data.live.settings import BarRule, LiveSettings
from parrot.centers.market_data.live.shapes import TOO_MANY, misshapen
from parrot.centers.market_data.live.symbol import SymbolMarket
from parrot.contracts.commands import Quoted
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import (
    BarClosed,
    BookChanged,
    BookSnapshot,
    FeedGap,
    Quarantined,
    QuoteTick,
    TradeTick,
)
from parrot.kernel.errors import MissingError


class Flow(NamedTuple):
    """What one call gave.

    `messages` are the good ticks, bars, features and gaps in order; a bar stands before the tick that closed it.
    `quoted` is for the desk, at most one a symbol. `asks` are the symbols whose feed is to be asked for a snapshot.
    `raw` are the bars as they were before cleaning, where it changed them.
    """

    messages: list[Any]
    quoted: list[Quoted]
    quarantined: list[Quarantined]
    asks: list[str]
    raw: list[BarClosed]


class LiveMarket:
    """The market of a feed's symbols. It reads no clock: the same messages and times give the same flow."""

    def __init__(self, listings: Iterable[Listing], settings: LiveSettings | None = None) -> None:
        self.settings = settings or LiveSettings()
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.subscriptions: dict[str, Subscription] = {}
        self._now = 0
        self._messages: list[Any] = []
        self._quarantined: list[Quarantined] = []
        self._refines = self.settings.cleaning is not None or self.settings.features > 0
        self._series: dict[tuple[str, str, int], _Series] = {}
        self._symbols = {listing.symbol: self._symbol(listing) for listing in listings}
        self._handlers: Mapping[type, Callable[[SymbolMarket, Any], None]] = {
            TradeTick: self._trade,
            QuoteTick: self._quote,
            BookChanged: self._change,
            BookSnapshot: self._snapshot,
            BarClosed: self._bar,
        }

    def take(self, incoming: Sequence[Any], now: int) -> Flow:
        """Takes messages of a feed, in order of arrival, at the time `now` (ns UTC); none is fine, time goes on.

        Whatever the messages hold, nothing is raised: what cannot be used is in quarantine with its reason.
        """
        self._now = now = max(now, self._now)
        for message in incoming:
            self._one(message)
        for symbol in self._symbols.values():
            for made in symbol.bars.values():
                made.pass_time(now, self._messages)
        raw = self._refine() if self._refines else []
        flow = Flow(self._messages, self._quotes(now), self._quarantined, self._asks(now), raw)
        self._messages, self._quarantined = [], []
        for subscription in self.subscriptions.values():
            for part in (flow.messages, flow.quoted, flow.quarantined):
                if part:
                    subscription.offer(part)
        return flow

    def subscribe(
        self, name: str, kinds: Iterable[str], symbols: Iterable[str] | None = None, capacity: int | None = None
    ) -> Subscription:
        """A bounded queue of what passes from here; kinds are those of fanout.CLASSES. The same name replaces it."""
        made = Subscription(name, kinds, symbols, self.settings.queue if capacity is None else capacity)
        self.subscriptions[name] = made
        return made

    def unsubscribe(self, name: str) -> None:
        """Ends a subscription; none of that name is fine."""
        self.subscriptions.pop(name, None)

    def build(self, symbol: str, rule: BarRule) -> None:
        """Builds one more series of bars from here. Raises MissingError for an unknown symbol."""
        self.symbol(symbol).build(rule)

    def symbol(self, name: str) -> SymbolMarket:
        """What is known of one symbol. Raises MissingError for an unknown one."""
        found = self._symbols.get(name)
        if found is None:
            raise MissingError(f"no market data of {shown(name)}", expected=f"one of {', '.join(self._symbols)}")
        return found

    def ages(self, now: int) -> dict[str, dict[str, int]]:
        """Age of the newest good datum of each stream at `now`, ns, by symbol and kind; by event time."""
        return {
            name: {kind: max(0, now - min(clock.last, clock.received)) for kind, clock in symbol.clocks().items()}
            for name, symbol in self._symbols.items()
        }

    def queues(self) -> dict[str, dict[str, int]]:
        """Of each subscriber: messages waiting, the most that ever waited, quotes conflated, messages lost."""
        return {
            name: {
                "waiting": len(queue),
                "most": queue.most,
                "conflated": queue.conflated,
                "lost": queue.lost.total(),
            }
            for name, queue in self.subscriptions.items()
        }

    def _refine(self) -> list[BarClosed]:
        """Puts cleaned bars and their features in the place of raw bars; those that changed are given back."""
        refined: list[Any] = []
        raw: list[BarClosed] = []
        for message in self._messages:
            if message.__class__ is not BarClosed:
                refined.append(message)
                continue
            key = (message.symbol, message.kind, message.step)
            series = self._series.get(key)
            if series is None:
                series = self._series[key] = _Series(self.settings)
            bars, said = series.refine(message)
            refined += said
            if bars[-1].corrected:
                raw.append(message)
        self._messages = refined
        return raw

    def _symbol(self, listing: Listing) -> SymbolMarket:
        def gap(kind: str) -> Callable[[int, int], None]:
            return lambda first, last: self._gap(listing.symbol, kind, first, last)

        return SymbolMarket(listing, self.settings, gap("trade"), gap("quote"))

    def _one(self, message: Any) -> None:
        handler = self._handlers.get(message.__class__)
        if handler is None:
            self._raw(message)
            return
        fault = misshapen(message, self.settings.gates.levels_max)
        if fault == TOO_MANY:
            self._keep_back(message, Refusal(TOO_MANY, f"allowed are {self.settings.gates.levels_max}"))
            self._broken(message)
            return
        if fault:
            self._keep_back(message, Refusal("malformed", fault))
            self._broken(message)
            return
        symbol = self._symbols.get(message.symbol)
        if symbol is None:
            self._keep_back(message, Refusal("unknown symbol", f"no listing of {shown(message.symbol)}"))
        else:
            handler(symbol, message)

    def _raw(self, message: Any) -> None:
        symbol = message.get("symbol") if isinstance(message, Mapping) else None
        known = self._symbols.get(symbol) if isinstance(symbol, str) else None
        try:
            if not isinstance(message, Mapping):
                raise Malformed(f"{shown(message)} is no message")
            if known is None:
                raise Malformed(f"no listing of {shown(symbol)}")
            made = normalise(message, known.units, self._now, self.settings.gates.levels_max)
        except Malformed as fault:
            kind = message.get("type") if isinstance(message, Mapping) else None
            self._count(known.symbol if known else "", "raw", Refusal("malformed", str(fault)))
            if known and kind in ("book", "snapshot"):
                self._break(known)
            return
        self._one(made)

    def _trade(self, symbol: SymbolMarket, trade: TradeTick) -> None:
        refused = symbol.trades.refuses(trade, self._now)
        if refused:
            self._keep_back(trade, refused)
            return
        if not symbol.traded(trade, self._now, self._messages):
            self.counts[symbol.symbol, "bar", "late"] += 1
            refused = Refusal("late", f"trade {trade.seq} came after its bar was closed by time")
            self._quarantined.append(_quarantined(symbol.symbol, "bar", refused, self._now))
        self._messages.append(trade)

    def _quote(self, symbol: SymbolMarket, quote: QuoteTick) -> None:
        refused = symbol.quotes.refuses(quote, self._now)
        if not refused:
            symbol.touch.quote(quote, self._now, known=symbol.quotes.spikes.known)
            self._messages.append(quote)
            return
        self._keep_back(quote, refused)
        # An old or repeated quote says nothing of the market now; a bad one says that the last good one is not it.
        if refused.gate in _MARKET_IS_ODD:
            symbol.touch.spoil_quotes()

    def _bar(self, symbol: SymbolMarket, bar: BarClosed) -> None:
        refused = symbol.ready.refuses(bar, self._now)
        if refused:
            self._keep_back(bar, refused)
            return
        symbol.touch.bar(bar, self._now, known=symbol.ready.spikes.known)
        self._messages.append(bar)

    def _change(self, symbol: SymbolMarket, change: BookChanged) -> None:
        book = symbol.book
        refused = self._levels(change)
        if refused:
            self._keep_back(change, refused)
            self._break(symbol)
            return
        was, expected, repeated = book.valid, book.last + 1, book.repeated
        if book.change(change):
            self._messages.append(change)
            self._look(symbol, change)
        elif book.repeated > repeated:
            self._keep_back(change, Refusal("duplicate", f"updates to {change.last} after {book.last}"))
        elif was:
            self._gap(symbol.symbol, "book", expected, change.first - 1)
            symbol.touch.spoil_book()
        else:
            symbol.touch.book_good = False

    def _snapshot(self, symbol: SymbolMarket, snapshot: BookSnapshot) -> None:
        refused = self._levels(snapshot) or _crossed(snapshot)
        if refused:
            self._keep_back(snapshot, refused)
            self._break(symbol)
            return
        waiting = symbol.book.snapshot(snapshot)
        if waiting is None:
            self._keep_back(snapshot, Refusal("backward sequence", f"{snapshot.last} after {symbol.book.last}"))
            return
        self._messages.append(snapshot)
        self._look(symbol, snapshot)
        for change in waiting:
            self._change(symbol, change)

    def _look(self, symbol: SymbolMarket, message: BookChanged | BookSnapshot) -> None:
        """Looks at the top of a book that has just changed."""
        top = symbol.book.ladder.touch()
        bid, ask = top[0], top[1]
        if not bid or not ask:
            symbol.touch.spoil_book()
            return
        if bid >= ask:
            self._keep_back(message, Refusal("crossed", f"bid {bid}, ask {ask}"))
            self._break(symbol)
            return
        text = symbol.book_spikes.refuses(bid + ask, message.ts)
        if text:
            self._keep_back(message, Refusal("spike", f"bid + ask {text}"))
            symbol.touch.spoil_book()
            return
        known = symbol.book_spikes.known
        symbol.touch.book(top, message.ts, message.received, self._now, known=known)
        symbol.book_clock.last, symbol.book_clock.received = message.ts, self._now

    def _levels(self, message: BookChanged | BookSnapshot) -> Refusal | None:
        price_max, size_max = self.settings.gates.price_max, self.settings.gates.size_max
        for level in message.levels:
            if not 0 < level.price <= price_max:
                return Refusal("non-positive" if level.price <= 0 else "huge", f"level at {level.price}")
            if not 0 <= level.size <= size_max:
                return Refusal("bad size", f"level of {level.size} at {level.price}")
        return None

    def _broken(self, message: Any) -> None:
        """A book message that cannot be read leaves its book behind the venue's."""
        name = message.symbol
        symbol = self._symbols.get(name) if isinstance(name, str) else None
        if symbol and isinstance(message, BookChanged | BookSnapshot):
            self._break(symbol)

    def _break(self, symbol: SymbolMarket) -> None:
        symbol.book.break_off()
        symbol.touch.spoil_book()

    def _quotes(self, now: int) -> list[Quoted]:
        pause = self.settings.conflate
        touches = [symbol.touch for symbol in self._symbols.values()]
        return [touch.tell(now) for touch in touches if touch.due(now, pause)]

    def _asks(self, now: int) -> list[str]:
        again = self.settings.ask_again
        return [name for name, symbol in self._symbols.items() if symbol.book.wants_snapshot(now, again)]

    def _gap(self, symbol: str, kind: str, first: int, last: int) -> None:
        self.counts[symbol, kind, "gap"] += 1
        self._messages.append(FeedGap(symbol=symbol, kind=kind, first=first, last=last, ts=self._now))

    def _keep_back(self, message: Any, refused: Refusal) -> None:
        symbol = message.symbol if isinstance(message.symbol, str) else ""
        known = symbol if symbol in self._symbols else ""
        self._count(known, _KINDS[message.__class__], refused)

    def _count(self, symbol: str, kind: str, refused: Refusal) -> None:
        self.counts[symbol, kind, refused.gate] += 1
        self._quarantined.append(_quarantined(symbol, kind, refused, self._now))


class _Series:
    """Cleaning and features of one series of bars."""

    def __init__(self, settings: LiveSettings) -> None:
        self._cleaner = BarCleaner(settings.cleaning) if settings.cleaning else None
        self._features = FeatureStream(settings.features) if settings.features else None

    def refine(self, raw: BarClosed) -> tuple[list[BarClosed], list[Any]]:
        """The bars in the place of a raw one, the last of them its own, and all that is to be said of them."""
        bars = self._cleaner.clean(raw) if self._cleaner else [raw]
        if not self._features:
            return bars, list(bars)
        said: list[Any] = []
        for bar in bars:
            found = self._features.update(bar)
            said += [bar] if found is None else [bar, found]
        return bars, said


_KINDS = {TradeTick: "trade", QuoteTick: "quote", BookChanged: "book", BookSnapshot: "book", BarClosed: "bar"}
_MARKET_IS_ODD = frozenset({"non-positive", "huge", "off tick", "bad size", "crossed", "spike"})


def _quarantined(symbol: str, kind: str, refused: Refusal, now: int) -> Quarantined:
    return Quarantined(symbol=symbol, kind=kind, gate=refused.gate, text=refused.text, ts=now)


def _crossed(snapshot: BookSnapshot) -> Refusal | None:
    bid = max((level.price for level in snapshot.levels if level.side == 1 and level.size), default=0)
    ask = min((level.price for level in snapshot.levels if level.side == -1 and level.size), default=0)
    return Refusal("crossed", f"bid {bid}, ask {ask}") if bid and ask and bid >= ask else None

"""Who hears what: market streams and users' own events, each message written once for all who hear it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from parrot.contracts.exchange import (
    AccountEvent,
    BalancesChanged,
    Deposited,
    DepthChanged,
    ListChanged,
    MarketEvent,
    OrderChanged,
    PublicMarket,
    PublicTrade,
    TopChanged,
    Traded,
)
from parrot.gateway.binance_api import messages, user_events
from parrot.gateway.binance_api.feeds import Asked, Gathered, asked
from parrot.gateway.binance_api.frame import text_frame
from parrot.gateway.binance_api.streams import Topic, topic
from parrot.ports.exchange import PublicExchange

MILLISECOND: Final = 1_000_000
USER: Final = "user"  # what faults call all streams of users


class Sink(Protocol):
    """One connection; `send` takes a whole frame and neither waits nor raises."""

    send: Callable[[bytes], None]


class Disturbing(Protocol):
    """What goes wrong on the way to the clients."""

    active: bool

    def told(self, stream: str, message: bytes, now: int, send: Callable[[bytes], None]) -> None:
        """Sends a message on: once, later, twice or never."""

    def release(self, now: int) -> None:
        """Sends what was held back and is due."""


class Call(Protocol):
    """Work in the thread that owns the exchange."""

    def __call__(self, work: Callable[[], Any], done: Callable[[Any, Exception | None], None]) -> None:
        """`done` hears the result or the error."""


class Stream:
    """One market stream with those who hear it, by whether they want its name around each message."""

    __slots__ = ("_head", "asking", "bare", "feed", "key", "slot", "topic", "wrapped")

    def __init__(self, key: tuple[str, int], about: Topic | None) -> None:
        self.key = key
        self.topic = about
        self.bare: dict[Sink, None] = {}
        self.wrapped: dict[Sink, None] = {}
        self.feed: Gathered | Asked | None = None
        self.slot = 0
        self.asking = False
        self._head = b'{"stream":%b,"data":' % messages.encode(key[0])

    def deliver(self, message: bytes) -> None:
        """One message to all."""
        if self.bare:
            frame = text_frame(message)
            for sink in self.bare:
                sink.send(frame)
        if self.wrapped:
            frame = text_frame(self._head + message + b"}")
            for sink in self.wrapped:
                sink.send(frame)


class UserChannel:
    """One connection's share in the events of one account, each between `head` and `tail`."""

    __slots__ = ("_head", "_tail", "account", "sink", "unit")

    def __init__(
        self, sink: Sink, account: str, *, head: bytes = b"", tail: bytes = b"", unit: int = MILLISECOND
    ) -> None:
        self.sink = sink
        self.account = account
        self.unit = unit
        self._head = head
        self._tail = tail

    def deliver(self, message: bytes) -> None:
        """One event."""
        self.sink.send(text_frame(self._head + message + self._tail))


class Hub:
    """Takes what happens on an exchange and tells it to connections; all calls in one thread."""

    def __init__(
        self, exchange: PublicExchange, markets: Iterable[PublicMarket], call: Call, disturbing: Disturbing
    ) -> None:
        self._exchange = exchange
        self._call = call
        self._disturbing = disturbing
        self._symbols = {market.symbol.lower(): market.symbol for market in markets}
        self._streams: dict[tuple[str, int], Stream] = {}
        self._at_once: dict[tuple[str, str], list[Stream]] = {}
        self._gathered: dict[str, list[Stream]] = {}
        self._timed: dict[Stream, None] = {}
        self._users: dict[str, dict[UserChannel, None]] = {}
        self._now = 0

    # -- who hears -----------------------------------------------------------------------------------------------------

    def join(self, sink: Sink, name: str, *, wrapped: bool, unit: int = MILLISECOND) -> None:
        """`sink` hears the stream from here on; a name that the venue does not have stays silent, as there."""
        stream = self._streams.get((name, unit)) or self._open(name, unit)
        stream.bare.pop(sink, None)
        stream.wrapped.pop(sink, None)
        (stream.wrapped if wrapped else stream.bare)[sink] = None

    def leave(self, sink: Sink, name: str, unit: int = MILLISECOND) -> None:
        """`sink` does not hear it any more; a stream that nobody hears ends."""
        stream = self._streams.get((name, unit))
        if stream is None:
            return
        stream.bare.pop(sink, None)
        stream.wrapped.pop(sink, None)
        if not stream.bare and not stream.wrapped:
            self._close(stream)

    def add_user(self, channel: UserChannel) -> None:
        """`channel` hears the events of its account from here on."""
        self._users.setdefault(channel.account, {})[channel] = None

    def remove_user(self, channel: UserChannel) -> None:
        """`channel` does not hear them any more."""
        channels = self._users.get(channel.account, {})
        channels.pop(channel, None)
        if not channels:
            self._users.pop(channel.account, None)

    def _open(self, name: str, unit: int) -> Stream:
        about = topic(name, self._symbols)
        stream = self._streams[name, unit] = Stream((name, unit), about)
        if about is None:
            return stream
        if about.kind == "depth":
            stream.feed = Gathered(about.symbol, unit)
            self._gathered.setdefault(about.symbol, []).append(stream)
            stream.slot = self._now // about.period
        elif about.period:
            stream.feed = asked(about, unit)
        else:
            self._at_once.setdefault((about.kind, about.symbol), []).append(stream)
            return stream
        self._timed[stream] = None
        return stream

    def _close(self, stream: Stream) -> None:
        del self._streams[stream.key]
        self._timed.pop(stream, None)
        about = stream.topic
        if about is None:
            return
        if about.kind == "depth":
            self._gathered[about.symbol].remove(stream)
        elif not about.period:
            self._at_once[about.kind, about.symbol].remove(stream)

    # -- what happens --------------------------------------------------------------------------------------------------

    def take(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        """Tells what happens at once, and gathers what is told in periods."""
        trades: dict[str, list[PublicTrade]] = {}
        for event in events:
            if isinstance(event, DepthChanged):
                for stream in self._gathered.get(event.symbol, ()):
                    stream.feed.add(event)  # type: ignore[union-attr]  # streams of this list gather
            elif isinstance(event, Traded):
                self._trade(event.trade)
                trades.setdefault(event.trade.symbol, []).append(event.trade)
            elif isinstance(event, TopChanged):
                self._top(event)
            elif self._users and isinstance(event, OrderChanged | BalancesChanged | ListChanged | Deposited):
                self._user(event)
        for symbol, found in trades.items():
            self._aggregates(symbol, found)

    def tick(self, now: int) -> None:
        """Tells what is due by time."""
        self._now = now
        due: list[tuple[Stream, Asked]] = []
        for stream in self._timed:
            slot = now // stream.topic.period  # type: ignore[union-attr]  # a timed stream is about something
            if slot == stream.slot or stream.asking:
                continue
            stream.slot = slot
            if isinstance(stream.feed, Gathered):
                message = stream.feed.flush(now)
                if message is not None:
                    self._tell(stream, message, now)
            elif stream.feed is not None:
                due.append((stream, stream.feed))
        if due:
            self._ask(due, now)
        if self._disturbing.active:
            self._disturbing.release(now)

    def _ask(self, due: Sequence[tuple[Stream, Asked]], now: int) -> None:
        for stream, _ in due:
            stream.asking = True

        def work() -> list[tuple[Stream, Sequence[bytes]]]:
            return [(stream, feed.ask(self._exchange, now)) for stream, feed in due]

        def done(found: list[tuple[Stream, Sequence[bytes]]] | None, fault: Exception | None) -> None:
            for stream, _ in due:
                stream.asking = False
            if fault is not None:
                raise fault  # these streams stay silent for now; whoever runs the loop says so
            for stream, told in found or ():
                for message in told:
                    self._tell(stream, message, now)

        self._call(work, done)

    def _tell(self, stream: Stream, message: bytes, now: int) -> None:
        if self._disturbing.active:
            self._disturbing.told(stream.key[0], message, now, stream.deliver)
        else:
            stream.deliver(message)

    def _trade(self, found: PublicTrade) -> None:
        for stream in self._at_once.get(("trade", found.symbol), ()):
            self._tell(stream, messages.trade(found, stream.key[1]), found.ts)

    def _aggregates(self, symbol: str, trades: Sequence[PublicTrade]) -> None:
        streams = self._at_once.get(("aggTrade", symbol))
        if not streams:
            return
        for group in groups(trades):
            for stream in streams:
                self._tell(stream, messages.aggregate(group, stream.key[1]), group[0].ts)

    def _top(self, event: TopChanged) -> None:
        streams = (*self._at_once.get(("bookTicker", event.symbol), ()), *self._at_once.get(("bookTicker", ""), ()))
        if streams:
            message = messages.book_ticker(event)
            for stream in streams:
                self._tell(stream, message, event.ts)

    def _user(self, event: AccountEvent) -> None:
        account = event.account if isinstance(event, BalancesChanged | Deposited) else _of(event)
        channels = self._users.get(account)
        if not channels:
            return
        written: dict[int, list[bytes]] = {}
        for channel in tuple(channels):
            if channel.unit not in written:
                written[channel.unit] = user_events.encode(event, channel.unit)
            for message in written[channel.unit]:
                if self._disturbing.active:
                    self._disturbing.told(USER, message, event.ts, channel.deliver)
                else:
                    channel.deliver(message)


def _of(event: OrderChanged | ListChanged) -> str:
    return event.order.account if isinstance(event, OrderChanged) else event.state.account


def groups(trades: Sequence[PublicTrade]) -> list[list[PublicTrade]]:
    """Trades in a row of one taker at one price and time."""
    found: list[list[PublicTrade]] = []
    key: tuple[Any, ...] = ()
    for one in trades:
        taker = one.seller_order if one.buyer_is_maker else one.buyer_order
        this = (one.price, one.ts, one.buyer_is_maker, taker)
        if this == key:
            found[-1].append(one)
        else:
            found.append([one])
            key = this
    return found

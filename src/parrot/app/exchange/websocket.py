"""One WebSocket connection: frames in and out, pings, lifetime, and what it talks about."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol, cast

import msgspec
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol as Codec
from websockets.protocol import Side, State

from parrot.gateway.binance_api.frame import text_frame
from parrot.gateway.binance_api.hub import Hub, UserChannel
from parrot.gateway.binance_api.market_session import MarketSession
from parrot.gateway.binance_api.session import ApiSession

_MESSAGE_MOST: Final = 1 << 18
_WAITING_MOST: Final = 1 << 22  # bytes that a slow client may leave unread
_PING_S: Final = 20.0
_PONG_S: Final = 60.0
_LIFE_S: Final = 86_400.0
_CLOSING_S: Final = 2.0
_INCOMING_MOST: Final = 5  # a second, control frames too
_PIECES: Final = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class Talk(Protocol):
    """What a connection is for."""

    limited: bool

    def open(self, names: list[str]) -> bool:
        """Begins with the streams that the address names; False for too many."""

    def heard(self, text: bytes) -> None:
        """One message came."""

    def shutdown(self, now_ms: int) -> None:
        """Says that the server goes."""

    def close(self) -> None:
        """The connection is gone."""


class Reception(Protocol):
    """Where connections are looked after."""

    limits: bool
    hub: Hub
    sockets: dict[WebSocket, None]

    def ask_method(self, talk: ApiTalk, text: bytes, answer: Callable[[bytes | None], None]) -> None:
        """Has a request of the WebSocket API answered; `answer` hears None where the connection is to be cut."""


class WebSocket(asyncio.Protocol):
    """Speaks for `talk` once the handshake is done; a client that does not read is cut off, and holds nobody up."""

    def __init__(self, front: Reception, path: str, talk: Callable[[WebSocket], Talk]) -> None:
        self.path = path
        self._front = front
        self._codec = Codec(Side.SERVER, state=State.OPEN, max_size=_MESSAGE_MOST)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._loop = asyncio.get_running_loop()
        self._pieces: list[bytes] = []
        self._came: deque[float] = deque(maxlen=_INCOMING_MOST)
        self._born = self._pinged = self._ponged = self._loop.time()
        self._muted = False
        self.send: Callable[[bytes], None] = _nothing
        self.talk = talk(self)

    def begin(self, transport: asyncio.Transport, rest: bytes) -> None:
        """Takes the connection over after the handshake; `rest` came with it."""
        self._transport = transport
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=_WAITING_MOST)
        self.send = _nothing if self._muted else transport.write
        self._front.sockets[self] = None
        if rest:
            self.data_received(rest)

    # -- what comes ----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._codec.receive_data(data)
        for frame in cast("list[Frame]", self._codec.events_received()):  # after the handshake there is nothing else
            opcode = frame.opcode
            if opcode is not Opcode.CLOSE and self.talk.limited and self._too_many():
                self.close(CloseCode.POLICY_VIOLATION, "Too many requests")
                return
            if opcode in _PIECES:
                if frame.data:  # those without bytes would be counted by nobody
                    self._pieces.append(bytes(frame.data))
                if frame.fin:
                    message, self._pieces = b"".join(self._pieces), []
                    self.talk.heard(message)
            elif opcode is Opcode.PONG:
                self._ponged = self._loop.time()
        self._flush()

    def eof_received(self) -> None:
        """The client has no more to say."""
        self._codec.receive_eof()

    def _too_many(self) -> bool:
        now = self._loop.time()
        full = len(self._came) == _INCOMING_MOST and now - self._came[0] < 1
        self._came.append(now)
        return full and self._front.limits

    def _flush(self) -> None:
        if self._transport.is_closing():
            return
        for data in self._codec.data_to_send():
            if not data:  # both sides have said good-bye
                self._transport.close()
            elif not self._muted:
                self._transport.write(data)
        if self._codec.close_expected():
            self._loop.call_later(_CLOSING_S, self.cut)

    # -- what goes -----------------------------------------------------------------------------------------------------

    def say(self, text: bytes) -> None:
        """One message."""
        self.send(text_frame(text))

    def pause_writing(self) -> None:
        """Too much waits to be read: the client is too slow."""
        self.cut()

    def close(self, code: int, reason: str) -> None:
        """Says good-bye and ends the connection soon."""
        if self._codec.state is State.OPEN and not self._transport.is_closing():
            self._codec.send_close(code, reason)
            self.send = _nothing
            self._flush()

    def cut(self) -> None:
        """Ends the connection at once, without a word."""
        self.send = _nothing
        self._transport.abort()

    def mute(self, *, muted: bool) -> None:
        """Stays open and says nothing, pongs neither; or speaks again."""
        if muted != self._muted:
            self._muted = muted
            self.send = _nothing if muted or self._transport.is_closing() else self._transport.write

    def sweep(self, now: float) -> None:
        """Pings now and then; ends a connection that is silent or old."""
        if now - self._ponged > _PONG_S:
            self.close(CloseCode.POLICY_VIOLATION, "Pong timeout")
        elif now - self._born > _LIFE_S:
            self.close(CloseCode.POLICY_VIOLATION, "Connection is 24 hours old")
        elif now - self._pinged >= _PING_S and self._codec.state is State.OPEN:
            self._pinged = now
            self._codec.send_ping(str(int(now * 1_000)).encode())
            self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.send = _nothing
        self._front.sockets.pop(self, None)
        self.talk.close()


class MarketTalk:
    """Market streams, and users' streams by listen key."""

    limited = True

    def __init__(
        self, hub: Hub, socket: WebSocket, user_of: Callable[[str], str | None], *, wrapped: bool, unit: int
    ) -> None:
        self._socket = socket
        self._session = MarketSession(hub, socket, user_of, wrapped=wrapped, unit=unit)

    def open(self, names: list[str]) -> bool:
        """Begins with the streams that the address names; False for too many."""
        return self._session.open(names)

    def heard(self, text: bytes) -> None:
        """One message came."""
        self._socket.say(self._session.handle(text))

    def shutdown(self, now_ms: int) -> None:
        """Says that the server goes."""
        self._socket.say(msgspec.json.encode({"e": "serverShutdown", "E": now_ms}))

    def close(self) -> None:
        """The connection is gone."""
        self._session.close()


class ApiTalk:
    """The WebSocket API: requests one after the other, and the events of accounts that it subscribed to."""

    limited = False

    def __init__(self, front: Reception, socket: WebSocket, session: ApiSession, *, unit: int) -> None:
        self.session = session
        self._front = front
        self._socket = socket
        self._unit = unit
        self._channels: dict[int, UserChannel] = {}

    def open(self, names: list[str]) -> bool:
        """Nothing begins by itself."""
        return not names

    def heard(self, text: bytes) -> None:
        """One message came."""
        self._front.ask_method(self, text, self._answer)

    def _answer(self, told: bytes | None) -> None:
        if told is None:
            self._socket.cut()
            return
        self._socket.say(told)
        if self.session.pending:
            pending, self.session.pending = self.session.pending, []
            for message in pending:
                self._socket.say(message)

    def follow(self, hub: Hub) -> None:
        """Hears the accounts that the session is subscribed to, and no others."""
        wanted = dict(self.session.subscriptions)
        if wanted.keys() == self._channels.keys():
            return
        for number in self._channels.keys() - wanted.keys():
            hub.remove_user(self._channels.pop(number))
        for number in wanted.keys() - self._channels.keys():
            head = b'{"subscriptionId":%d,"event":' % number
            channel = UserChannel(self._socket, wanted[number], head=head, tail=b"}", unit=self._unit)
            self._channels[number] = channel
            hub.add_user(channel)

    def shutdown(self, now_ms: int) -> None:
        """Says that the server goes."""
        self._socket.say(msgspec.json.encode({"event": {"e": "serverShutdown", "E": now_ms}}))

    def close(self) -> None:
        """The connection is gone."""
        for channel in self._channels.values():
            self._front.hub.remove_user(channel)
        self._channels.clear()


def _nothing(_: bytes) -> None:
    """Nobody is there to hear it."""

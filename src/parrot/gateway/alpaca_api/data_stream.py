"""One connection to /v2/iex or /v2/sip: authentication, subscriptions, trades, quotes, bars; no socket in here."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.contracts.exchange import AccountEvent, MarketEvent, SessionChanged, TopChanged, Traded
from parrot.gateway.alpaca_api import bars, market_data
from parrot.gateway.alpaca_api.days import MINUTE, midnight
from parrot.gateway.alpaca_api.face import ENCODER, Face
from parrot.gateway.alpaca_api.values import SECOND, moment

Json = dict[str, Any]

CHANNELS: Final = ("trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds")
_SYMBOLS_MAX: Final = 1_000
_ERRORS: Final = {
    400: "invalid syntax",
    401: "not authenticated",
    402: "auth failed",
    403: "already authenticated",
    405: "symbol limit exceeded",
    410: "invalid subscribe action for this feed",
}
_STATUSES: Final = {
    "continuous": ("T", "Trading"),
    "opening": ("Q", "Quotation Only"),
    "closing": ("Q", "Quotation Only"),
    "closed": ("H", "Trading Halt"),
    "halted": ("H", "Trading Halt"),
}


class Tick:
    """Something to tell on a channel; written once for all clients that read the same form."""

    __slots__ = ("_json", "_packed", "_ts", "channel", "symbol", "told")

    def __init__(self, channel: str, symbol: str, told: Json, ts: int) -> None:
        self.channel = channel
        self.symbol = symbol
        self.told = told
        self._ts = ts
        self._json = b""
        self._packed = b""

    def json(self) -> bytes:
        """As JSON."""
        if not self._json:
            self._json = ENCODER.encode(self.told)
        return self._json

    def packed(self) -> bytes:
        """As MessagePack: the time in its own extension, prices as the binary fractions that are nearest."""
        if not self._packed:
            plain = {name: float(value) if isinstance(value, Decimal) else value for name, value in self.told.items()}
            plain["t"] = _extension(self._ts)
            self._packed = msgspec.msgpack.encode(plain)
        return self._packed


class Ticks:
    """What happens as ticks, made once for all connections; bars come with the first event of the next minute."""

    def __init__(self, face: Face) -> None:
        self._stocks = face.stocks
        self._minute = face.stocks.now // MINUTE

    def of(self, events: Sequence[AccountEvent | MarketEvent]) -> list[Tick]:
        """The ticks of a batch of events, in order."""
        ticks, ours = self._bars(), self._stocks.markets
        for event in events:
            if isinstance(event, Traded):
                row = event.trade
                if row.symbol in ours:
                    told = {"T": "t", "S": row.symbol, **market_data.trade(row)}
                    ticks.append(Tick("trades", row.symbol, told, row.ts))
            elif isinstance(event, TopChanged):
                if event.symbol in ours and market_data.is_quote(event):
                    told = {"T": "q", "S": event.symbol, **market_data.quote(event)}
                    ticks.append(Tick("quotes", event.symbol, told, event.ts))
            elif isinstance(event, SessionChanged) and event.symbol in ours:
                ticks.append(Tick("statuses", event.symbol, _status(event), event.ts))
        return ticks

    def _bars(self) -> list[Tick]:
        now = self._stocks.now
        minute = now // MINUTE
        if minute <= self._minute:
            return []
        since, self._minute = self._minute * MINUTE, minute
        ticks: list[Tick] = []
        for symbol in self._stocks.markets:
            ticks += self._ended(symbol, since, minute * MINUTE - 1)
        return ticks

    def _ended(self, symbol: str, since: int, until: int) -> Iterable[Tick]:
        exchange = self._stocks.exchange
        ended = list(bars.traded(exchange, symbol, bars.frame("1Min"), since=since, until=until))
        for bar in ended:
            yield Tick("bars", symbol, {"T": "b", "S": symbol, **bar.told()}, bar.ts)
        if ended:
            begins = midnight(until)
            for bar in bars.traded(exchange, symbol, bars.frame("1Day"), since=begins, until=until):
                yield Tick("dailyBars", symbol, {"T": "d", "S": symbol, **bar.told()}, bar.ts)


def _status(event: SessionChanged) -> Json:
    code, text = _STATUSES.get(event.phase, ("H", "Trading Halt"))
    about = {"sc": code, "sm": text, "rc": "", "rm": ""}
    return {"T": "s", "S": event.symbol, **about, "t": moment(event.ts), "z": "C"}


class DataStream:
    """Takes in what a client sends, and ticks; gives the frames to send: text with JSON or binary with MessagePack."""

    def __init__(self, face: Face, *, packed: bool) -> None:
        self._face = face
        self._packed = packed
        self._known = False
        self._wanted: dict[str, dict[str, None]] = {channel: {} for channel in CHANNELS}

    def begin(self) -> list[str | bytes]:
        """What a new connection is told."""
        return [self._frame([{"T": "success", "msg": "connected"}])]

    def receive(self, data: str | bytes) -> list[str | bytes]:
        """The answers to a message."""
        try:
            message = self._read(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            return [self._error(400)]
        if not isinstance(message, dict):
            return [self._error(400)]
        action = message.get("action")
        if action == "auth":
            return [self._authenticate(message)]
        if action not in ("subscribe", "unsubscribe"):
            return [self._error(400)]
        if not self._known:
            return [self._error(401)]
        return [self._subscribe(message, wanted=action == "subscribe")]

    def _read(self, data: str | bytes) -> Any:
        if self._packed and isinstance(data, bytes):
            return msgspec.msgpack.decode(data)
        return msgspec.json.decode(data)

    def _authenticate(self, message: Mapping[str, Any]) -> str | bytes:
        if self._known:
            return self._error(403)
        key, secret = message.get("key"), message.get("secret")
        found = self._face.credential(key, secret) if isinstance(key, str) and isinstance(secret, str) else None
        if found is None:
            return self._error(402)
        self._known = True
        return self._frame([{"T": "success", "msg": "authenticated"}])

    def _subscribe(self, message: Mapping[str, Any], *, wanted: bool) -> str | bytes:
        asked = {channel: message.get(channel) or [] for channel in CHANNELS}
        for symbols in asked.values():
            if not isinstance(symbols, list) or not all(isinstance(name, str) and len(name) <= 20 for name in symbols):
                return self._error(400)
        if wanted and sum(len(kept) for kept in self._wanted.values()) + sum(map(len, asked.values())) > _SYMBOLS_MAX:
            return self._error(405)
        for channel, symbols in asked.items():
            kept = self._wanted[channel]
            for symbol in symbols:
                if wanted:
                    kept[symbol] = None
                else:
                    kept.pop(symbol, None)
        told = {channel: list(kept) for channel, kept in self._wanted.items()}
        trades = told["trades"]
        return self._frame([{"T": "subscription", **told, "corrections": trades, "cancelErrors": trades}])

    def hear(self, ticks: Sequence[Tick]) -> list[str | bytes]:
        """The frame with the ticks that this client wants, none where it wants none."""
        wanted = self._wanted
        found = [tick for tick in ticks if tick.symbol in wanted[tick.channel] or "*" in wanted[tick.channel]]
        if not found:
            return []
        if self._packed:
            return [_array(len(found)) + b"".join([tick.packed() for tick in found])]
        return [(b"[" + b",".join([tick.json() for tick in found]) + b"]").decode()]

    def _error(self, code: int) -> str | bytes:
        return self._frame([{"T": "error", "code": code, "msg": _ERRORS[code]}])

    def _frame(self, messages: Sequence[Json]) -> str | bytes:
        return msgspec.msgpack.encode(messages) if self._packed else ENCODER.encode(messages).decode()


def _array(length: int) -> bytes:
    """The head of an array of MessagePack."""
    return struct.pack(">B", 0x90 | length) if length < 16 else struct.pack(">BI", 0xDD, length)


def _extension(ts: int) -> msgspec.msgpack.Ext:
    seconds, rest = divmod(ts, SECOND)
    return msgspec.msgpack.Ext(-1, struct.pack(">Q", rest << 34 | seconds))

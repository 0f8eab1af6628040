"""One connection to /stream: authentication, listening, and the updates that it is sent; no socket in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from parrot.contracts.exchange import AccountEvent, MarketEvent
from parrot.gateway.alpaca_api.face import ENCODER, Face
from parrot.gateway.alpaca_api.trade_updates import TradeUpdates

Json = dict[str, Any]

TRADE_UPDATES: Final = "trade_updates"
_STREAMS: Final = (TRADE_UPDATES, "account_updates")


class AccountStream:
    """Takes in what a client sends and what happens, gives the frames to send; JSON in binary frames, as Alpaca."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._updates = TradeUpdates(face.stocks)
        self.account = ""
        self.streams: tuple[str, ...] = ()

    def receive(self, data: str | bytes) -> list[bytes]:
        """The answers to a message."""
        try:
            message = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return [_told("error", action="", error="invalid JSON")]
        if not isinstance(message, dict):
            return [_told("error", action="", error="a message is an object")]
        action, body = message.get("action"), message.get("data")
        if action in ("authenticate", "auth"):
            return self._authenticate(message, body if isinstance(body, dict) else {})
        if action == "listen":
            return self._listen(body if isinstance(body, dict) else {})
        return [_told("error", action=str(action)[:40], error="unknown action")]

    def _authenticate(self, message: Mapping[str, Any], body: Mapping[str, Any]) -> list[bytes]:
        key, secret = body.get("key_id", message.get("key")), body.get("secret_key", message.get("secret"))
        found = self._face.credential(key, secret) if isinstance(key, str) and isinstance(secret, str) else None
        if found is not None:
            self.account = found.account
        status = "unauthorized" if found is None else "authorized"
        return [_told("authorization", status=status, action="authenticate")]

    def _listen(self, body: Mapping[str, Any]) -> list[bytes]:
        if not self.account:
            return [_told("authorization", status="unauthorized", action="listen")]
        wanted = body.get("streams")
        if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
            return [_told("listening", streams=[], error="streams must be a list of names")]
        self.streams = tuple(name for name in _STREAMS if name in wanted)
        unknown = [name[:40] for name in wanted if name not in _STREAMS]
        more = {"error": f"unknown streams: {', '.join(unknown[:10])}"} if unknown else {}
        return [_told("listening", streams=list(self.streams), **more)]

    def hear(self, events: Sequence[AccountEvent | MarketEvent]) -> list[bytes]:
        """The frames that tell a listening client of what happened."""
        if TRADE_UPDATES not in self.streams:
            return []
        updates = self._updates.tell(self.account, events)
        return [ENCODER.encode({"stream": TRADE_UPDATES, "data": update}) for update in updates]


def _told(stream: str, **data: Any) -> bytes:
    return ENCODER.encode({"stream": stream, "data": data})

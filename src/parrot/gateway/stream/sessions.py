"""What a client says: subscribe, unsubscribe, resync, ping; texts in, calls of the hub out."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from parrot.gateway.stream.channels import RATE
from parrot.gateway.stream.clients import TOO_MANY, Client
from parrot.gateway.stream.hub import Hub, error
from parrot.gateway.stream.topics import message
from parrot.kernel.errors import InputError, ParrotError

SAYS_MOST: Final = 50  # messages within a second
_SECOND: Final = 10**9
_Name = Annotated[str, msgspec.Meta(max_length=160)]
_PONG: Final = message({"type": "pong"})


class _Said(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    op: Literal["subscribe", "unsubscribe", "resync", "ping"]
    channels: Annotated[list[_Name], msgspec.Meta(max_length=64)] = []
    channel: _Name = ""
    rate: int = RATE


_SAID: Final = msgspec.json.Decoder(_Said)


class Session:
    """One client's side of the conversation. What cannot be done is answered with an error, and the session goes on."""

    def __init__(self, hub: Hub, client: Client) -> None:
        self._hub = hub
        self._client = client
        self._since = 0
        self._count = 0

    def hear(self, text: str | bytes, now: int) -> None:
        """Takes one message at `now`, ns."""
        if self._floods(now):
            self._client.close(TOO_MANY, f"more than {SAYS_MOST} messages within a second")
            return
        try:
            said = _SAID.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
            self._client.tell(error(InputError(f"not understood: {fault}", expected='{"op": "subscribe", ...}')))
            return
        if said.op == "ping":
            self._client.tell(_PONG)
        for name in dict.fromkeys([*said.channels, *([said.channel] if said.channel else [])]):
            self._do(said, name)

    def _do(self, said: _Said, name: str) -> None:
        try:
            if said.op == "subscribe":
                self._hub.subscribe(self._client, name, said.rate)
            elif said.op == "unsubscribe":
                self._hub.unsubscribe(self._client, name)
            elif said.op == "resync":
                self._hub.resync(self._client, name)
        except ParrotError as fault:
            self._client.tell(error(fault, name))

    def _floods(self, now: int) -> bool:
        if now - self._since >= _SECOND:
            self._since, self._count = now, 0
        self._count += 1
        return self._count > SAYS_MOST

"""The bus port over NATS JetStream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from parrot.adapters.bus.lanes import Lanes
from parrot.adapters.bus.nats.link import PATIENCE_S, Link
from parrot.adapters.bus.nats.pulling import GoneError, Pulling
from parrot.adapters.bus.nats.streams import ensure, stream
from parrot.kernel.errors import BusyError
from parrot.ports.bus import BusState, Depth, Envelope, Lane, Reader

_FULL: Final = 10077  # "maximum messages exceeded"
_POLL_S: Final = 0.01


class NatsBus:
    """Lanes as streams of the server at `url`, their names and topics below `space`.

    A message is accepted when the server says so; it does not sync each one to its disk, so it may lose the last ones
    with the power: then its `life` changes, as it does when it was wiped. What a process took and did not handle comes
    to the next one after `ack_wait_s`.
    """

    def __init__(
        self,
        url: str,
        lanes: Sequence[Lane],
        *,
        space: str = "parrot",
        credentials: Path | None = None,
        ack_wait_s: float = 30.0,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._lanes = Lanes(lanes)
        self._space = space
        self._ack_wait_s = ack_wait_s
        self._link = Link(url, credentials, patience_s)
        self._js = self._link.client.jetstream(timeout=patience_s)
        prefix = len(space) + 1
        self._pulls = {
            reader.name: Pulling(self._link.client, stream(space, lane), reader.name, prefix=prefix)
            for lane in lanes
            for reader in lane.readers
        }
        try:
            self._made = self._ensure()
        except BaseException:
            self._link.close()
            raise

    def publish(self, envelope: Envelope) -> None:
        """Hands a message to the server and waits for its word. Raises BusyError, StorageError."""
        lane = self._lanes.of(envelope.topic)
        try:
            self._link.run(self._publish(envelope))
        except _Gone:
            self._begin_anew()
            self._link.run(self._publish(envelope))
        except _Full:
            raise BusyError(
                f"{lane.room} messages wait in lane {lane.name}", fix="try again when readers went on"
            ) from None

    def subscribe(self, reader: str, handler: Callable[[Envelope], None]) -> None:
        """Says who handles what is there for a declared reader."""
        self._lanes.refuse_unknown(reader)
        self._pulls[reader].handler = handler

    def deliver(self, wait_s: float = 0.0) -> int:
        """Pulls what waits and calls handlers with it, in this thread; asks again until `wait_s` is over."""
        until = time.monotonic() + wait_s
        while True:
            handled, active = self._round()
            if handled or active or time.monotonic() >= until:
                return handled
            time.sleep(_POLL_S)

    def state(self) -> BusState:
        """How the readers stand at the server; `life` is the server's process and its streams."""
        try:
            depths = self._link.run(self._depths())
        except _Gone:
            self._begin_anew()
            depths = self._link.run(self._depths())
        return BusState(f"{self._link.server}|{self._made}", tuple(depths))

    def close(self) -> None:
        """Ends the connection; what waits stays at the server."""
        self._link.close()

    def _ensure(self) -> str:
        return self._link.run(ensure(self._js, self._space, self._lanes.all, self._ack_wait_s))

    def _begin_anew(self) -> None:
        for pull in self._pulls.values():
            pull.forget()
        self._made = self._ensure()

    async def _publish(self, envelope: Envelope) -> None:
        headers = {
            "Nats-Msg-Id": f"{envelope.source}/{envelope.id}",
            "Parrot-Source": envelope.source,
            "Parrot-Id": envelope.id,
            "Parrot-Ts": str(envelope.ts),
            "Parrot-Cause": envelope.cause,
        }
        try:
            await self._js.publish(f"{self._space}.{envelope.topic}", envelope.body, headers=headers)
        except (NoStreamResponseError, NoRespondersError):
            raise _Gone from None
        except APIError as fault:
            if fault.err_code == _FULL:
                raise _Full from None
            if isinstance(fault, NotFoundError):
                raise _Gone from None
            raise

    def _round(self) -> tuple[int, bool]:
        """One pull and handling for each reader: messages handled, and whether any were touched."""
        pulls = [pull for pull in self._pulls.values() if pull.handler]
        try:
            self._link.run(_all(pulls))
        except GoneError:
            self._begin_anew()
            return 0, False
        handled, touched = 0, False
        for pull in pulls:
            failed, (count, done) = pull.failed, pull.handle()
            handled += count
            touched = touched or bool(done) or pull.failed > failed
            self._link.run(_acknowledge(done))
        return handled, touched

    async def _depths(self) -> list[Depth]:
        return [await self._depth(lane, reader) for lane in self._lanes.all for reader in lane.readers]

    async def _depth(self, lane: Lane, reader: Reader) -> Depth:
        try:
            info = await self._js.consumer_info(stream(self._space, lane), reader.name)
        except (NotFoundError, NoRespondersError):
            raise _Gone from None
        pull = self._pulls[reader.name]
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        return Depth(reader.name, waiting, pull.handled, 0, pull.failed)


class _Gone(Exception):  # noqa: N818  it never leaves this file
    """The stream is not there."""


class _Full(Exception):  # noqa: N818  it never leaves this file
    """The stream takes no more."""


async def _all(pulls: list[Pulling]) -> None:
    await asyncio.gather(*(pull.pull() for pull in pulls))


async def _acknowledge(messages: list[Msg]) -> None:
    for message in messages:
        await message.ack()

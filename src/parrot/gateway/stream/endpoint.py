"""The stream on a WebSocket: who asks was found by the guards; here messages go in and out until one side ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

from parrot.contracts.access import Principal
from parrot.gateway.stream.clients import SIGNED_OUT, TOO_MANY, Client
from parrot.gateway.stream.hub import Hub
from parrot.gateway.stream.sessions import Session

PATH: Final = "/api/v1/stream"
FRAMES: Final = "parrot.frames"  # the server's extension that takes whole frames
CLIENTS_MOST: Final = 400
_OF_ONE_MOST: Final = 250
_LATEST_CLOSE_S: Final = 1.0


class Frames(Protocol):
    """A socket that takes whole frames: they are made once for all clients."""

    def write(self, frame: bytes) -> bool:
        """Takes a frame, unless too much waits already or the connection ends: then False."""

    async def drained(self) -> None:
        """Waits until it takes more."""

    def abort(self) -> None:
        """Ends the connection at once."""


@dataclass(frozen=True, slots=True)
class StreamDoor:
    """The hub, the time (ns UTC), and who is told that a client came: within its thread, before it is heard."""

    hub: Hub
    now: Callable[[], int]
    came: Callable[[], None]


def install(app: FastAPI, door: StreamDoor) -> None:
    """Serves the stream."""

    @app.websocket(PATH)
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        who: Principal | None = getattr(socket.state, "principal", None)
        if who is None:
            await socket.close(SIGNED_OUT, "sign in")
        elif _crowded(door.hub, who):
            await socket.close(TOO_MANY, "too many connections")
        else:
            await _serve(door, socket, who)


def _crowded(hub: Hub, who: Principal) -> bool:
    own = sum(client.who.user == who.user for client in hub.clients)
    return len(hub.clients) >= CLIENTS_MOST or own >= _OF_ONE_MOST


async def _serve(door: StreamDoor, socket: WebSocket, who: Principal) -> None:
    frames: Frames | None = socket.scope.get("extensions", {}).get(FRAMES)
    waits, ends = asyncio.Event(), asyncio.Event()

    def wake() -> None:
        waits.set()
        if client.closing is not None:
            ends.set()

    client = Client(who, wake, None if frames is None else frames.write)
    door.hub.join(client)
    door.came()
    work = (_read(door, client, socket), _write(door.hub, client, socket, frames, waits), ends.wait())
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        door.hub.leave(client)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if client.closing is not None:
        await _close(socket, client.closing, frames)


async def _read(door: StreamDoor, client: Client, socket: WebSocket) -> None:
    session = Session(door.hub, client)
    while True:
        said = await socket.receive()
        if said["type"] != "websocket.receive":
            return
        text: Any = said.get("text")
        session.hear(text if text is not None else said.get("bytes") or b"", door.now())


async def _write(hub: Hub, client: Client, socket: WebSocket, frames: Frames | None, waits: asyncio.Event) -> None:
    """Sends what waits, as the socket takes it."""
    while True:
        if not client:
            waits.clear()
            await waits.wait()
            continue
        if frames is not None:
            await frames.drained()
        said = hub.take(client)
        if said is None:
            continue
        if frames is None:
            await socket.send({"type": "websocket.send", "text": said.text.decode()})
        elif not frames.write(said.frame):
            return


async def _close(socket: WebSocket, why: tuple[int, str], frames: Frames | None) -> None:
    """Says why, where the socket takes that within a second; else ends it without a word."""
    try:
        await asyncio.wait_for(socket.close(*why), _LATEST_CLOSE_S)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        if frames is not None:
            frames.abort()

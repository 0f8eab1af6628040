"""The server's side of a WebSocket: the ASGI server's own, with a way in for frames that are made once for all."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from parrot.gateway.stream.endpoint import FRAMES


class FrameSocket(WebSocketsSansIOProtocol):
    """Tells the application that it takes whole frames (gateway.stream.endpoint.Frames); without compression only."""

    def handle_connect(self, event: Any) -> None:
        """Begins a connection."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][FRAMES] = _Frames(self)


class _Frames:
    def __init__(self, socket: FrameSocket) -> None:
        self._socket = socket

    def write(self, frame: bytes) -> bool:
        """Takes a frame, unless too much waits already or the connection ends."""
        socket = self._socket
        if socket.close_sent or socket.disconnected or not socket.writable.is_set():
            return False
        socket.transport.write(frame)
        return True

    async def drained(self) -> None:
        """Waits until it takes more."""
        await self._socket.writable.wait()

    def abort(self) -> None:
        """Ends the connection at once."""
        self._socket.transport.abort()

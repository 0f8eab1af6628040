"""Frames over a socket, on the side that may wait: each is its length (four bytes, little-endian) and its body."""

from __future__ import annotations

import socket
import struct
from typing import Final

LENGTH: Final = struct.Struct("<I")


class Pipe:
    """The waiting end of a pair of sockets."""

    def __init__(self, number: int) -> None:
        self._socket = socket.socket(fileno=number)
        self._file = self._socket.makefile("rb")

    def send(self, body: bytes) -> None:
        """Writes one frame; waits until it has left."""
        self._socket.sendall(LENGTH.pack(len(body)) + body)

    def receive(self) -> bytes:
        """Waits for the next frame. Raises EOFError when the other side has gone."""
        head = self._file.read(LENGTH.size)
        if len(head) < LENGTH.size:
            raise EOFError
        body = self._file.read(LENGTH.unpack(head)[0])
        if len(body) < LENGTH.unpack(head)[0]:
            raise EOFError
        return body

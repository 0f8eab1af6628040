"""Requests and reports over a stream socket: a length and MessagePack."""

from __future__ import annotations

import socket
import struct
from typing import Any

import msgspec

from parrot.contracts.venue import Report, Request

LENGTH = struct.Struct("<I")
ENCODER = msgspec.msgpack.Encoder()
REQUESTS = msgspec.msgpack.Decoder(Request)
REPORTS = msgspec.msgpack.Decoder(Report)


class Wire:
    """One end of a connection; `take` gives whole messages and None at its end."""

    def __init__(self, end: socket.socket, decoder: Any) -> None:
        self.end = end
        self.decoder = decoder
        self.buffer = bytearray()

    def send(self, message: Any) -> None:
        body = ENCODER.encode(message)
        self.end.sendall(LENGTH.pack(len(body)) + body)

    def take(self) -> list[Any] | None:
        """What has come, as whole messages; reads once."""
        data = self.end.recv(1 << 16)
        if not data:
            return None
        self.buffer += data
        found = []
        while len(self.buffer) >= LENGTH.size:
            size = LENGTH.unpack_from(self.buffer)[0] + LENGTH.size
            if len(self.buffer) < size:
                break
            found.append(self.decoder.decode(bytes(self.buffer[LENGTH.size : size])))
            del self.buffer[:size]
        return found

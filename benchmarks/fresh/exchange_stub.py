"""The least that could answer an order: no signature, no book, no account; one JSON line says its port."""

import asyncio
import base64
import hashlib
import json

import uvloop

ANSWER = b'{"symbol":"BTCUSDT","orderId":1,"status":"FILLED"}'
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)
PLACED = b'{"id":"o","status":200,"result":%b}' % ANSWER
FILL = b'{"subscriptionId":0,"event":{"e":"executionReport","x":"TRADE"}}'
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(payload: bytes) -> bytes:
    return bytes((0x81, len(payload))) + payload


class Stub(asyncio.Protocol):
    listeners: list[asyncio.Transport] = []  # noqa: RUF012  # one process, one list

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # asyncio hands a stream protocol one that writes
        self.transport = transport
        self.upgraded = False

    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport in self.listeners:
            self.listeners.remove(self.transport)

    def data_received(self, data: bytes) -> None:
        if self.upgraded:
            self.transport.write(frame(PLACED))
        elif data.startswith(b"GET"):
            key = data.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(key + MAGIC, usedforsecurity=False).digest())
            self.transport.write(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: %b\r\n\r\n" % accept)
            self.upgraded = True
            self.listeners.append(self.transport)
        else:
            for listener in self.listeners:
                listener.write(frame(FILL))
            self.transport.write(RESPONSE)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


uvloop.run(main())

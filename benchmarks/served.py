"""The exchange as a process on a core of its own, and clients that cost as little as Python clients can."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

KEY, SECRET = "benchmark", "only-for-this-machine"
HERE = Path(__file__).parent
_UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PATIENCE_S = 20


@contextlib.contextmanager
def running(*words: str) -> Iterator[tuple[int, int]]:
    """(port, process) of a server that prints one JSON line when it serves, on the first core of this machine."""
    cores = sorted(os.sched_getaffinity(0))
    other = [core for core in range(os.cpu_count() or 1) if core not in cores] or cores
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(process.pid, other[:1])
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["port"], process.pid
    finally:
        process.terminate()
        process.wait(10)


def exchange() -> contextlib.AbstractContextManager[tuple[int, int]]:
    """`parrot exchange` without limits."""
    program = "import sys; from parrot.app.cli import main; sys.exit(main())"
    funds = ("--fund", "USDT=1000000000", "--fund", "BTC=10000")
    keys = ("--api-key", KEY, "--secret", SECRET, "--limits", "off")
    return running("-c", program, "exchange", "--port", "0", *keys, *funds, "--symbol", "BTCUSDT", "--json")


def processor_time(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def signed(**fields: Any) -> str:
    """Parameters with time and signature, as a form."""
    text = urlencode({**fields, "timestamp": time.time_ns() // 1_000_000, "recvWindow": 60_000})
    return f"{text}&signature={hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()}"


def order(number: int) -> dict[str, Any]:
    """A small market order that is filled at once, buying and selling in turn."""
    side = "SELL" if number % 2 else "BUY"
    return {"symbol": "BTCUSDT", "side": side, "type": "MARKET", "quantity": "0.0002", "newClientOrderId": f"b{number}"}


def post(number: int) -> bytes:
    """The order as an HTTP request."""
    body = signed(**order(number))
    return (
        f"POST /api/v3/order HTTP/1.1\r\nHost: localhost\r\nX-MBX-APIKEY: {KEY}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def place(number: int) -> bytes:
    """The order as a request of the WebSocket API, a whole frame."""
    return request(f"o{number}", "order.place", **order(number))


def request(number: str, method: str, **fields: Any) -> bytes:
    """A signed request of the WebSocket API, a whole frame."""
    params = {**fields, "apiKey": KEY, "timestamp": time.time_ns() // 1_000_000, "recvWindow": 60_000}
    text = "&".join(f"{name}={params[name]}" for name in sorted(params))
    params["signature"] = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return masked(json.dumps({"id": number, "method": method, "params": params}).encode())


def masked(payload: bytes) -> bytes:
    """A text frame of a client; a mask of zeros leaves the payload as it is."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2)
    return b"\x81" + length + b"\0\0\0\0" + payload


class Plain:
    """A blocking connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def answer(self) -> bytes:
        """The body of the next HTTP answer."""
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        found = _LENGTH.search(self.buffer, 0, end)
        whole = end + 4 + int(found[1]) if found else end + 4
        while len(self.buffer) < whole:
            self._more()
        body, self.buffer = self.buffer[end + 4 : whole], self.buffer[whole:]
        return body

    def upgrade(self, path: str) -> "Plain":
        """Goes on as a WebSocket."""
        self.socket.sendall(handshake(path))
        self.answer()
        return self

    def message(self) -> bytes:
        """The next text message."""
        while True:
            for payload, end in frames(self.buffer):
                self.buffer = self.buffer[end:]
                return payload
            self._more()

    def _more(self) -> None:
        found = self.socket.recv(1 << 18)
        if not found:
            raise ConnectionError("the exchange has closed the connection")
        self.buffer += found

    def close(self) -> None:
        self.socket.close()


def handshake(path: str) -> bytes:
    """The request for a WebSocket."""
    return _UPGRADE.format(path=path, key=base64.b64encode(os.urandom(16)).decode()).encode()


def frames(data: bytes, begin: int = 0) -> Iterator[tuple[bytes, int]]:
    """(payload, end) of each whole text frame in `data`."""
    size = len(data)
    while begin + 2 <= size:
        length, head = data[begin + 1], 2
        if length == 126:
            length, head = int.from_bytes(data[begin + 2 : begin + 4]), 4
        elif length == 127:
            length, head = int.from_bytes(data[begin + 2 : begin + 10]), 10
        end = begin + head + length
        if end > size or begin + head > size:
            return
        if data[begin] == 0x81:
            yield data[begin + head : end], end
        begin = end


class Listener(asyncio.Protocol):
    """A connection that counts the trades after number `mark`, adds up their numbers, and times some of them."""

    mark = 1 << 62
    newest = 0
    last_at = 0.0

    def __init__(self, path: str, latencies: list[int], every: int) -> None:
        self.messages = 0
        self.ids = 0
        self.ready = asyncio.get_running_loop().create_future()
        self._path = path
        self._latencies = latencies
        self._every = every
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(handshake(self._path))  # type: ignore[attr-defined]  # asyncio hands it one that writes

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data
        begin = 0
        if not self.ready.done():
            begin = data.find(b"\r\n\r\n") + 4
            if begin < 4:
                self._buffer = data
                return
            self.ready.set_result(None)
        for payload, end in frames(data, begin):
            begin = end
            at = payload.find(b'"t":') + 4
            number = Listener.newest = int(payload[at : payload.find(b",", at)])
            if number <= Listener.mark:
                continue
            self.messages += 1
            self.ids += number
            if self.messages % self._every == 0:
                at = payload.find(b'"T":') + 4
                self._latencies.append(time.time_ns() // 1_000 - int(payload[at : payload.find(b",", at)]))
        self._buffer = data[begin:]
        Listener.last_at = time.perf_counter()

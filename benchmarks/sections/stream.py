"""The gateway: the stream to many clients, reads of a long history; server and clients on a core each; wall time."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from bench import HERE, Bench
from served import frames, masked, processor_time, running
from table import EQUAL, Row

TITLE = "Gateway: the stream to 200 clients, reads of 100,000 orders; server and clients on a core each; wall time"
CLIENTS, ROUNDS, PACE, LAG_P99_MS = 200, 1_000, 100, 100
ORDERS, READS_PER_S, READ_S, READ_P99_MS = 100_000, 500, 20, 20
CONNECTIONS = 16
TOKEN = "only-for-this-machine"
SYMBOLS, ORDERS_EVERY = 10, 5
STATES = ("filled", "canceled", "refused", "rejected", "expired")
_QUIET_S = 1.0


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    return [*_stream(bench.size(ROUNDS)), *_reads(bench)]


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


# -- the stream --------------------------------------------------------------------------------------------------------


class _Row(msgspec.Struct):
    n: int
    made: int
    symbol: str = ""
    order_id: int = 0


class _Rows(msgspec.Struct):
    put: list[_Row] = []
    rows: list[_Row] = []


class _Said(msgspec.Struct):
    type: str
    channel: str = ""
    seq: int = 0
    data: _Rows | None = None


_SAID = msgspec.json.Decoder(_Said)


class _Client(asyncio.Protocol):
    """Hears quotes and orders, keeps the newest quote of each symbol and every order's event, and times them."""

    def __init__(self, quotes: list[float], orders: list[float]) -> None:
        self.quotes, self.orders = quotes, orders
        self.messages = 0
        self.newest: dict[str, int] = {}
        self.events: list[int] = []
        self.seq = {"quotes": 0, "orders": 0}
        self.gaps = 0
        self._buffer = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        words = (
            "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"X-Parrot-Token: {TOKEN}\r\n\r\n"
        )
        transport.write(words.encode())  # type: ignore[attr-defined]  # asyncio hands it one that writes

    def data_received(self, data: bytes) -> None:
        data, begin = self._buffer + data, 0
        if not self._open:
            begin = data.find(b"\r\n\r\n") + 4
            if begin < 4:
                self._buffer = data
                return
            self._open = True
            said = json.dumps({"op": "subscribe", "channels": ["quotes", "orders"], "rate": PACE})
            self._transport.write(masked(said.encode()))  # type: ignore[attr-defined]  # the same
        for payload, end in frames(data, begin):
            begin = end
            self._hear(_SAID.decode(payload), time.time_ns())
        self._buffer = data[begin:]

    def _hear(self, said: _Said, now: int) -> None:
        if said.data is None:
            return
        if said.type == "delta":
            self.gaps += said.seq != self.seq[said.channel] + 1
        self.seq[said.channel] = said.seq
        self.messages += said.channel == "quotes" and said.type == "delta"
        for row in said.data.put or said.data.rows:
            if said.channel == "quotes":
                self.newest[row.symbol] = row.n
            else:
                self.events.append(row.n)
        if said.data.put and said.type == "delta":
            waited = (now - said.data.put[-1].made) / 1e6
            (self.quotes if said.channel == "quotes" else self.orders).append(waited)


def _stream(rounds: int) -> list[Row]:
    with running(str(HERE / "fresh" / "stream_server.py"), str(CLIENTS), str(rounds)) as (port, process):
        return uvloop.run(_told(port, process, rounds))


async def _told(port: int, process: int, rounds: int) -> list[Row]:
    loop = asyncio.get_running_loop()
    quotes: list[float] = []
    orders: list[float] = []
    clients = [
        (await loop.create_connection(lambda: _Client(quotes, orders), "127.0.0.1", port))[1] for _ in range(CLIENTS)
    ]
    while not all(client.newest for client in clients):
        await asyncio.sleep(0.01)
    used, last = processor_time(process), -1
    while last != (now := sum(client.messages + len(client.events) for client in clients)) or not last:
        last = now
        await asyncio.sleep(_QUIET_S)
    used = processor_time(process) - used
    events = list(range(ORDERS_EVERY, rounds + 1, ORDERS_EVERY))
    same = all(
        len(client.newest) == SYMBOLS and set(client.newest.values()) == {rounds + 1} and client.events == events
        for client in clients
    ) and not sum(client.gaps for client in clients)  # fmt: skip
    told = sum(client.messages for client in clients)
    word = EQUAL if same else "NOT EQUAL"
    said = f"{word}: newest quotes and {len(events):,} order events at each; {used / (rounds * 0.01):.0%} of a core"
    each = told / CLIENTS / (rounds * 0.01)
    what = f"quotes to {CLIENTS} clients at {PACE}/s each"
    return [
        Row(f"{what}: p50 of the lag", _at(quotes, 0.5), "ms", None, checked=said),
        Row(
            f"{what}: p99 of the lag",
            _at(quotes, 0.99),
            "ms",
            LAG_P99_MS,
            checked=said,
        ),
        Row("order events to the same clients: p99 of the lag", _at(orders, 0.99), "ms", LAG_P99_MS, checked=said),
        Row("quotes that each heard", each, "/s", 95, checked=f"{told:,} messages", rate=True),
    ]


# -- reads -------------------------------------------------------------------------------------------------------------


def _reads(bench: Bench) -> list[Row]:
    folder, count, seconds = bench.folder / "platform", bench.size(ORDERS), bench.size(READ_S)
    with _platform(folder):
        pass
    _fill(folder / "history.sqlite", count)
    with _platform(folder) as (instance, process):
        return uvloop.run(_asked(instance, process, count, seconds))


@contextmanager
def _platform(folder: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """A platform that trades on paper, on the first core."""
    code = "import sys; from parrot.app.cli import main; sys.exit(main())"
    cores = sorted(os.sched_getaffinity(0))
    other = [core for core in range(os.cpu_count() or 1) if core not in cores] or cores
    words = [sys.executable, "-c", code, "up", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with suppress(OSError):
        os.sched_setaffinity(process.pid, other[:1])
    place = folder / "run" / "instance.json"
    try:
        while not place.exists():
            if process.poll() is not None:
                raise RuntimeError("the platform did not start")
            time.sleep(0.05)
        time.sleep(3)  # it begins: markets, strategies, the first orders
        yield json.loads(place.read_text()), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _fill(path: Path, count: int) -> None:
    """Puts `count` ended orders with their events and fills into a history, numbered behind all that it has."""
    base = {"account": "main", "user": "", "key": "k", "kind": "limit", "role": "plain", "tif": "gtc", "asked": "1"}
    base |= {
        "quantity": "1",
        "filled": "1",
        "turnover": "1",
        "average": "1",
        "limit": "1",
        "trigger": None,
        "trail": None,
    }
    base |= {"stop": None, "take": None, "post_only": False, "reduce_only": False, "parent": 0, "group_id": 0}
    base |= {"venue_id": "v", "fees": {"USDT": "0.1"}, "slippage_bps": "1.2", "reason": "", "why": "it crossed"}
    with closing(sqlite3.connect(path)) as connection, connection:
        for number in range(10_000_000, 10_000_000 + count * 10, 10):
            connection.executemany(*_order(number, base))
            connection.executemany(*_events(number))
            connection.executemany(*_fills(number))


def _order(number: int, base: dict[str, Any]) -> tuple[str, list[Any]]:
    symbol, strategy = ("BTC/USDT", "ETH/USDT", "SOL/USDT")[number // 10 % 3], ("a", "b", "manual")[number // 30 % 3]
    side, status = ("buy", "sell")[number // 10 % 2], STATES[number // 10 % 5]
    row = {"order_id": number, "ts": number, "updated": number, "strategy": strategy, "symbol": symbol, "side": side}
    text = json.dumps(row | base | {"status": status, "client_ids": [f"c{number}"]})
    found = f"{number} {symbol} {strategy} k limit {status} {side} c{number}".lower()
    values = (number, number, "main", "", strategy, symbol, side, "limit", status, 0, 0, 0, found, text)
    return f"INSERT INTO orders VALUES ({','.join('?' * 14)})", [values]


def _events(number: int) -> tuple[str, list[Any]]:
    rows = []
    for step, event in enumerate(("received", "approved", "sent", "accepted", "filled", "posted")):
        row = {"seq": number + step, "order_id": number, "ts": number, "event": event, "gate": "risk", "passed": True}
        rows.append((number + step, number, json.dumps(row | {"text": event, "numbers": {}, "checks": []})))
    return "INSERT INTO events VALUES (?,?,?)", rows


def _fills(number: int) -> tuple[str, list[Any]]:
    row = {"seq": number + 4, "order_id": number, "ts": number, "venue_ts": number, "account": "main", "user": ""}
    row |= {"strategy": "a", "symbol": "BTC/USDT", "side": "buy", "quantity": "1", "price": "1", "fee": "0.1"}
    row |= {"fee_currency": "USDT", "trade_id": f"t{number}", "maker": False, "late": False}
    values = (number + 4, number, "main", "", "a", "BTC/USDT", "buy", number, f"t{number}", json.dumps(row))
    return f"INSERT INTO fills VALUES ({','.join('?' * 10)})", [values]


class _Asker(asyncio.Protocol):
    """One connection: a request at a time, its answer to whoever waits."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waits: asyncio.Future[bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    async def ask(self, words: bytes) -> bytes:
        self._waits = asyncio.get_running_loop().create_future()
        self._transport.write(words)  # type: ignore[attr-defined]  # asyncio hands it one that writes
        return await self._waits

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = self._buffer.lower().find(b"content-length: ") + 16
        size = int(self._buffer[at : self._buffer.find(b"\r", at)])
        if len(self._buffer) >= end + 4 + size:
            answer, self._buffer = self._buffer[: end + 4 + size], self._buffer[end + 4 + size :]
            self._waits.set_result(answer)


def _questions(count: int) -> list[tuple[str, Any]]:
    """Paths, and what has to be true of each answer."""
    newest = 10_000_000 + (count - 1) * 10

    def paged(rows: list[Any], key: str, number: int) -> bool:
        ids = [row[key] for row in rows]
        return len(rows) == number and ids == sorted(set(ids), reverse=True)

    def each(rows: list[Any], **wanted: str) -> bool:
        return bool(rows) and all(row[name] == value for row in rows for name, value in wanted.items())

    of_symbol = {"symbol": "BTC/USDT", "status": "filled"}
    return [
        ("/orders?limit=100", lambda rows: paged(rows, "order_id", 100) and rows[0]["order_id"] == newest),
        ("/orders?limit=50&symbol=BTC%2FUSDT&status=filled", lambda rows: each(rows, **of_symbol)),
        ("/orders?limit=50&strategy=b", lambda rows: paged(rows, "order_id", 50) and each(rows, strategy="b")),
        ("/orders?limit=100&until=10030000", lambda rows: paged(rows, "order_id", 100) and rows[0]["ts"] < 10_030_000),
        (f"/orders/{newest}/events", lambda rows: [row["seq"] for row in rows] == list(range(newest, newest + 6))),
        ("/fills?limit=100", lambda rows: paged(rows, "seq", 100)),
        ("/equity?points=200", lambda rows: len(rows) >= 1),
        ("/orders?limit=100&status=open", lambda rows: all(row["order_id"] < 10_000_000 for row in rows)),
        (f"/orders?limit=20&text=c{newest}", lambda rows: [row["order_id"] for row in rows] == [newest]),
    ]


async def _asked(instance: dict[str, Any], process: int, count: int, seconds: int) -> list[Row]:
    loop, port = asyncio.get_running_loop(), int(instance["url"].rpartition(":")[2])
    free: asyncio.Queue[_Asker] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait((await loop.create_connection(_Asker, "127.0.0.1", port))[1])
    questions = _questions(count)
    late: list[float] = []
    wrong: list[str] = []

    async def one(number: int, due: float) -> None:
        path, holds = questions[number % len(questions)]
        asker = await free.get()
        words = f"GET /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nX-Parrot-Token: {instance['token']}\r\n\r\n"
        answer = await asker.ask(words.encode())
        late.append((loop.time() - due) * 1_000)
        free.put_nowait(asker)
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head[:20] or (number % 50 < len(questions) and not holds(json.loads(body)["items"])):
            wrong.append(f"{path}: {head[:15]!r}")

    for number in range(2 * len(questions)):
        await one(number, loop.time())
    late.clear()
    used, begin, tasks = processor_time(process), loop.time(), []
    for number in range(seconds * READS_PER_S):
        due = begin + number / READS_PER_S
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(loop.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    used = (processor_time(process) - used) / seconds
    said = f"{EQUAL if not wrong else 'NOT EQUAL ' + wrong[0]}: {len(tasks):,} answers of 9 kinds; {used:.0%} of a core"
    what = f"REST reads at {READS_PER_S}/s, {count:,} orders, while it trades"
    return [
        Row(f"{what}: p50", _at(late, 0.5), "ms", None, checked=said),
        Row(f"{what}: p99", _at(late, 0.99), "ms", READ_P99_MS, checked=said),
    ]

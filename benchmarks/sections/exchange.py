"""The simulated exchange over its public API, on the loopback device: latency of orders, orders a second, fan-out."""

import asyncio
import json
import time
from collections.abc import Callable
from decimal import Decimal

import uvloop
from bench import HERE, Bench
from served import Listener, Plain, exchange, handshake, place, post, processor_time, request, running
from table import EQUAL, Row

TITLE = "Exchange: REST, streams and WebSocket API on loopback, server and clients on a core each; wall time"
ORDERS, MANY = 5_000, 20_000
WARM = 200
ROUNDS = 5
FILL_US, FILL_P99_US, PLACE_US, ORDERS_PER_S = 400, 2_000, 150, 5_000
CLIENTS, FAN_OUT_PER_S, FAN_OUT_STEADY, FAN_OUT_P99_MS = 200, 100_000, 20_000, 10
AHEAD = 4  # requests that a connection sends before the first is answered
CONNECTIONS = 8
_AHEAD_OF_MANY = 16
_QUIET_S = 0.3  # without a message: it is over
_ON_THE_WAY = 50  # trades of the crowd that some of the clients may miss at the beginning
PATH = "/ws/btcusdt@trade?timeUnit=MICROSECOND"


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    count = bench.size(ORDERS)
    with running(str(HERE / "fresh" / "exchange_stub.py")) as (port, _):
        floor = _best(_fills, port, count), _best(_placed, port, count)
    with exchange() as (port, process):
        rows = _latency(port, count, floor)
        rows.append(_orders(port, process, bench.size(MANY)))
        rows += uvloop.run(_fan_out(port, bench.size(3_000)))
    return rows


# -- one order after the other -----------------------------------------------------------------------------------------


def _latency(port: int, count: int, floor: tuple[list[float], list[float]]) -> list[Row]:
    fills, placed = _best(_fills, port, count, check=True), _best(_placed, port, count, check=True)
    stub = {"peer": "stub: no book, no signature", "same": True}
    every = f"{EQUAL}: every order was filled and told"
    rows = [("REST order to private fill", fills, floor[0], FILL_US, FILL_P99_US)]
    rows.append(("WebSocket API order to answer", placed, floor[1], PLACE_US, None))
    found = []
    for what, ours, theirs, median, worst in rows:
        for name, part, target in (("median", 0.5, median), ("p99", 0.99, worst)):
            one, other = _at(ours, part), _at(theirs, part)
            found.append(Row(f"{what}: {name}", one, "us", target, theirs=other, checked=every, **stub))
    return found


def _best(measured: Callable[..., list[float]], port: int, count: int, *, check: bool = False) -> list[float]:
    """Of some rounds the quietest: others work on this machine too."""
    return min((measured(port, count // ROUNDS, check=check) for _ in range(ROUNDS)), key=lambda times: _at(times, 0.5))


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def _fills(port: int, count: int, *, check: bool = False) -> list[float]:
    """Microseconds from sending an order over HTTP to hearing of its fill on the private stream."""
    orders, private = Plain(port), Plain(port).upgrade("/ws-api/v3?returnRateLimits=false")
    if check:
        private.socket.sendall(request("s", "userDataStream.subscribe.signature"))
        private.message()
    bought = Decimal(0)
    found = []
    for number in range(count + WARM):
        text = post(number)
        begin = time.perf_counter_ns()
        orders.socket.sendall(text)
        _fill(private, f'"c":"b{number}"'.encode() if check else b"TRADE")
        found.append((time.perf_counter_ns() - begin) / 1_000)
        answer = json.loads(orders.answer())
        if check:
            assert answer["status"] == "FILLED"
            bought += Decimal(answer["executedQty"])
    assert not check or bought == Decimal("0.0002") * (count + WARM)
    orders.close()
    private.close()
    return found[WARM:]


def _fill(private: Plain, wanted: bytes) -> None:
    while b'"x":"TRADE"' not in (message := private.message()) or wanted not in message:
        pass


def _placed(port: int, count: int, *, check: bool = False) -> list[float]:
    """Microseconds from sending an order over the WebSocket API to its answer."""
    orders = Plain(port).upgrade("/ws-api/v3?returnRateLimits=false")
    found = []
    for number in range(count + WARM):
        frame = place(number)
        begin = time.perf_counter_ns()
        orders.socket.sendall(frame)
        answer = orders.message()
        found.append((time.perf_counter_ns() - begin) / 1_000)
        assert not check or b'"status":"FILLED"' in answer
    orders.close()
    return found[WARM:]


# -- many orders -------------------------------------------------------------------------------------------------------


class _Sender(asyncio.Protocol):
    """Keeps some requests on the way until all are answered."""

    def __init__(self, requests: list[bytes], done: Callable[[], None]) -> None:
        self._requests = requests
        self._done = done
        self._sent = self._answered = 0
        self.filled = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # asyncio hands a stream protocol one that writes
        self._transport = transport

    def begin(self) -> None:
        for _ in range(AHEAD):
            self._send()

    def _send(self) -> None:
        if self._sent < len(self._requests):
            self._transport.write(self._requests[self._sent])
            self._sent += 1

    def data_received(self, data: bytes) -> None:
        self.filled += data.count(b'"status":"FILLED"')
        for _ in range(data.count(b"HTTP/1.1 ")):
            self._answered += 1
            self._send()
        if self._answered == len(self._requests):
            self._done()


def _orders(port: int, process: int, count: int) -> Row:
    return uvloop.run(_all_orders(port, process, count))


async def _all_orders(port: int, process: int, count: int) -> Row:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    left = CONNECTIONS

    def done() -> None:
        nonlocal left
        left -= 1
        if not left:
            over.set()

    each = count // CONNECTIONS
    senders = []
    for connection in range(CONNECTIONS):
        requests = [post(10**6 + connection * each + number) for number in range(each)]
        senders.append((await loop.create_connection(lambda r=requests: _Sender(r, done), "127.0.0.1", port))[1])
    begin, used = time.perf_counter(), processor_time(process)
    for sender in senders:
        sender.begin()
    await over.wait()
    spent = time.perf_counter() - begin
    used = processor_time(process) - used
    filled = sum(sender.filled for sender in senders)
    sent = each * CONNECTIONS
    same = EQUAL if filled == sent else "NOT EQUAL"
    said = f"{same}: {filled:,} filled, {sent / spent:,.0f}/s by the clock with {used / spent:.0%} of a core"
    return Row("signed REST orders, a second of processor", sent / used, "/s", ORDERS_PER_S, checked=said, rate=True)


# -- one message to many -----------------------------------------------------------------------------------------------


async def _fan_out(port: int, trades: int) -> list[Row]:
    full, _, said = await _told(port, trades, pause=0.0)
    _, late, steady = await _told(port, max(trades // 6, 4 * _ON_THE_WAY), pause=CLIENTS / FAN_OUT_STEADY)
    return [
        Row(f"trades to {CLIENTS} clients", full, "msg/s", FAN_OUT_PER_S, checked=said, rate=True),
        Row(f"trades to {CLIENTS} clients at {FAN_OUT_STEADY:,}/s: p99", late, "ms", FAN_OUT_P99_MS, checked=steady),
    ]


async def _told(port: int, trades: int, *, pause: float) -> tuple[float, float, str]:
    """Messages a second, p99 of their way from the trade to the client in ms, and whether everybody heard the same."""
    loop = asyncio.get_running_loop()
    latencies: list[int] = []
    Listener.mark = 1 << 62  # nothing counts until everybody listens
    listeners = [
        (await loop.create_connection(lambda: Listener(PATH, latencies, 7), "127.0.0.1", port)) for _ in range(CLIENTS)
    ]
    await asyncio.gather(*(listener.ready for _, listener in listeners))
    Listener.newest = 0
    while not Listener.newest:
        await asyncio.sleep(0.05)
    Listener.mark = Listener.newest + _ON_THE_WAY
    frames = [place(2 * 10**6 + number) for number in range(trades)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(handshake("/ws-api/v3?returnRateLimits=false"))
    await reader.readuntil(b"\r\n\r\n")
    begin = time.perf_counter()
    answered = 0
    for number, frame in enumerate(frames):
        writer.write(frame)
        if pause:
            await asyncio.sleep(max(0.0, begin + number * pause - time.perf_counter()))
        while not pause and number - answered >= _AHEAD_OF_MANY:
            answered += (await reader.read(1 << 16)).count(b'"result"')
    last = -1
    while last != (now := sum(listener.messages for _, listener in listeners)):
        last = now
        await asyncio.sleep(_QUIET_S)
    spent = Listener.last_at - begin
    writer.close()
    for transport, _ in listeners:
        transport.close()
    heard = {(listener.messages, listener.ids) for _, listener in listeners}
    same = len(heard) == 1 and last >= (trades - _ON_THE_WAY) * CLIENTS
    said = f"{EQUAL if same else 'NOT EQUAL'}: {last // CLIENTS:,} trades heard by each"
    return last / spent, _at([float(value) for value in latencies], 0.99) / 1_000, said

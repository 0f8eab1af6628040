"""The FIX server on a real socket."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
import uvloop

from parrot.app.exchange import fix
from parrot.app.exchange.fix import FixServer
from parrot.kernel.errors import InputError
from tests.unit.gateway.fix.client import Client, FewKeys, QuietExchange, types

LOGON = ((98, 0), (108, 30), (553, "key"), (554, "key-secret"))


class Owner:
    """Everything at once, in the one thread."""

    def __init__(self) -> None:
        self.listeners, self.ticks = [], []

    def call(self, work, done):
        done(work(), None)

    def listen(self, listener):
        self.listeners.append(listener)

    def each_tick(self, tick):
        self.ticks.append(tick)


class Socket:
    """A client with a socket."""

    def __init__(self, site, reader, writer) -> None:
        self.reader, self.writer = reader, writer
        self.client = Client(SimpleNamespace(connect=lambda now: SimpleNamespace(out=[])), site.exchange)

    async def ask(self, *message, **more):
        self.writer.write(self.client.message(*message, **more))
        return await self.answer()

    async def answer(self):
        self.client.link.out.append(await asyncio.wait_for(self.reader.read(1 << 20), 10))
        return self.client.heard()


@asynccontextmanager
async def serving(folder=None):
    exchange = QuietExchange()
    site = SimpleNamespace(exchange=exchange, keys=FewKeys(), owner=Owner())
    server = FixServer(site, host="127.0.0.1", port=0, folder=folder)
    await server.start()

    async def connect():
        return Socket(site, *await asyncio.open_connection("127.0.0.1", server.port))

    try:
        yield server, site, connect
    finally:
        await server.stop()


def test_a_client_logs_on_trades_hears_heartbeats_and_is_logged_out_at_the_end():
    async def run():
        async with serving() as (server, site, connect):
            client = await connect()
            assert server.url == f"tcp://127.0.0.1:{server.port}"
            assert types(await client.ask("A", *LOGON)) == "A"
            fields = ((11, "a"), (55, "BTCUSDT"), (54, 1), (38, "0.5"), (40, 2), (44, 50))
            [report] = await client.ask("D", *fields)
            assert (report.type, report[150], report[11]) == ("8", "0", "a")
            site.exchange.now += 31_000_000_000
            site.owner.ticks[0](site.exchange.now)
            assert types(await client.answer()) == "0"
            return client

    async def whole():
        client = await run()
        [farewell] = await client.answer()
        assert (farewell.type, farewell[58]) == ("5", "the exchange is closing")
        assert await client.reader.read() == b""

    uvloop.run(whole())


def test_garbage_ends_one_connection_and_no_other():
    async def run():
        async with serving() as (_, _, connect):
            good, bad = await connect(), await connect()
            await good.ask("A", *LOGON)
            bad.writer.write(b"\x00\xff" * 40_000)
            assert await bad.reader.read() == b""
            assert types(await good.ask("1", (112, "x"))) == "0"

    uvloop.run(run())


def test_a_client_that_does_not_read_is_cut_off(monkeypatch):
    monkeypatch.setattr(fix, "UNREAD_BYTES_MAX", 1 << 16)

    async def run():
        async with serving() as (server, _site, connect):
            deaf = await connect()
            await deaf.ask("A", *LOGON)
            deaf.writer.transport.pause_reading()
            [connection] = server._connections
            for _ in range(40):
                connection.link.put(b"x" * (1 << 20))
                await asyncio.sleep(0)
            assert not server._connections
            assert types(await (await connect()).ask("A", *LOGON, number=2)) == "A"  # its session is free again

    uvloop.run(run())


def test_too_many_connections_are_turned_away(monkeypatch):
    monkeypatch.setattr(fix, "CONNECTIONS_MAX", 1)

    async def run():
        async with serving() as (_, _, connect):
            first = await connect()
            assert types(await first.ask("A", *LOGON)) == "A"
            second = await connect()
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await second.reader.readexactly(1)
            assert types(await first.ask("1", (112, "x"))) == "0"

    uvloop.run(run())


def test_a_port_that_is_taken_is_an_error_that_says_so():
    async def run():
        async with serving() as (server, site, _):
            second = FixServer(site, host="127.0.0.1", port=server.port, folder=None)
            with pytest.raises(InputError, match="is already in use"):
                await second.start()
            with pytest.raises(InputError, match="no loopback address"):
                await FixServer(site, host="0.0.0.0", port=0, folder=None).start()

    uvloop.run(run())


def test_with_a_data_folder_numbers_outlive_the_server(tmp_path):
    async def run(number, expected):
        async with serving(tmp_path) as (_, _, connect):
            client = await connect()
            [welcome] = await client.ask("A", *LOGON, number=number)
            assert welcome[34] == expected

    uvloop.run(run(1, "1"))
    uvloop.run(run(2, "3"))  # 2 was the good-bye

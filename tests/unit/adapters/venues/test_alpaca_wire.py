"""Alpaca's wire without a line: what it would send, and a stream whose peer says nothing."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import httpx2
import pytest
from websockets.asyncio.server import serve

from parrot.adapters.venues.alpaca import streams
from parrot.adapters.venues.alpaca import wire as alpaca_wire
from parrot.adapters.venues.alpaca.rest import Rest
from parrot.adapters.venues.alpaca.wire import AlpacaWire, _words
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.weights import WeightLedger
from parrot.adapters.venues.table import row
from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.venue import PlaceOrder
from parrot.ports.secrets import Credentials, Secret

KEYS = Credentials(Secret("key", "a-key"), Secret("secret", "a-secret"), None)


def order(quantity, tif, kind=OrderKind.LIMIT):
    limit = Decimal(100) if kind is OrderKind.LIMIT else None
    given = {"client_id": "P1", "symbol": "AAPL/USD", "side": Side.BUY, "kind": kind, "limit": limit, "tif": tif}
    return PlaceOrder(quantity=Decimal(quantity), ts=0, **given)


@pytest.mark.parametrize("tif", [TimeInForce.IOC, TimeInForce.FOK])
def test_a_fraction_that_may_not_rest_is_refused_and_not_left_resting(tif):
    with pytest.raises(Trouble) as trouble:
        _words(order("0.5", tif))
    assert trouble.value.outcome is Outcome.REFUSED
    assert _words(order("2", tif))["time_in_force"] == tif.value
    assert _words(order("0.5", TimeInForce.GTC))["time_in_force"] == "day"


def test_a_peer_that_takes_the_connection_and_says_nothing_breaks_the_stream(monkeypatch):
    monkeypatch.setattr(streams, "_GREETING_S", 0.01)

    async def silent(socket):
        await socket.wait_closed()

    async def tried():
        async with serve(silent, "127.0.0.1", 0) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with pytest.raises(Trouble, match="TimeoutError"):
                await streams.account(url, KEYS, lambda event: None, lambda socket: None)
            with pytest.raises(Trouble, match="TimeoutError"):
                await streams.market(url, KEYS, ["AAPL"], lambda message: None)

    asyncio.run(tried())


def test_a_refusal_without_a_word_says_what_was_asked():
    def silent(request):
        return httpx2.Response(404)

    async def asked():
        rest = Rest("http://127.0.0.1:9", KEYS, row("alpaca"), WeightLedger(()), lambda: 0)
        rest._client = httpx2.AsyncClient(base_url="http://127.0.0.1:9", transport=httpx2.MockTransport(silent))
        with pytest.raises(Trouble, match=r"GET /v2/account is not answered there \(404\)"):
            await rest.ask("GET", "/v2/account")
        await rest.close()

    asyncio.run(asked())


def test_open_orders_are_read_to_the_last_page_and_each_once(monkeypatch):
    monkeypatch.setattr(alpaca_wire, "_ORDERS_MOST", 3)
    times = [f"2026-01-05T15:00:0{second}.000000000Z" for second in (1, 2, 2, 3, 3, 4, 5)]
    rows = [
        {"id": f"o{number}", "client_order_id": f"P{number}", "symbol": "AAPL", "side": "buy", "status": "new"}
        | {"qty": "1", "filled_qty": "0", "limit_price": "100", "submitted_at": at, "updated_at": at}
        for number, at in enumerate(times)
    ]

    def answer(request):
        after = request.url.params.get("after", "")
        return httpx2.Response(200, json=[row for row in rows if row["submitted_at"] > after][:3])

    async def read():
        wire = AlpacaWire(KEYS, row("alpaca"), WeightLedger(()), now=lambda: 0, url="http://127.0.0.1:9")
        wire._rest._client = httpx2.AsyncClient(base_url="http://127.0.0.1:9", transport=httpx2.MockTransport(answer))
        found = await wire.open_orders()
        await wire.close()
        return [order.client_id for order in found]

    assert asyncio.run(read()) == [f"P{number}" for number in range(7)]

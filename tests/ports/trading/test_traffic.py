"""What passed between an adapter and a venue is on record without secrets, and played back it is the same."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from parrot.adapters.venues.connecting import wire
from parrot.adapters.venues.traffic import Player
from parrot.contracts.connections import Connection
from parrot.kernel.errors import DataError, MissingError
from parrot.ports.secrets import Credentials, Secret
from tests.ports.trading.served import served

SYMBOL = "BTC/USDT"
DUMMY = Credentials(Secret("key", "a-dummy-key"), Secret("secret", "a-dummy-secret"))


async def conversation(exchange: Any) -> dict[str, Any]:
    """Questions, orders and mistakes; what came of each."""
    made: dict[str, Any] = {}

    async def ask(name: str, method: str, *words: Any) -> Any:
        try:
            made[name] = await getattr(exchange, method)(*words)
        except Exception as fault:  # noqa: BLE001  a refusal is an answer too
            made[name] = f"{type(fault).__name__}: {fault}"
        return made[name]

    await ask("markets", "load_markets")
    await ask("book", "fetch_order_book", SYMBOL, 5)
    await ask("balance", "fetch_balance")
    await ask("limit", "create_order", SYMBOL, "limit", "buy", "0.01", "30000", {"newClientOrderId": "traffic-1"})
    await ask("open", "fetch_open_orders", SYMBOL)
    await ask("unaffordable", "create_order", SYMBOL, "limit", "buy", "0.5", "50000", {"newClientOrderId": "traffic-2"})
    await ask("filtered", "create_order", SYMBOL, "limit", "buy", "0.01", "1", {"newClientOrderId": "traffic-3"})
    await ask("cancel", "cancel_order", made["limit"]["id"], SYMBOL)
    await ask("market", "create_order", SYMBOL, "market", "sell", "0.01", None, {"newClientOrderId": "traffic-4"})
    await ask("trades", "fetch_my_trades", SYMBOL)
    await ask("after", "fetch_balance")
    return made


async def listened(exchange: Any) -> list[Any]:
    """The first public trades of a stream."""
    trades: list[Any] = []
    async with asyncio.timeout(20):
        while len(trades) < 2:
            trades += await exchange.watch_trades(SYMBOL)
    return trades


def connection(path: Path | None) -> Connection:
    options = {"limits": "off"} | ({} if path is None else {"record": str(path)})
    return Connection(name="sim", exchange="binance", url=served().urls["binance"], options=options)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Credentials, dict[str, Any], list[Any]]:
    path = tmp_path_factory.mktemp("traffic") / "binance.jsonl"
    credentials = served().account({"USDT": "1000", "BTC": "1"})

    async def go() -> tuple[dict[str, Any], list[Any]]:
        made = wire(connection(path), credentials, time.time_ns)
        exchange = made.ex  # type: ignore[attr-defined]  # that of ccxt
        try:
            return await conversation(exchange), await listened(exchange)
        finally:
            await exchange.close()

    said, trades = asyncio.run(go())
    return path, credentials, said, trades


def test_played_back_every_answer_is_the_same(recorded: Any) -> None:
    path, _, said, trades = recorded
    player = Player(path)

    async def go() -> tuple[dict[str, Any], dict[str, Any]]:
        exchange = wire(connection(None), DUMMY, time.time_ns).ex  # type: ignore[attr-defined]  # that of ccxt
        player.hook(exchange)
        return await conversation(exchange), player.play(exchange)

    again, clients = asyncio.run(go())
    assert again == said
    assert said["limit"]["status"] == "open"
    assert said["unaffordable"].startswith("InsufficientFunds")
    assert said["filtered"].startswith(("InvalidOrder", "BadRequest", "ExchangeError"))
    assert said["market"]["filled"] == "0.01000000"
    played = [list(result) for client in clients.values() for name, result in client.resolved if "trade" in str(name)]
    assert {one["id"] for one in trades} <= {one["id"] for one in played[-1]}
    assert player.left == 0


def test_no_secret_is_on_record(recorded: Any) -> None:
    path, credentials, _, _ = recorded
    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for secret in (credentials.key.reveal(), credentials.secret.reveal()):
        assert secret not in text
        assert secret[:12] not in text
    assert "X-MBX-APIKEY" not in text
    assert "signature=***" in text
    signatures = [line for line in text.splitlines() if "signature" in line and "signature=***" not in line]
    assert not signatures
    kinds = [json.loads(line)["kind"] for line in text.splitlines()]
    assert kinds[0] == "recording"
    assert {"answer", "message"} <= set(kinds)


def test_what_was_not_recorded_is_named(recorded: Any) -> None:
    player = Player(recorded[0])

    async def go() -> None:
        exchange = wire(connection(None), DUMMY, time.time_ns).ex  # type: ignore[attr-defined]  # that of ccxt
        player.hook(exchange)
        await exchange.load_markets()
        await exchange.fetch_order_book("ETH/USDT", 5)

    with pytest.raises(MissingError, match=r"no .* answer to GET"):
        asyncio.run(go())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "other"}', '{"kind": "recording", "version": 9}'])
def test_what_is_no_recording_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(DataError, match="is no recording"):
        Player(path)

"""The venue of a running platform as an exchange for other clients, and what `parrot exchange` refuses to begin."""

from __future__ import annotations

import json
import signal
from decimal import Decimal
from pathlib import Path

import ccxt
import pytest

from tests.end_to_end.command import started, told
from tests.end_to_end.served import Served

SETTINGS = 'strategies = []\n[venue]\nsymbols = ["BTC/USDT"]\n[exchange]\nport = 0\nlimits = false\n'


def test_others_trade_on_the_venue_of_a_platform(tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "settings.toml").write_text(SETTINGS)
    process = started("up", "--data", str(data), "--port", "0", "--json", cwd=tmp_path)
    try:
        facts = _document(process)
        served = Served(int(facts["exchange"].rpartition(":")[2]))
        token = json.loads((data / "run" / "instance.json").read_text())["token"]
        key = served.admin("POST", "keys", token=token, account="bot")
        served.admin("POST", "faucet", token=token, account="bot", asset="USDT", amount="1000")
        client = served.client(ccxt.binance, key["key"], key["secret"])
        order = client.create_order("BTC/USDT", "market", "buy", 0.01)
        spent = Decimal(order["info"]["cummulativeQuoteQty"])
        balances = {row["asset"]: row["free"] for row in client.fetch_balance()["info"]["balances"]}
        assert (order["status"], balances["BTC"], Decimal(balances["USDT"])) == ("closed", "0.00999000", 1000 - spent)
        assert (data / "exchange-keys.json").stat().st_mode & 0o777 == 0o600
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


def _document(process) -> dict:
    text = ""
    while True:
        text += process.stdout.readline()
        if text.rstrip().endswith("\n}"):
            return json.loads(text)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--host", "0.0.0.0"), "no loopback address"),
        (("--fund", "USDT"), "--fund USDT"),
        (("--fund", "USDT=-1"), "--fund USDT=-1"),
        (("--symbol", "NOTHING"), "symbol"),
        (("--secret", ""), "empty"),
        (("--stock", "AAPL"), "nobody serves stocks"),
        (("--alpaca-port", "9123", "--fix-port", "9123"), "both 9123"),
    ],
)
def test_what_cannot_be_served_is_said_and_nothing_begins(tmp_path: Path, words: tuple[str, ...], expected: str):
    error = told("exchange", "--port", "0", *words, cwd=tmp_path, code=2)["error"]
    assert expected in error["problem"]

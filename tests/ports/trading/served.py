"""A real `parrot exchange` on loopback, one for all tests, and venues that reach it through the adapters."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from parrot.adapters.journal.files import FileJournal
from parrot.adapters.venues.connecting import connect
from parrot.adapters.venues.skeleton.line import Pace
from parrot.adapters.venues.skeleton.venue import LiveVenue
from parrot.contracts.connections import Connection
from parrot.ports.secrets import Credentials, Secret

SECOND = 1_000_000_000
TOKEN = "s" * 32
_PROGRAM = "from parrot.app.cli import main; main()"
_WORDS = (
    "exchange --port 0 --alpaca-port 0 --json --limits off --seed 1 --symbol BTCUSDT --symbol ETHUSDT --stock AAPL "
    f"--api-key first --secret {TOKEN}"
)
_START_S = 60
_PATIENCE_S = 5.0


class TimeOfDay:
    """The machine's own clock."""

    def now_ns(self) -> int:
        return time.time_ns()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Served:
    """The process, its addresses and its admin calls."""

    def __init__(self, *words: str) -> None:
        given = [sys.executable, "-c", _PROGRAM, *_WORDS.split(), *words]
        self._process = subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.stop)
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
        self.urls = {"binance": told["url"], "alpaca": told["alpaca_url"]}
        self._accounts = 0

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def admin(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Parrot-Token": TOKEN, "Content-Type": "application/json"}
        asked = Request(f"{self.urls['binance']}/admin/v1/{path}", data=data, headers=headers, method=method)
        with urlopen(asked, timeout=10) as answer:
            return json.loads(answer.read())

    def fault(self, kind: str, **fields: Any) -> int:
        return int(self.admin("POST", "faults", {"kind": kind, **fields})["id"])

    def heal(self) -> None:
        self.admin("DELETE", "faults")

    def account(self, money: Mapping[str, str], *, may_trade: bool = True) -> Credentials:
        """A new account with money, and its key."""
        self._accounts += 1
        made = self.admin("POST", "keys", {"account": f"a{self._accounts}", "may_trade": may_trade})
        for asset, amount in money.items():
            self.admin("POST", "faucet", {"asset": asset, "amount": amount, "key": made["key"]})
        return Credentials(Secret("key", made["key"]), Secret("secret", made["secret"]))


@cache
def served() -> Served:
    """The one process."""
    return Served()


MONEY = {"binance": {"USDT": "1000000", "BTC": "2"}, "alpaca": {"USD": "1000000", "AAPL": "1000"}}
SYMBOL = {"binance": "BTC/USDT", "alpaca": "AAPL/USD"}
QUANTITY = {"binance": Decimal("0.01"), "alpaca": Decimal(2)}


class ServedRig:
    """An account of its own at the served exchange, through an adapter."""

    durable = True
    reduces = False

    def __init__(self, exchange: str, folder: Path) -> None:
        self.symbol, self.quantity = SYMBOL[exchange], QUANTITY[exchange]
        self.exchange = exchange
        self.credentials = served().account(MONEY[exchange])
        self._journal = FileJournal(folder / "own-trades.journal", sync=False)
        self._last = Decimal(0)
        self.venue = self._connected()

    @property
    def now(self) -> int:
        return time.time_ns()

    def _connected(self) -> LiveVenue:
        url, options = served().urls[self.exchange], {"limits": "off"}
        connection = Connection(name="served", exchange=self.exchange, url=url, options=options)
        symbols, pace = [self.symbol], Pace(first=0.02)
        live = connect(connection, self.credentials, symbols, clock=TimeOfDay(), trades=self._journal, pace=pace)
        assert live.venue is not None
        return live.venue

    def pass_time(self, seconds: float) -> None:
        """Until all requests are answered, and all is heard that the venue told with the answers."""
        end = time.monotonic() + _PATIENCE_S
        while self.venue.under_way and time.monotonic() < end:
            self._poll()
            time.sleep(0.0005)
        self.venue.settle(_PATIENCE_S)
        self._poll()

    def _poll(self) -> None:
        came: Sequence[Any] = self.venue.poll(time.time_ns())
        for raw in came:
            if raw["type"] == "snapshot":
                self._last = max(Decimal(price) for side, price, _ in raw["levels"] if side == 1)
            elif raw["type"] == "quote":
                self._last = raw["bid"]

    def price(self) -> Decimal:
        end = time.monotonic() + _PATIENCE_S * 4
        self.venue.ask_snapshot(self.symbol, self.now)
        while not self._last and time.monotonic() < end:
            self._poll()
            time.sleep(0.001)
        return self._last

    def restart(self) -> None:
        self.venue.close()
        self.venue = self._connected()

    def close(self) -> None:
        self.venue.close()
        self._journal.close()

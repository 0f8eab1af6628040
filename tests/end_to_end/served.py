"""A process of `parrot exchange`, and unmodified clients that know where it is."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.end_to_end.command import started

KEY, SECRET = "test-key", "test-secret"
FUNDS = {"USDT": 1_000_000, "BTC": 10}


@dataclass(frozen=True)
class Served:
    """Where an exchange is."""

    port: int

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def admin(self, method: str, call: str, token: str = SECRET, **fields: Any) -> Any:
        """What an admin call answers."""
        body = json.dumps(fields).encode() if fields else None
        headers = {"X-Parrot-Token": token}
        with urlopen(Request(f"{self.http}/admin/v1/{call}", body, headers, method=method), timeout=5) as answer:
            return json.load(answer)

    def client(self, kind: type, key: str = KEY, secret: str = SECRET) -> Any:
        """A client of ccxt that can reach nothing else."""
        options = {
            "defaultType": "spot",
            "fetchMarkets": {"types": ["spot"]},
            "fetchMargins": False,
            "fetchCurrencies": False,
        }
        made = kind({"apiKey": key, "secret": secret, "enableRateLimit": False, "options": options})
        for name, url in made.urls["api"].items():
            if isinstance(url, str):
                made.urls["api"][name] = f"{self.http}/nowhere"
        rest = f"{self.http}/api/v3"
        made.urls["api"].update(public=rest, private=rest, sapi=f"{self.http}/sapi/v1")
        streams = f"{self.ws}/stream/ws"
        made.urls["api"]["ws"] = {"spot": streams, "margin": streams, "ws-api": {"spot": f"{self.ws}/ws-api/v3"}}
        made.exceptions["exact"] |= made.exceptions["spot"]["exact"]
        return made


@contextlib.contextmanager
def exchange(folder: Path, *more: str) -> Iterator[Served]:
    """Runs `parrot exchange` on a free port until the end of the block."""
    funds = [word for asset, amount in FUNDS.items() for word in ("--fund", f"{asset}={amount}")]
    words = ("exchange", "--port", "0", "--api-key", KEY, "--secret", SECRET, *funds, "--json", *more)
    process = started(*words, cwd=folder)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()
        yield Served(json.loads(line)["port"])
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "")

"""The exchange's own books of an account, asked for directly and signed here, without any code of the adapter."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from parrot.ports.secrets import Credentials

_PAGE = 500


class Books:
    """Orders, trades and balances as the exchange has them."""

    def __init__(self, url: str, credentials: Credentials, market: str) -> None:
        self._url = url
        self._credentials = credentials
        self._market = market

    def ask(self, path: str, **fields: Any) -> Any:
        query = urlencode({**fields, "timestamp": time.time_ns() // 1_000_000, "recvWindow": 60_000})
        secret = self._credentials.secret.reveal().encode()
        signature = hmac.new(secret, query.encode(), hashlib.sha256).hexdigest()
        address = f"{self._url}/api/v3/{path}?{query}&signature={signature}"
        with urlopen(Request(address, headers={"X-MBX-APIKEY": self._credentials.key.reveal()}), timeout=30) as answer:
            return json.loads(answer.read())

    def orders(self) -> list[dict[str, Any]]:
        """All that were ever placed, oldest first."""
        return self._pages("allOrders", "orderId", "orderId")

    def trades(self) -> list[dict[str, Any]]:
        """All executions, oldest first."""
        return self._pages("myTrades", "id", "fromId")

    def balances(self) -> dict[str, Decimal]:
        """Free and locked."""
        held = self.ask("account")["balances"]
        totals = {one["asset"]: Decimal(one["free"]) + Decimal(one["locked"]) for one in held}
        return {name: total for name, total in totals.items() if total}

    def _pages(self, path: str, number: str, cursor: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = 0
        while page := self.ask(path, symbol=self._market, limit=_PAGE, **{cursor: after}):
            found += page
            after = page[-1][number] + 1
        return found

"""What all requests share: the exchange, its symbols, the limits, and names for what clients left unnamed."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from parrot.contracts.exchange import (
    AccountEvent,
    BalancesChanged,
    Change,
    Deposited,
    MarketEvent,
    MarketKind,
    OrderChanged,
    PublicMarket,
)
from parrot.gateway.binance_api import errors
from parrot.gateway.binance_api.limits import Limits
from parrot.gateway.binance_api.listen_keys import ListenKeys
from parrot.ports.exchange import KeyRing, PublicExchange

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NAME_LETTERS: Final = 22
_PREVENTED_KEPT: Final = 1_000
_AMENDED_KEPT: Final = 10_000


class Amendment(NamedTuple):
    """One change of an order's quantity, and of its name."""

    id: int
    before: str
    after: str
    quantity_before: int
    quantity: int
    ts: int


class Venue:
    """One exchange as this face shows it; `skew` (ns) puts its clock wrong."""

    def __init__(
        self, exchange: PublicExchange, keys: KeyRing, *, limits: bool, legacy_listen_key: bool, seed: int
    ) -> None:
        self.exchange = exchange
        self.keys = keys
        self.limits = Limits(enforced=limits)
        self.listen_keys = ListenKeys(self.new_name, on=legacy_listen_key)
        self.skew = 0
        self.opened = exchange.now
        self.last_change_id = 0
        self.prevented: deque[OrderChanged] = deque(maxlen=_PREVENTED_KEPT)
        self._amendments: dict[int, list[Amendment]] = {}
        self._markets: dict[str, PublicMarket] = {}
        self._touched: dict[str, int] = {}
        self._names = 0
        self._root = hashlib.blake2b(b"%d %d" % (seed, exchange.now), digest_size=16).digest()
        exchange.listen(self._hear)

    @property
    def now(self) -> int:
        """The venue's own time, ns UTC."""
        return self.exchange.now + self.skew

    def markets(self) -> list[PublicMarket]:
        """Every symbol that clients of this face may trade."""
        listed = [market for market in self.exchange.markets() if market.kind is MarketKind.SPOT]
        self._markets = {market.symbol: market for market in listed}
        return listed

    def market(self, symbol: str) -> PublicMarket:
        """A symbol by its name; raises ApiError for one that is not traded here."""
        known = self._markets.get(symbol)
        if known is None:
            self.markets()
            known = self._markets.get(symbol)
            if known is None:
                raise errors.bad_symbol()
        return known

    def new_name(self) -> str:
        """A name of 22 letters for a request that came without one."""
        self._names += 1
        digest = hashlib.blake2b(self._root + b"%d" % self._names, digest_size=17).digest()
        number = int.from_bytes(digest, "big")
        letters = []
        for _ in range(_NAME_LETTERS):
            number, at = divmod(number, 62)
            letters.append(_LETTERS[at])
        return "".join(letters)

    def amended(self, order_id: int, amendment: Amendment) -> None:
        """Keeps an amendment; the orders that were amended first are forgotten first."""
        if order_id not in self._amendments and len(self._amendments) >= _AMENDED_KEPT:
            del self._amendments[next(iter(self._amendments))]
        self._amendments.setdefault(order_id, []).append(amendment)

    def amendments(self, order_id: int) -> list[Amendment]:
        """The amendments of an order since the process began, oldest first."""
        return self._amendments.get(order_id, [])

    def touched(self, account: str) -> int:
        """When the balances of an account changed last, ns UTC; now for one that never did."""
        return self._touched.get(account, self.exchange.now)

    def _hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        for event in events:
            kind = type(event)
            if kind is OrderChanged:
                self.last_change_id = event.id  # type: ignore[union-attr]  # its type was just looked at
                change = event.change  # type: ignore[union-attr]  # as above
                if change is Change.TRADE:
                    self._filled(event)  # type: ignore[arg-type]  # as above
                elif change is Change.PREVENTED:
                    self.prevented.append(event)  # type: ignore[arg-type]  # as above
            elif kind is BalancesChanged or kind is Deposited:
                self._touched[event.account] = event.ts  # type: ignore[union-attr]  # as above

    def _filled(self, event: OrderChanged) -> None:
        fill = event.execution
        if fill is not None and event.order.filled == fill.quantity:
            self.limits.first_fill(event.order.account, maker=fill.maker, now=self.now)

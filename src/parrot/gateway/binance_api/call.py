"""One request under way: who asked for what, and the parameters in their types."""

from __future__ import annotations

import json
import re
from typing import Final

from parrot.contracts.exchange import OrderState, PublicMarket
from parrot.gateway.binance_api import amounts, errors
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.venue import Venue
from parrot.ports.exchange import Credential, PublicExchange

_MICROSECONDS_FROM: Final = 10**14
_MICROSECOND: Final = 1_000
_MILLISECOND: Final = 1_000_000
_BEFORE_ALL: Final = 1  # a time of 0 would be none

_symbol_form = re.compile(r"[A-Z0-9\-_.]{1,20}").fullmatch
_client_id_form = re.compile(r"[a-zA-Z0-9\-_]{1,36}").fullmatch
_symbols_form = re.compile(r'\[(?:"[A-Z0-9\-_.]{1,20}"(?:, ?"[A-Z0-9\-_.]{1,20}")*)?\]').fullmatch
_SYMBOLS_RANGE: Final = '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$'


class Call:
    """A request whose sender is known and whose weight is paid; times in the answer are in ticks of `unit` ns."""

    __slots__ = ("credential", "exchange", "orders_counted", "params", "unit", "venue")

    def __init__(self, venue: Venue, params: dict[str, str], credential: Credential | None, unit: int) -> None:
        self.venue = venue
        self.exchange: PublicExchange = venue.exchange
        self.params = params
        self.credential = credential
        self.unit = unit
        self.orders_counted = False

    @property
    def account(self) -> str:
        """Whose request it is; only signed ones have an account."""
        assert self.credential is not None
        return self.credential.account

    def text(self, name: str) -> str | None:
        """A parameter as it came, None where there is none."""
        written = self.params.get(name)
        if written == "":
            raise errors.empty(name)
        return written

    def choice(self, name: str, allowed: frozenset[str]) -> str | None:
        """A parameter that is one of a few words."""
        written = self.text(name)
        if written is not None and written not in allowed:
            raise errors.invalid(name)
        return written

    def amount(self, name: str) -> int | None:
        """A price, quantity or amount in units of 10^-8."""
        written = self.params.get(name)
        return None if written is None else amounts.amount(written, name)

    def whole(self, name: str) -> int | None:
        """A whole number."""
        written = self.params.get(name)
        return None if written is None else amounts.whole(written, name)

    def flag(self, name: str) -> bool | None:
        """A truth value."""
        written = self.text(name)
        if written is None:
            return None
        lowered = written.lower()
        if lowered not in ("true", "false"):
            raise errors.invalid(name)
        return lowered == "true"

    def limit(self, default: int, most: int) -> int:
        """How many items are wanted, at most `most`."""
        wanted = self.whole("limit")
        if wanted is None:
            return default
        if not wanted:
            raise errors.invalid("limit")
        return min(wanted, most)

    def since(self) -> int:
        """`startTime` in ns, 0 where there is none."""
        return self._time("startTime") or 0

    def until(self) -> int:
        """The last ns of the tick that `endTime` names, 0 where there is none."""
        ends = self._time("endTime", last=True)
        return 0 if ends is None else ends

    def period(self, longest: int = 0) -> tuple[int, int]:
        """`since` and `until`; raises ApiError where they are the wrong way round or more than `longest` ns apart."""
        since, until = self.since(), self.until()
        if since and until:
            if until < since:
                raise ApiError(-1127, "Start time is greater than end time.")
            if longest and until - since > longest + _MILLISECOND:
                hours = longest // 3_600_000_000_000
                raise ApiError(-1127, f"More than {hours} hours between startTime and endTime.")
        return since, until

    def client_id(self, name: str) -> str:
        """A client's own name for an order, empty where there is none."""
        written = self.params.get(name)
        if written is None:
            return ""
        if not written:
            raise errors.empty(name)
        if _client_id_form(written) is None:
            raise errors.illegal(name, errors.CLIENT_ID_RANGE)
        return written

    def market(self) -> PublicMarket:
        """The symbol that is asked for; it must be there."""
        written = self.params.get("symbol")
        if written is None:
            raise errors.missing("symbol")
        return self._market(written)

    def optional_market(self) -> PublicMarket | None:
        """The symbol that is asked for, None where none is."""
        written = self.params.get("symbol")
        return None if written is None else self._market(written)

    def chosen_markets(self) -> list[PublicMarket] | None:
        """The symbols of `symbols`, None where there are none."""
        written = self.text("symbols")
        if written is None:
            return None
        if "symbol" in self.params:
            raise ApiError(-1128, "Combination of optional parameters invalid. Recommendation: 'symbol' or 'symbols'.")
        if len(written) > 20_000 or _symbols_form(written) is None:
            raise errors.illegal("symbols", _SYMBOLS_RANGE)
        names = json.loads(written)
        if not names:
            raise errors.empty("symbols")
        if len(set(names)) < len(names):
            raise ApiError(-1151, "Symbol is present multiple times in the list.")
        return [self.venue.market(name) for name in names]

    def order_of(self, order_id: int) -> OrderState:
        """An order of the account by its number."""
        return self.exchange.order(self.account, order_id)

    def ticks(self, ts: int) -> int:
        """A time in the client's unit."""
        return ts // self.unit

    def _market(self, written: str) -> PublicMarket:
        if not written:
            raise errors.empty("symbol")
        if _symbol_form(written) is None:
            raise errors.illegal("symbol", errors.SYMBOL_RANGE)
        return self.venue.market(written)

    def _time(self, name: str, *, last: bool = False) -> int | None:
        ticks = self.whole(name)
        if ticks is None:
            return None
        unit = _MICROSECOND if ticks >= _MICROSECONDS_FROM else _MILLISECOND
        if ticks * unit >= 2**63 - unit:
            raise errors.overflowed(name)
        return max(ticks * unit + (unit - 1 if last else 0), _BEFORE_ALL)

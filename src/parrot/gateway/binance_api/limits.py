"""How much an address may ask and an account may order: request weights, raw requests, unfilled orders, bans."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from parrot.gateway.binance_api.errors import ApiError

SECOND: Final = 10**9
MINUTE: Final = 60 * SECOND
DAY: Final = 86_400 * SECOND

WEIGHT_MAX: Final = 6_000  # a minute
RAW_MAX: Final = 61_000  # in five minutes
ORDERS_SHORT_MAX: Final = 100  # in ten seconds
ORDERS_DAY_MAX: Final = 200_000

_REFUSED_UNTIL_BAN: Final = 10  # so often an address may ask on in one minute after it was told to wait
_BAN_FIRST: Final = 2 * MINUTE
_BAN_MAX: Final = 3 * DAY
_ADDRESSES_MAX: Final = 10_000
_MAKER_CREDIT: Final = 5  # a first fill that rested takes back more than the order itself

WEIGHT_RULE: Final = {
    "rateLimitType": "REQUEST_WEIGHT",
    "interval": "MINUTE",
    "intervalNum": 1,
    "limit": WEIGHT_MAX,
}
ORDERS_SHORT_RULE: Final = {
    "rateLimitType": "ORDERS",
    "interval": "SECOND",
    "intervalNum": 10,
    "limit": ORDERS_SHORT_MAX,
}
ORDERS_DAY_RULE: Final = {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": ORDERS_DAY_MAX}
RAW_RULE: Final = {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": RAW_MAX}
RULES: Final = (WEIGHT_RULE, ORDERS_SHORT_RULE, ORDERS_DAY_RULE, RAW_RULE)


def _template(*rules: dict[str, Any]) -> bytes:
    """JSON of the rules with a place for each count."""
    whole = b",".join(msgspec.json.encode(rule)[:-1] + b',"count":%d}' for rule in rules)
    return b"[" + whole + b"]"


_TOLD: Final = _template(WEIGHT_RULE)
_TOLD_ORDERS: Final = _template(ORDERS_SHORT_RULE, ORDERS_DAY_RULE, WEIGHT_RULE)


class _Address:
    """What one address asked lately."""

    __slots__ = ("banned_until", "bans", "five", "minute", "raw", "refused", "weight")

    def __init__(self) -> None:
        self.minute = self.five = -1
        self.weight = self.raw = self.refused = 0
        self.banned_until = self.bans = 0


class _Orders:
    """How many unfilled orders one account sent in the running intervals."""

    __slots__ = ("day", "day_count", "short", "short_count")

    def __init__(self) -> None:
        self.short = self.day = -1
        self.short_count = self.day_count = 0

    def roll(self, now: int) -> None:
        short, day = now // (10 * SECOND), now // DAY
        if short != self.short:
            self.short, self.short_count = short, 0
        if day != self.day:
            self.day, self.day_count = day, 0


class Limits:
    """Counts always; refuses only when `enforced`."""

    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self._addresses: dict[str, _Address] = {}
        self._orders: dict[str, _Orders] = {}

    def charge(self, address: str, weight: int, now: int) -> int:
        """Takes `weight` from an address and returns what it used this minute; raises ApiError 429 or 418."""
        asked = self._addresses.get(address)
        if asked is None:
            asked = self._addresses[address] = self._admitted(now)
        minute = now // MINUTE
        if minute != asked.minute:
            asked.minute, asked.weight, asked.refused = minute, 0, 0
            five = now // (5 * MINUTE)
            if five != asked.five:
                asked.five, asked.raw = five, 0
        if self.enforced and asked.banned_until > now:
            raise _banned(asked.banned_until)
        asked.raw += 1
        asked.weight += weight
        if self.enforced and (asked.weight > WEIGHT_MAX or asked.raw > RAW_MAX):
            raise self._refused(asked, now)
        return asked.weight

    def used(self, address: str, now: int) -> int:
        """The weight that an address used in the running minute."""
        asked = self._addresses.get(address)
        return asked.weight if asked is not None and asked.minute == now // MINUTE else 0

    def place(self, account: str, count: int, now: int) -> None:
        """Counts orders that are about to be sent; raises ApiError when there are too many unfilled ones."""
        orders = self._of(account, now)
        if self.enforced:
            if orders.day_count + count > ORDERS_DAY_MAX:
                raise _too_many(ORDERS_DAY_MAX, "1 DAY", (orders.day + 1) * DAY)
            if orders.short_count + count > ORDERS_SHORT_MAX:
                raise _too_many(ORDERS_SHORT_MAX, "10 SECOND", (orders.short + 1) * 10 * SECOND)
        orders.short_count += count
        orders.day_count += count

    def take_back(self, account: str, count: int, now: int) -> None:
        """Orders that were not accepted, or that began to trade, count no longer."""
        orders = self._of(account, now)
        orders.short_count = max(orders.short_count - count, 0)
        orders.day_count = max(orders.day_count - count, 0)

    def first_fill(self, account: str, *, maker: bool, now: int) -> None:
        """An order of the account trades for the first time."""
        self.take_back(account, _MAKER_CREDIT if maker else 1, now)

    def orders(self, account: str, now: int) -> tuple[int, int]:
        """Unfilled orders of the running ten seconds and of the day."""
        orders = self._of(account, now)
        return orders.short_count, orders.day_count

    def order_rules(self, account: str, now: int) -> list[dict[str, Any]]:
        """Both limits of orders and how far they are used."""
        short, day = self.orders(account, now)
        return [{**ORDERS_SHORT_RULE, "count": short}, {**ORDERS_DAY_RULE, "count": day}]

    def told(self, address: str, account: str, now: int) -> msgspec.Raw:
        """How far the limits are used, as JSON: weight of an address, and orders of an account where one is named."""
        weight = self.used(address, now)
        if not account:
            return msgspec.Raw(_TOLD % weight)
        return msgspec.Raw(_TOLD_ORDERS % (*self.orders(account, now), weight))

    def _of(self, account: str, now: int) -> _Orders:
        orders = self._orders.get(account)
        if orders is None:
            orders = self._orders[account] = _Orders()
        orders.roll(now)
        return orders

    def _refused(self, asked: _Address, now: int) -> ApiError:
        asked.refused += 1
        if asked.refused > _REFUSED_UNTIL_BAN:
            asked.banned_until = now + min(_BAN_FIRST << asked.bans, _BAN_MAX)
            asked.bans = min(asked.bans + 1, 16)
            asked.refused = 0
            return _banned(asked.banned_until)
        if asked.weight > WEIGHT_MAX:
            rule, retry_at = f"{WEIGHT_MAX} request weight per 1 MINUTE", (asked.minute + 1) * MINUTE
        else:
            rule, retry_at = f"{RAW_MAX} raw requests per 5 MINUTE", (asked.five + 1) * 5 * MINUTE
        words = f"Too much request weight used; current limit is {rule}. "
        words += "Please use WebSocket Streams for live updates to avoid polling the API."
        return ApiError(-1003, words, retry_at=retry_at)

    def _admitted(self, now: int) -> _Address:
        """A new address; where there are very many, those that rest are forgotten."""
        if len(self._addresses) >= _ADDRESSES_MAX:
            five = now // (5 * MINUTE)
            kept = {name: one for name, one in self._addresses.items() if one.five == five or one.banned_until > now}
            self._addresses = kept if len(kept) < _ADDRESSES_MAX else {}
        return _Address()


def _banned(until: int) -> ApiError:
    words = f"Way too much request weight used; IP banned until {until // 1_000_000}. "
    words += "Please use WebSocket Streams for live updates to avoid bans."
    return ApiError(-1003, words, status=418, retry_at=until)


def _too_many(limit: int, interval: str, retry_at: int) -> ApiError:
    words = f"Too many new orders; current limit is {limit} orders per {interval}."
    return ApiError(-1015, words, retry_at=retry_at)

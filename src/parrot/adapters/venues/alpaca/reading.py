"""Alpaca's orders, executions and times as contracts; numbers are text or decimals, never floats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from parrot.adapters.venues.skeleton.news import OrderNews, TradeNews
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.contracts.commands import Side
from parrot.kernel.decimals import ZERO, plain

CURRENCY: Final = "USD"
_SECOND: Final = 1_000_000_000
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)")
_STATUS: Final = {
    "partially_filled": "partially_filled",
    "filled": "filled",
    "canceled": "canceled",
    "replaced": "canceled",
    "expired": "expired",
    "rejected": "rejected",
    "suspended": "rejected",
}
_AT_ONCE: Final = ("ioc", "fok")
decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode


def symbol(name: object) -> str:
    """A stock as a pair: what is bought, and what is paid."""
    return f"{name}/{CURRENCY}"


def name(pair: str) -> str:
    """The stock of a pair."""
    return pair.removesuffix(f"/{CURRENCY}")


def amount(value: object) -> Decimal:
    """A number as it was written; nothing is 0. Raises Trouble for what is no finite number."""
    if value is None or value == "":
        return ZERO
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Trouble(Outcome.UNKNOWN, f"the venue sent {value!r}")
    return number if number else ZERO


def moment(text: object) -> int:
    """A time in RFC 3339 as ns UTC. Raises Trouble."""
    found = _MOMENT.fullmatch(str(text))
    if found is None:
        raise Trouble(Outcome.UNKNOWN, f"the venue sent the time {text!r}"[:100])
    whole, fraction, zone = found.groups()
    seconds = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone)).astimezone(UTC)
    return int(seconds.timestamp()) * _SECOND + int((fraction or "0").ljust(9, "0"))


def stamp(ns: int) -> str:
    """ns UTC as RFC 3339."""
    text = datetime.fromtimestamp(ns // _SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ns % _SECOND:09d}Z"


def order(found: Mapping[str, Any], *, now: int, offset: int) -> OrderNews:
    """One order. What may not rest and found nobody is called canceled there, expired here."""
    status = _STATUS.get(str(found["status"]), "new")
    if status == "canceled" and found.get("time_in_force") in _AT_ONCE:
        status = "expired"
    filled, limit = amount(found.get("filled_qty")), found.get("limit_price")
    if status == "new" and filled:
        status = "partially_filled"
    return OrderNews(
        client_id=str(found.get("client_order_id") or ""),
        venue_id=str(found["id"]),
        symbol=symbol(found["symbol"]),
        side=Side(str(found["side"])),
        status=status,
        quantity=amount(found.get("qty")),
        filled=filled,
        limit=amount(limit) if limit else None,
        ts=min(now, moment(found.get("updated_at") or found["created_at"]) - offset),
    )


def update(event: Mapping[str, Any], *, now: int, offset: int) -> TradeNews:
    """The execution of a trade update."""
    about = event["order"]
    return _trade(event, about, str(about["filled_qty"]), ts=min(now, moment(event["timestamp"]) - offset))


def activity(found: Mapping[str, Any], *, now: int, offset: int) -> TradeNews:
    """One fill of the account's history."""
    about = {"id": found["order_id"], "symbol": found["symbol"], "side": found["side"]}
    return _trade(found, about, str(found["cum_qty"]), ts=min(now, moment(found["transaction_time"]) - offset))


def _trade(found: Mapping[str, Any], about: Mapping[str, Any], total: str, *, ts: int) -> TradeNews:
    """Named by how much of its order was filled with it: the same in the stream and in the history."""
    return TradeNews(
        venue_id=str(about["id"]),
        client_id=str(about.get("client_order_id") or ""),
        symbol=symbol(about["symbol"]),
        trade_id=f"{about['id']}:{plain(amount(total))}",
        side=Side(str(about["side"]).removesuffix("_short")),
        quantity=amount(found["qty"]),
        price=amount(found["price"]),
        fee=ZERO,
        fee_currency=CURRENCY,
        maker=False,
        ts=ts,
    )

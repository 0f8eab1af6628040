"""ccxt's orders, trades and markets as contracts: every number from the text that the venue sent, times as given."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from parrot.adapters.venues.ccxt.names import read
from parrot.adapters.venues.skeleton.news import OrderNews, TradeNews
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.table import Row
from parrot.contracts.commands import Side
from parrot.contracts.listing import Listing
from parrot.kernel.decimals import FRACTION_DIGITS_MAX, ZERO

MS: Final = 1_000_000
_DIGITS, _SIGNIFICANT, _TICKS = 2, 3, 4  # ccxt's ways to say how exact a number is
_FINEST: Final = Decimal("1e-8")
_LARGEST: Final = Decimal("1e12")
_ENDED: Final = {"canceled": "canceled", "expired": "expired", "rejected": "rejected", "closed": "filled"}


def amount(value: object, *, name: str = "amount") -> Decimal:
    """A number of the venue's as it was written; nothing is 0. Raises Trouble for what is no finite number."""
    if value is None or value == "":
        return ZERO
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Trouble(Outcome.UNKNOWN, f"the venue sent {name} {value!r}")
    return number if number else ZERO


def order(found: Mapping[str, Any], row: Row, *, now: int, offset: int) -> OrderNews:
    """One order of ccxt's."""
    quantity, filled = amount(found.get("amount")), amount(found.get("filled"))
    price = amount(found.get("price"))
    return OrderNews(
        client_id=read(found.get("clientOrderId"), row),
        venue_id=str(found.get("id") or ""),
        symbol=str(found.get("symbol") or ""),
        side=Side(str(found.get("side") or "buy")),
        status=_status(str(found.get("status") or "open"), quantity, filled),
        quantity=quantity,
        filled=filled,
        limit=price if price > 0 and found.get("type") != "market" else None,
        ts=_time(found.get("lastUpdateTimestamp") or found.get("timestamp"), now=now, offset=offset),
    )


def _status(status: str, quantity: Decimal, filled: Decimal) -> str:
    if status == "open":
        return "partially_filled" if filled else "new"
    ended = _ENDED.get(status, "new")
    return "canceled" if ended == "filled" and quantity and filled < quantity else ended


def trade(found: Mapping[str, Any], *, quote: str, now: int, offset: int) -> TradeNews:
    """One execution of ccxt's."""
    fees = [fee for fee in (found.get("fees") or [found.get("fee")]) if fee and fee.get("cost") is not None]
    return TradeNews(
        venue_id=str(found.get("order") or ""),
        client_id="",
        symbol=str(found["symbol"]),
        trade_id=str(found["id"]),
        side=Side(str(found["side"])),
        quantity=amount(found["amount"]),
        price=amount(found["price"]),
        fee=amount(fees[0]["cost"]) if fees else ZERO,
        fee_currency=str(fees[0].get("currency") or quote) if fees else quote,
        maker=found.get("takerOrMaker") == "maker",
        ts=_time(found.get("timestamp"), now=now, offset=offset),
    )


def _time(milliseconds: object, *, now: int, offset: int) -> int:
    """A venue's time in the local clock; never ahead of now, where nothing can have happened yet."""
    return min(now, int(milliseconds) * MS - offset) if isinstance(milliseconds, int) else now


def listing(market: Mapping[str, Any], mode: int) -> Listing | None:
    """The terms of one spot market of ccxt's; None for one that cannot be traded in whole steps."""
    if not market.get("spot") or market.get("active") is False:
        return None
    precision, limits = market.get("precision") or {}, market.get("limits") or {}
    tick, lot = _step(precision.get("price"), mode), _step(precision.get("amount"), mode)
    least, most = limits.get("amount") or {}, (limits.get("amount") or {}).get("max")
    return Listing(
        symbol=str(market["symbol"]),
        base=str(market["base"]),
        quote=str(market["quote"]),
        tick=tick,
        lot=lot,
        price_decimals=_decimals(tick),
        quantity_decimals=_decimals(lot),
        min_quantity=amount(least.get("min")),
        max_quantity=amount(most) or _LARGEST,
        min_notional=amount((limits.get("cost") or {}).get("min")),
        maker_fee=amount(market.get("maker")),
        taker_fee=amount(market.get("taker")),
    )


def _step(value: object, mode: int) -> Decimal:
    if value is None or mode == _SIGNIFICANT:
        return _FINEST
    number = amount(value)
    step = number if mode == _TICKS else Decimal(1).scaleb(-int(number))
    return step if step > 0 else _FINEST


def _decimals(step: Decimal) -> int:
    exponent = step.normalize().as_tuple().exponent
    return min(FRACTION_DIGITS_MAX, max(0, -int(exponent)))


def balances(found: Mapping[str, Any]) -> dict[str, Decimal]:
    """Totals by currency."""
    totals = found.get("total") or {}
    return {str(name): number for name, value in totals.items() if (number := amount(value, name=str(name)))}

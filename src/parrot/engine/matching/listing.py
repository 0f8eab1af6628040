"""Events for people: names for numbers, decimals for units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parrot.engine.matching.amounts import amount
from parrot.engine.matching.venue import Venue
from parrot.engine.matching.words import CommandKind, EventKind, Mark, Phase, Reason, Side

if TYPE_CHECKING:
    import polars as pl

_SETTLED: Final = (EventKind.REJECTED, EventKind.DONE)  # their fields are those of the command
_MATCHED: Final = (EventKind.TRADE, EventKind.PREVENTED)
_WHOLE: Final = (
    EventKind.ACCEPTED,
    EventKind.FILLED,
    EventKind.CANCELLED,
    EventKind.EXPIRED,
)  # tell an order's own quantity
_NOBODYS: Final = (EventKind.PHASE, EventKind.AUCTION)
_NAMES_SYMBOL: Final = (
    CommandKind.ORDER,
    CommandKind.MASS_CANCEL,
    CommandKind.PHASE,
    CommandKind.REFERENCE,
    CommandKind.ADD_SYMBOL,
    CommandKind.SET_LIMIT,
)
_NAMES_CURRENCY: Final = (
    CommandKind.ADD_CURRENCY,
    CommandKind.DEPOSIT,
    CommandKind.WITHDRAW,
    CommandKind.FEE_CURRENCY,
    CommandKind.CONVERSION,
)
_NAMES_OWNER: Final = (
    CommandKind.ORDER,
    CommandKind.CANCEL,
    CommandKind.AMEND,
    CommandKind.MASS_CANCEL,
    CommandKind.DISCONNECT,
    CommandKind.ADD_OWNER,
    CommandKind.DEPOSIT,
    CommandKind.WITHDRAW,
    CommandKind.JOIN_TIER,
)
_NAMES_SIDE: Final = (CommandKind.ORDER, CommandKind.MASS_CANCEL)

Strings = NDArray[np.object_]


class Shown(NamedTuple):
    """Columns that both rows and frames have: texts (None: does not apply) and the numbers that fees go by."""

    texts: dict[str, Strings]
    symbol: NDArray[np.int64]
    in_quote: NDArray[np.bool_]
    fee_currency: NDArray[np.int64]
    taker_fee_currency: NDArray[np.int64]


def concerns(events: NDArray[np.void], owner: int) -> NDArray[np.bool_]:
    """Which events are about an owner, as maker, taker or sender of a command."""
    own = (events["owner"] == owner) & _speaks_of(events, _NAMES_OWNER) & ~np.isin(events["kind"], _NOBODYS)
    found: NDArray[np.bool_] = own | ((events["taker_owner"] == owner) & np.isin(events["kind"], _MATCHED))
    return found


def rows(venue: Venue, events: NDArray[np.void]) -> list[dict[str, Any]]:
    """One dict an event, amounts exact; None where a field does not apply."""
    shown = _show(venue, events)
    symbols, currencies = list(venue.symbols), list(venue.currencies)
    made = []
    for place, event in enumerate(events):
        symbol = shown.symbol[place]
        price, quantity = (0, 0) if symbol < 0 else (symbols[symbol].price_decimals, symbols[symbol].quantity_decimals)
        row: dict[str, Any] = {"seq": int(event["seq"]), "ts": int(event["ts"])}
        row |= {name: column[place] for name, column in shown.texts.items()}
        row |= {name: int(event[name]) for name in ("id", "taker", "handle")}
        row |= {"price": amount(event["price"], price)}
        row |= {name: amount(event[name], quantity) for name in ("quantity", "left", "level")}
        if shown.in_quote[place]:
            row["quantity"] = amount(event["quantity"], symbols[symbol].quote.decimals)
        for name, column in (("fee", shown.fee_currency), ("taker_fee", shown.taker_fee_currency)):
            row[name] = None if column[place] < 0 else amount(event[name], currencies[column[place]].decimals)
        made.append(row)
    return made


def frame(venue: Venue, events: NDArray[np.void]) -> pl.DataFrame:
    """One row an event."""
    import polars as pl

    shown = _show(venue, events)
    money = _scales([currency.decimals for currency in venue.currencies])
    price = _scales([symbol.price_decimals for symbol in venue.symbols])[shown.symbol]
    quantity = _scales([symbol.quantity_decimals for symbol in venue.symbols])[shown.symbol]
    columns: dict[str, Any] = {"seq": events["seq"], "ts": events["ts"]}
    columns |= {name: pl.Series(column.tolist(), dtype=pl.String) for name, column in shown.texts.items()}
    columns |= {name: events[name] for name in ("id", "taker", "handle")}
    columns["price"] = events["price"] / price
    amounts = _scales([symbol.quote.decimals for symbol in venue.symbols])[shown.symbol]
    columns["quantity"] = events["quantity"] / np.where(shown.in_quote, amounts, quantity)
    columns |= {name: events[name] / quantity for name in ("left", "level")}
    columns["fee"] = events["fee"] / money[shown.fee_currency]
    columns["taker_fee"] = events["taker_fee"] / money[shown.taker_fee_currency]
    columns |= {f"{name}_units": events[name] for name in ("price", "quantity", "left", "level", "fee", "taker_fee")}
    return pl.DataFrame(
        {name: np.ascontiguousarray(c) if isinstance(c, np.ndarray) else c for name, c in columns.items()}
    )


def _show(venue: Venue, events: NDArray[np.void]) -> Shown:
    symbol = _numbers(events, "symbol", _NAMES_SYMBOL, len(venue.symbols))
    currency = np.where(_settled(events), _numbers(events, "symbol", _NAMES_CURRENCY, len(venue.currencies)), -1)
    owner = np.where(
        np.isin(events["kind"], _NOBODYS), -1, _numbers(events, "owner", _NAMES_OWNER, len(venue.accounts))
    )
    matched = np.isin(events["kind"], _MATCHED)
    taker = np.where(matched, _numbers(events, "taker_owner", _NAMES_OWNER, len(venue.accounts)), -1)
    sided = _speaks_of(events, _NAMES_SIDE) & ~np.isin(events["kind"], _NOBODYS)
    fee_currency, taker_fee_currency = _fee_currencies(venue, events, symbol)
    currencies = [known.name for known in venue.currencies]
    texts = {
        "event": _words(EventKind, events["kind"]),
        "symbol": _names([known.name for known in venue.symbols], symbol),
        "currency": _names(currencies, currency),
        "account": _names([known.name for known in venue.accounts], owner),
        "side": _only(sided, _words(Side, events["side"])),
        "taker_account": _names([known.name for known in venue.accounts], taker),
        "fee_currency": _names(currencies, fee_currency),
        "taker_fee_currency": _names(currencies, taker_fee_currency),
        "reason": _only(events["reason"] > 0, _words(Reason, events["reason"])),
        "command": _only(events["command"] > 0, _words(CommandKind, events["command"])),
        "phase": _only(events["kind"] == EventKind.PHASE, _words(Phase, events["price"])),
    }
    in_quote = np.isin(events["kind"], _WHOLE) & np.isin(events["id"], np.array(sorted(venue.in_quote), np.uint64))
    return Shown(texts, symbol, in_quote & (symbol >= 0), fee_currency, taker_fee_currency)


def _settled(events: NDArray[np.void]) -> NDArray[np.bool_]:
    return np.isin(events["kind"], _SETTLED)


def _speaks_of(events: NDArray[np.void], commands: Sequence[int]) -> NDArray[np.bool_]:
    """Whether a field says something: of rejections and settings only where the command has it."""
    return ~_settled(events) | np.isin(events["command"], commands)


def _numbers(events: NDArray[np.void], field: str, commands: Sequence[int], count: int) -> NDArray[np.int64]:
    """The numbers of a field, -1 where it says nothing or nothing that exists."""
    numbers = events[field].astype(np.int64)
    return np.where(_speaks_of(events, commands) & (numbers < count), numbers, -1)


def _fee_currencies(
    venue: Venue, events: NDArray[np.void], symbol: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What maker and taker pay their fees in: what each receives, or the fee currency."""
    received = np.array([(s.base.number, s.quote.number) for s in venue.symbols] + [(-1, -1)], np.int64)
    side = np.minimum(events["side"], 1).astype(np.int64)
    third = -1 if venue.fee_currency is None else venue.fee_currency.number
    trade = (events["kind"] == EventKind.TRADE) & (symbol >= 0)
    maker = np.where(events["flags"] & Mark.MAKER_THIRD, third, received[symbol, side])
    taker = np.where(events["flags"] & Mark.TAKER_THIRD, third, received[symbol, 1 - side])
    return np.where(trade, maker, -1), np.where(trade, taker, -1)


def _words(kind: type[Any], codes: NDArray[Any]) -> Strings:
    names = np.full(256, None, object)
    for member in kind:
        names[int(member)] = member.name
    found: Strings = names[np.clip(codes, 0, 255).astype(np.int64)]
    return found


def _only(where: NDArray[np.bool_], texts: Strings) -> Strings:
    texts[~where] = None
    return texts


def _names(names: Sequence[str], numbers: NDArray[np.int64]) -> Strings:
    """Names by number; -1 is None."""
    table = np.array([*names, None], object)
    found: Strings = table[numbers]
    return found


def _scales(decimals: Sequence[int]) -> NDArray[np.float64]:
    """Units by number; -1 is 1."""
    return np.array([*(float(Decimal(10) ** places) for places in decimals), 1.0])

"""Which column is which: the usual names of the field, an explicit mapping, or a clear refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from parrot.kernel.errors import DataError, ParameterError


@dataclass(frozen=True, slots=True)
class Field:
    """A column that an importer looks for, under any of its usual names, best first."""

    name: str
    aliases: tuple[str, ...]
    needed: bool = True


_TIME = (
    "ts timestamp open_time opentime datetime date_time unix unix_timestamp unix_time epoch time date t gmt_time "
    "dtyyyymmdd time_open open_timestamp candle_begin_time bar_time time_utc utc"
)
_TS = Field("ts", tuple(_TIME.split()))
_SYMBOL = Field(
    "symbol", ("symbol", "ticker", "instrument", "pair", "market", "sym", "coin", "product_id"), needed=False
)
_PRICE = Field("price", ("price", "p", "trade_price", "px", "last", "last_price"))
_SIZE = Field("size", ("size", "qty", "quantity", "amount", "volume", "q", "v", "sz", "base_qty", "last_size"))

BARS = (
    _TS,
    Field("open", ("open", "o", "open_price", "1._open", "openprice", "price_open")),
    Field("high", ("high", "h", "high_price", "2._high", "highprice", "max", "price_high")),
    Field("low", ("low", "l", "low_price", "3._low", "lowprice", "min", "price_low")),
    Field(
        "close", ("close", "c", "close_price", "4._close", "closeprice", "close/last", "last", "price", "price_close")
    ),
    Field("volume", ("volume", "v", "vol", "vol.", "5._volume", "tickvol", "tick_volume", "base_volume"), needed=False),
    Field("close_ts", ("close_ts",), needed=False),
    _SYMBOL,
)
TRADES = (
    Field("ts", (*_TS.aliases, "trade_time", "transact_time")),
    _PRICE,
    _SIZE,
    Field("side", ("side", "taker_side", "aggressor", "aggressor_side", "direction"), needed=False),
    Field("buyer_maker", ("is_buyer_maker", "isbuyermaker", "buyer_maker", "m"), needed=False),
    _SYMBOL,
)
QUOTES = (
    _TS,
    Field("bid", ("bid", "bid_price", "best_bid", "best_bid_price", "bidprice", "bid_px", "b")),
    Field("ask", ("ask", "ask_price", "best_ask", "best_ask_price", "askprice", "ask_px", "a")),
    Field("bid_size", ("bid_size", "bid_qty", "bidsize", "bid_volume", "best_bid_qty", "bid_amount"), needed=False),
    Field("ask_size", ("ask_size", "ask_qty", "asksize", "ask_volume", "best_ask_qty", "ask_amount"), needed=False),
    _SYMBOL,
)
BOOKS = (
    _TS,
    Field("side", ("side", "type")),
    _PRICE,
    _SIZE,
    Field("flags", ("flags", "is_snapshot"), needed=False),
    Field("last_id", ("last_id", "update_id", "final_update_id"), needed=False),
    _SYMBOL,
)


def normal(name: str) -> str:
    """A column's name without the accidents of spelling: case, spaces, angle brackets."""
    return name.strip().strip("\ufeff<>").strip().lower().replace(" ", "_").replace("-", "_")


def resolve(
    names: Sequence[str],
    fields: Sequence[Field],
    mapping: Mapping[str, str] | None,
    source: str,
) -> dict[str, str]:
    """Field name to column name. Raises DataError that names what was found when a required column is missing."""
    chosen = _mapped(names, fields, mapping or {}, source)
    by_normal: dict[str, str] = {}
    for name in names:
        by_normal.setdefault(normal(name), name)
    for field in fields:
        alias = next((alias for alias in field.aliases if alias in by_normal), None)
        if field.name not in chosen and alias is not None:
            chosen[field.name] = by_normal[alias]
    if "ts" not in (mapping or {}):
        _add_clock(chosen, by_normal)
    missing = [field.name for field in fields if field.needed and field.name not in chosen]
    if missing:
        raise _missing(missing, [field.name for field in fields if field.needed], names, source)
    return chosen


def _add_clock(chosen: dict[str, str], by_normal: Mapping[str, str]) -> None:
    """A date and a time of day in two columns make one time."""
    date = by_normal.get("date", by_normal.get("dtyyyymmdd"))
    if date is not None and "time" in by_normal:
        chosen |= {"ts": date, "clock": by_normal["time"]}


def _mapped(
    names: Sequence[str],
    fields: Sequence[Field],
    mapping: Mapping[str, str],
    source: str,
) -> dict[str, str]:
    known = [field.name for field in fields]
    for name, column in mapping.items():
        if name not in known:
            turned = ' (the mapping reads {"close": "Last"}, not the other way round)' if column in known else ""
            raise ParameterError(
                f"columns= names {name!r}, which is not read{turned}",
                expected=", ".join(known),
                fix="map one of these",
            )
        if column not in names:
            near = get_close_matches(str(column), names, 1, 0.5)
            fix = f"columns={{{name!r}: {near[0]!r}}}" if near else "name one of the columns found"
            raise DataError(
                f"{source}: no column {column!r} for {name}",
                expected=f"one of the columns found: {_listed(names)}",
                fix=fix,
            )
    return dict(mapping)


def _missing(missing: list[str], needed: list[str], names: Sequence[str], source: str) -> DataError:
    hints = []
    for field in missing:
        near = [name for name in names if field in normal(name)] or get_close_matches(field, names, 1, 0.6)
        hints.append(f"{field!r}: {near[0] if near else 'NAME'!r}")
    return DataError(
        f"{source}: no column for {', '.join(missing)} (columns found: {_listed(names)})",
        expected=f"{', '.join(needed)}, or their usual names",
        fix=f"name them by columns={{{', '.join(hints)}}}",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(str, names[:12]))
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "") if names else "none"

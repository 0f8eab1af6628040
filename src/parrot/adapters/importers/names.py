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
    required: bool = True


_TIME = (
    "ts timestamp open_time opentime datetime date_time unix unix_timestamp unix_time epoch time date t gmt_time "
    "dtyyyymmdd time_open open_timestamp candle_begin_time bar_time time_utc utc"
)
_SYMBOL = Field(
    "symbol",
    ("symbol", "ticker", "instrument", "pair", "market", "sym", "coin", "product_id"),
    required=False,
)
_TS = Field("ts", tuple(_TIME.split()))

BARS = (
    _TS,
    Field("open", ("open", "o", "open_price", "1._open", "openprice", "price_open")),
    Field("high", ("high", "h", "high_price", "2._high", "highprice", "max", "price_high")),
    Field("low", ("low", "l", "low_price", "3._low", "lowprice", "min", "price_low")),
    Field(
        "close",
        (
            "close",
            "c",
            "close_price",
            "4._close",
            "closeprice",
            "close/last",
            "last",
            "price",
            "price_close",
        ),
    ),
    Field(
        "volume",
        (
            "volume",
            "v",
            "vol",
            "vol.",
            "5._volume",
            "tickvol",
            "tick_volume",
            "base_volume",
            "volume_base",
        ),
        required=False,
    ),
    Field("close_ts", ("close_ts",), required=False),
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
    missing = [field.name for field in fields if field.required and field.name not in chosen]
    if missing:
        raise _missing(missing, names, source)
    return chosen


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
            raise DataError(
                f"{source}: no column {column!r} for {name}",
                expected=f"one of the columns found: {_listed(names)}",
                fix=f"columns={{{name!r}: {(near or list(names[:1]) or ['?'])[0]!r}}}",
            )
    return dict(mapping)


def _missing(missing: list[str], names: Sequence[str], source: str) -> DataError:
    hints = []
    for field in missing:
        near = [name for name in names if field in normal(name)] or get_close_matches(field, names, 1, 0.6)
        hints.append(f"{field!r}: {near[0] if near else 'NAME'!r}")
    return DataError(
        f"{source}: no column for {', '.join(missing)} (columns found: {_listed(names)})",
        expected="ts, open, high, low, close, volume or their usual names"
        if "price" not in missing
        else "ts, price, size, side",
        fix=f"name them by columns={{{', '.join(hints)}}}",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(str, names[:12]))
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "") if names else "none"

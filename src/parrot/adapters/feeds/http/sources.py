"""What is fetched whence, and which of its fields mean what: a TOML file with a table [[http]] for each source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from parrot.engine.columns import timeframe_ns
from parrot.kernel.errors import InputError, ParameterError, StorageError

FORMATS: Final = ("json", "csv", "html")
FIELDS: Final = {
    "trade": ("price", "size"),
    "quote": ("bid", "ask", "bid_size", "ask_size"),
    "bar": ("open", "high", "low", "close", "volume"),
}
NEEDED: Final = {"trade": ("price",), "quote": ("bid", "ask"), "bar": ("ts", "open", "high", "low", "close")}
TIMES: Final = ("iso", "seconds", "milliseconds", "nanoseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSource:
    """One address that is asked again and again.

    `fields` names what each of a trade's, quote's or bar's fields is called there, and `ts`; without `ts` the time of
    the answer counts, without a size 1. `path` leads to the rows of a JSON document (`data.prices`), `table` says which
    table of an HTML page (its id, or its number from 0). `time` says how times are written; those without a zone are
    UTC. `step` is the length of bars, `decimal` the decimal mark of numbers in CSV and HTML.
    """

    name: str
    url: str
    symbol: str
    format: str
    kind: str = "trade"
    fields: dict[str, str] = field(default_factory=dict)
    path: str = ""
    table: str = "0"
    every: str = "60s"
    step: str = ""
    time: str = "iso"
    delimiter: str = ","
    decimal: str = "."
    price_decimals: int = 8

    def __post_init__(self) -> None:
        known = {"ts", *FIELDS.get(self.kind, ())}
        limits = {
            "kind": (self.kind in FIELDS, ", ".join(FIELDS)),
            "format": (self.format in FORMATS, ", ".join(FORMATS)),
            "time": (self.time in TIMES, ", ".join(TIMES)),
            "decimal": (self.decimal in (".", ","), '"." or ","'),
            "delimiter": (len(self.delimiter) == 1, "one character"),
            "price_decimals": (0 <= self.price_decimals <= 12, "0 to 12"),
            "fields": (
                self.fields.keys() <= known and set(NEEDED.get(self.kind, ())) <= self.fields.keys(),
                f"{', '.join(NEEDED.get(self.kind, ()))}; known are {', '.join(sorted(known))}",
            ),
        }
        for name, (right, expected) in limits.items():
            if not right:
                raise ParameterError(f"{self.name}: {name} is {getattr(self, name)!r}"[:200], expected=expected)
        if self.kind == "bar" and not self.step:
            raise ParameterError(f"{self.name}: bars without a step", expected='their length, such as step = "1h"')
        if self.interval < 1_000_000_000:
            raise ParameterError(f"{self.name}: every is {self.every}", expected="a second or more")

    @property
    def interval(self) -> int:
        """How often it is asked at most, ns."""
        return timeframe_ns(self.every)

    @property
    def step_ns(self) -> int:
        """Length of its bars, ns; 0 without."""
        return timeframe_ns(self.step) if self.step else 0


def read_sources(path: Path) -> list[HttpSource]:
    """The sources of a TOML file. Raises InputError that names each key that is wrong, StorageError."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise StorageError(f"{path} cannot be read: {fault.strerror}", fix="look at the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"{path} cannot be read: {fault}", expected="TOML") from None
    rows = held.get("http")
    if not isinstance(rows, list) or not rows or held.keys() != {"http"}:
        raise InputError(f"{path} holds no sources", expected="a table [[http]] for each")
    sources = [_source(path, row) for row in rows]
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise InputError(f"{path}: two sources have one name", expected="all different")
    return sources


def _source(path: Path, row: Any) -> HttpSource:
    kinds = {one.name: one.type for one in fields(HttpSource)}
    if not isinstance(row, dict):
        raise InputError(f"{path}: {row!r} is no source", expected="a table [[http]]")
    strange = sorted(row.keys() - kinds)
    if strange:
        raise InputError(f"{path}: {', '.join(strange)} is no key of a source", expected=", ".join(kinds))
    for name, value in row.items():
        wanted = dict if name == "fields" else int if name == "price_decimals" else str
        texts = not isinstance(value, dict) or all(type(one) is str for one in value.values())
        if type(value) is not wanted or not texts:
            raise InputError(f"{path}: {name} is {value!r}"[:200], expected=f"{wanted.__name__}")
    try:
        return HttpSource(**row)
    except TypeError as fault:
        raise InputError(
            f"{path}: {fault}".replace("HttpSource.__init__() ", ""), expected="name, url, symbol, format"
        ) from None

"""Market data by the names that people type: a file, `demo:SYMBOL`, `lake:BTCUSDT/1h`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from parrot.engine.bars import Bars
from parrot.kernel.errors import InputError, MissingError, ParameterError

DEMO, LAKE = "demo", "lake"


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read, as `read_bars` takes it."""

    timezone: str = "UTC"
    timeframe: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    adjusted: str = "none"
    repair: bool = False

    def set_values(self) -> dict[str, Any]:
        """What differs from the default."""
        usual = asdict(Reading())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


def read_all(arguments: Sequence[str], reading: Reading | None = None) -> dict[str, Bars]:
    """Bars by symbol of several `[SYMBOL=]SOURCE`. Raises InputError when two would have one symbol."""
    found: dict[str, Bars] = {}
    for argument in arguments:
        symbol, source = split_argument(argument)
        bars = read_one(source, symbol, reading)
        if bars.symbol in found:
            raise InputError(
                f"--data names {bars.symbol} twice", expected="one source a symbol", fix=f"--data OTHER={source}"
            )
        found[bars.symbol] = bars
    return found


def read_one(source: str, symbol: str = "", reading: Reading | None = None) -> Bars:
    """Bars of one source, with a symbol in any case; `source` of what comes back leads to the same data again."""
    source = canonical(source)
    kind, _, name = source.partition(":")
    if kind == DEMO:
        from parrot.app.demo import demo_bars

        bars = demo_bars(name)
        return replace(bars, symbol=symbol or bars.symbol, source=f"{DEMO}:{bars.symbol}")
    if kind == LAKE:
        return _from_lake(name, symbol)
    from parrot.adapters.importers import read_bars

    asked = asdict(reading or Reading())
    bars = read_bars(source, symbol=symbol, **{**asked, "columns": asked["columns"] or None})
    return bars if bars.symbol else replace(bars, symbol=symbol_from(Path(source)))


def canonical(source: str) -> str:
    """A source as it is kept: what is no file and has no ending is a series of the lake, if the lake has it."""
    kind = source.partition(":")[0]
    if kind in (DEMO, LAKE) or Path(source).exists() or Path(source).suffix:
        return source
    from parrot.app.wiring import market_data

    try:
        return f"{LAKE}:{market_data().find(source)}"
    except MissingError:
        return source  # then it is a file that is missing, and the reader says so


def named(arguments: Sequence[str]) -> dict[str, str]:
    """Paths of tick data by symbol. Raises InputError when two would have one symbol."""
    found: dict[str, str] = {}
    for argument in arguments:
        symbol, path = split_argument(argument)
        name = symbol or symbol_from(Path(path))
        if name in found:
            raise InputError(f"{name} is named twice", expected="one file a symbol", fix=f"OTHER={path}")
        found[name] = path
    return found


def split_argument(argument: str) -> tuple[str, str]:
    """`SYMBOL=SOURCE` as both; a path that itself holds a = stays whole."""
    symbol, equals, source = argument.partition("=")
    if not equals or Path(argument).exists():
        return "", argument
    return symbol, source


def symbol_from(path: Path) -> str:
    """A symbol from a path: the file's name, or its folder's where the file is named after its kind (ohlcv_1h)."""
    stem = path.name.partition(".")[0]
    kinds = ("ohlcv", "bars", "trades", "quotes", "l2", "klines")
    if stem.partition("_")[0] in kinds and path.absolute().parent.name:
        return path.absolute().parent.name
    return stem or "asset"


def pairs(arguments: Sequence[str], option: str) -> dict[str, str]:
    """`name=value` arguments as a dict. Raises ParameterError for what has no =."""
    found = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or not name:
            raise ParameterError(f"{option} {argument}", expected=f"{option} name=value")
        found[name.strip()] = value.strip()
    return found


def _from_lake(name: str, symbol: str) -> Bars:
    from parrot.app.wiring import market_data

    center = market_data()
    key = center.find(name)
    bars = center.show(key)
    return replace(bars, symbol=symbol or bars.symbol or key.symbol, source=f"{LAKE}:{key}")

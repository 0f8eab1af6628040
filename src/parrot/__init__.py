"""Parrot: a self-hosted trading platform. Everything here is loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parrot import client, indicators, matching, rules
    from parrot.adapters.importers import read_bars
    from parrot.app.face import backtest, runs
    from parrot.contracts.market import (
        AccountKind,
        Dividend,
        Fees,
        FillModel,
        Funding,
        Instrument,
        InstrumentKind,
        Market,
        Slippage,
        Split,
    )
    from parrot.contracts.universe import Universe

_HOMES = {
    "read_bars": "parrot.adapters.importers",
    "backtest": "parrot.app.face",
    "runs": "parrot.app.face",
    "AccountKind": "parrot.contracts.market",
    "Dividend": "parrot.contracts.market",
    "Fees": "parrot.contracts.market",
    "FillModel": "parrot.contracts.market",
    "Funding": "parrot.contracts.market",
    "Instrument": "parrot.contracts.market",
    "InstrumentKind": "parrot.contracts.market",
    "Market": "parrot.contracts.market",
    "Slippage": "parrot.contracts.market",
    "Split": "parrot.contracts.market",
    "Universe": "parrot.contracts.universe",
}
_MODULES = ("client", "indicators", "matching", "rules")

__all__ = [
    "AccountKind",
    "Dividend",
    "Fees",
    "FillModel",
    "Funding",
    "Instrument",
    "InstrumentKind",
    "Market",
    "Slippage",
    "Split",
    "Universe",
    "backtest",
    "client",
    "indicators",
    "matching",
    "read_bars",
    "rules",
    "runs",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"parrot.{name}")
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'parrot' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

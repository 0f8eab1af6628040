"""From a result to what is kept of it, and back to the terms of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any

from parrot.centers.backtest.result import Result
from parrot.contracts.market import (
    Action,
    Dividend,
    Fees,
    FillModel,
    Funding,
    Instrument,
    Market,
    Slippage,
    Split,
)
from parrot.contracts.runs import RunRecord, RunStatus, SavedRun
from parrot.kernel.errors import StorageError

_MARKET = ("account", "initial_margin", "maintenance_margin", "borrow", "calendar", "currency")
_ACTIONS: Mapping[str, type[Split | Dividend | Funding]] = {
    kind.__name__.lower(): kind for kind in (Split, Dividend, Funding)
}


def saved(result: Result) -> SavedRun:
    """A result as it is kept."""
    frames = {"equity": result.equity, "fills": result.fills, "orders": result.orders, "trades": result.trades}
    return SavedRun(record_of(result), frames, result.provenance.source)


def record_of(result: Result) -> RunRecord:
    """The record of a result that is not saved yet, or again."""
    made = result.provenance
    return RunRecord(
        strategy=made.strategy,
        status=RunStatus(result.status),
        code_hash=made.code_hash,
        code_path=made.code_path,
        parameters=dict(made.parameters),
        data=made.data,
        terms=made.terms,
        version=made.version,
        hash=made.hash,
        stats={name: finite(value) for name, value in result.stats.items()},
        bounds=None if result.bounds is None else dict(result.bounds),
        failure=result.failure,
        run_id=result.run_id,
    )


def finite(value: Any) -> Any:
    """A figure as JSON knows it: None for what is not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def market_of(terms: Mapping[str, Any]) -> Market:
    """The market that kept terms describe. Raises StorageError when they describe none."""
    try:
        return Market(
            instrument=Instrument(**terms["instrument"]),
            instruments={symbol: Instrument(**made) for symbol, made in terms["instruments"].items()},
            fees=Fees(**{**terms["fees"], "tiers": tuple(tuple(tier) for tier in terms["fees"]["tiers"])}),
            slippage=Slippage(**terms["slippage"]),
            fill=FillModel(**terms["fill"]),
            **{name: terms[name] for name in _MARKET},
        )
    except (LookupError, TypeError) as fault:
        raise StorageError(f"the kept terms describe no market: {fault!r}", fix="back-test again") from fault


def action_terms(action: Action) -> dict[str, Any]:
    """An event as plain values."""
    return {"kind": type(action).__name__.lower(), **plain(action)}


def action_of(kept: Mapping[str, Any]) -> Action:
    """The event that plain values describe."""
    return _ACTIONS[kept["kind"]](**{name: value for name, value in kept.items() if name != "kind"})


def plain(value: Any) -> Any:
    """Terms as plain JSON values."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(item) for name, item in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)

"""Two runs side by side: what they were made from, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parrot.contracts.runs import RunRecord


@dataclass(frozen=True, slots=True)
class Change:
    """One thing in which two runs differ; `what` names it ("code", "data of BTC", "parameter fast", ...)."""

    what: str
    before: Any
    after: Any


def changes(before: RunRecord, after: RunRecord) -> list[Change]:
    """Everything that runs are made from and that differs, and how they ended."""
    found = [
        *_told("strategy", before.strategy, after.strategy),
        *_told("code", before.code_hash, after.code_hash),
        *_each("parameter", before.parameters, after.parameters),
        *_data(before, after),
        *_each("term", _flat(before.terms), _flat(after.terms)),
        *_told("version", before.version, after.version),
        *_told("status", before.status.value, after.status.value),
    ]
    return [*found, *_told("failure", before.failure, after.failure)] if before.status == after.status else found


def figures(before: RunRecord, after: RunRecord) -> list[tuple[str, Any, Any, float | int | None]]:
    """Every figure of both with the difference, where both are numbers."""
    names = dict.fromkeys([*before.stats, *after.stats])
    rows = []
    for name in names:
        a, b = before.stats.get(name), after.stats.get(name)
        difference = b - a if isinstance(a, int | float) and isinstance(b, int | float) else None
        rows.append((name, a, b, difference))
    return rows


def _told(what: str, before: Any, after: Any) -> Iterator[Change]:
    if before != after:
        yield Change(what, before, after)


def _each(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        yield from _told(f"{kind} {name}", before.get(name), after.get(name))


def _data(before: RunRecord, after: RunRecord) -> Iterator[Change]:
    for name in dict.fromkeys([*before.data, *after.data]):
        a, b = before.data.get(name), after.data.get(name)
        if (a or {}).get("hash") != (b or {}).get("hash"):
            yield Change(f"data of {name}", _series(a), _series(b))


def _series(about: Mapping[str, Any] | None) -> str | None:
    return None if about is None else f"{about['hash']} ({about['rows']:,} rows)"


def _flat(terms: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in terms.items():
        place = f"{above}{name}"
        found |= _flat(value, f"{place}.") if isinstance(value, Mapping) else {place: value}
    return found

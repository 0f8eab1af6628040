"""Invariants that need more than the journal: each takes what it needs, and says what is wrong as texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from parrot.contracts.commands import SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderReceived

_SHAPES: Final = (
    re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(rb"(?i)\b(?:api[_-]?secret|secret[_-]?key|password|passwd)\b[\"']?\s*[:=]\s*[\"']?[^\s\"',}]{6,}"),
    re.compile(rb"(?i)\bauthorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    re.compile(rb"(?i)://[^/\s:@\"]+:[^/\s@\"]+@"),
)


def rebuilt_differs(live: Mapping[int, str], rebuild: Callable[[int], str]) -> list[tuple[int, str]]:
    """I13: the hash of the state rebuilt from entries 1 to n is the hash that was live (or in a snapshot) at n.

    `live` maps n to the hash known at n; `rebuild` folds the journal to n. Pairs of n and text.
    """
    found = []
    for seq, known in sorted(live.items()):
        rebuilt = rebuild(seq)
        if rebuilt != known:
            found.append((seq, f"the state at entry {seq} was {known}, rebuilt it is {rebuilt}"))
    return found


def delivered_again(apply: Callable[[], object], state: Callable[[], str]) -> list[str]:
    """I15: delivering everything a second time (`apply`) changes no state."""
    before = state()
    apply()
    after = state()
    return [] if before == after else [f"the state was {before}, and is {after} once all was delivered again"]


def leaks_between_users(answers: Iterable[tuple[str, str]], owners: Mapping[str, str]) -> list[str]:
    """I17: no answer to one user holds an id of another; `answers`: (user, text), `owners`: id to its user."""
    found = []
    for user, text in answers:
        theirs = [name for name, owner in owners.items() if owner != user and _holds(text, name)]
        found += [f"an answer to {user} holds {name} of {owners[name]}" for name in theirs]
    return found


def _holds(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def secrets_in(files: Iterable[tuple[str, bytes]], secrets: Iterable[bytes]) -> list[str]:
    """I18: no known secret, and nothing that has the shape of one, in logs and records; the secret is not told."""
    known = [secret for secret in secrets if len(secret) >= 6]
    found = []
    for name, text in files:
        places = [text.find(secret) for secret in known]
        places += [match.start() for shape in _SHAPES if (match := shape.search(text))]
        found += [f"{name} holds a secret at byte {place}" for place in places if place >= 0]
    return found


def orders_differ(live: Sequence[SubmitOrder], replayed: Sequence[SubmitOrder]) -> list[str]:
    """I21: the same events made the same orders, in the same sequence; the first that differs is named."""
    for number, (one, other) in enumerate(zip_longest(live, replayed), 1):
        if one != other:
            return [f"decision {number} was {_told(one)}, replayed it is {_told(other)}"]
    return []


def orders_of(entries: Iterable[Entry], strategy: str) -> list[SubmitOrder]:
    """What a strategy asked for, in its own order (children and what people asked for are not its)."""
    return [
        entry.record.order
        for entry in entries
        if isinstance(entry.record, OrderReceived)
        and entry.record.order.strategy == strategy
        and not entry.record.parent
    ]


def _told(order: SubmitOrder | None) -> str:
    return "nothing" if order is None else f"{order.side.value} {order.quantity} {order.symbol} (key {order.key})"

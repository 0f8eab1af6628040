"""What a change of limits means: which rules become looser, and which so much that one person is not enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from parrot.centers.risk.limits import RULES, Rate, Ratio, read_limits
from parrot.kernel.decimals import exactly, plain

MONEY_RULES: Final = frozenset({"max_notional", "max_gross", "max_net", "daily_loss", "drawdown"})
_TIGHTER_WHEN_LARGER: Final = frozenset({"duplicate_window"})
_FORBIDDING: Final = frozenset({"restricted"})
_NAMING: Final = frozenset({"instruments", "restricted"})
_DOUBLE: Final = 2
DIRECTIONS: Final = MappingProxyType({-1: "tighter", 0: "same", 1: "looser"})


class Change(NamedTuple):
    """One rule before and after, empty where it is not set; `second` says that another person has to agree."""

    rule: str
    before: str
    after: str
    direction: str
    second: bool
    why: str


@exactly
def changes(
    scope: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    above: Decimal = Decimal(100_000),
    since: Iterable[Mapping[str, str]] = (),
) -> list[Change]:
    """Each rule that is in one of the two sets of limits, in the order of the rules.

    A second person is needed where a limit in money becomes looser and is above `above` then, where any other number
    becomes more than twice as loose, and where a limit goes away or allows what it forbade. Tightening never needs one.
    What becomes looser is measured against each of `since` too, so that many small steps need one as a large one does.
    Raises ParameterError for limits that cannot be read.
    """
    found = _compared(scope, before, after, above)
    for stood in since:
        wholes = {whole.rule: whole for whole in _compared(scope, stood, after, above)}
        found = [_added_up(change, wholes.get(change.rule)) for change in found]
    return found


def _added_up(change: Change, whole: Change | None) -> Change:
    if change.direction != "looser" or change.second or whole is None or not whole.second:
        return change
    return change._replace(second=True, why=f"{whole.why}, counted from {whole.before}")


def _compared(scope: str, before: Mapping[str, str], after: Mapping[str, str], above: Decimal) -> list[Change]:
    old, new = read_limits(scope, before), read_limits(scope, after)
    found = []
    for rule in RULES:
        if rule not in old and rule not in new:
            continue
        was, will = old.get(rule), new.get(rule)
        if was is None or will is None:
            found.append(_set(rule, before.get(rule, ""), after.get(rule, "")))
        else:
            found.append(_change(rule, (was.text, was.value), (will.text, will.value), above))
    return found


def _set(rule: str, before: str, after: str) -> Change:
    if not before:
        return Change(rule, before, after, "tighter", second=False, why="a new limit")
    return Change(rule, before, after, "looser", second=True, why="the limit goes away")


def _change(rule: str, before: tuple[str, Any], after: tuple[str, Any], above: Decimal) -> Change:
    (old_text, old), (new_text, new) = before, after
    if old == new:
        return Change(rule, old_text, new_text, "same", second=False, why="")
    if rule in MONEY_RULES:
        direction, second = _sign(new - old), new > old and new > above
        why = f"looser, and above {plain(above)}" if second else ""
    elif rule in _NAMING:
        lost, gained = (new - old, old - new) if rule in _FORBIDDING else (old - new, new - old)
        direction, second = (1, True) if gained else (-1 if lost else 0, False)
        why = f"{', '.join(sorted(gained))} may be traded" if gained else ""
    elif isinstance(new, bool):
        direction, second = (-1, False) if new else (1, True)
        why = "" if new else "it is switched off"
    elif rule == "trading_hours":
        direction, second, why = 1, True, "other hours"
    else:
        direction, second = _numbers(rule, old, new)
        why = "more than twice as loose" if second else ""
    return Change(rule, old_text, new_text, DIRECTIONS[direction], second, why)


def _numbers(rule: str, old: Any, new: Any) -> tuple[int, bool]:
    """Direction, and whether it is more than twice as loose in any of its parts."""
    parts = zip(_looseness(rule, old), _looseness(rule, new), strict=True)
    looser = [(was, will) for was, will in parts if _above(will, was)]
    if not looser:
        return -1, False
    return 1, any(_above(will, (was[0] * _DOUBLE, was[1])) for was, will in looser)


def _above(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    """Whether one fraction is larger than another, without dividing."""
    return one[0] * other[1] > other[0] * one[1]


def _looseness(rule: str, value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    """Numbers that grow as the limit becomes looser, as fractions: of a rate both the pace and the burst."""
    if isinstance(value, Rate):
        count = Decimal(value.count)
        return (count, Decimal(value.window)), (count, Decimal(1))
    if isinstance(value, Ratio):
        return (value.ratio, Decimal(1)), (Decimal(value.after), Decimal(1))
    if rule in _TIGHTER_WHEN_LARGER:
        return ((Decimal(1), Decimal(value)),)
    return ((Decimal(value), Decimal(1)),)


def _sign(change: Decimal) -> int:
    return (change > 0) - (change < 0)

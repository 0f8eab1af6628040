"""Is a strategy honest: does it look ahead, does its past decide too much, does it use its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parrot.centers.backtest.service import Job, instance, require_data
from parrot.centers.backtest.witness import Decision, Testimony, watch
from parrot.engine.columns import moment
from parrot.engine.run import Inputs
from parrot.kernel.errors import AmountError, DataError, StrategyError
from parrot.sdk import Strategy

CUTS_AT_DECISIONS: Final = 8
CUTS_BETWEEN: Final = 4
MARGIN_BARS: Final = 500
_STARTS: Final = (0.1, 0.25, 0.4)
_AGREE_LEAST: Final = 0.99
_BARS_LEAST: Final = 20
_RELATIVE: Final = 1e-9

Tell = Callable[[int, int], None]


class Verdict(StrEnum):
    """What a check says: it passed, it failed, or there was nothing to judge by."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, its verdict, a sentence, and the places that show it."""

    name: str
    verdict: Verdict
    summary: str
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings about a strategy on some data; `decisions` is how many it took, `runs` how often it was run."""

    strategy: str
    decisions: int
    runs: int
    findings: list[Finding]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not any(finding.verdict is Verdict.FAILED for finding in self.findings)


def check(job: Job, *, margin_bars: int = MARGIN_BARS, tell: Tell | None = None) -> CheckReport:
    """Runs a job again and again, on less data each time, and compares what the strategy decided.

    `margin_bars` is how long after its first bar a run may still differ from one that began earlier; `tell` is called
    with the runs done and the runs to do. Raises what a back-test of the same job raises.
    """
    strategy = instance(job.strategy)
    require_data(job.inputs)
    times = _times(job.inputs)
    if len(times) < _BARS_LEAST:
        raise DataError(f"{len(times)} bars are too few to check on", expected=f"at least {_BARS_LEAST}")
    try:
        whole = watch(strategy, job.inputs, job.market, job.cash)
    except AmountError:
        # What sees the future gets rich beyond 64 bits; less time shows the same.
        shorter = until(job.inputs, int(times[len(times) // 2]))
        return check(replace(job, inputs=shorter), margin_bars=margin_bars, tell=tell)
    cuts = _cuts(times, whole.decisions)
    total, done = 1 + len(cuts) + len(_STARTS), [1]

    def play(inputs: Inputs) -> Testimony:
        seen = watch(strategy, inputs, job.market, job.cash)
        done[0] += 1
        if tell:
            tell(done[0], total)
        return seen

    findings = [
        _look_ahead(whole, cuts, lambda cut: play(until(job.inputs, cut))),
        _warm_up(whole, times, margin_bars, lambda start: play(since(job.inputs, start))),
        _parameters(strategy, whole),
    ]
    return CheckReport(type(strategy).__name__, len(whole.decisions), done[0], findings)


# -- looking ahead ------------------------------------------------------------------------------------------------


def _look_ahead(whole: Testimony, cuts: Sequence[int], play: Callable[[int], Testimony]) -> Finding:
    """Decisions up to a cut must be the same whether or not there are data after it."""
    name = "look-ahead"
    places = []
    for cut in cuts:
        known = _until(whole.decisions, cut)
        try:
            found = _first_difference(known, _until(play(cut).decisions, cut))
        except StrategyError as fault:
            found = f"it raises: {fault.problem}"
        if found:
            places.append(f"data that end at {moment(cut)}: {found}")
    if places:
        summary = f"it decides differently when later data are missing, at {len(places)} of {len(cuts)} cuts"
        return Finding(name, Verdict.FAILED, summary, places)
    if not whole.decisions:
        return Finding(name, Verdict.UNKNOWN, "it decided nothing on these data, so there is nothing to compare")
    decided = f"{len(whole.decisions):,} decisions"
    return Finding(name, Verdict.PASSED, f"the same with data cut at {len(cuts)} places ({decided})")


def _until(decisions: Sequence[Decision], cut: int) -> list[Decision]:
    """Decisions that must not know what comes after `cut`: at the cut itself, not those that a later open caused."""
    return [one for one in decisions if one.now < cut or (one.now == cut and not one.echo)]


def _first_difference(whole: Sequence[Decision], part: Sequence[Decision]) -> str:
    for a, b in zip(whole, part, strict=False):
        if not _equal(a, b):
            return f"{_dated(b)} became {_dated(a)} with the later data"
    if len(whole) > len(part):
        return f"{_dated(whole[len(part)])} is decided only with the later data"
    return f"{_dated(part[len(whole)])} is decided only without the later data" if len(part) > len(whole) else ""


def _dated(decision: Decision) -> str:
    return f"{decision} at {moment(decision.now)}"


def _equal(a: Any, b: Any) -> bool:
    """Equality that forgives the last digits of floats: own indicators may sum in another order on other lengths."""
    if isinstance(a, Decision) and isinstance(b, Decision):
        return (a.now, a.verb) == (b.now, b.verb) and _equal(a.given, b.given) and _equal(a.terms, b.terms)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=_RELATIVE) or (math.isnan(a) and math.isnan(b))
    return bool(type(a) is type(b) and (a == b or (_parts(a) is not None and _equal(_parts(a), _parts(b)))))


def _parts(value: Any) -> tuple[Any, ...] | None:
    """The fields of a level such as trailing(3.2), which may hold floats too."""
    names = getattr(value, "__dataclass_fields__", None)
    return None if names is None else tuple(getattr(value, name) for name in names)


# -- warm-up ------------------------------------------------------------------------------------------------------


def _warm_up(whole: Testimony, times: NDArray[np.int64], margin_bars: int, play: Callable[[int], Testimony]) -> Finding:
    """A run that begins later must soon decide as one that began earlier."""
    name = "warm-up"
    places, compared = [], 0
    for share in _STARTS:
        row = int(len(times) * share)
        begin, margin = int(times[row]), min(margin_bars, (len(times) - row) // 3)
        after = int(times[row + margin])
        try:
            agreed, total, first = _agreement(whole, play(begin), after)
        except StrategyError as fault:
            agreed, total, first = 0, 1, f"it raises: {fault.problem}"
        compared += total
        if total and agreed < _AGREE_LEAST * total:
            places.append(f"begun at {moment(begin)}: {agreed:,} of {total:,} decisions after {moment(after)}; {first}")
    if places:
        summary = f"where the data begin decides what is done more than {margin_bars} bars later"
        return Finding(name, Verdict.FAILED, summary, places)
    if not compared:
        return Finding(name, Verdict.UNKNOWN, "nothing to compare: too few decisions, or positions of different age")
    return Finding(name, Verdict.PASSED, f"the same from {len(_STARTS)} later beginnings ({compared:,} decisions)")


def _agreement(whole: Testimony, part: Testimony, after: int) -> tuple[int, int, str]:
    """Decisions alike, all decisions, and the first that is in one run only, once both runs hold alike positions."""
    start = _alike_from(whole, part, after)
    if start is None:
        return 0, 0, ""
    ours = {one.kind: one for one in whole.decisions if one.now > start}
    theirs = {one.kind: one for one in part.decisions if one.now > start}
    alone = sorted(set(ours) ^ set(theirs))
    first = ""
    if alone:
        which = "earlier" if alone[0] in ours else "later"
        first = f"{_dated((ours | theirs)[alone[0]])} only in the run that began {which}"
    return len(set(ours) & set(theirs)), len(set(ours) | set(theirs)), first


def _alike_from(whole: Testimony, part: Testimony, after: int) -> int | None:
    """The first time from `after` on at which both runs are flat, or in the same positions for the same time."""
    held = [_sides(testimony) for testimony in (whole, part)]
    moments = sorted({after, *(ts for sides in held for ts, _, _ in sides if ts > after)})
    state: list[dict[str, tuple[int, int]]] = [{}, {}]
    flat, place = (0, 0), [0, 0]
    for now in moments:
        for run in (0, 1):
            while place[run] < len(held[run]) and held[run][place[run]][0] <= now:
                ts, symbol, side = held[run][place[run]]
                if state[run].get(symbol, flat)[0] != side:
                    state[run][symbol] = (side, ts) if side else flat
                place[run] += 1
        if all(state[0].get(name, flat) == state[1].get(name, flat) for name in state[0].keys() | state[1].keys()):
            return now
    return None


def _sides(testimony: Testimony) -> list[tuple[int, str, int]]:
    fills = testimony.outcome.fills
    return [
        (ts, symbol, (position > 0) - (position < 0))
        for ts, symbol, position in fills.select("ts", "symbol", "position").iter_rows()
    ]


# -- parameters ---------------------------------------------------------------------------------------------------


def _parameters(strategy: Strategy, whole: Testimony) -> Finding:
    name = "parameters"
    declared = list(strategy.parameters)
    unused = [parameter for parameter in declared if parameter not in whole.read]
    if unused:
        summary = f"never read during the run: {', '.join(unused)}"
        return Finding(name, Verdict.FAILED, summary, [f"{parameter}: remove it or use it" for parameter in unused])
    return Finding(name, Verdict.PASSED, f"all {len(declared)} are used" if declared else "there are none")


# -- less data ----------------------------------------------------------------------------------------------------


def _times(inputs: Inputs) -> NDArray[np.int64]:
    """Times at which something is known, rising: closes of bars, or else of ticks."""
    columns = [bars.close_ts for bars in inputs.bars.values()]
    ticks = [data.ts for kind in (inputs.trades, inputs.quotes, inputs.books) for data in kind.values()]
    return np.unique(np.concatenate(columns or ticks))


def _cuts(times: NDArray[np.int64], decisions: Sequence[Decision]) -> list[int]:
    """Where to cut: right after decisions, where a look ahead shows, and at places in between."""
    decided = np.unique(np.array([one.now for one in decisions if not one.echo], dtype=np.int64))
    decided = times[np.isin(times, decided)][:-1]
    spread = np.linspace(len(times) * 0.2, len(times) - 2, CUTS_BETWEEN).astype(int)
    chosen = set(times[spread].tolist())
    if len(decided):
        places = np.linspace(0, len(decided) - 1, CUTS_AT_DECISIONS).astype(int)
        chosen |= set(decided[places].tolist())
    return sorted(int(cut) for cut in chosen)


def until(inputs: Inputs, cut: int) -> Inputs:
    """What is known of the data at `cut` (ns UTC), and no more."""
    return _part(inputs, lambda data: int(np.searchsorted(_known(data), cut, side="right")), head=True, cut=cut)


def since(inputs: Inputs, start: int) -> Inputs:
    """The data that become known after `start` (ns UTC)."""
    return _part(inputs, lambda data: int(np.searchsorted(_known(data), start, side="right")), head=False, cut=start)


def _known(data: Any) -> NDArray[np.int64]:
    times: NDArray[np.int64] = getattr(data, "close_ts", data.ts)
    return times


def _part(inputs: Inputs, row: Callable[[Any], int], *, head: bool, cut: int) -> Inputs:
    def cut_one(data: Any) -> Any:
        at = row(data)
        if at == len(data):
            return data if head else data.between(int(data.ts[-1]) + 1, None)
        border = int(data.ts[at])
        return data.between(None, border) if head else data.between(border, None)

    def cut_all(held: Any) -> dict[str, Any]:
        return {symbol: cut_one(data) for symbol, data in held.items()}

    masks = {}
    for symbol, mask in inputs.masks.items():
        at = row(inputs.bars[symbol])
        masks[symbol] = mask[:at] if head else mask[at:]
    return replace(
        inputs,
        bars=cut_all(inputs.bars),
        trades=cut_all(inputs.trades),
        quotes=cut_all(inputs.quotes),
        books=cut_all(inputs.books),
        masks=masks,
        actions=[action for action in inputs.actions if (action.ts <= cut if head else action.ts > cut)],
    )

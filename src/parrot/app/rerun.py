"""Running a kept run again: its data read anew from where they came, its code from its file, its terms as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parrot.app.sources import Reading, read_one
from parrot.centers.backtest.comparison import Change, changes
from parrot.centers.backtest.records import record_of
from parrot.kernel.errors import DataError, InputError, MissingError, ParrotError

if TYPE_CHECKING:
    from parrot.centers.backtest.result import Result
    from parrot.centers.backtest.service import Job
    from parrot.contracts.runs import RunRecord, SavedRun
    from parrot.engine.bars import Bars
    from parrot.engine.run import Inputs
    from parrot.sdk import Strategy
    from parrot.sdk.rules import Rules


@dataclass(frozen=True, slots=True)
class Again:
    """What came of running a kept run again: hashes of then and now, what changed, and what that means."""

    run_id: str
    code: str
    before: str
    after: str
    changes: list[Change]
    verdict: str

    @property
    def same(self) -> bool:
        """Whether the results are equal to the last digit."""
        return self.before == self.after

    def as_dict(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return {"same": self.same, **asdict(self)}


def again(run: SavedRun, play: Callable[[Job], Result], *, saved_code: bool, sources: Mapping[str, str]) -> Again:
    """Runs a kept run again and says what is different. Raises what `job_again` and `play` raise."""
    record = run.record
    now = record_of(play(job_again(run, saved_code=saved_code, sources=sources)))
    found = changes(record, now)
    code_changed = record.code_hash != now.code_hash
    from_file = record.code_path if Path(record.code_path).is_file() and not saved_code else "the kept copy"
    verdict = "" if now.hash == record.hash else _verdict([change.what for change in found])
    if now.hash != record.hash and code_changed and not saved_code:
        kept_code = record_of(play(job_again(run, saved_code=True, sources=sources)))
        verdict = _blame(record.hash == kept_code.hash, verdict)
    return Again(record.run_id, from_file, record.hash, now.hash, found, verdict)


def _verdict(changed: Sequence[str]) -> str:
    if changed:
        return f"The result differs because of: {', '.join(changed)}."
    return "Nothing that is recorded changed: the strategy does not depend on its data alone, or Parrot has a defect."


def _blame(reproduced: bool, verdict: str) -> str:
    if reproduced:
        return "The code is the reason: with the kept copy of it the hash is the same."
    return f"{verdict} The kept copy of the code does not give the old hash either."


def kept_bars(record: RunRecord) -> tuple[dict[str, Bars], list[str]]:
    """The bars of a run as far as they can be read and are still the same, and why others are not there."""
    found, missing = {}, []
    for name, about in record.data.items():
        if about["kind"] != "bars":
            continue
        try:
            bars = _series(name, about, record.terms)
        except ParrotError as fault:
            missing.append(str(fault))
            continue
        if bars.content_hash()[:16] == about["hash"]:
            found[name] = bars
        else:
            missing.append(f"{about['source']} has changed since")
    return found, missing


def job_again(run: SavedRun, *, saved_code: bool = False, sources: Mapping[str, str] | None = None) -> Job:
    """The job of a kept run.

    The strategy comes from its file where that is still there, else (or with `saved_code`) from the kept copy.
    `sources` says where series are now, by symbol. Raises MissingError for data or code that are nowhere.
    """
    from parrot.centers.backtest.records import action_of, market_of
    from parrot.centers.backtest.service import Job, actions_of

    record, terms = run.record, run.record.terms
    strategy = _strategy(run, saved_code=saved_code)
    inputs = _inputs(record, dict(sources or {}))
    inputs = replace(inputs, actions=actions_of([action_of(kept) for kept in terms["actions"]]))
    market = market_of(terms)
    extra = {name: terms[name] for name in ("reading", "universe", "fx") if name in terms}
    if "universe" in extra:
        inputs = _with_universe(inputs, extra["universe"])
    if "fx" in extra:
        inputs = replace(inputs, fx={name: _bars(name, about, {}) for name, about in extra["fx"].items()})
    return Job(strategy, inputs, market, terms["cash"], bounds=terms["bounds"], extra=extra)


def _strategy(run: SavedRun, *, saved_code: bool) -> Strategy | Rules:
    from parrot.app.strategies import load, load_text
    from parrot.sdk.rules import Rules, RulesStrategy

    record = run.record
    if record.strategy == RulesStrategy.__name__ and not record.code_path:
        return Rules.from_json(run.source)
    in_file = bool(record.code_path) and Path(record.code_path).is_file()
    if in_file and not saved_code:
        cls = load(f"{record.code_path}:{record.strategy}")
    elif record.code_path:
        cls = load_text(run.source, record.code_path, record.strategy)
    else:
        raise MissingError(
            f"the code of {record.strategy} was in no file", fix="put the class into a file and back-test that"
        )
    if isinstance(cls, Rules):
        return cls
    return cls(**{name: value for name, value in record.parameters.items() if name in cls.parameters})


def _inputs(record: RunRecord, sources: Mapping[str, str]) -> Inputs:
    from parrot.engine.run import Inputs

    kinds: dict[str, dict[str, Any]] = {"bars": {}, "trades": {}, "quotes": {}, "books": {}}
    for name, about in record.data.items():
        symbol = name if about["kind"] == "bars" else name.rpartition(" ")[0]
        place = {**about, "source": sources.get(symbol, about["source"])}
        kinds[about["kind"]][symbol] = _series(symbol, place, record.terms)
    unknown = set(sources) - {symbol for held in kinds.values() for symbol in held}
    if unknown:
        raise InputError(f"the run has no data of {', '.join(sorted(unknown))}", expected=", ".join(record.data))
    return Inputs(kinds["bars"], trades=kinds["trades"], quotes=kinds["quotes"], books=kinds["books"])


def _series(symbol: str, about: Mapping[str, Any], terms: Mapping[str, Any]) -> Any:
    """A series as it was: the same source, cut to the same span."""
    source, kind = about["source"], about["kind"]
    in_memory = ":" not in source and not Path(source).is_file()
    if in_memory:
        raise MissingError(
            f"the {kind} of {symbol} came from {source}, which is no file here",
            fix=f"say where they are: --data {symbol}=PATH",
        )
    if kind == "bars":
        return _bars(symbol, about, terms)
    from parrot.adapters import importers

    data = getattr(importers, f"read_{kind}")(source, symbol=about["symbol"])
    return data.between(about["from"], about["to"] + 1)


def _bars(symbol: str, about: Mapping[str, Any], terms: Mapping[str, Any]) -> Bars:
    reading = Reading(**{"adjusted": about["adjusted"], **terms.get("reading", {})})
    bars = read_one(about["source"], about["symbol"], reading)
    if about["timeframe"] > bars.timeframe and about["timeframe"] % bars.timeframe == 0:
        bars = bars.resample(about["timeframe"])
    bars = bars.between(about["from"], about["to"])
    if not len(bars):
        raise DataError(f"{about['source']} has no bars of {symbol} in the time of the run any more")
    return bars


def _with_universe(inputs: Inputs, kept: Mapping[str, Any]) -> Inputs:
    from parrot.centers.market_data.universe import membership
    from parrot.contracts.universe import Universe

    return replace(inputs, masks=membership(Universe(**kept), inputs.bars, quotes=inputs.quotes or None))

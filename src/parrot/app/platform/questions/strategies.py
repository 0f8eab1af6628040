"""Strategies as the routes ask for them: files to choose from, what is registered and runs, and how it compares."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from parrot.app.hosting.trial import try_out
from parrot.app.jobs.catalogue import CatalogueFile
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.assemble import House
from parrot.app.platform.blotter import Blotter
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.backtests import BacktestQuestions, check_parameters, strategy_in
from parrot.app.strategies import code_hash, read_text
from parrot.contracts.commands import PAUSE, RegisterStrategy
from parrot.contracts.jobs import ParityAsked, StrategyText
from parrot.contracts.records import StrategyRegistered
from parrot.kernel.decimals import plain
from parrot.kernel.errors import InputError, MissingError, ParrotError
from parrot.ports.records import Records

_LOOKED_BACK: Final = 500


class StrategyQuestions:
    """The door of strategies."""

    def __init__(self, platform: Platform, jobs: Jobs, backtests: BacktestQuestions, records: Records) -> None:
        self._platform = platform
        self._jobs = jobs
        self._backtests = backtests
        self._catalogue = backtests.catalogue
        self._records = records

    # -- files ----------------------------------------------------------------------------------------------------

    def catalogue(self) -> list[dict[str, Any]]:
        """Every file with what it holds."""
        trials: dict[str, int] = {}
        for record in self._backtests.kept.records().values():
            trials[record.strategy] = trials.get(record.strategy, 0) + 1
        return [_file(self._catalogue.file(given), trials) for given in self._catalogue.ids()]

    def file_text(self, given: str) -> dict[str, str]:
        """The text of a file of the catalogue."""
        text = self._catalogue.source(given)
        return {"text": text, "code_hash": code_hash(text), "file": given}

    # -- strategies -----------------------------------------------------------------------------------------------

    def rows(self) -> list[dict[str, Any]]:
        """Every registered strategy."""
        rows = self._platform.read(strategy_rows)
        return [shown(row, self._catalogue.id_of) for row in rows]

    def row(self, strategy: str) -> dict[str, Any]:
        """One of them. Raises MissingError."""
        found = next((row for row in self.rows() if row["strategy"] == strategy), None)
        if found is None:
            raise MissingError(f"there is no strategy {strategy}")
        return found

    def versions(self, strategy: str) -> list[dict[str, Any]]:
        """Its versions, newest first."""
        self.row(strategy)
        found = self._platform.read(lambda house: house.components.strategies.versions(strategy))
        return [_version(ts, version, self._catalogue.id_of(version.path)) for ts, version in reversed(found)]

    def facts(self, strategy: str) -> dict[str, Any] | None:
        """What its class declares: doc and parameters; None where its file is not in the catalogue any more."""
        row = self.row(strategy)
        try:
            file = self._catalogue.file(row["file"])
            facts = strategy_in(file, row["name"] if any(one.name == row["name"] for one in file.strategies) else "")
        except ParrotError:
            return None
        return _facts(facts) | {"changed": file.code_hash != row["code_hash"]}

    def source(self, strategy: str, version: int) -> dict[str, Any]:
        """The text of a version (0: the newest), as it was. Raises MissingError."""
        known = self.versions(strategy)
        found = next((one for one in known if version in (0, one["version"])), None)
        if found is None:
            raise MissingError(f"{strategy} has no version {version}")
        kept = self._records.get(StrategyText, found["code_hash"])
        text = kept.text if kept is not None else _text_now(found["path"], found["code_hash"])
        if text is None:
            raise MissingError(f"the text of version {found['version']} was not kept", fix="its file has changed since")
        return {"text": text, "code_hash": found["code_hash"], "file": found["file"]}

    def version_of(self, asked: dict[str, Any], by: str) -> RegisterStrategy:
        """A version from a file of the catalogue, looked at and tried in a process of its own, its text kept.

        Raises InputError, ParameterError, MissingError, StrategyError for what could not run.
        """
        file = self._catalogue.file(asked["file"])
        facts = strategy_in(file, asked["name"])
        check_parameters(facts, asked["parameters"])
        made = RegisterStrategy(
            strategy=asked["strategy"],
            name=facts.name,
            path=f"{file.path.absolute()}:{facts.name}" if file.path.suffix == ".py" else str(file.path.absolute()),
            code_hash=file.code_hash,
            parameters=asked["parameters"],
            symbols=asked["symbols"],
            timeframe=asked["timeframe"],
            cash=asked["cash"],
            by=by,
            parent=asked["parent"],
            note=asked["note"],
        )
        try_out(made)
        self._keep(file)
        return made

    def named_version(self, asked: dict[str, Any], by: str) -> RegisterStrategy:
        """A version from any file of this machine: only for its owner, who may read and write all of them anyway."""
        given = {name: asked[name] for name in ("strategy", "name", "path", "code_hash", "parameters", "symbols")}
        more = {name: asked[name] for name in ("timeframe", "cash", "parent", "note")}
        if not asked["path"] or not asked["code_hash"] or not asked["name"]:
            raise InputError("neither a file of the catalogue nor a path is named", expected="file")
        return RegisterStrategy(**given, **more, by=by)

    def paused(self, strategy: str) -> bool:
        """Whether it is paused, and nothing else stops it."""
        self.row(strategy)
        return self._platform.read(lambda house: house.components.risk.paused(f"strategy:{strategy}"))

    # -- live against back-test -----------------------------------------------------------------------------------

    def parity(self, strategy: str) -> dict[str, Any]:
        """The newest comparison with its back-test, and the job that makes the next."""
        self.row(strategy)
        kept = self._jobs.parity(strategy)
        mine = (job for job in self._jobs.all() if job.asked == ParityAsked(strategy=strategy))
        job = next(mine, None)
        return {
            "strategy": strategy,
            "made_ns": kept.made if kept else 0,
            "found": kept.found if kept else None,
            "job": None if job is None else self._backtests.job_row(job),
        }

    def ask_parity(self, strategy: str, by: str) -> dict[str, Any]:
        """Has it compared anew. Raises MissingError, BusyError."""
        self.row(strategy)
        return self._backtests.job_row(self._jobs.ask(ParityAsked(strategy=strategy), by))

    def _keep(self, file: CatalogueFile) -> None:
        with self._records.work() as work:
            work.put(file.code_hash, StrategyText(path=str(file.path), text=file.source))


def shown(row: dict[str, Any], id_of: Callable[[str], str]) -> dict[str, Any]:
    """A row as it leaves the house: its file by its id, without paths of this machine."""
    return {name: value for name, value in row.items() if name != "path"} | {"file": id_of(row["path"])}


def strategy_rows(house: House) -> list[dict[str, Any]]:
    """Every registered strategy: what it does, holds, earned and decided last."""
    parts = house.components
    fences, pids = house.hosts.fences, house.hosts.pids
    worth = parts.capital.worth()
    stopped, lasts, held_by = parts.risk.stopped(), _lasts(parts.blotter), parts.capital.books()
    found = []
    for row in parts.strategies.rows():
        name = row["strategy"]
        scope = f"strategy:{name}"
        version = parts.strategies.version(name)
        profit = worth.strategies.get(name)
        books = [held for held in held_by if held.strategy == name]
        found.append(
            row
            | {
                "name": version.name,
                "cash": plain(version.cash),
                "feeds": list(version.feeds),
                "state": _state(row, paused=parts.risk.paused(scope)),
                "stopped_by": [_held_back(one, why) for one, why in stopped.items() if one in ("all", scope)],
                "fences": fences.get(name),
                "is_loaded": name in pids,
                "profit": "0" if profit is None else plain(profit),
                "currency": worth.currency,
                "books": [
                    {
                        "symbol": held.symbol,
                        "quantity": plain(held.quantity),
                        "average": plain(held.average),
                        "mark": None if held.mark is None else plain(held.mark),
                        "unrealised": None if held.unrealised is None else plain(held.unrealised),
                        "realised": plain(held.realised),
                        "currency": held.currency,
                    }
                    for held in books
                ],
                "last": lasts.get(name),
            }
        )
    return found


def _held_back(scope: str, why: str) -> str:
    """What holds orders back, in words: a pause is no kill to people."""
    mark = f"({PAUSE})"
    if mark in why:
        return why.replace("kill by", "paused by").replace(mark, "").strip()
    return f"everything: {why}" if scope == "all" else why


def _state(row: dict[str, Any], *, paused: bool) -> str:
    if not row["running"]:
        return "failed" if row["fault"] else "stopped"
    return "paused" if paused else "running"


def _lasts(blotter: Blotter) -> dict[str, dict[str, Any]]:
    """What each strategy decided last, in words: its newest order, or what a gate said since."""
    found: dict[str, dict[str, Any]] = {}
    said: dict[str, dict[str, Any]] = {}
    for row in (*islice(reversed(blotter.live.values()), _LOOKED_BACK), *islice(reversed(blotter.ended), _LOOKED_BACK)):
        newest = found.get(row["strategy"])
        own = row["role"] == "plain" and not row["parent"]
        if own and (newest is None or row["order_id"] > newest["order_id"]):
            found[row["strategy"]] = row
    for row in islice(reversed(blotter.decisions), _LOOKED_BACK):
        said.setdefault(row["strategy"], row)
    return {name: _last(found.get(name), said.get(name)) for name in (*found, *said)}


def _last(mine: dict[str, Any] | None, said: dict[str, Any] | None) -> dict[str, Any]:
    if mine is None or (said is not None and said["ts"] >= mine["updated"]):
        assert said is not None  # one of both is there
        return {"ts": said["ts"], "text": f"{said['gate']}: {said['text']}", "order_id": said["order_id"]}
    text = f"{mine['side']} {plain(Decimal(mine['quantity']))} {mine['symbol']}"
    why = f": {mine['why']}" if mine["why"] else ""
    reason = f" ({mine['status']}: {mine['reason']})" if mine["reason"] else f" ({mine['status']})"
    return {"ts": mine["ts"], "text": f"{text}{why}{reason}", "order_id": mine["order_id"]}


def _file(file: CatalogueFile, trials: dict[str, int]) -> dict[str, Any]:
    return {
        "id": file.id,
        "own": file.id.startswith("own/"),
        "code_hash": file.code_hash,
        "strategies": [_facts(one) | {"trials": trials.get(one.name, 0)} for one in file.strategies],
        "problem": dict(file.problem) or None,
    }


def _facts(one: Any) -> dict[str, Any]:
    parameters = [
        {name: getattr(parameter, name) for name in parameter.__struct_fields__} for parameter in one.parameters
    ]
    return {"name": one.name, "doc": one.doc, "feeds": list(one.feeds), "parameters": parameters}


def _version(ts: int, version: StrategyRegistered, file: str) -> dict[str, Any]:
    return {
        "version": version.version,
        "ts": ts,
        "name": version.name,
        "file": file,
        "path": version.path,
        "code_hash": version.code_hash,
        "parameters": dict(version.parameters),
        "symbols": list(version.symbols),
        "timeframe": version.timeframe,
        "mode": version.mode,
        "cash": plain(version.cash),
        "by": version.by,
        "parent": version.parent,
        "note": version.note,
    }


def _text_now(path: str, hashed: str) -> str | None:
    """The text of a file where it is still the one that was registered."""
    try:
        text = read_text(path)
    except ParrotError:
        return None
    return text if code_hash(text) == hashed else None

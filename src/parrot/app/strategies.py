"""Strategies from files: found, executed, and refused with the place of what is wrong."""

from __future__ import annotations

import hashlib
import linecache
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from parrot.kernel.errors import InputError, MissingError, StorageError, StrategyError
from parrot.sdk import Strategy
from parrot.sdk.parameters import unknown
from parrot.sdk.rules import Rules


def load(name: str) -> type[Strategy] | Rules:
    """The strategy that `FILE.py` or `FILE.py:Class` names; rules count too, also those in a `FILE.json`.

    Raises MissingError when there is no such file or class, StrategyError when the file cannot be executed, InputError
    when it holds no strategy, or several and none was chosen.
    """
    place, chosen = _split(name)
    if place.suffix == ".json":
        return Rules.from_json(_text(place))
    return pick(_executed(place, _text(place)), chosen, str(place))


def load_text(text: str, path: str, chosen: str = "") -> type[Strategy] | Rules:
    """A strategy of a kept text that once stood in `path`, which may name it as `FILE.py:Class` does."""
    place, named = _split(path)
    if place.suffix == ".json":
        return Rules.from_json(text)
    return pick(_executed(place, text), chosen or named, str(place))


def held_in(text: str, path: str) -> dict[str, type[Strategy] | Rules]:
    """All public strategies of a text that stands in `path`, by name. Raises StrategyError, InputError."""
    place, _ = _split(path)
    if place.suffix == ".json":
        return {place.stem: Rules.from_json(text)}
    module = _executed(place, text)
    return {name: held for name, held in _strategies_of(module).items() if not name.startswith("_")}


def read_text(name: str) -> str:
    """The text of the file that `FILE.py` or `FILE.py:Class` names. Raises MissingError, StorageError or InputError."""
    return _text(_split(name)[0])


def chosen_in(name: str) -> str:
    """The class that `FILE.py:Class` names, empty for `FILE.py`."""
    return _split(name)[1]


def code_hash(text: str) -> str:
    """The hash by which two versions of a strategy are told apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def configured(strategy: type[Strategy] | Rules, settings: Mapping[str, str]) -> Strategy | Rules:
    """A strategy with parameters from the texts of flags. Raises ParameterError for an unknown or wrong one."""
    owner = "Rules" if isinstance(strategy, Rules) else strategy
    values: dict[str, Any] = {}
    for name, text in settings.items():
        if name not in strategy.parameters:
            raise unknown(name, strategy.parameters, owner)
        values[name] = strategy.parameters[name].parse(text)
    return strategy.with_(**values) if isinstance(strategy, Rules) else strategy(**values)


def pick(module: ModuleType, chosen: str, place: str) -> type[Strategy] | Rules:
    """The named strategy of a module, or its only one."""
    found = _strategies_of(module)
    public = {name: held for name, held in found.items() if not name.startswith("_")}
    if chosen:
        if chosen not in found:
            raise MissingError(f"{place} has no strategy {chosen}", expected=_listed(public))
        return found[chosen]
    if len(public) == 1:
        return next(iter(public.values()))
    if not public:
        raise InputError(
            f"{place} holds no strategy",
            expected="a class MyIdea(Strategy) with Strategy from parrot.sdk",
            fix="parrot strategy new my_idea writes an example",
        )
    raise InputError(
        f"{place} holds {len(public)} strategies", expected=_listed(public), fix=f"{place}:{next(iter(public))}"
    )


def _strategies_of(module: ModuleType) -> dict[str, type[Strategy] | Rules]:
    return {
        name: held
        for name, held in vars(module).items()
        if isinstance(held, Rules)
        or (isinstance(held, type) and issubclass(held, Strategy) and held.__module__ == module.__name__)
    }


def _listed(found: Mapping[str, object]) -> str:
    return f"one of {', '.join(found)}" if found else "a strategy"


def _split(name: str) -> tuple[Path, str]:
    path, colon, chosen = name.rpartition(":")
    if not colon or not chosen.isidentifier():
        path, chosen = name, ""
    return Path(path).expanduser(), chosen


def _text(place: Path) -> str:
    if not place.is_file():
        near = sorted(path.name for path in place.parent.glob("*.py"))[:5] if place.parent.is_dir() else []
        raise MissingError(
            f"there is no file {place}",
            expected="FILE.py or FILE.py:Class, or rules in FILE.json",
            fix=f"there is {', '.join(near)}" if near else "check the path",
        )
    try:
        return place.read_text("utf-8")
    except OSError as fault:
        raise StorageError(f"{place} cannot be read: {fault.strerror}", fix="check its permissions") from fault
    except UnicodeDecodeError:
        raise InputError(f"{place} is no text in UTF-8", expected="a Python file") from None


def _executed(place: Path, text: str) -> ModuleType:
    path = str(place.absolute())
    # Tracebacks and the record of the run show the text that was executed, also when the file changes meanwhile.
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    module = ModuleType(f"parrot_strategy_{place.stem}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    folder = str(place.absolute().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        exec(compile(text, path, "exec"), module.__dict__)
    except SyntaxError as fault:
        raise _syntax_error(fault, place) from fault
    except (Exception, SystemExit) as fault:
        raise _import_error(fault, path) from fault
    return module


def _syntax_error(fault: SyntaxError, place: Path) -> StrategyError:
    where = f"{fault.filename or place}:{fault.lineno or 1}"
    line = (fault.text or "").strip()
    told = f"{where}: {fault.msg}" + (f": {line}" if line else "")
    return StrategyError(told, location=where, fix="correct the line")


def _import_error(fault: BaseException, path: str) -> StrategyError:
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if frame.filename == path]
    where = f"{path}:{own[-1].lineno}" if own else path
    line = f" ({own[-1].line})" if own and own[-1].line else ""
    told = str(fault) if isinstance(fault, InputError) else f"{type(fault).__name__}: {fault}"
    return StrategyError(f"{where}{line} raised {told}", location=where)

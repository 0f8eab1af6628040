"""The trusted side of a user's file at work: what is asked of the fenced process, and what it says."""

from __future__ import annotations

import pickle
import select
import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from parrot.adapters.children import ChildLimits, ProcessChildren
from parrot.app.jobs.asked import PIECE_BYTES, Look
from parrot.contracts.hosting import Failed
from parrot.contracts.jobs import Begun, Described, Spoken, StrategyFacts
from parrot.kernel.errors import (
    AmountError,
    DataError,
    InputError,
    MissingError,
    OrderError,
    ParameterError,
    ParrotError,
    StrategyError,
)
from parrot.ports.children import Child

_PROGRAM: Final = ("-m", "parrot.app.jobs.player")
_DECODER: Final = msgspec.msgpack.Decoder(Spoken)
_MEMORY: Final = 2 << 30
_LOOK_S: Final = 0.1
_LOOKING_PATIENCE_S: Final = 15.0
RUNNING_PATIENCE_S: Final = 600.0
_KINDS: Final[dict[str, type[ParrotError]]] = {
    kind.code: kind for kind in (InputError, DataError, ParameterError, AmountError, OrderError, MissingError)
}


def strategies_in(path: str, source: str) -> list[StrategyFacts]:
    """What a file holds. Raises what executing it raised, as StrategyError, InputError, ParameterError."""
    for said in conversation(path, Look(path=path, source=source), patience_s=_LOOKING_PATIENCE_S):
        if isinstance(said, Described):
            return said.strategies
    raise StrategyError(f"{path} said nothing of itself", fix="a file only defines its strategy")


def conversation(path: str, asked: Any, *, patience_s: float = RUNNING_PATIENCE_S) -> Iterator[Spoken]:
    """What the process of a file says, until its end; it is ended when the iterator is closed.

    Raises StrategyError where it ends, takes too much memory, or says nothing for `patience_s`; and what it raised.
    """
    child = ProcessChildren(_PROGRAM, ChildLimits(memory=_MEMORY)).start(path)
    try:
        body = pickle.dumps(asked, protocol=5)
        pieces = [body[at : at + PIECE_BYTES] for at in range(0, len(body), PIECE_BYTES)]
        for frame in (len(pieces).to_bytes(4, "little"), *pieces):
            child.send(frame)
        yield from _heard(child, path, patience_s)
    finally:
        child.kill()


def _heard(child: Child, path: str, patience_s: float) -> Iterator[Spoken]:
    until = time.monotonic() + patience_s
    writing = [child.fileno()]
    while time.monotonic() < until:
        select.select([child.fileno()], writing, [], _LOOK_S)
        try:
            frames = child.receive()
        except EOFError:
            _complain(child, path)
            return
        for frame in frames:
            said = _said(frame, path)
            if isinstance(said, Begun):
                writing = []  # it has everything: from here on it is only listened to
            if isinstance(said, Failed):
                raise error_of(said)
            until = time.monotonic() + patience_s
            yield said
        wrong = None if frames else child.look()
        if wrong is not None and wrong[0] == "memory":
            raise StrategyError(f"{path} was ended: {wrong[1]}", fix="keep less, or take less data")
    raise StrategyError(f"{path} said nothing for {patience_s:g} s", fix="do no endless work in a handler")


def _said(frame: bytes, path: str) -> Spoken:
    try:
        said: Spoken = _DECODER.decode(frame)
    except msgspec.MsgspecError:
        raise StrategyError(f"{path} said what nobody understands", fix="leave the process's files alone") from None
    return said


def _complain(child: Child, path: str) -> None:
    """Raises StrategyError where the process did not end well."""
    for _ in range(20):
        wrong = child.look()  # its end is not always known in the moment in which its pipe breaks
        if wrong is not None:
            if "code 0" in wrong[1]:
                return
            raise StrategyError(f"{path} cannot be run: {wrong[1]}", fix="a file only defines its strategy")
        time.sleep(_LOOK_S / 2)


def error_of(failed: Failed) -> ParrotError:
    """The error of the fenced process as it was there."""
    kind = _KINDS.get(failed.error.get("code", ""))
    if kind is None:
        return StrategyError(failed.problem, location=failed.location)
    return kind(failed.error["problem"], expected=failed.error["expected"], fix=failed.error["fix"])

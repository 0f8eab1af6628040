"""The program that executes a user's file: looks at what it holds, or back-tests it, behind the fences of strategies.

python -m parrot.app.jobs.player FD MEMORY_MB PARENT
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from parrot.app.hosting.child import restrict
from parrot.app.hosting.fences import enclose
from parrot.app.hosting.pipe import Pipe
from parrot.app.jobs.asked import PIECE_BYTES, Look, Play, Replay
from parrot.contracts.hosting import Failed
from parrot.contracts.jobs import Begun, Described, ParameterFacts, Piece, Played, Reached, Spoken, StrategyFacts
from parrot.kernel.errors import ParrotError, StrategyError

if TYPE_CHECKING:
    from parrot.centers.backtest.result import Result
    from parrot.sdk import Strategy
    from parrot.sdk.parameters import Parameter

_TEXT_MOST: Final = 4_000
_FEEDS: Final = ("bar", "trade", "quote", "book")

Send = Callable[[Spoken], None]


@dataclass(slots=True)
class _Watched:
    """The strategy at work, so that its account can be looked at on the way."""

    now: list[Strategy] = field(default_factory=list)

    def of(self, strategy: Strategy) -> Strategy:
        """`strategy`, whose fresh instances are looked at."""
        fresh = strategy.fresh

        def made() -> Strategy:
            self.now[:] = [fresh()]
            return self.now[0]

        object.__setattr__(strategy, "fresh", made)
        return strategy

    def equity(self) -> float | None:
        """What the account is worth."""
        return float(self.now[0].equity) if self.now else None


def main(arguments: list[str]) -> int:
    """Answers one question; returns the exit code."""
    number, memory_mb, parent = (int(argument) for argument in arguments)
    fences = enclose()
    restrict(memory_mb << 20, parent)
    pipe = Pipe(number)
    encode = msgspec.msgpack.Encoder().encode

    def send(message: Spoken) -> None:
        pipe.send(encode(message))

    try:
        count = int.from_bytes(pipe.receive(), "little")
        asked = pickle.loads(b"".join(pipe.receive() for _ in range(count)))  # of the process that started this one
        send(Begun(fences=fences))
        _ANSWERS[type(asked)](asked, send)
    except EOFError:
        return 0
    except ParrotError as fault:
        told = {name: text[:_TEXT_MOST] for name, text in fault.as_dict().items()}
        send(Failed(problem=str(fault)[:_TEXT_MOST], location=str(getattr(fault, "location", "")), error=told))
        return 1
    except MemoryError:
        send(Failed(problem=f"it needed more than {memory_mb} MB of memory", location="memory"))
        return 1
    return 0


def _look(asked: Look, send: Send) -> None:
    from parrot.app.strategies import held_in

    found = held_in(asked.source, asked.path)
    send(Described(strategies=[_facts(name, held) for name, held in found.items()]))


def _facts(name: str, held: Any) -> StrategyFacts:
    doc = (held.__doc__ or "") if isinstance(held, type) else ""
    feeds = [f"{feed}s" for feed in _FEEDS if callable(getattr(held, f"on_{feed}", None))]
    parameters = [parameter_facts(parameter) for parameter in held.parameters.values()]
    return StrategyFacts(name=name, doc=" ".join(doc.split())[:_TEXT_MOST], parameters=parameters, feeds=feeds)


def parameter_facts(parameter: Parameter) -> ParameterFacts:
    """A parameter as forms need it."""
    from parrot.sdk.parameters import Choice, Range

    allowed = parameter.allowed
    bounds = {}
    if isinstance(allowed, Range):
        step = "" if allowed.step is None else f"{allowed.step:g}"
        bounds = {"low": f"{allowed.low:g}", "high": f"{allowed.high:g}", "step": step}
    choices = [str(value) for value in allowed.values] if isinstance(allowed, Choice) else []
    return ParameterFacts(
        name=parameter.name,
        kind=parameter.kind.__name__,
        default=str(parameter.default),
        choices=choices,
        expected=parameter.expected(),
        **bounds,
    )


def _play(asked: Play, send: Send) -> None:
    from parrot.app.strategies import configured, load_text
    from parrot.centers.backtest.service import Job, instance

    strategy = instance(configured(load_text(asked.source, asked.path, asked.name), asked.parameters))
    _run(Job(strategy, asked.inputs, asked.market, asked.cash, bounds=asked.bounds), strategy, send)


def _replay(asked: Replay, send: Send) -> None:
    from parrot.app.hosting.life import feeds_of, market_of, strategy_of
    from parrot.app.hosting.parity import compare, whole
    from parrot.centers.backtest.service import Job

    life = asked.recorded.life
    told = compare(asked.recorded)
    strategy = strategy_of(life)
    inputs = whole(life, feeds_of(strategy, life), asked.recorded.batches)
    _run(Job(strategy, inputs, market_of(life.listings), life.cash), strategy, send, differ=told.difference)


def _run(job: Any, strategy: Strategy, send: Send, *, differ: str = "") -> None:
    from parrot.centers.backtest.result import Result
    from parrot.centers.backtest.service import backtest

    watched = _Watched()
    watched.of(strategy)
    try:
        result = backtest(job, lambda _: "", lambda ts: send(Reached(ts=ts, equity=watched.equity())))
    except StrategyError as fault:
        if not isinstance(fault.result, Result):
            raise
        result = fault.result
    _hand_over(result, send, differ)


def _hand_over(result: Result, send: Send, differ: str) -> None:
    from parrot.centers.backtest.records import saved

    kept = saved(result)
    for name, frame in kept.frames.items():
        held = io.BytesIO()
        frame.write_parquet(held, compression="zstd")
        body = held.getvalue()
        for at in range(0, len(body), PIECE_BYTES):
            send(Piece(name=name, body=body[at : at + PIECE_BYTES], last=at + PIECE_BYTES >= len(body)))
    record = kept.record
    send(
        Played(
            strategy=record.strategy,
            parameters=dict(record.parameters),
            status=record.status.value,
            hash=record.hash,
            stats=dict(record.stats),
            bounds=None if record.bounds is None else dict(record.bounds),
            failure=record.failure[:_TEXT_MOST],
            orders_differ=differ,
        )
    )


_ANSWERS: Final[dict[type, Callable[[Any, Send], None]]] = {Look: _look, Play: _play, Replay: _replay}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

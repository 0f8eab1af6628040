"""The program of one strategy's process: a pipe to the platform, and fences towards everything else.

python -m parrot.app.hosting.child FD MEMORY_MB
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import signal
import sys
from typing import Any, Final

import msgspec

from parrot.app.hosting.fences import enclose
from parrot.app.hosting.pipe import Pipe
from parrot.contracts.hosting import Answer, Failed, Heard, InputBatch, LifeBegun, LifeEnded, Noted, Ready, Told
from parrot.kernel.errors import ParrotError

_PR_SET_PDEATHSIG: Final = 1
_FILE_BYTES: Final = 16 << 20
_OPEN_FILES: Final = 64
_NICE: Final = 5


class _Log(logging.Handler):
    """Hands the strategy's log to the platform."""

    def __init__(self, send: Any) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()[:2000].encode("utf-8", "replace").decode()  # half a character cannot be sent
        self._send(Noted(ts=getattr(record, "simulated_ns", 0), text=text))


def main(arguments: list[str]) -> int:
    """Serves one life; returns the exit code."""
    number, memory_mb, parent = (int(argument) for argument in arguments)
    fences = enclose()
    restrict(memory_mb << 20, parent)
    pipe = Pipe(number)
    encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Told).decode

    def send(message: Heard) -> None:
        pipe.send(encode(message))

    try:
        begun = decode(pipe.receive())
        if not isinstance(begun, LifeBegun):
            return 2
        _live(begun, pipe, send, decode, fences)
    except EOFError:
        return 0
    except ParrotError as fault:
        told = {name: text[:4000] for name, text in fault.as_dict().items()}
        send(Failed(problem=str(fault)[:4000], location=str(getattr(fault, "location", "")), error=told))
        return 1
    except MemoryError:
        send(Failed(problem=f"it needed more than {memory_mb} MB of memory", location="memory"))
        return 1
    return 0


def _live(begun: LifeBegun, pipe: Pipe, send: Any, decode: Any, fences: list[str]) -> None:
    from parrot.app.hosting.life import Life

    life = Life(begun)
    logging.getLogger("parrot.strategy").addHandler(_Log(send))
    logging.getLogger("parrot.strategy").setLevel(logging.INFO)
    last: InputBatch | None = None

    def feed() -> bool:
        nonlocal last
        if last is not None:
            send(_answer(life, last.number))
        else:
            send(Ready(feeds=list(life.feeds), timers=life.has_timers, fences=fences))
        told = decode(pipe.receive())
        if isinstance(told, LifeEnded):
            return False
        last = told
        life.take(told)
        return True

    life.run.play(feed)


def _answer(life: Any, number: int) -> Answer:
    engine, stream = life.run.engine, life.run.stream
    told = {"moves": stream.moves, "stream": stream.hash, "deeds": life.deeds()}
    return Answer(number=number, due=engine.next_timer or 0, now=engine.now, **told)


def restrict(memory: int, parent: int) -> None:
    """Dies with its parent, gives way to it, and cannot take all memory or fill the disk."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        hard = resource.getrlimit(kind)[1]
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Children as processes on this machine: a pair of sockets, limits, and an eye on their memory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

from parrot.kernel.errors import StorageError
from parrot.ports.children import Fault

_LENGTH: Final = struct.Struct("<I")
_CHUNK: Final = 1 << 18
_LARGEST_FRAME: Final = 64 << 20
_WORDS_KEPT: Final = 400
# What a child's environment holds: enough to find Python and its packages, nothing that could be a secret.
_KEPT: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Resident memory in bytes at which a child is stopped, and the address space beyond it that it may map."""

    memory: int = 1 << 30
    mapped: int = 4 << 30


class ProcessChildren:
    """Starts `program` (arguments of this Python) with the number of its socket, its limit in MB and our pid."""

    def __init__(self, program: Sequence[str], limits: ChildLimits | None = None) -> None:
        self._program = tuple(program)
        self._limits = limits or ChildLimits()

    def start(self, name: str) -> ProcessChild:
        """A fresh child. Raises StorageError when the system gives none."""
        try:
            return self._started()
        except OSError as fault:
            raise StorageError(f"no process for {name}: {fault.strerror}", fix="end other processes") from fault

    def _started(self) -> ProcessChild:
        with contextlib.ExitStack() as stack:
            ours, theirs = socket.socketpair()
            stack.callback(ours.close)
            with theirs:
                words = stack.enter_context(tempfile.TemporaryFile())
                numbers = (theirs.fileno(), self._limits.memory + self._limits.mapped >> 20, os.getpid())
                process = subprocess.Popen(
                    [sys.executable, *self._program, *map(str, numbers)],
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=words,
                    pass_fds=(theirs.fileno(),),
                    env=_environment(os.environ),
                    start_new_session=True,
                )
            stack.pop_all()
        return ProcessChild(process, ours, words, self._limits.memory)


class ProcessChild:
    """One child process."""

    def __init__(self, process: subprocess.Popen[bytes], ours: socket.socket, words: IO[bytes], memory: int) -> None:
        self._process = process
        self._socket = ours
        self._socket.setblocking(False)
        self._words = words
        self._memory = memory
        self._in, self._out = bytearray(), bytearray()
        self._gone = False

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def fileno(self) -> int:
        """What to watch for reading."""
        return self._socket.fileno()

    def send(self, frame: bytes) -> None:
        """Hands a frame over, now or when the child reads on."""
        self._out += _LENGTH.pack(len(frame)) + frame
        self._flush()

    def receive(self) -> list[bytes]:
        """Frames that have come. Raises EOFError once it has gone and all was read."""
        self._flush()
        while not self._gone:
            try:
                read = self._socket.recv(_CHUNK)
            except BlockingIOError:
                break
            except OSError:
                read = b""
            self._gone = not read
            self._in += read
        frames = self._frames()
        if not frames and self._gone:
            raise EOFError
        return frames

    def look(self) -> tuple[Fault, str] | None:
        """What is wrong with it, None when nothing is."""
        ended = self._process.poll()
        if ended is not None:
            how = f"signal {-ended}" if ended < 0 else f"code {ended}"
            return Fault.CRASHED, f"its process ended with {how}{self._last_words()}"
        used = _resident(self._process.pid)
        if used > self._memory:
            return Fault.MEMORY, f"it holds {used >> 20} MB, allowed are {self._memory >> 20}"
        return None

    def kill(self) -> None:
        """Ends it at once, and whatever it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended by itself; macOS says the latter
            os.killpg(self._process.pid, signal.SIGKILL)  # it leads a group of its own
        self._process.wait()
        self._socket.close()

    def _flush(self) -> None:
        while self._out and not self._gone:
            try:
                sent = self._socket.send(memoryview(self._out)[:_CHUNK])
            except BlockingIOError:
                return
            except OSError:
                self._out.clear()
                return
            del self._out[:sent]

    def _frames(self) -> list[bytes]:
        frames, at = [], 0
        while len(self._in) >= at + _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._in, at)
            if length > _LARGEST_FRAME:
                self._gone = True
                break
            end = at + _LENGTH.size + length
            if len(self._in) < end:
                break
            frames.append(bytes(self._in[at + _LENGTH.size : end]))
            at = end
        del self._in[:at]
        return frames

    def _last_words(self) -> str:
        self._words.seek(0, os.SEEK_END)
        size = self._words.tell()
        self._words.seek(max(0, size - _WORDS_KEPT))
        text = self._words.read().decode("utf-8", "replace").strip()
        last = text.splitlines()[-1] if text else ""
        return f": {last}" if last else ""


def _resident(pid: int) -> int:
    """Memory of a process and of those that it started."""
    started: list[str] = []
    with contextlib.suppress(OSError):  # there is no such list on every system
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    try:
        own = int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        own = 0
    return own + sum(_resident(int(child)) for child in started)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    kept = {name: given[name] for name in _KEPT if name in given}
    here = str(Path(__file__).parents[3])
    others = kept.get("PYTHONPATH", "").split(os.pathsep)
    kept["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([here, *filter(None, others)]))
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **single, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}

"""Structured logs: JSON lines in files that turn over, text for people on the screen, neither ever in anybody's way."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from decimal import Decimal
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import Full, Queue
from typing import Any, Final, TextIO

import structlog
from structlog.typing import Processor

from parrot.adapters.telemetry.redaction import Redaction
from parrot.kernel.errors import StorageError

FILE_NAME: Final = "parrot.jsonl"
_FILE_BYTES: Final = 16 << 20
_FILES_KEPT: Final = 8
_LINES_WAITING_MOST: Final = 10_000


class Logs:
    """Logging of this process; `close` writes what waits. `dropped` counts lines for which there was no room."""

    def __init__(self, handler: _Waiting, listener: QueueListener, redaction: Redaction) -> None:
        self._handler = handler
        self._listener = listener
        self._open = True
        self.redaction = redaction

    @property
    def dropped(self) -> int:
        """Lines that were dropped because too many waited: a full disk must not stop trading."""
        return self._handler.dropped

    @property
    def waiting(self) -> int:
        """Lines that wait to be written."""
        return self._handler.waiting.qsize()

    def close(self) -> None:
        """Writes what waits and lets go of the files; a second time does nothing."""
        if not self._open:
            return
        self._open = False
        logging.getLogger().removeHandler(self._handler)
        self._listener.stop()
        for handler in self._listener.handlers:
            handler.close()


def set_up(
    folder: Path | None = None,
    *,
    screen: TextIO | None = sys.stderr,
    as_json: bool = False,
    level: int = logging.INFO,
    secrets: Iterable[str] = (),
) -> Logs:
    """Sends every log line of this process, also those of libraries, to `folder`/parrot.jsonl and to `screen`.

    Files turn over at 16 MiB, eight are kept (parrot.1.jsonl is the newest of the old). `as_json` writes JSON to the
    screen too, for collectors. Lines pass through a bounded queue to a thread, so that a slow disk or terminal holds
    nobody up. Raises StorageError when the folder cannot be written.
    """
    redaction = Redaction(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redaction,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    outputs = _outputs(folder, screen, shared, as_json=as_json)
    waiting = _Waiting(Queue(_LINES_WAITING_MOST))
    listener = QueueListener(waiting.waiting, *outputs)
    listener.start()
    root = logging.getLogger()
    root.addHandler(waiting)
    root.setLevel(level)
    return Logs(waiting, listener, redaction)


class _Waiting(QueueHandler):
    """Hands records over without ever waiting; those for which there is no room are counted and dropped."""

    def __init__(self, queue: Queue[logging.LogRecord]) -> None:
        super().__init__(queue)
        self.waiting = queue
        self.dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Leaves the record as it is: it stays in this process, and its fields make the line."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Puts it into the queue if there is room."""
        try:
            self.waiting.put_nowait(record)
        except Full:
            self.dropped += 1


def _outputs(
    folder: Path | None, screen: TextIO | None, shared: list[Processor], *, as_json: bool
) -> list[logging.Handler]:
    to_json = _formatter(structlog.processors.JSONRenderer(default=_plain, sort_keys=True), shared)
    outputs: list[logging.Handler] = []
    if folder is not None:
        file = _file(folder)
        file.setFormatter(to_json)
        outputs.append(file)
    if screen is not None:
        console = logging.StreamHandler(screen)
        people = structlog.dev.ConsoleRenderer(colors=screen.isatty(), pad_event_to=0)
        console.setFormatter(to_json if as_json else _formatter(people, shared))
        outputs.append(console)
    return outputs


def _formatter(renderer: Processor, shared: list[Processor]) -> logging.Formatter:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(processors=[drop, renderer], foreign_pre_chain=shared)


def _file(folder: Path) -> RotatingFileHandler:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            folder / FILE_NAME, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", errors="replace"
        )
    except OSError as fault:
        raise StorageError(f"logs cannot be written to {folder}: {fault.strerror}", fix="free the path") from fault
    file.namer = _old_name
    return file


def _old_name(name: str) -> str:
    path = Path(name)  # parrot.jsonl.1 is to be parrot.1.jsonl: every log ends in .jsonl
    return str(path.with_name(f"{Path(path.stem).stem}{path.suffix}.jsonl"))


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value)

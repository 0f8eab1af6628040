"""A recorder for any exchange of ccxt: requests with their answers and messages of streams, a line each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from parrot.adapters.venues.traffic.scrubbing import Scrubber
from parrot.kernel.errors import StorageError

VERSION: Final = 1
BYTES_MOST: Final = 1 << 30
_HEADERS: Final = ("content-type", "retry-after")


class Recorder:
    """Writes what passes between an exchange and its venue to a new file, readable by its owner only.

    The file is at `path`; where one is, beside it with the next free number in its name (`x.2.jsonl`). It ends before
    it has more than `most` bytes.
    `secrets` are hidden wherever they turn up; headers of requests are not written at all. `now` gives ns UTC. A disk
    that fails ends the recording and nothing else. Raises StorageError when the file cannot be made.
    """

    def __init__(
        self, path: Path, exchange: Any, secrets: Iterable[str], *, now: Callable[[], int], most: int = BYTES_MOST
    ) -> None:
        self._scrub = Scrubber(secrets)
        self._now = now
        self._left = most
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            number = _opened(path)
        except OSError as fault:
            raise StorageError(f"{path} cannot be written: {fault.strerror}", fix="choose another path") from None
        self._file = os.fdopen(number, "wb")
        self._open = True
        self._write({"kind": "recording", "version": VERSION, "exchange": exchange.id})
        self._hook(exchange)

    def close(self) -> None:
        """Ends the recording; what passes from here on is not written."""
        self._open = False
        self._file.close()

    def _hook(self, exchange: Any) -> None:
        answered, handle = exchange.on_rest_response, exchange.handle_message

        def on_rest_response(
            status: int, reason: str, url: str, method: str, headers: Mapping[str, str], text: str, *sent: Any
        ) -> Any:
            self._answered(method, url, sent[1] if len(sent) > 1 else None, status, headers, text)
            return answered(status, reason, url, method, headers, text, *sent)

        def handle_message(client: Any, message: Any) -> Any:
            url = self._scrub.url(str(client.url))
            self._write({"kind": "message", "url": url, "message": self._scrub.message(message)})
            return handle(client, message)

        exchange.on_rest_response, exchange.handle_message = on_rest_response, handle_message

    def _answered(self, method: str, url: str, body: Any, status: int, headers: Mapping[str, str], text: str) -> None:
        kept = {name: value for name, value in headers.items() if name.lower() in _HEADERS}
        self._write(
            {
                "kind": "answer",
                "method": method,
                "url": self._scrub.url(url),
                "body": self._scrub.body(body),
                "status": status,
                "headers": kept,
                "text": self._scrub.answer(text or ""),
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        if not self._open:
            return
        try:
            written = (json.dumps({"at": self._now(), **line}, ensure_ascii=False, default=str) + "\n").encode()
            self._left -= len(written)
            if self._left < 0:
                self.close()
                return
            self._file.write(written)
            self._file.flush()
        except (OSError, ValueError):
            self._open = False


def _opened(path: Path) -> int:
    """A file that nobody writes or wrote to."""
    free, count = path, 1
    while True:
        try:
            return os.open(free, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            count += 1
            free = path.with_name(f"{path.stem}.{count}{path.suffix}")

"""Topics hold the truth of a channel; a line tells one topic at one pace, each change encoded once for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from parrot.gateway.stream.channels import Channel, Kind

_JSON: Final = msgspec.json.Encoder(decimal_format="string")
_SHORT, _MEDIUM = 125, 65_535
_SECOND: Final = 10**9


class Message(NamedTuple):
    """One message for clients: its text, and the same as a frame of the protocol, shared by all of them."""

    text: bytes
    frame: bytes


def message(said: Mapping[str, Any]) -> Message:
    """Encodes what is said, once."""
    text = _JSON.encode(said)
    size = len(text)
    if size <= _SHORT:
        head = bytes((0x81, size))
    elif size <= _MEDIUM:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return Message(text, head + text)


class Topic:
    """What one channel holds. `ready` once its source has told it for the first time."""

    def __init__(self, name: str, channel: Channel) -> None:
        self.name = name
        self.channel = channel
        self.ready = False
        self.lines: dict[int, Line] = {}
        self.value: Any = None
        self.rows: dict[Any, Any] = {}
        self.log: deque[Any] = deque(maxlen=channel.kept or None)

    def state(self) -> Any:
        """The whole of it."""
        if self.channel.kind is Kind.WHOLE:
            return self.value
        if self.channel.kind is Kind.LOG:
            return {"rows": list(self.log), "most": self.channel.kept}
        return {"rows": list(self.rows.values()), "key": self.channel.key}

    def begin(self, value: Any) -> None:
        """Takes a whole state in the place of what was: one value, or rows."""
        kind = self.channel.kind
        if kind is Kind.WHOLE:
            self.value = value
        elif kind is Kind.KEYED:
            self.rows = {self._key(row): row for row in value}
        else:
            self.log.clear()
            self.log.extend(value)
        self.ready = True
        for line in self.lines.values():
            line.begun()

    def set(self, value: Any) -> None:
        """A new whole value."""
        self.value = value
        for line in self.lines.values():
            line.whole = True

    def change(self, put: Sequence[Any] = (), drop: Iterable[Any] = ()) -> None:
        """Rows that are new or different, and keys that are gone."""
        for row in put:
            self.rows[self._key(row)] = row
        gone = [key for key in drop if self.rows.pop(key, None) is not None]
        for line in self.lines.values():
            line.changed(((self._key(row), row) for row in put), gone)

    def sync(self, rows: Iterable[Any]) -> None:
        """Changes what differs from these rows."""
        found = {self._key(row): row for row in rows}
        put = [row for key, row in found.items() if self.rows.get(key) != row]
        drop = [key for key in self.rows if key not in found]
        if put or drop:
            self.change(put, drop)

    def add(self, rows: Sequence[Any]) -> None:
        """Rows at the end of a log."""
        self.log.extend(rows)
        for line in self.lines.values():
            line.added += rows

    def _key(self, row: Any) -> Any:
        values = [row[name] if isinstance(row, dict) else getattr(row, name) for name in self.channel.key]
        return values[0] if len(values) == 1 else tuple(values)


class Line:
    """One topic at one pace (changes a second, 0 for each at once); `seq` counts what was told."""

    def __init__(self, topic: Topic, rate: int) -> None:
        self.topic = topic
        self.rate = rate
        self.seq = 0
        self.due = 0
        self.whole = False
        self.added: list[Any] = []
        self.listeners: set[Any] = set()
        self._put: list[tuple[Any, Any]] = []
        self._newest: dict[Any, Any] = {}
        self._drop: dict[Any, None] = {}
        self._restart = False
        self._snapshot: Message | None = None
        self._made = 0

    @property
    def pending(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.whole or self.added or self._put or self._newest or self._drop or self._restart)

    def after(self, now: int) -> int:
        """When it is due again after it was told at `now`: at its pace on the whole, also where turns come unevenly."""
        period = _SECOND // self.rate if self.rate else 0
        return max(self.due + period, now + period // 2)

    def begun(self) -> None:
        """Everything before is void."""
        self._forget()
        self._restart = True

    def changed(self, put: Iterable[tuple[Any, Any]], drop: Iterable[Any]) -> None:
        """Notes rows; at a pace the newest of a key is enough, else each is told. Listeners drop first, then put."""
        for key, row in put:
            if self.rate:
                self._newest[key] = row
            else:
                self._put.append((key, row))
        for key in drop:
            self._newest.pop(key, None)
            self._put = [(of, row) for of, row in self._put if of != key]
            self._drop[key] = None

    def take(self, now: int) -> tuple[Message, bool]:
        """What is to be told now, and whether it is a whole state."""
        self.seq += 1
        self._snapshot = None
        if self._restart:
            self._forget()
            return self.snapshot(now), True
        kind = self.topic.channel.kind
        data: Any = self.topic.value
        if kind is Kind.KEYED:
            rows = [row for _, row in self._put] or list(self._newest.values())
            data = {"put": rows, "drop": list(self._drop)}
        elif kind is Kind.LOG:
            data = {"add": self.added}
        said = message({"channel": self.topic.name, "type": "delta", "seq": self.seq, "ts": now, "data": data})
        self._forget()
        return said, False

    def snapshot(self, now: int) -> Message:
        """The whole state as of `seq`; nothing may be pending. It is encoded once for all who ask within a second."""
        if self._snapshot is None or now - self._made >= _SECOND:
            self._made = now
            said = {"channel": self.topic.name, "type": "snapshot", "seq": self.seq, "ts": now}
            self._snapshot = message(said | {"data": self.topic.state()})
        return self._snapshot

    def _forget(self) -> None:
        self.whole, self._restart, self.added, self._put = False, False, [], []
        self._newest, self._drop = {}, {}

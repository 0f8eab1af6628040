"""A client of the hub as the screen has it: it keeps each channel's state from snapshots and deltas."""

from __future__ import annotations

import json
from typing import Any

from parrot.contracts.access import Role
from parrot.gateway.stream.channels import CHANNELS, Channel, Kind
from parrot.gateway.stream.clients import Client
from parrot.gateway.stream.hub import Hub
from tests.unit.gateway.rest.house import person


def family(name: str) -> Channel:
    return CHANNELS[name.partition(":")[0]]


def key_of(row: dict[str, Any], names: Any) -> Any:
    return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)


def unframed(frame: bytes) -> bytes:
    assert frame[0] == 0x81
    size, at = frame[1], 2
    if size == 126:
        size, at = int.from_bytes(frame[2:4], "big"), 4
    elif size == 127:
        size, at = int.from_bytes(frame[2:10], "big"), 10
    assert len(frame) == at + size
    return frame[at:]


class Reader:
    """`takes` says whether its socket takes frames at once; else they wait until `read`."""

    def __init__(
        self, hub: Hub, role: Role = Role.ADMIN, *, takes: bool = False, accounts: tuple[str, ...] = ("*",)
    ) -> None:
        self.hub = hub
        self.takes = takes
        self.client = Client(person(role, accounts=accounts), lambda: None, self._write)
        self.state: dict[str, Any] = {}
        self.seq: dict[str, int] = {}
        self.heard: list[dict[str, Any]] = []
        hub.join(self.client)

    def _write(self, frame: bytes) -> bool:
        if self.takes:
            self.hear(unframed(frame))
        return self.takes

    def read(self) -> None:
        """Takes all that waits."""
        while (said := self.hub.take(self.client)) is not None:
            assert unframed(said.frame) == said.text
            self.hear(said.text)

    def hear(self, text: bytes) -> None:
        said = json.loads(text)
        self.heard.append(said)
        name, data = said.get("channel"), said.get("data")
        if said["type"] == "snapshot":
            self.seq[name] = said["seq"]
            kind = family(name).kind
            if kind is Kind.KEYED:
                self.state[name] = {key_of(row, data["key"]): row for row in data["rows"]}
            else:
                self.state[name] = data["rows"] if kind is Kind.LOG else data
        elif said["type"] == "delta":
            assert said["seq"] == self.seq[name] + 1, "a gap"
            self.seq[name] = said["seq"]
            self._apply(name, data)

    def _apply(self, name: str, data: Any) -> None:
        channel = family(name)
        if channel.kind is Kind.WHOLE:
            self.state[name] = data
        elif channel.kind is Kind.LOG:
            self.state[name] = (self.state[name] + data["add"])[-channel.kept :]
        else:
            for key in data["drop"]:
                self.state[name].pop(tuple(key) if isinstance(key, list) else key, None)
            for row in data["put"]:
                self.state[name][key_of(row, channel.key)] = row

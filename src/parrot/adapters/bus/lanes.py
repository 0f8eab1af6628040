"""Lanes as declared: checked once, then asked which lane a topic belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from parrot.kernel.errors import ParameterError
from parrot.ports.bus import Lane, fits

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_WORD = r"[^\s.*>]+"
_TOPIC = re.compile(rf"{_WORD}(\.{_WORD})*")


class Lanes:
    """The lanes of a bus. Raises ParameterError where they overlap or a name is wrong."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.all = tuple(lanes)
        readers = [reader for lane in lanes for reader in lane.readers]
        for name in (*(lane.name for lane in lanes), *(reader.name for reader in readers)):
            if not _NAME.fullmatch(name):
                raise ParameterError(f"{name!r} is no name for a lane or a reader", expected="letters, digits, - and _")
        _refuse_repeated("lane", [lane.name for lane in lanes])
        _refuse_repeated("reader", [reader.name for reader in readers])
        for lane in lanes:
            _check(lane)
        patterns = [(pattern, lane.name) for lane in lanes for pattern in lane.patterns]
        for (a, one), (b, other) in combinations(patterns, 2):
            if fits(a, b) or fits(b, a):
                raise ParameterError(f"lanes {one} and {other} overlap: {a} and {b}", fix="give each topic one lane")
        self._found: dict[str, Lane] = {}

    def of(self, topic: str) -> Lane:
        """The lane of a topic. Raises ParameterError when there is none."""
        lane = self._found.get(topic)
        if lane is None:
            lane = self._found[topic] = self._search(topic)
        return lane

    def refuse_unknown(self, reader: str) -> None:
        """Raises ParameterError when nobody declared the reader."""
        known = [found.name for lane in self.all for found in lane.readers]
        if reader not in known:
            raise ParameterError(f"no lane has a reader {reader}", expected=f"one of {', '.join(known)}")

    def _search(self, topic: str) -> Lane:
        if not _TOPIC.fullmatch(topic):
            raise ParameterError(f"{topic!r} is no topic", expected="words with dots between, without blanks, * and >")
        for lane in self.all:
            if any(fits(pattern, topic) for pattern in lane.patterns):
                return lane
        known = ", ".join(pattern for lane in self.all for pattern in lane.patterns)
        raise ParameterError(f"no lane has the topic {topic}", expected=f"one of {known}")


def _check(lane: Lane) -> None:
    if lane.room < 1:
        raise ParameterError(f"lane {lane.name} has room for {lane.room}", expected="1 or more")
    for reader in lane.readers:
        if not any(fits(pattern, reader.pattern) for pattern in lane.patterns):
            problem = f"reader {reader.name} wants {reader.pattern}, which is not in lane {lane.name}"
            raise ParameterError(problem, expected=f"something of {', '.join(lane.patterns)}")


def _refuse_repeated(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"two are called {what} {name}", expected="a name for each")

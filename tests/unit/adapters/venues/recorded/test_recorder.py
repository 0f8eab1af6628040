"""Where the traffic of a venue is written, and how much of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from parrot.adapters.venues.traffic import Player, Recorder


def venue() -> Any:
    return SimpleNamespace(
        id="binance", on_rest_response=lambda *_: None, handle_message=lambda client, message: message
    )


def say(exchange: Any, number: int) -> None:
    assert exchange.handle_message(SimpleNamespace(url="wss://x/ws"), {"n": number}) == {"n": number}


def heard(path: Path) -> list[int]:
    return [message["n"] for _, message in Player(path).messages]


def test_what_was_recorded_before_is_left_alone(tmp_path: Path) -> None:
    one, two, three = venue(), venue(), venue()
    for exchange in (one, two, three):
        Recorder(tmp_path / "x.jsonl", exchange, (), now=lambda: 1)
    for number, exchange in enumerate((one, two, three, one)):
        say(exchange, number)
    found = {path.name: heard(path) for path in tmp_path.iterdir()}
    assert found == {"x.jsonl": [0, 3], "x.2.jsonl": [1], "x.3.jsonl": [2]}


def test_a_recording_ends_whole_before_it_is_too_large_and_the_venue_goes_on(tmp_path: Path) -> None:
    exchange = venue()
    Recorder(tmp_path / "x.jsonl", exchange, (), now=lambda: 1, most=1_000)
    for number in range(100):
        say(exchange, number)
    told = (tmp_path / "x.jsonl").read_bytes()
    assert 900 < len(told) <= 1_000
    assert heard(tmp_path / "x.jsonl") == list(range(len(told.splitlines()) - 1))
    assert json.loads(told.splitlines()[-1])["kind"] == "message"

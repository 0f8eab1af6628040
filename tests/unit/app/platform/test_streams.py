"""Sources of the stream: one that fails for a moment is asked again, and its channel goes on."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.app.platform import streams as room
from parrot.app.platform.streams import Streams
from parrot.contracts.access import machine
from parrot.gateway.stream.clients import Client
from parrot.kernel.errors import StorageError


def streams_of(whole: Any) -> Streams:
    made = Streams(SimpleNamespace(), SimpleNamespace(), SimpleNamespace(watch=lambda told: None), lambda: 0)
    made.offer("jobs", whole)
    return made


async def until(true: Any) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


@pytest.mark.parametrize("fault", [StorageError("not there yet"), ValueError("a slip")])
def test_a_source_that_fails_for_a_moment_is_asked_again(monkeypatch, fault):
    monkeypatch.setattr(room, "_AGAIN_S", 0.01)
    faults = [fault, fault]

    def whole() -> list[dict[str, str]]:
        if faults:
            raise faults.pop()
        return [{"id": "1"}]

    async def scene() -> None:
        streams = streams_of(whole)
        client = Client(machine(), lambda: None)
        streams.hub.join(client)
        streams.hub.subscribe(client, "jobs")
        await until(lambda: streams.hub.ready("jobs"))
        assert not faults
        assert not streams._late

    asyncio.run(scene())


def test_a_source_that_nobody_listens_to_any_more_is_left_alone(monkeypatch):
    monkeypatch.setattr(room, "_AGAIN_S", 0.01)
    asked: list[int] = []

    def whole() -> list[dict[str, str]]:
        asked.append(1)
        raise StorageError("not there")

    async def scene() -> None:
        streams = streams_of(whole)
        client = Client(machine(), lambda: None)
        streams.hub.subscribe(client, "jobs")
        await until(lambda: asked)
        streams.hub.unsubscribe(client, "jobs")
        await until(lambda: not streams._late)

    asyncio.run(scene())

"""Lanes as streams and readers as durable consumers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from parrot.ports.bus import Full, Lane, Reader

REMEMBERED_S: Final = 120.0
"""How long a stream knows the ids of messages."""


def stream(space: str, lane: Lane) -> str:
    """The name of a lane's stream."""
    return f"{space}-{lane.name}"


async def ensure(js: JetStreamContext, space: str, lanes: Sequence[Lane], ack_wait_s: float) -> str:
    """Makes the streams and consumers that are not there; gives when each stream was made, as one text.

    A stream that is there keeps its messages; its settings become those of the lane.
    """
    made = []
    for lane in lanes:
        settings = _settings(space, lane)
        try:
            await js.stream_info(stream(space, lane))
            found = await js.update_stream(settings)
        except NotFoundError:
            found = await js.add_stream(settings)
        for reader in lane.readers:
            await js.add_consumer(stream(space, lane), _consumer(space, lane, reader, ack_wait_s))
        made.append(str(found.created))
    return "|".join(made)


def _settings(space: str, lane: Lane) -> StreamConfig:
    """Messages wait until every reader has acknowledged them; facts on disk, streams of the present in memory."""
    facts = lane.full is Full.REFUSE
    return StreamConfig(
        name=stream(space, lane),
        subjects=[f"{space}.{pattern}" for pattern in lane.patterns],
        retention=RetentionPolicy.INTEREST,
        storage=StorageType.FILE if facts else StorageType.MEMORY,
        discard=DiscardPolicy.NEW if facts else DiscardPolicy.OLD,
        max_msgs=lane.room,
        max_msgs_per_subject=1 if lane.full is Full.LATEST else -1,
        duplicate_window=REMEMBERED_S,
    )


def _consumer(space: str, lane: Lane, reader: Reader, ack_wait_s: float) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=reader.name,
        filter_subject=f"{space}.{reader.pattern}",
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait_s,
        max_ack_pending=lane.room,
    )

"""Pushes to browsers. Times ns UTC, 0 before they come."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.gateway.rest.bodies import Body

Key = Annotated[str, Field(min_length=10, max_length=120, pattern=r"^[A-Za-z0-9_=-]+$")]


class PushTold(Body):
    """A browser of one's own that gets pushes; `problem` says why the newest one failed."""

    id: str
    label: str
    service: str
    made_ns: int
    sent_ns: int
    failures: int
    problem: str


class PushFacts(Body):
    """Whether pushes are sent at all, the key that browsers subscribe with, and one's own browsers."""

    on: bool
    contact: str
    public_key: str
    items: list[PushTold]


class SubscribeBody(Body):
    """What a browser says of itself: where its push service is, and its keys in base64url."""

    endpoint: Annotated[str, Field(min_length=10, max_length=2_000)]
    p256dh: Key
    auth: Key
    label: Annotated[str, Field(max_length=80)] = ""


class PushSwitchBody(Body):
    """Turns pushes on or off for everybody; `contact` is told to push services: mailto:NAME@HOST or https://HOST."""

    on: bool
    contact: Annotated[str, Field(min_length=9, max_length=200, pattern=r"^(mailto:|https://)[!-~]+$")]

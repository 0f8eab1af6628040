"""Pushes to browsers: who wants them where, and whether anybody gets any."""

from __future__ import annotations

import msgspec

from parrot.contracts.message import Message


class PushSubscription(Message, frozen=True, kw_only=True, gc=False):
    """One browser of a user: the address of its push service, its keys (base64url), what it is called. Times ns UTC.

    `failures` in a row; `problem` says why the newest one failed.
    """

    id: str
    user: str
    endpoint: str
    p256dh: str
    auth: str
    label: str
    made: int
    sent: int = 0
    failures: int = 0
    problem: str = ""


class PushSwitch(Message, frozen=True, kw_only=True, gc=False):
    """Whether pushes are sent; `contact` is a mailto: or https: address that push services may complain to."""

    on: bool
    contact: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser shows; a later one with the same `tag` takes its place, `place` is the page that it opens."""

    title: str
    body: str
    tag: str
    place: str = "/"

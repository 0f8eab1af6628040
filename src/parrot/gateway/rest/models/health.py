"""What probes are told."""

from __future__ import annotations

from parrot.gateway.rest.bodies import Body


class Health(Body):
    """The process answers."""

    status: str


class Readiness(Body):
    """Whether orders may flow, and why not."""

    ready: bool
    reasons: list[str]

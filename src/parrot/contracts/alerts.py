"""Alerts that somebody has looked at."""

from __future__ import annotations

from parrot.contracts.message import Message


class AlertAcknowledged(Message, frozen=True, kw_only=True, gc=False):
    """A named person has seen an alert at `ts` (ns UTC) and says `note` about it."""

    by: str
    ts: int
    note: str = ""

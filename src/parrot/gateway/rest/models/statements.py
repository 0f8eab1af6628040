"""Statements as they are asked for and shown."""

from __future__ import annotations

from parrot.gateway.rest.bodies import Body, Nanoseconds
from parrot.gateway.rest.models.chores import Chore


class StatementBody(Body):
    """A period: from `since_ns` up to, not including, `until_ns`, ns UTC."""

    since_ns: Nanoseconds
    until_ns: Nanoseconds


class Month(Body):
    """A month that has a statement; `whole` once it is over."""

    month: str
    since_ns: int
    until_ns: int
    whole: bool


class MadeStatement(Chore):
    """A statement that was asked for; `kept` while its files are there, `transactions` once they are counted."""

    since_ns: int
    until_ns: int
    transactions: int | None
    kept: bool


class Statements(Body):
    """Months, and statements that were asked for, each newest first."""

    items: list[Month]
    made: list[MadeStatement]

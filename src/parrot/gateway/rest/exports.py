"""Everything about somebody as one JSON document, written while it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from starlette.responses import StreamingResponse

from parrot.contracts.access import Principal
from parrot.gateway.rest.ports.audit import ActFilter, AuditDoor
from parrot.gateway.rest.ports.history import HistoryDoor
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.ports.history import Wanted

_PAGE: Final = 1_000


class JsonStream(StreamingResponse):
    """A JSON document in pieces."""

    media_type = "application/json"


class Exports:
    """What the users, the history and the audit log hold of somebody."""

    def __init__(self, users: UsersDoor, history: HistoryDoor, audit: AuditDoor) -> None:
        self._users = users
        self._history = history
        self._audit = audit

    def of(self, by: Principal, user: str) -> JsonStream:
        """All of it as a file to keep. Raises MissingError."""
        kept, name = self._users.leaving.export(by, user), self._users.people.find(user).name
        headers = {"Content-Disposition": f'attachment; filename="parrot-{name}.json"', "Cache-Control": "no-store"}
        return JsonStream(self._written(kept, by, name), headers=headers)

    def _written(self, kept: dict[str, Any], by: Principal, name: str) -> Iterator[str]:
        yield f'{{"kept":{json.dumps(kept, ensure_ascii=False)},"orders":['
        yield from _joined(self._orders(name))
        yield '],"acts":['
        yield from _joined(json.dumps(act, ensure_ascii=False) for act in self._audit.every(ActFilter(who=name), by))
        yield "]}\n"

    def _orders(self, name: str) -> Iterator[str]:
        after = 0
        while True:
            page = self._history.orders(Wanted(user=name, after=after, limit=_PAGE))
            for row in page.rows:
                if msgspec.json.decode(row).get("user") == name:
                    yield row.decode()
            if not page.after:
                return
            after = page.after


def _joined(texts: Iterator[str]) -> Iterator[str]:
    first = True
    for text in texts:
        yield text if first else f",{text}"
        first = False

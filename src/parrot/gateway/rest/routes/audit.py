"""The audit log over HTTP: what people did, whether the chain holds, a file to take away."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import StreamingResponse

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.audit import Acts, Check, Checks, LogFacts
from parrot.gateway.rest.paging import After, Limit, cursor, page_of, uncursor
from parrot.gateway.rest.ports.audit import ActFilter, AuditDoor
from parrot.gateway.rest.tables import csv_file
from parrot.kernel.errors import InputError

Reader = Annotated[Principal, allowed(Permission.AUDIT_READ)]
Text = Annotated[str, Query(max_length=100)]
Moment = Annotated[int | None, Query(ge=0, lt=1 << 63, description="ns UTC")]
_COLUMNS = ("entry", "time (UTC)", "ts (ns UTC)", "who", "what", "desk entry", "about")


async def _wanted(
    who: Text = "", what: Text = "", text: Text = "", from_ns: Moment = None, to_ns: Moment = None
) -> ActFilter:
    return ActFilter(who=who, what=what, text=text, begin=from_ns or 0, end=(1 << 63) if to_ns is None else to_ns)


Wanted = Annotated[ActFilter, Depends(_wanted)]


def routes(audit: AuditDoor) -> APIRouter:
    """The routes of the audit log."""
    router = APIRouter(tags=["audit"])
    _checks(router, audit)

    @router.get("/audit", operation_id="audit_facts", response_model=LogFacts)
    def facts(_: Reader) -> Any:
        """The audit log as a whole: how much there is, the newest signature, who did something and what was done."""
        return audit.facts()

    @router.get("/audit/acts", operation_id="list_acts", response_model=Acts)
    def listed(_: Reader, wanted: Wanted, limit: Limit = 100, after: After = "") -> Any:
        """Acts, newest first: by person, kind, time, or a text anywhere in them."""
        found, more = audit.acts(wanted, before=_before(after), limit=limit)
        return {"items": found, "next": cursor(str(found[-1]["seq"])) if more else None}

    @router.get("/audit/acts.csv", operation_id="export_acts", response_class=StreamingResponse)
    def export(who: Reader, wanted: Wanted) -> StreamingResponse:
        """The same acts as a CSV file, oldest first; no field can become a formula."""
        rows = ([row["seq"], _time(row["ts"]), row["ts"], row["who"], row["what"], row["entry"], _about(row)]
                for row in audit.every(wanted, who))  # fmt: skip
        return csv_file("audit.csv", _COLUMNS, rows)

    return router


def _checks(router: APIRouter, audit: AuditDoor) -> None:
    @router.get("/audit/checks", operation_id="list_checks", response_model=Checks)
    def checks(_: Reader, limit: Limit = 20, after: After = "") -> Any:
        """Checks of the chain, newest first."""
        found, more = page_of(audit.checks(), after=after, limit=limit, key=lambda row: str(row["id"]))
        return {"items": found, "next": more}

    @router.post("/audit/checks", operation_id="start_check", status_code=202, response_model=Check)
    def check(who: Reader) -> Any:
        """Begins a check of every durable file, in a process of its own."""
        return audit.check(who)

    @router.get("/audit/checks/{check_id}", operation_id="get_check", response_model=Check)
    def one(_: Reader, check_id: str) -> Any:
        """One check: how far it is, and what it found."""
        return audit.one_check(check_id)

    @router.post("/audit/checks/{check_id}/cancel", operation_id="cancel_check", response_model=Check)
    def cancel(_: Reader, check_id: str) -> Any:
        """Ends a check that is under way."""
        return audit.cancel_check(check_id)


def _before(after: str) -> int:
    if not after:
        return 1 << 63
    text = uncursor(after)
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise InputError("after is no cursor", expected="the `next` of the page before")
    return int(text)


def _time(ts: int) -> str:
    return datetime.fromtimestamp(ts // 10**9, UTC).isoformat()


def _about(row: dict[str, Any]) -> str:
    return json.dumps(row["about"], ensure_ascii=False)

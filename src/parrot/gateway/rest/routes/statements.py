"""Statements: which there are, made as jobs, kept as files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed, require_account
from parrot.gateway.rest.models.statements import MadeStatement, StatementBody, Statements
from parrot.gateway.rest.ports.statements import StatementsDoor

Holder = Annotated[Principal, allowed(Permission.PORTFOLIO_READ)]
_TYPES: Final = {"html": "text/html", "csv": "text/csv", "json": "application/json"}
_SHAPES: Final = {"html": "string", "csv": "string", "json": "object"}


def routes(statements: StatementsDoor) -> APIRouter:
    """The routes of statements."""
    router = APIRouter(tags=["portfolio"])

    @router.get("/portfolio/statements", operation_id="list_statements", response_model=Statements)
    def listed(who: Holder) -> Any:
        """Months that have a statement, and statements that were asked for, each newest first."""
        require_account(who)
        return {"items": statements.months(), "made": statements.made()}

    @router.post(
        "/portfolio/statements",
        operation_id="start_statement",
        status_code=HTTPStatus.ACCEPTED,
        response_model=MadeStatement,
    )
    def start(body: StatementBody, who: Holder) -> Any:
        """Makes the statement from `since` up to, not including, `until`, in a process of its own.

        One of the same period that is on its way, or complete, is given instead.
        """
        require_account(who)
        return statements.ask(body.since_ns, body.until_ns, who.name)

    @router.get("/portfolio/statements/{statement_id}", operation_id="get_statement", response_model=MadeStatement)
    def one(statement_id: str, who: Holder) -> Any:
        """One statement: how far it is."""
        require_account(who)
        return statements.one(statement_id)

    @router.post(
        "/portfolio/statements/{statement_id}/cancel", operation_id="cancel_statement", response_model=MadeStatement
    )
    def cancel(statement_id: str, who: Holder) -> Any:
        """Ends its making; nothing is left of it. One that has ended stays as it is."""
        require_account(who)
        return statements.cancel(statement_id)

    @router.get(
        "/portfolio/statements/{statement_id}/file",
        operation_id="statement",
        response_class=FileResponse,
        responses={200: {"content": {_TYPES[form]: {"schema": {"type": _SHAPES[form]}} for form in _TYPES}}},
    )
    def file(
        statement_id: str, who: Holder, form: Annotated[str, Query(pattern="^(html|csv|json)$")] = "html"
    ) -> FileResponse:
        """A finished statement as a file."""
        require_account(who)
        path = statements.file(statement_id, form)
        return FileResponse(path, media_type=f"{_TYPES[form]}; charset=utf-8", filename=f"statement.{form}")

    return router

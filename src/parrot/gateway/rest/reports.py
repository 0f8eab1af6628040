"""Reports of back-tests: files only, nothing outside their folder, nothing hidden, no listings."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from parrot.contracts.access import Permission
from parrot.gateway.rest.access import allowed

_SOON: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Parrot</title><style>body{font:16px system-ui;max-width:40rem;margin:20vh auto;padding:0 1rem}</style>
<h1>The reports are being made</h1>
<p>The example strategies are being back-tested; their reports appear here in a moment.</p></html>"""
# Reports carry stricter policies of their own, by hash; this one holds for them all.
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads allow-popups"
)
_HEADERS: Final = {"Content-Security-Policy": _POLICY}
_AGAIN: Final = {"Retry-After": "3"} | _HEADERS


def install(app: FastAPI, folder: Path) -> None:
    """Serves `folder` below "/reports/"; an index that is not made yet says so and comes again."""
    guard = [allowed(Permission.BACKTESTS_READ)]

    @app.get("/reports", include_in_schema=False, dependencies=guard)
    def reports() -> Response:
        return RedirectResponse("/reports/", HTTPStatus.PERMANENT_REDIRECT)

    @app.get("/reports/{path:path}", include_in_schema=False, dependencies=guard)
    def report(path: str) -> Response:
        place = _place(folder, path)
        if place.is_file():
            return FileResponse(place, headers=_HEADERS)
        if not path:
            return HTMLResponse(_SOON, status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_AGAIN)
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not found")


def _place(folder: Path, path: str) -> Path:
    hidden = any(part.startswith(".") for part in Path(path).parts)
    try:
        place = (folder / (path or "index.html")).resolve()
    except (ValueError, OSError):  # a null byte, or a name too long for the disk
        hidden = True
    if hidden or not place.is_relative_to(folder.resolve()):
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not found")
    return place

"""A folder of pages: files only, nothing outside it, nothing hidden, no listings."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

_SOON: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Parrot</title><style>body{font:16px system-ui;max-width:40rem;margin:20vh auto;padding:0 1rem}</style>
<h1>Parrot is trading on paper</h1>
<p>The example strategies are being back-tested; their reports appear here in a moment.</p>
<p><code>parrot status</code> shows orders, fills and positions.</p></html>"""


# Reports carry stricter policies of their own, by hash; this one holds for them all.
REPORT_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_AGAIN: Final = {"Retry-After": "3", "Content-Security-Policy": REPORT_POLICY}


def install(app: FastAPI, folder: Path) -> None:
    """Serves `folder` below "/"; an index that is not made yet says so and comes again."""

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        place = _place(folder, path)
        if place.is_file():
            return FileResponse(place, headers={"Content-Security-Policy": REPORT_POLICY})
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

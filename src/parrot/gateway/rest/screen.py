"""Serving the screen: the exported pages, their assets, and what is said where there is none."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from parrot.gateway.rest.assets import Asset, collect, page

_STYLE: Final = "body{font:16px system-ui;max-width:40rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}"
_UNBUILT: Final = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Parrot</title><style>{_STYLE}</style>
<h1>Parrot runs; its screen is not built</h1>
<p>Build it with <code>make build</code> (or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>), which
needs Node.js 20 or later, and start Parrot again.</p>
<p>Until then <code>parrot status</code> shows orders, fills and positions, and <a href="/api/docs">the interface</a>
answers programs.</p></html>"""
_LOST: Final = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Not found</title><style>{_STYLE}</style>
<h1>There is no such page</h1><p><a href="/">Go to the first page</a></p></html>"""


class Screen:
    """The files of a folder by their addresses, read once."""

    def __init__(self, folder: Path | None) -> None:
        built = folder is not None and (folder / "index.html").is_file()
        self._assets = collect(folder) if built and folder is not None else {"/index.html": page(_UNBUILT)}
        self._lost = self._assets.get("/404.html") or page(_LOST)

    def find(self, path: str) -> Asset | None:
        """What stands at an address: a file, or the page of that name."""
        bare = path.rstrip("/")
        names = (path, f"{bare}.html", f"{bare}/index.html") if bare else ("/index.html",)
        return next((self._assets[name] for name in names if name in self._assets), None)

    def answer(self, request: Request) -> Response:
        """The answer to a visit. Raises HTTPException for what is no page and nobody visits."""
        asset = self.find(request.scope["path"])
        if asset is not None:
            return served(request, asset)
        if request.scope["path"].startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(HTTPStatus.NOT_FOUND, "Not found")
        return served(request, self._lost, status=HTTPStatus.NOT_FOUND)


def install(app: FastAPI, folder: Path | None) -> None:
    """Serves the screen below "/", last of all routes."""
    screen = Screen(folder)

    async def visit(request: Request) -> Response:
        return screen.answer(request)

    app.add_route("/{path:path}", visit, methods=["GET", "HEAD"], include_in_schema=False)


def served(request: Request, asset: Asset, *, status: int = HTTPStatus.OK) -> Response:
    """An asset as an answer; 304 for who has it."""
    encoding, body = asset.encoded(request.headers.get("accept-encoding", ""))
    headers = asset.headers | {"ETag": asset.tag, "Vary": "Accept-Encoding"}
    if status == HTTPStatus.OK and asset.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, status_code=status, headers=headers)

"""Files of the screen as they are served: in memory, compressed, each page with a policy made from its own text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from parrot.gateway.rest.headers import WORKER_POLICY, page_policy

_FOREVER: Final = "public, max-age=31536000, immutable"
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))  # best first
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ico": "image/vnd.microsoft.icon",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_WORKER: Final = "sw.js"  # the service worker; what it may fetch is said by its own headers
_WORTH_IT: Final = 1_024  # bytes below which compressing gains nothing
_DENSE: Final = frozenset({".woff2", ".png", ".jpg", ".webp", ".ico"})


@dataclass(slots=True)
class Asset:
    """One file: its bytes by encoding ("" for none), and the headers that go with it."""

    bodies: dict[str, bytes]
    headers: dict[str, str]
    dense: bool = False
    tag: str = field(init=False)

    def __post_init__(self) -> None:
        self.tag = f'"{hashlib.blake2b(self.bodies[""], digest_size=12).hexdigest()}"'

    def encoded(self, accepted: str) -> tuple[str, bytes]:
        """The smallest form that `accepted` (Accept-Encoding) allows: the name of the encoding, and the bytes."""
        names = {part.partition(";")[0].strip() for part in accepted.split(",") if not part.endswith(";q=0")}
        for name, _ in _ENCODINGS:
            if name in names and name in self.bodies:
                return name, self.bodies[name]
        if "gzip" in names and not self.dense and len(self.bodies[""]) > _WORTH_IT:
            self.bodies["gzip"] = gzip.compress(self.bodies[""], 6, mtime=0)  # once; two at a time do no harm
            return "gzip", self.bodies["gzip"]
        return "", self.bodies[""]


def page(text: str) -> Asset:
    """A page with a policy of its own."""
    policy = policy_of(text)
    return Asset({"": text.encode()}, {"Content-Type": _TYPES[".html"], "Content-Security-Policy": policy})


def policy_of(text: str) -> str:
    """The policy that allows the inline scripts and styles of a page, by hash, and nothing else inline."""
    found = _Inline()
    found.feed(text)
    found.close()
    return page_policy(scripts=_sources(found.scripts), styles=_sources(found.styles))


def collect(folder: Path) -> dict[str, Asset]:
    """Everything below `folder` by its address; hidden files and links that lead outside are left out."""
    root = folder.resolve()
    found = {}
    for place in sorted(root.rglob("*")):
        inside = place.relative_to(root)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or not place.is_file() or not place.resolve().is_relative_to(root) or place.suffix in (".br", ".gz"):
            continue
        found["/" + inside.as_posix()] = _asset(place, immutable=inside.parts[:2] == ("_next", "static"))
    return found


def _asset(place: Path, *, immutable: bool) -> Asset:
    body = place.read_bytes()
    if place.suffix == ".html":
        made = page(body.decode())
    else:
        kind = _TYPES.get(place.suffix) or mimetypes.guess_type(place.name)[0] or "application/octet-stream"
        made = Asset({"": body}, {"Content-Type": kind}, dense=place.suffix in _DENSE)
    if place.name == _WORKER:
        made.headers["Content-Security-Policy"] = WORKER_POLICY
    if immutable:
        made.headers["Cache-Control"] = _FOREVER
    for name, suffix in _ENCODINGS:
        packed = place.with_name(place.name + suffix)
        if packed.is_file():
            made.bodies[name] = packed.read_bytes()
    return made


def _sources(texts: list[str]) -> str:
    hashes = dict.fromkeys(base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return "".join(f" 'sha256-{one}'" for one in hashes)


class _Inline(HTMLParser):
    """Collects the text of inline scripts and styles exactly as it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "style":
            self._begin(self.styles)
        elif tag == "script" and not any(name == "src" for name, _ in attrs):
            self._begin(self.scripts)

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._into = None

    def _begin(self, into: list[str]) -> None:
        into.append("")
        self._into = into

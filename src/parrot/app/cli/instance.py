"""The running platform as commands reach it: over HTTP on this machine, with the token of its data directory."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, urlsplit

import typer

from parrot.kernel.errors import AccessError, InputError, MissingError, ParrotError, StorageError

_LATEST_S: Final = 15.0

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The platform's data directory (live below PARROT_HOME).")
]
By = Annotated[str, typer.Option("--by", help="Your name: it stands in the records.")]


def folder_of(data: Path | None) -> Path:
    """The data directory that is meant."""
    from parrot.app.wiring import home

    return home() / "live" if data is None else data.expanduser()


@dataclass(frozen=True, slots=True)
class Client:
    """Speaks to one running platform. Raises errors of the tree, as the platform told them."""

    url: str
    token: str
    cert: str = ""

    def get(self, path: str, *, patience_s: float = _LATEST_S) -> Any:
        """What the platform answers to a question."""
        return self._call("GET", path, None, patience_s)

    def send(self, method: str, path: str, body: dict[str, Any], *, patience_s: float = _LATEST_S) -> Any:
        """What the platform answers to a command."""
        return self._call(method, path, body, patience_s)

    def _call(self, method: str, path: str, body: dict[str, Any] | None, patience_s: float) -> Any:
        place = urlsplit(self.url)
        connection = _connection(place, self.cert, patience_s)
        headers = {"X-Parrot-Token": self.token} | ({"Content-Type": "application/json"} if body is not None else {})
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            reply = connection.getresponse()
            text = reply.read()
            answer = json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as fault:
            problem = f"the platform on {self.url} does not answer: {fault}"
            raise StorageError(problem, fix="look into its log, try again, or use `parrot kill`") from None
        finally:
            connection.close()
        if reply.status >= 400 and answer is not None and "title" in answer:
            raise _told(reply.status, answer)
        return answer


def _connection(place: SplitResult, cert: str, patience_s: float) -> http.client.HTTPConnection:
    host = place.hostname or "localhost"
    if place.scheme != "https":
        return http.client.HTTPConnection(host, place.port, timeout=patience_s)
    from parrot.app.client import trusted

    return http.client.HTTPSConnection(host, place.port, timeout=patience_s, context=trusted(cert))


def client(data: Path | None) -> Client:
    """The platform that runs on a data directory; raises MissingError when none does."""
    found = find(data)
    if found is None:
        raise MissingError(f"nothing runs on {folder_of(data)}", expected="a running platform", fix="parrot up")
    return found


def find(data: Path | None) -> Client | None:
    """The platform that runs on a data directory, None when none does."""
    from parrot.app.folder import DataFolder, running

    instance = running(DataFolder(folder_of(data)))
    return None if instance is None else Client(instance.url, instance.token, instance.cert)


def _told(status: int, answer: dict[str, Any]) -> ParrotError:
    given = {"expected": answer.get("expected", ""), "fix": answer.get("fix", "")}
    if status in (401, 403, 423):
        return AccessError(answer["title"], reason=answer.get("reason", "forbidden"), **given)
    kind: type[ParrotError] = MissingError if status == 404 else StorageError if status >= 500 else InputError
    return kind(answer["title"], **given)

"""An OpenID provider that runs beside a platform, and what it was asked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # it brings no types
from werkzeug.serving import make_server

with warnings.catch_warnings():  # of its own libraries
    warnings.simplefilter("ignore")
    import oidc_provider_mock  # type: ignore[import-untyped]  # it brings no types

STYLE = "https://cdn.jsdelivr.net/"  # its pages ask for one from there


@dataclass
class Provider:
    """A provider at `url`, which is another site than the platform's `localhost`.

    It holds clients to PKCE, which the library does not. `asked` are the parameters of each visit, `redeemed` those of
    each code that was handed in, with who handed it in; `ways_back` where browsers were sent. While `holds`, they are
    not sent there.
    """

    app: Any
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    ways_back: list[str] = field(default_factory=list)
    holds: bool = False
    _challenges: dict[str, str] = field(default_factory=dict)

    def knows(self, subject: str, **claims: Any) -> None:
        """Somebody who has an account there."""
        httpx2.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        path, query = environ["PATH_INFO"], _flat(environ["QUERY_STRING"])
        if path == "/oauth2/authorize" and environ["REQUEST_METHOD"] == "POST":
            self.asked.append(query)
            return self.app(environ, self._sending_back(query, start))
        if path == "/oauth2/token":
            given = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(given)
            told = _flat(given.decode())
            self.redeemed.append(told | {"by": environ.get("HTTP_AUTHORIZATION", "")})
            if create_s256_code_challenge(told["code_verifier"]) != self._challenges.get(told["code"]):
                start("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
        return self.app(environ, start)

    def _sending_back(self, query: dict[str, str], start: Any) -> Any:
        def sent(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            place = dict(headers).get("Location", "")
            self.ways_back.append(place)
            code = _flat(urlsplit(place).query).get("code")
            if code is not None:
                self._challenges[code] = query["code_challenge"]
            if self.holds:
                status, headers = "200 OK", [("Content-Type", "text/html")]
            return start(status, headers, *rest)

        return sent


def _flat(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider for the block of a `with`."""
    provider = Provider(oidc_provider_mock.app())
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=lambda: server.serve_forever(0.05))
    thread.start()
    yield provider
    server.shutdown()
    thread.join(5)
    server.server_close()

"""A person at the interface of a platform that runs: cookie, token against forgery, JSON."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2


class Person:
    """Signed in once `enter` was answered; `heard` is every answer's whole text, but of those that show a secret."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, headers={"Origin": url}, timeout=20)
        self.csrf = ""
        self.heard: list[str] = []

    def enter(self, path: str, body: Any) -> Any:
        """Signs in at `path`."""
        answer = self.post(path, body)
        self.csrf = self.get("/auth/session")["csrf"]
        return answer

    def get(self, path: str) -> Any:
        """What a question is answered."""
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None, *, shows: bool = False) -> Any:
        """What an act is answered; `shows` says that a secret is shown for once there."""
        return self.ask("POST", path, body, shows=shows)

    def ask(self, method: str, path: str, body: Any = None, *, shows: bool = False, refused: bool = False) -> Any:
        """One request; it must be refused, or must not."""
        headers = {"Parrot-CSRF": self.csrf, "Idempotency-Key": str(uuid4())} if method != "GET" else {}
        answer = self.http.request(method, f"/api/v1{path}", json=body if body is not None else None, headers=headers)
        if not shows:
            self.heard.append(answer.text + str(dict(answer.headers) | {"set-cookie": ""}))
        assert answer.is_success != refused, (method, path, answer.status_code, answer.text)
        return answer.json() if "json" in answer.headers.get("content-type", "") and answer.content else None

    @property
    def cookies(self) -> list[str]:
        """What the browser would keep."""
        return [str(value) for value in self.http.cookies.values()]

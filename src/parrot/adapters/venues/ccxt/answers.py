"""The last answer over HTTP within one request's task, and what a failure of that request means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble

_SECOND: Final = 1_000_000_000
_SERVER_ERROR: Final = 500
_SLOW: Final = (418, 429)
_FORBIDDEN: Final = 403
_QUERY: Final = re.compile(r"(?<=\S)\?\S*=\S*")
PAUSE: Final = 2 * _SECOND  # where a venue asks for a pause and does not say how long


@dataclass(slots=True)
class Answer:
    """Status 0 while none came."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def header(self, name: str) -> str:
        """A header by its name in small letters."""
        return next((value for key, value in self.headers.items() if key.lower() == name), "")

    def retry_after(self) -> int:
        """How long the venue asked to wait, ns, 0 for nothing."""
        text = self.header("retry-after")
        return int(float(text) * _SECOND) if re.fullmatch(r"\d{1,7}(\.\d+)?", text) else 0


answer: ContextVar[Answer | None] = ContextVar("answer", default=None)


def coded(text: str) -> tuple[str, str]:
    """Code and words of an error in JSON, under the names that most venues use; empty where there are none."""
    try:
        body: Any = json.loads(text)
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code = next((str(body[name]) for name in ("code", "retCode", "error_code") if body.get(name) is not None), "")
    words = next((str(body[name]) for name in ("msg", "retMsg", "message") if body.get(name)), "")
    return code, words


# Binance Spot by code; by (code, words) where the words decide. Codes that are not here say that nothing was done when
# the status is 4xx, and nothing at all when it is 5xx.
BINANCE: Final[dict[str, Outcome]] = {
    "-1000": Outcome.UNKNOWN,
    "-1001": Outcome.UNKNOWN,
    "-1002": Outcome.KEY,
    "-1003": Outcome.SLOW,
    "-1004": Outcome.SLOW,  # the server is busy
    "-1006": Outcome.UNKNOWN,
    "-1007": Outcome.UNKNOWN,
    "-1008": Outcome.SLOW,  # too much work for the server; nothing was done
    "-1015": Outcome.SLOW,
    "-1016": Outcome.UNKNOWN,
    "-1021": Outcome.CLOCK,
    "-1022": Outcome.KEY,
    "-1034": Outcome.SLOW,
    "-2008": Outcome.KEY,
    "-2011": Outcome.MISSING,
    "-2013": Outcome.MISSING,
    "-2014": Outcome.KEY,
    "-2015": Outcome.KEY,
    "-2021": Outcome.UNKNOWN,  # one half of a cancel-replace was done
}
BINANCE_WORDS: Final[dict[tuple[str, str], Outcome]] = {
    ("-2010", "Duplicate order sent."): Outcome.DUPLICATE,
    ("-2011", "Duplicate order sent."): Outcome.DUPLICATE,
}


def binance_trouble(given: Answer) -> Trouble | None:
    """What an error of Binance Spot means by its code and words; None where the answer is none."""
    code, words = coded(given.text)
    if not code.startswith("-"):
        return None
    outcome = BINANCE_WORDS.get((code, words)) or BINANCE.get(code)
    if given.status >= _SERVER_ERROR:
        outcome = Outcome.SLOW if code in ("-1008", "-1003") else Outcome.UNKNOWN
    elif given.status in _SLOW:
        outcome = Outcome.SLOW
    return _trouble(outcome or Outcome.REFUSED, f"{words} ({code})", given)


def trouble(error: Exception, given: Answer) -> Trouble:
    """What a failure of ccxt means, by its class and the answer's status."""
    import ccxt

    reason = _first_line(error)
    if given.status in _SLOW or isinstance(error, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
        return _trouble(Outcome.SLOW, reason, given)
    if given.status >= _SERVER_ERROR:
        return _trouble(Outcome.UNKNOWN, reason, given)
    for kinds, outcome in _classes(ccxt):
        if isinstance(error, kinds):
            return _trouble(outcome, reason, given)
    if isinstance(error, ccxt.ExchangeError) and 400 <= given.status < _SERVER_ERROR:
        slow = given.status == _FORBIDDEN
        return _trouble(Outcome.SLOW if slow else Outcome.REFUSED, reason, given)
    return _trouble(Outcome.UNKNOWN, reason, given)


def _classes(ccxt: Any) -> list[tuple[Any, Outcome]]:
    """The first that fits decides: what is narrower stands before what is wider."""
    return [
        (ccxt.InvalidNonce, Outcome.CLOCK),
        ((ccxt.RequestTimeout, ccxt.ExchangeNotAvailable, ccxt.NetworkError), Outcome.UNKNOWN),
        ((ccxt.AuthenticationError, ccxt.AccountNotEnabled), Outcome.KEY),
        (ccxt.OrderNotFound, Outcome.MISSING),
        (ccxt.DuplicateOrderId, Outcome.DUPLICATE),
        ((ccxt.InvalidOrder, ccxt.InsufficientFunds, ccxt.BadRequest, ccxt.NotSupported), Outcome.REFUSED),
        ((ccxt.ArgumentsRequired, ccxt.OperationRejected, ccxt.AddressPending), Outcome.REFUSED),
    ]


def _trouble(outcome: Outcome, reason: str, given: Answer) -> Trouble:
    wait = given.retry_after()
    return Trouble(outcome, reason, retry_after=wait or PAUSE if outcome is Outcome.SLOW else wait)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    # ccxt names the address that was asked, and its query holds the signature and often the key.
    said = _QUERY.sub("?...", lines[0] if lines else type(error).__name__)[:300]
    cause = error.__cause__
    if isinstance(cause, TimeoutError):
        return f"{said}: no answer in time"
    return f"{said}: {_QUERY.sub('?...', str(cause))[:200]}" if isinstance(cause, OSError) and str(cause) else said

"""Failures of requests, sorted by what has to be done about them."""

from __future__ import annotations

import json

import ccxt
import pytest

from parrot.adapters.venues.ccxt.answers import PAUSE, Answer, binance_trouble, trouble
from parrot.adapters.venues.skeleton.trouble import Outcome

BALANCE = "Account has insufficient balance for requested action."


@pytest.mark.parametrize(
    ("status", "code", "words", "outcome"),
    [
        (400, -1013, "Filter failure: NOTIONAL", Outcome.REFUSED),
        (400, -1013, "Filter failure: PRICE_FILTER", Outcome.REFUSED),
        (400, -1121, "Invalid symbol.", Outcome.REFUSED),
        (400, -2010, BALANCE, Outcome.REFUSED),
        (400, -2010, "Order would immediately match and take.", Outcome.REFUSED),
        (400, -2010, "Stop price would trigger immediately.", Outcome.REFUSED),
        (400, -2010, "Order would trigger immediately.", Outcome.REFUSED),
        (400, -2010, "Duplicate order sent.", Outcome.DUPLICATE),
        (400, -2011, "Unknown order sent.", Outcome.MISSING),
        (400, -2013, "Order does not exist.", Outcome.MISSING),
        (400, -2022, "Order cancel-replace failed.", Outcome.REFUSED),
        (409, -2021, "Order cancel-replace partially failed.", Outcome.UNKNOWN),
        (400, -1021, "Timestamp for this request is outside of the recvWindow.", Outcome.CLOCK),
        (400, -1022, "Signature for this request is not valid.", Outcome.KEY),
        (401, -2015, "Invalid API-key, IP, or permissions for action.", Outcome.KEY),
        (401, -2014, "API-key format invalid.", Outcome.KEY),
        (429, -1003, "Too much request weight used.", Outcome.SLOW),
        (418, -1003, "Way too many requests; IP banned.", Outcome.SLOW),
        (429, -1015, "Too many new orders.", Outcome.SLOW),
        (503, -1008, "Request throttled by system-level protection.", Outcome.SLOW),
        (500, -1000, "An unknown error occurred while processing the request.", Outcome.UNKNOWN),
        (503, -1007, "Timeout waiting for response from backend server.", Outcome.UNKNOWN),
        (400, -9999, "A code of next year.", Outcome.REFUSED),
        (502, -9999, "A code of next year.", Outcome.UNKNOWN),
    ],
)
def test_binance_by_code_and_words(status, code, words, outcome):
    found = binance_trouble(Answer(status, {}, json.dumps({"code": code, "msg": words})))
    assert found.outcome is outcome
    assert words in found.reason


def test_what_is_no_error_of_binance_is_left_to_the_class_of_the_failure():
    assert binance_trouble(Answer(200, {}, "[]")) is None
    assert binance_trouble(Answer(502, {}, "<html>Bad Gateway</html>")) is None


def test_the_pause_that_a_venue_names_is_kept_and_one_is_made_where_it_names_none():
    text = json.dumps({"code": -1003, "msg": "slow"})
    assert binance_trouble(Answer(429, {"Retry-After": "17"}, text)).retry_after == 17_000_000_000
    assert binance_trouble(Answer(429, {"Retry-After": "soon"}, text)).retry_after == PAUSE


@pytest.mark.parametrize(
    ("error", "status", "outcome"),
    [
        (ccxt.InsufficientFunds("x"), 200, Outcome.REFUSED),
        (ccxt.InvalidOrder("x"), 0, Outcome.REFUSED),
        (ccxt.BadRequest("x"), 400, Outcome.REFUSED),
        (ccxt.OrderNotFound("x"), 200, Outcome.MISSING),
        (ccxt.DuplicateOrderId("x"), 200, Outcome.DUPLICATE),
        (ccxt.InvalidNonce("x"), 200, Outcome.CLOCK),
        (ccxt.AuthenticationError("x"), 401, Outcome.KEY),
        (ccxt.PermissionDenied("x"), 200, Outcome.KEY),
        (ccxt.RateLimitExceeded("x"), 200, Outcome.SLOW),
        (ccxt.DDoSProtection("x"), 0, Outcome.SLOW),
        (ccxt.RequestTimeout("x"), 0, Outcome.UNKNOWN),
        (ccxt.ExchangeNotAvailable("x"), 502, Outcome.UNKNOWN),
        (ccxt.InvalidOrder("x"), 500, Outcome.UNKNOWN),
        (ccxt.ExchangeError("x"), 200, Outcome.UNKNOWN),
        (ccxt.ExchangeError("x"), 422, Outcome.REFUSED),
        (ccxt.BadResponse("x"), 200, Outcome.UNKNOWN),
        (KeyError("x"), 200, Outcome.UNKNOWN),
    ],
)
def test_any_venue_by_the_class_of_the_failure(error, status, outcome):
    assert trouble(error, Answer(status)).outcome is outcome


def test_the_address_in_a_reason_has_no_query():
    url = "https://api.example.org/api/v3/order?symbol=BTCUSDT&signature=5e1f&apiKey=k3y"
    for text in (f"binance GET {url}", f"binance GET {url} 503 Service Unavailable {{}}"):
        reason = trouble(ccxt.RequestTimeout(text), Answer()).reason
        assert "5e1f" not in reason
        assert "k3y" not in reason
        assert "binance GET https://api.example.org/api/v3/order?..." in reason
    assert trouble(ccxt.ExchangeError("what? a=b"), Answer()).reason == "what? a=b"


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"), "Connect call failed"),
        (OSError("http://h/x?signature=canary"), "http://h/x?..."),
        (TimeoutError(), "no answer in time"),
    ],
)
def test_a_venue_that_cannot_be_reached_comes_with_the_reason(cause: Exception, told: str) -> None:
    error = ccxt.ExchangeNotAvailable("kraken GET https://h/0/public/Assets")
    error.__cause__ = cause
    found = trouble(error, Answer())
    assert found.reason.startswith("kraken GET https://h/0/public/Assets: ")
    assert told in found.reason
    assert "canary" not in found.reason

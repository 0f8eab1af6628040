"""Who may ask: the signature over the bytes as received, keys, and the window of time."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from parrot.gateway.binance_api import forms
from parrot.ports.exchange import Credential
from parrot.ports.secrets import Secret
from tests.unit.gateway.binance_api.place import KEY, READ_KEY, SECRET, Place, Socket, signature

ORDER = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=50000"


@pytest.fixture(scope="module")
def place() -> Place:
    return Place()


def code(response: Any) -> tuple[int, int | None]:
    return response.status, json.loads(response.body).get("code")


def test_the_example_of_the_venue_s_documentation_gives_its_signature() -> None:
    secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
    text = (
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
    )
    assert signature(text, secret) == "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        (b"a=1&signature=ff", b"a=1"),
        (b"signature=ff&a=1", b"a=1"),
        (b"a=1&signature=ff&b=2", b"a=1&b=2"),
        (b"signature=ff", b""),
        (b"xsignature=1&signature=ff", b"xsignature=1"),
        (b"a=1&b=2", b"a=1&b=2"),
        (b"", b""),
    ],
)
def test_only_the_pair_of_the_signature_is_taken_out(raw: bytes, left: bytes) -> None:
    assert forms.unsigned(raw) == left


@pytest.mark.parametrize("where", ["query", "body", "mixed", "mixed, signed in the query", "signature first"])
def test_query_and_body_are_signed_as_they_came(place: Place, where: str) -> None:
    when = f"timestamp={place.ms}"
    whole = f"{ORDER}&{when}"
    query, body = {
        "query": (f"{whole}&signature={signature(whole)}", ""),
        "body": ("", f"{whole}&signature={signature(whole)}"),
        "mixed": (ORDER, f"{when}&signature={signature(ORDER + when)}"),
        "mixed, signed in the query": (f"{ORDER}&signature={signature(ORDER + when)}", when),
        "signature first": (f"signature={signature(whole)}&{whole}", ""),
    }[where]
    assert place.raw("POST", "/api/v3/order", query, body, x_mbx_apikey=KEY).status == 200


def test_hex_may_be_in_capitals(place: Place) -> None:
    text = f"timestamp={place.ms}"
    query = f"{text}&signature={signature(text).upper()}"
    assert place.raw("GET", "/api/v3/account", query, x_mbx_apikey=KEY).status == 200


def test_the_query_wins_over_the_body(place: Place) -> None:
    query = f"symbol=BTCUSDT&newClientOrderId=from-query&timestamp={place.ms}"
    body = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=50000&newClientOrderId=from-body"
    query += "&signature=" + signature(query + body)
    answer = json.loads(place.raw("POST", "/api/v3/order", query, body, x_mbx_apikey=KEY).body)
    assert answer["clientOrderId"] == "from-query"


def test_percent_coded_bytes_are_signed_coded_and_read_decoded(place: Place) -> None:
    text = f"symbol=%42TCUSDT&timestamp={place.ms}"
    query = f"{text}&signature={signature(text)}"
    assert place.raw("GET", "/api/v3/openOrders", query, x_mbx_apikey=KEY).status == 200


@pytest.mark.parametrize("change", ["order of pairs", "other bytes", "other secret", "no signature pair removed"])
def test_anything_else_than_what_was_signed_is_refused(place: Place, change: str) -> None:
    first, second = "symbol=BTCUSDT", f"timestamp={place.ms}"
    good = signature(f"{first}&{second}")
    query = {
        "order of pairs": f"{second}&{first}&signature={good}",
        "other bytes": f"{first}&{second}&recvWindow=5000&signature={good}",
        "other secret": f"{first}&{second}&signature={signature(first + '&' + second, 'x')}",
        "no signature pair removed": f"{first}&{second}&signature={good[:-1]}",
    }[change]
    assert code(place.raw("GET", "/api/v3/openOrders", query, x_mbx_apikey=KEY)) == (400, -1022)


@pytest.mark.parametrize(
    ("offset_us", "window", "expected"),
    [
        (0, "", 200),
        (-5_000_000, "", 200),
        (-5_001_000, "", -1021),
        (999_000, "", 200),
        (1_000_000, "", -1021),
        (-1_000_500, "1000.5", 200),
        (-1_000_501, "1000.5", -1021),
        (-60_000_000, "60000", 200),
        (0, "60000.001", -1131),
        (0, "60001", -1131),
        (0, "1000.0005", -1111),
        (0, "-5", -1100),
        (0, "1e3", -1100),
    ],
)
def test_the_window_of_time(place: Place, offset_us: int, window: str, expected: int) -> None:
    stamp = place.ms * 1000 + offset_us
    text = f"timestamp={stamp}" + (f"&recvWindow={window}" if window else "")
    response = place.raw("GET", "/api/v3/account", f"{text}&signature={signature(text)}", x_mbx_apikey=KEY)
    assert code(response) == ((200, None) if expected == 200 else (400, expected))


def test_a_wrong_clock_of_the_venue_shows_and_refuses() -> None:
    place = Place()
    place.face.skew = 10 * 10**9
    assert place.ask("time")["serverTime"] == place.exchange.now // 10**6 + 10_000
    text = f"timestamp={place.exchange.now // 10**6}"
    response = place.raw("GET", "/api/v3/account", f"{text}&signature={signature(text)}", x_mbx_apikey=KEY)
    assert code(response) == (400, -1021)


def test_a_key_that_may_not_trade_reads_only(place: Place) -> None:
    assert place.done("GET", "account", key=READ_KEY)["canTrade"] is False
    params = dict(pair.split("=") for pair in ORDER.split("&"))
    words = "Invalid API-key, IP, or permissions for action."
    assert place.refused("POST", "order", key=READ_KEY, **params) == (401, -2015, words)


def test_an_ed25519_key_signs_with_its_other_half(place: Place) -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    place.ring.known["ed"] = Credential(key="ed", secret=Secret("ed", pem), account="main")
    text = f"timestamp={place.ms}"

    def asked(signed: bytes) -> tuple[int, int | None]:
        written = quote(base64.b64encode(private.sign(signed)).decode(), safe="")
        return code(place.raw("GET", "/api/v3/account", f"{text}&signature={written}", x_mbx_apikey="ed"))

    assert asked(text.encode()) == (200, None)
    assert asked(text.encode() + b"0") == (400, -1022)
    hmac_signed = f"{text}&signature={signature(text, pem)}"
    assert code(place.raw("GET", "/api/v3/account", hmac_signed, x_mbx_apikey="ed")) == (400, -1022)


def test_secrets_never_show(place: Place) -> None:
    assert SECRET not in repr(place.ring.known)


def test_the_websocket_api_signs_sorted_text_as_it_was_sent(place: Place) -> None:
    socket = Socket(place)
    made = socket.done(
        "order.place",
        signed=True,
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        timeInForce="GTC",
        quantity=0.01,
        price="50000",
        returnRateLimits=False,
    )
    assert (made["origQty"], made["price"]) == ("0.01000000", "50000.00000000")
    params = {"price": "50000.10", "timestamp": place.ms, "apiKey": KEY}
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
    rest = f'"timestamp":{place.ms},"apiKey":"{KEY}","signature":"{signature(payload)}"'
    frame = '{"id":null,"method":"openOrders.status","params":{"price":50000.10,' + rest + "}}"
    answer = json.loads(socket.session.handle(frame.encode()))
    assert answer["error"]["code"] == -1104  # signed right: the number was read as it was written


def test_a_signed_request_of_the_websocket_api_does_not_pass_with_another_signature(place: Place) -> None:
    answer = Socket(place, secret="x").send("account.status", signed=True)
    assert (answer["status"], answer["error"]["code"]) == (400, -1022)

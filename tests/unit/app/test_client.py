"""The client for programs: it signs, it pages, it says what the platform said, and it does nothing twice."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from decimal import Decimal

import pytest

import parrot
from parrot.adapters.sql import open_sqlite
from parrot.adapters.sql.records import SqlRecords
from parrot.app.listening import listen
from parrot.app.platform.receipts import KeptReceipts
from parrot.app.platform.web import WebServer
from parrot.client import Client
from parrot.contracts import records
from parrot.contracts.access import Role, Way
from parrot.kernel.errors import AccessError, InputError, MissingError, OrderError, StorageError
from tests.unit.gateway.rest.house import NOW, People, application, person
from tests.unit.gateway.rest.test_application import TOKEN, Fake


class House:
    def __init__(self, folder):
        self.platform, self.people = Fake(), People()
        self.people.keys["key"] = ("s3cret", person(Role.TRADER, name="bot", way=Way.KEY))
        receipts = KeptReceipts(SqlRecords(open_sqlite(folder / "records.db")), lambda: NOW)
        app = application(self.platform, users=self.people, receipts=receipts)
        self.listener = listen("127.0.0.1", 0)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.web = WebServer(app, self.listener)


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    house.web.start()
    yield house
    house.web.stop()


@pytest.fixture
def house(serving):
    serving.platform.__init__()
    return serving


@pytest.fixture
def client(house):
    with Client(house.url, key="key", secret="s3cret") as found:
        yield found


def test_an_order_is_signed_exact_and_in_the_name_of_the_key(house, client):
    assert client.submit("buy", Decimal("0.010"), "BTC/USDT", key="exact", limit=Decimal(60_000))["order_id"] == 7
    asked = house.platform.asked[0]
    assert (asked.user, str(asked.quantity), asked.limit) == ("bot", "0.010", Decimal(60_000))


def test_a_wrong_secret_and_a_missing_right_are_access_errors(house, client):
    with pytest.raises(AccessError, match="signature") as refused:
        Client(house.url, key="key", secret="other").status()
    assert refused.value.reason == "signed_out"
    with pytest.raises(AccessError) as refused:
        client.rearm()
    assert (refused.value.reason, house.platform.asked) == ("forbidden", [])


def test_a_query_with_signs_in_it_is_signed_as_it_is_sent(client):
    with pytest.raises(InputError, match="is not known here"):
        client.get("/status", **{"what?": "a b&c=d/ü"})


def test_errors_are_those_of_the_tree(house, client):
    terms = {"rule": "max_notional", "scope": "firm", "limit": "1000", "actual": "6000", "text": "too much"}
    house.platform.answer.append(records.OrderRefused(order_id=7, **terms))
    with pytest.raises(OrderError, match="too much") as refused:
        client.submit("buy", "1", "BTC/USDT", key="much")
    assert refused.value.expected == "max_notional of firm: 1000"
    house.platform.answer = MissingError("there is no such thing")
    with pytest.raises(MissingError, match="no such thing"):
        client.kill(reason="once")
    house.platform.answer = TimeoutError()
    with pytest.raises(StorageError, match="does not answer"):
        client.kill(reason="late")


def test_the_same_key_is_the_same_order(house, client):
    first, again = (client.submit("sell", 1, "BTC/USDT", key="same") for _ in range(2))
    assert first == again
    assert len(house.platform.asked) == 1


def whole(end):
    """One message of HTTP."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += end.recv(65_536)
    head, _, body = text.partition(b"\r\n\r\n")
    size = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
    while len(body) < size:
        body += end.recv(65_536)
    return head + b"\r\n\r\n" + body


@contextlib.contextmanager
def cutting(port):
    """A relay that loses the answer to the first request, and then works."""
    listener = socket.create_server(("127.0.0.1", 0))

    def relay():
        for lost in (True, False):
            near, _ = listener.accept()
            with near, socket.create_connection(("127.0.0.1", port)) as far:
                far.sendall(whole(near))
                told = whole(far)
                if not lost:
                    near.sendall(told)

    thread = threading.Thread(target=relay, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(10)
    listener.close()


def test_after_a_lost_answer_it_asks_again_and_nothing_is_done_twice(house):
    with cutting(house.port) as port, Client(f"http://localhost:{port}", key="key", secret="s3cret") as client:
        client.kill(reason="a lost answer")
    assert len(house.platform.asked) == 1


def test_a_platform_that_is_not_there_is_named():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StorageError, match=f"localhost:{port}"):
        Client(f"http://localhost:{port}", token=TOKEN).status()


@pytest.mark.parametrize(
    "given",
    [
        {"url": "localhost:8000"},
        {"url": "http://localhost:8000/api"},
        {"url": "http://localhost", "key": "k"},
        {"url": "http://localhost", "key": "k", "secret": "s", "token": "t"},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_named(given):
    with pytest.raises(InputError):
        Client(**given)


def test_what_cannot_be_sent_exactly_is_refused(client):
    with pytest.raises(InputError, match="cannot be sent"):
        client.submit("buy", object(), "BTC/USDT")


def test_nothing_runs_on_an_empty_folder(tmp_path):
    with pytest.raises(MissingError, match="nothing runs"):
        Client.local(tmp_path)


def test_it_is_at_the_front_door():
    assert parrot.client.Client is Client

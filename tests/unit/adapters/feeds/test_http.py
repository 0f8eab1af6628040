"""A feed over HTTP: polite, bounded, kept off this machine's network; every row once, bad ones with their reason."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from parrot.adapters.feeds.http import Fetcher, Guard, HttpFeed, HttpSource, Manners, read_sources
from parrot.adapters.feeds.http.guard import forbidden
from parrot.centers.market_data.live import Gates, LiveMarket, LiveSettings
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.kernel.errors import InputError, ParrotError, VenueError

SECOND = 10**9
NOW = 1_750_000_000 * SECOND
PUBLIC = "93.184.215.14"


def guard(*addresses: str, allow: tuple[str, ...] = ()) -> Guard:
    return Guard(allow, lambda host, port: addresses or (PUBLIC,))


def fetcher(answer: Callable[[httpx2.Request], httpx2.Response], **given: Any) -> Fetcher:
    return Fetcher(given.pop("guard", guard()), httpx2.MockTransport(answer), **given)


# -- the guard ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "169.254.170.2", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.7",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
        "2001::1", "2001:db8::1", "fec0::1", "3fff::1", "168.63.129.16", "192.88.99.1",
        "::127.0.0.1", "no address", "",
    ],
)  # fmt: skip
def test_nothing_is_asked_of_what_is_not_public(address: str) -> None:
    assert forbidden(address)
    with pytest.raises(InputError):
        guard(address).check("https://example.org/")
    with pytest.raises(InputError):
        guard(PUBLIC, address).check("https://example.org/")  # one bad address among good ones is enough


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are_asked(address: str) -> None:
    target = guard(address).check("https://example.org/a?b=c#d")
    assert (target.address, target.path, target.host_header) == (address, "/a?b=c", "example.org")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://LOCALHOST:80/",
    ],
)  # fmt: skip
def test_this_machine_has_many_names_and_none_of_them_is_asked(url: str) -> None:
    with pytest.raises((InputError, VenueError)):
        Guard().check(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://x/", "javascript:alert(1)", "//example.org", "", "http://",
        "http://user:secret@example.org/", "http://example.org:0/", "http://example.org:99999/", "http://exa mple.org/",
        "http://example.org\\@127.0.0.1/", "http://example.org/\r\nHost: x", "http://[::1", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        guard().check(url)
    assert "secret" not in str(refused.value)


def test_what_is_allowed_is_one_place_only() -> None:
    allowed = guard("127.0.0.1", allow=("localhost:9000",))
    assert allowed.check("http://localhost:9000/").address == "127.0.0.1"
    with pytest.raises(InputError):
        allowed.check("http://localhost:9001/")


def test_the_checked_address_is_asked_though_the_name_changes_its_mind() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=b"{}")

    polite = fetcher(answer, guard=Guard((), lambda host, port: next(answers)))
    polite.fetch("https://rebinding.example/x", Manners(), NOW)
    assert asked[0].url.host == PUBLIC
    assert asked[0].headers["host"] == "rebinding.example"
    assert asked[0].extensions["sni_hostname"] == "rebinding.example"
    with pytest.raises(InputError):
        polite.fetch("https://rebinding.example/x", Manners(), NOW)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "place",
    [
        "http://10.0.0.1/",
        "http://example.org/",
        "HTTP://example.org/",
        "https://inside.example/",
        "file:///etc/passwd",
        "//[::1]/",
        "",
    ],
)
def test_a_redirect_is_checked_like_the_first_place(place: str) -> None:
    addresses = {"example.org": [PUBLIC], "inside.example": ["192.168.0.7"], "10.0.0.1": ["10.0.0.1"], "::1": ["::1"]}
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.headers["host"])
        return httpx2.Response(302, headers={"Location": place})

    polite = fetcher(answer, guard=Guard((), lambda host, port: addresses[host]))
    with pytest.raises(ParrotError):
        polite.fetch("https://example.org/", Manners(), NOW)
    assert set(asked) == {"example.org"}
    assert len(asked) <= 6


def test_a_redirect_to_a_public_place_is_followed() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/old":
            return httpx2.Response(301, headers={"Location": "/new"})
        return httpx2.Response(200, content=b"[1]")

    assert fetcher(answer).fetch("https://example.org/old", Manners(), NOW).body == b"[1]"


# -- manners -----------------------------------------------------------------------------------------------------------


def test_only_what_changed_is_sent_again() -> None:
    seen: list[dict[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(dict(request.headers))
        if request.headers.get("if-none-match") == '"1"':
            return httpx2.Response(304)
        return httpx2.Response(200, content=b"body", headers={"ETag": '"1"', "Last-Modified": "yesterday"})

    polite = fetcher(answer)
    first = polite.fetch("https://example.org/", Manners(), NOW)
    again = polite.fetch("https://example.org/", Manners(), NOW)
    assert (first.changed, again.changed, again.body) == (True, False, b"body")
    assert seen[1]["if-modified-since"] == "yesterday"
    assert seen[0]["user-agent"].startswith("parrot/")
    assert "cookie" not in seen[1]


def test_failures_make_it_slower_and_success_takes_it_back() -> None:
    status = [500]
    polite, manners = fetcher(lambda request: httpx2.Response(status[0])), Manners(every=SECOND)
    pauses = []
    for _ in range(4):
        with pytest.raises(VenueError):
            polite.fetch("https://example.org/", manners, NOW)
        pauses.append((polite.due("https://example.org/") - NOW) // SECOND)
    assert pauses == [2, 4, 8, 16]
    status[0] = 200
    polite.fetch("https://example.org/", manners, NOW)
    assert polite.due("https://example.org/") == NOW + SECOND


@pytest.mark.parametrize(
    ("said", "seconds"), [("30", 30), ("Fri, 01 Jan 1990 00:00:00 GMT", 2), ("soon", 2), ("-5", 2)]
)
def test_it_waits_as_long_as_it_is_asked_to(said: str, seconds: int) -> None:
    polite = fetcher(lambda request: httpx2.Response(429, headers={"Retry-After": said}))
    with pytest.raises(VenueError) as refused:
        polite.fetch("https://example.org/", Manners(every=SECOND), NOW)
    assert refused.value.temporary
    assert polite.due("https://example.org/") == NOW + seconds * SECOND


def test_too_much_and_too_slow_are_cut_off() -> None:
    ticking = iter(range(1000))

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    polite = fetcher(lambda request: httpx2.Response(200, content=endless()))
    with pytest.raises(VenueError, match="more than 5000 bytes"):
        polite.fetch("https://example.org/", Manners(bytes_most=5_000), NOW)
    slow = fetcher(lambda request: httpx2.Response(200, content=endless()), clock=lambda: float(next(ticking)))
    with pytest.raises(VenueError, match=r"longer than 5\.0 s"):
        slow.fetch("https://example.org/", Manners(time_most=5.0), NOW)


# -- rows --------------------------------------------------------------------------------------------------------------


def played(body: str | bytes, *, at: int = NOW, **terms: Any) -> tuple[list[Any], HttpFeed]:
    """What a source of that body gives, behind the gates of live data."""
    source = HttpSource(**{"name": "s", "url": "https://example.org/", "symbol": "GOLD/USD"} | terms)
    content = body.encode() if isinstance(body, str) else body
    feed = HttpFeed([source], fetcher(lambda request: httpx2.Response(200, content=content)))
    feed.poll(at)
    feed.settle(10)
    raw = feed.poll(at)
    feed.close()
    flow = LiveMarket(feed.listings(), LiveSettings(gates=Gates(stale=2**62))).take(raw, at)
    assert not flow.quarantined
    return flow.messages, feed


FIELDS = {"ts": "time", "price": "last", "size": "volume"}


def test_json_rows_become_trades_exactly() -> None:
    newer = '{"time": 1750000000, "last": 0.1, "volume": "2"}'
    older = '{"time": 1749999999, "last": 0.10000001, "volume": 1e-8}'
    body = f'{{"data": {{"rows": [{newer}, {older}]}}}}'
    trades, _ = played(body, format="json", path="data.rows", fields=FIELDS, time="seconds")
    assert [(one.seq, one.price, one.size, one.ts // SECOND) for one in trades] == [
        (1, 10_000_001, 1, 1_749_999_999),
        (2, 10_000_000, 200_000_000, 1_750_000_000),
    ]
    assert all(type(one) is TradeTick for one in trades)


def test_lists_and_nested_fields_are_reached() -> None:
    body = '{"last": {"bid": "1.5", "ask": ["1.6", "x"]}}'
    (quote,), _ = played(body, format="json", kind="quote", fields={"bid": "last.bid", "ask": "last.ask.0"}, path="")
    assert type(quote) is QuoteTick
    assert (quote.bid, quote.ask) == (150_000_000, 160_000_000)
    bars, _ = played(
        "[[1749990000000, 1, 3, 0.5, 2, 10]]",
        format="json", kind="bar", step="1h", time="milliseconds",
        fields={"ts": "0", "open": "1", "high": "2", "low": "3", "close": "4", "volume": "5"},
    )  # fmt: skip
    assert type(bars[0]) is BarClosed
    assert (bars[0].low, bars[0].close_ts - bars[0].ts) == (50_000_000, 3600 * SECOND)


def test_csv_numbers_are_read_as_they_are_written() -> None:
    body = '\ufefftime;last;volume\n2025-06-15T14:00:00Z;1.234,5;"1"\n2025-06-15T14:00:01+00:00;$ 1.230;3\n'
    trades, _ = played(body, format="csv", delimiter=";", decimal=",", fields=FIELDS)
    assert [Decimal(one.price).scaleb(-8) for one in trades] == [Decimal("1234.5"), Decimal(1230)]


PAGE = """<html><table><tr><td>menu</td></tr></table><script>var a = "<table><tr><td>no</td></tr></table>";</script>
<table id="prices"><thead><tr><th>time<th>last</th><th colspan="2">volume</tr></thead>
<tr><td>2025-06-15 14:00:00</td><td><b>1,234</b>.50&nbsp;</td><td>3</td><td>x</td></tr>
<tr><td>2025-06-15 14:01:00</td><td>n/a<table><tr><td>inner</td></tr></table></td><td>3</td></tr></table>"""


@pytest.mark.parametrize("table", ["prices", "1"])
def test_a_table_of_a_page_is_read_and_bad_rows_are_named(table: str) -> None:
    trades, feed = played(PAGE, format="html", table=table, fields={"ts": "time", "price": "last"})
    assert [one.price for one in trades] == [123_450_000_000]
    (kept,) = feed.quarantined
    assert kept.text == "s, row 1: price 'n/a' is no number"
    assert feed.errors["s"] == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"last": 1}', "there is no time"),
        ('{"time": "", "last": 1}', "time is empty"),
        ('{"time": "yesterday", "last": 1}', "ts 'yesterday' is no time"),
        ('{"time": "2025-01-01", "last": null}', "last is empty"),
        ('{"time": "2025-01-01", "last": true}', "is no number"),
        ('{"time": "2025-01-01", "last": [1]}', "is no number"),
        ('{"time": "2025-01-01", "last": "1e400"}', "out of every range"),
        ('{"time": "2025-01-01", "last": "1.2.3"}', "is no number"),
        ('{"time": "2025-01-01", "last": "1,23"}', "is no number"),
        ('{"time": "2025-01-01", "last": "١٢"}', "is no number"),
        ('{"time": "9999999-01-01", "last": 1}', "is no time"),
        ("3", "there is no"),
    ],
)
def test_a_row_that_cannot_be_is_kept_back_with_its_reason(row: str, reason: str) -> None:
    messages, feed = played(f"[{row}]", format="json", fields={"ts": "time", "price": "last"})
    assert not messages
    (kept,) = feed.quarantined
    assert reason in kept.text


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("json", "{"), ("json", "[NaN]"), ("json", "[" * 100_000), ("json", '{"other": 1}'), ("json", b"\xff\xfe"),
        ("json", "null"),
        ("csv", b"\xff\xfe\xfa"), ("csv", 'a,b\n"1'), ("html", "<p>no table</p>"), ("html", b"\xff\xfe\xfa"),
    ],
)  # fmt: skip
def test_a_body_of_another_kind_is_a_failure_of_its_source(form: str, body: str | bytes) -> None:
    messages, feed = played(body, format=form, path="rows" if form == "json" else "", fields={"price": "p"})
    assert not messages
    assert feed.failures or not feed.quarantined
    assert feed.errors["s"] == 1


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("data.nope", "there is no 'nope'; expected: one of rows, more;"),
        ("data.rows.7", "there is no '7'; expected: a number below 1;"),
        ("data.more.x", "there is no 'x'; expected: an object or a list there;"),
    ],
)
def test_a_path_that_is_not_there_is_said_with_what_is(path: str, said: str) -> None:
    _, feed = played('{"data": {"rows": [1], "more": null}}', format="json", path=path, fields={"price": "p"})
    assert said in feed.failures["s"]


def test_a_place_of_ones_own_is_refused_with_the_option_that_allows_it() -> None:
    with pytest.raises(InputError, match=r"--allow inside\.example:8080"):
        Guard(resolve=lambda host, port: ["127.0.0.1"]).check("http://inside.example:8080/")


def test_a_row_from_the_future_does_not_silence_those_behind_it() -> None:
    bodies = ['[{"t": 4102444800, "p": 9}]', '[{"t": 1750000000, "p": 1}]']
    left = iter(bodies)
    source = HttpSource(
        name="s", url="https://example.org/", symbol="A/B", format="json", fields={"ts": "t", "price": "p"},
        time="seconds", every="1s",
    )  # fmt: skip
    feed = HttpFeed([source], fetcher(lambda request: httpx2.Response(200, content=next(left).encode())))
    found: list[Any] = []
    for turn in range(2):
        found += feed.poll(NOW + turn * 2 * SECOND)
        feed.settle(10)
    left = iter(["[]"])
    found += feed.poll(NOW + 4 * SECOND)
    feed.close()
    assert [one["price"] for one in found] == [Decimal(1)]
    assert "lies ahead" in feed.quarantined[0].text


def test_every_row_comes_once() -> None:
    bodies = ['[{"t": 1, "p": 1}]', '[{"t": 1, "p": 1}, {"t": 2, "p": 2}]', '[{"t": 2, "p": 2}]', "[]"]
    source = HttpSource(
        name="s", url="https://example.org/", symbol="A/B", format="json", fields={"ts": "t", "price": "p"},
        time="seconds", every="1s",
    )  # fmt: skip
    left = iter(bodies)
    feed = HttpFeed([source], fetcher(lambda request: httpx2.Response(200, content=next(left).encode())))
    found: list[Any] = []
    for turn in range(4):
        found += feed.poll(NOW + turn * 2 * SECOND)
        feed.settle(10)
    found += feed.poll(NOW + 8 * SECOND)
    feed.close()
    assert [(one["seq"], one["ts"] // SECOND) for one in found] == [(1, 1), (2, 2)]


# -- a real server, and the file of sources ----------------------------------------------------------------------------


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'[{"time": 1750000000, "last": "3.25"}]'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


SOURCES = """[[http]]
name = "gold"
url = "http://localhost:{port}/gold"
symbol = "GOLD/USD"
format = "json"
time = "seconds"
fields = {{ ts = "time", price = "last" }}
"""


def test_a_server_is_asked_over_a_real_line(tmp_path: Path) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        port = server.server_address[1]
        (tmp_path / "sources.toml").write_text(SOURCES.format(port=port))
        sources = read_sources(tmp_path / "sources.toml")
        for allow, count in (((), 0), ((f"localhost:{port}",), 1)):
            feed = HttpFeed(sources, Fetcher(Guard(allow, lambda host, port: ["127.0.0.1"])))
            feed.poll(NOW)
            feed.settle(10)
            assert len(feed.poll(NOW)) == count
            assert ("gold" in feed.failures) is not bool(count)
            feed.close()
        server.shutdown()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("[[http]]", "[[https]]"), "holds no sources"),
        (('format = "json"', 'format = "xml"'), "format is 'xml'"),
        (('name = "gold"', "name = 3"), "name is 3"),
        (('name = "gold"', 'colour = "gold"'), "colour is no key"),
        (('name = "gold"\n', ""), "missing 1 required"),
        (('price = "last"', 'bid = "last"'), "fields is"),
        (('format = "json"', 'format = "json"\nevery = "0.5s"'), "timeframe"),
        (('format = "json"', 'format = "json"\nkind = "bar"'), "fields is"),
        (("[[http]]", "[[http"), "cannot be read"),
    ],
)
def test_a_source_that_cannot_be_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(SOURCES.format(port=1).replace(*change))
    with pytest.raises(InputError) as refused:
        read_sources(path)
    assert named in str(refused.value)

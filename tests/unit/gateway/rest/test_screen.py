"""The screen is served whole: each page with a policy of its own, assets for ever, compressed, and nothing else."""

from __future__ import annotations

import base64
import gzip
import hashlib

import pytest

from parrot.gateway.rest.assets import policy_of
from parrot.gateway.rest.site import Site
from tests.unit.gateway.rest.house import application, client
from tests.unit.gateway.rest.test_application import Fake

SCRIPT = 'go(1 < 2 && "ü")'
HOME = f'<!doctype html><script>{SCRIPT}</script><style>a{{b:c}}</style><script src="/_next/a.js"></script>'


def sha(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    static = folder / "_next" / "static"
    static.mkdir(parents=True)
    (folder / "index.html").write_text(HOME)
    (folder / "orders.html").write_text("<p>orders</p>")
    (folder / "risk").mkdir()
    (folder / "risk" / "index.html").write_text("<p>risk</p>")
    (folder / "404.html").write_text("<p>lost</p>")
    (static / "a.js").write_text("//" + "a" * 5_000)
    (static / "a.js.br").write_bytes(b"brotli")
    (static / "b.css").write_text("p{}" * 1_000)
    (folder / "sw.js").write_text("//")
    (folder / ".env").write_text("secret")
    (folder / "outside").symlink_to("/etc/passwd")
    return folder


@pytest.fixture(scope="module")
def who(out, tmp_path_factory):
    site = Site(screen=out)
    with client(application(Fake(), site=site)) as found:
        yield found


def test_a_page_runs_the_scripts_that_stand_in_it_and_no_others(who):
    policy = who.get("/").headers["content-security-policy"]
    assert f"script-src 'self' {sha(SCRIPT)};" in policy
    assert f"style-src 'self' {sha('a{b:c}')};" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in who.get("/orders").headers["content-security-policy"]


def test_the_text_of_a_script_is_hashed_as_it_stands():
    assert sha("a&amp;b<!-- c -->") in policy_of("<script>a&amp;b<!-- c --></script>")


def test_the_service_worker_may_ask_this_server_and_nobody_else(who):
    answer = who.get("/sw.js")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; connect-src 'self';")
    assert answer.headers["cache-control"] == "no-cache"


def test_pages_are_found_by_their_names(who):
    assert who.get("/orders?id=12").text == "<p>orders</p>"
    assert who.get("/orders/").text == "<p>orders</p>"
    assert who.get("/risk").text == "<p>risk</p>"
    assert who.get("/orders").headers["cache-control"] == "no-cache"
    assert who.head("/orders").status_code == 200


def test_assets_are_kept_for_ever_and_come_compressed(who):
    packed = who.get("/_next/static/a.js", headers={"Accept-Encoding": "gzip, br"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("br", "Accept-Encoding")
    assert "immutable" in packed.headers["cache-control"]
    with who.stream("GET", "/_next/static/b.css", headers={"Accept-Encoding": "gzip"}) as made:
        assert gzip.decompress(b"".join(made.iter_raw())) == b"p{}" * 1_000
    plain = who.get("/_next/static/b.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_who_has_a_page_is_told_so(who):
    tag = who.get("/orders").headers["etag"]
    again = who.get("/orders", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert "script-src" in again.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/.env", "/outside", "/_next", "/_next/static", "/../out/.env", "/a.js.br"])
def test_what_is_no_page_is_not_given(who, path):
    told = who.get(path, headers={"Accept": "text/html"})
    assert (told.status_code, told.text) == (404, "<p>lost</p>")
    assert who.get(path).headers["content-type"] == "application/problem+json"


def test_an_address_that_is_no_text_is_no_page(who):
    told = who.get("/%00", headers={"Accept": "text/html"})
    assert (told.status_code, told.headers["content-type"]) == (400, "application/problem+json")


def test_an_address_of_the_interface_is_never_a_page(who):
    told = who.get("/api/nothing", headers={"Accept": "text/html", "X-Parrot-Token": "x"})
    assert told.headers["content-type"] == "application/problem+json"


def test_without_a_screen_it_is_said_how_to_build_one(tmp_path):
    told = client(application(Fake())).get("/")
    assert told.status_code == 200
    assert "make build" in told.text
    assert "'sha256-" in told.headers["content-security-policy"]

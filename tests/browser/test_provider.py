"""Single sign-on from the button to the session and out again, at a provider on another site."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from parrot.app.screen import screen_folder
from tests.browser.conftest import sync_api  # noqa: F401  # skips where there is no browser
from tests.browser.provider import STYLE, Provider, running
from tests.browser.visitor import OWNER, PASSWORD, Visitor
from tests.end_to_end.platform import Running, up

SECRET = "what only the client knows"
SETTINGS = """
[[users.providers]]
id = "house"
title = "House login"
issuer = "{url}"
client_id = "parrot"
secret = "oidc-house"
creates = true
roles = ["viewer", "quant"]
accounts = ["main"]
domains = ["example.org"]

[[users.providers]]
id = "invited"
title = "Invited only"
issuer = "{url}"
client_id = "parrot-two"
secret = "oidc-house"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def new_house(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Running]:
    """A platform that knows the provider, with the client's secret as the docs say."""
    assert screen_folder() is not None, "the screen is not built: make build"
    place = tmp_path_factory.mktemp("house")
    (place / "live" / "secrets").mkdir(parents=True, mode=0o700)
    (place / "live" / "settings.toml").write_text(SETTINGS.format(url=provider.url))
    secret = place / "live" / "secrets" / "oidc-house"
    secret.touch(mode=0o600)
    secret.write_text(f"{SECRET}\n")
    made = up(place)
    yield made
    made.stop()


Come = Callable[[], Visitor]


@pytest.fixture
def come(house: Running, provider: Provider, chromium: Any) -> Iterator[Come]:
    """Opens browsers at the sign-in page; besides the platform they may ask the provider only."""
    opened: list[Visitor] = []

    def come() -> Visitor:
        visitor = Visitor(chromium, house.told["url"])
        visitor.context.route(f"{STYLE}**", lambda route: route.fulfill(body="", content_type="text/css"))
        opened.append(visitor)
        visitor.page.goto("/signin")
        return visitor

    yield come
    for visitor in opened:
        visitor.close()
        assert {place for place in visitor.elsewhere() if not place.startswith((provider.url, STYLE))} == set()
    assert [visitor.complaints() for visitor in opened] == [[] for _ in opened]


def go(visitor: Visitor, title: str = "House login") -> None:
    """From the sign-in page to the provider's."""
    visitor.page.get_by_role("button", name=f"Sign in with {title}").click()
    visitor.page.get_by_role("button", name="Authorize").wait_for()


def agree(visitor: Visitor, subject: str) -> None:
    """Somebody signs in there and is sent back."""
    visitor.page.get_by_placeholder("sub").fill(subject)
    visitor.page.get_by_role("button", name="Authorize").click()


def came_in(visitor: Visitor, name: str) -> dict[str, Any]:
    visitor.page.get_by_role("button", name=re.compile(f"^You: {name}")).wait_for()
    me: dict[str, Any] = visitor.done("GET", "/auth/session")
    return me


def refused(visitor: Visitor, words: str) -> None:
    """The sign-in page says so, and nobody is signed in."""
    visitor.page.get_by_role("main").get_by_role("alert").filter(has_text=words).wait_for()
    assert urlsplit(visitor.page.url).path == "/signin"
    assert visitor.done("GET", "/auth/session") is None


def way_back(visitor: Visitor, provider: Provider, subject: str) -> str:
    """The address that the provider would send somebody back to, who does not get there."""
    provider.holds = True
    with visitor.page.expect_response("**/oauth2/authorize?**"):
        agree(visitor, subject)
    provider.holds = False
    return provider.ways_back[-1]


def test_the_first_time_makes_a_user_by_the_rule_and_signing_out_ends_it(come: Come, provider: Provider) -> None:
    provider.knows(
        "vera-1", email="vera@example.org", email_verified=True, name="Vera Example", preferred_username="vera"
    )
    vera = come()
    go(vera)
    agree(vera, "vera-1")
    me = came_in(vera, "Vera Example")
    assert (me["name"], sorted(me["roles"]), me["email"]) == ("vera", ["quant", "viewer"], "vera@example.org")
    assert [one["ways"] for one in vera.done("GET", "/profile/sessions")["items"]] == [["oidc"]]

    asked, redeemed = provider.asked[-1], provider.redeemed[-1]
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"], redeemed["code_verifier"]}) == 4
    assert redeemed["by"] == f"Basic {base64.b64encode(f'parrot:{SECRET}'.encode()).decode()}"
    kept = {cookie["name"]: cookie for cookie in vera.context.cookies()}
    assert kept["parrot"]["sameSite"] == "Strict"
    assert "parrot_visit" not in kept  # it was for this one way back

    vera.page.get_by_role("button", name=re.compile("^You: ")).click()
    vera.page.get_by_role("menuitem", name="Sign out").click()
    vera.page.wait_for_url("**/signin")
    vera.page.goto(provider.ways_back[-1])  # what the history of the browser still has
    refused(vera, "was used already")
    assert len(provider.redeemed) == 1


def test_whom_the_rule_does_not_let_in_is_refused(come: Come, provider: Provider) -> None:
    provider.knows("eve-1", email="eve@evil.example", email_verified=True)
    provider.knows("zoe-1", email="zoe@example.org", email_verified=True)
    eve = come()
    for subject, title in (("eve-1", "House login"), ("zoe-1", "Invited only")):
        go(eve, title)
        agree(eve, subject)
        refused(eve, "nobody here is linked to this identity")
    go(eve)
    eve.page.get_by_role("button", name="Deny").click()
    refused(eve, "the provider sent nobody")


def test_a_way_back_is_of_one_visit_in_one_browser(come: Come, provider: Provider) -> None:
    provider.knows("mia-1", email="mia@example.org", email_verified=True)
    mia, eve = come(), come()
    go(mia)
    place = way_back(mia, provider, "mia-1")
    go(eve)
    own = way_back(eve, provider, "mia-1")
    handed_in = len(provider.redeemed)

    eve.page.goto(place)  # a way back that was found, or sent by somebody who wants one signed in as them
    refused(eve, "begun in another browser")
    mia.page.goto(place)  # the other browser's try used it up
    refused(mia, "was used already")
    assert len(provider.redeemed) == handed_in

    # The code of one visit in the way back of another: neither its verifier nor its nonce fits.
    code = parse_qs(urlsplit(place).query)["code"][0]
    state = parse_qs(urlsplit(own).query)["state"][0]
    eve.page.goto(f"/api/v1/auth/oidc/callback?code={code}&state={state}")
    refused(eve, "the provider refused")
    assert len(provider.redeemed) == handed_in + 1
    eve.page.goto(f"/api/v1/auth/oidc/callback?code={code}&state=made-up")
    refused(eve, "was used already")


def test_one_links_the_provider_to_oneself_and_lets_go_of_it(come: Come, provider: Provider) -> None:
    owner = come()
    owner.sign_in(OWNER, PASSWORD)
    page = owner.page
    page.goto("/profile?tab=security")
    region = page.get_by_role("region", name="Single sign-on")
    region.get_by_role("button", name="Link Invited only").click()
    agree(owner, "boss-1")
    page.wait_for_url("**/profile?tab=security")
    region.get_by_text("1 identity is linked").wait_for()

    # An identity of somebody is no other user's as well, and the page says so to who is signed in.
    provider.knows("nina-1", email="nina@example.org", email_verified=True, preferred_username="nina")
    other = come()
    go(other)
    agree(other, "nina-1")
    came_in(other, "nina")
    other.page.goto("/profile?tab=security")
    other.page.get_by_role("button", name="Link Invited only").click()
    agree(other, "boss-1")
    other.page.get_by_text("linked to another user").wait_for()
    other.page.get_by_role("link", name="Go on").click()
    came_in(other, "nina")

    other.done("DELETE", "/auth/session")
    other.said.clear()  # questions that met no session
    other.page.goto("/signin")
    go(other, "Invited only")
    agree(other, "boss-1")
    assert came_in(other, OWNER)["owner"] is True

    region.get_by_role("button", name="Let go of all").click()
    page.get_by_role("dialog").get_by_role("button", name="Let go").click()
    region.get_by_text("No identity is linked").wait_for()
    other.page.get_by_role("dialog", name="Your session ended").wait_for()
    other.said.clear()  # questions that met no session

"""People by the screen: invited, held to their role, signed in by a second factor or a passkey, and shown out."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp
import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import OWNER, PASSWORD, Visitor


@pytest.fixture
def owner(visit: Visit) -> Visitor:
    return visit()


def joined(owner: Visitor, visit: Visit, name: str, role: str) -> Visitor:
    """Somebody who took the owner's invitation on its page."""
    owner.done("POST", "/auth/confirm", {"password": PASSWORD})
    link = owner.done("POST", "/invitations", {"name": name, "roles": [role], "accounts": ["main"]})["link"]
    visitor = visit(None)
    visitor.page.goto(link.replace(owner.url, ""))
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    again = visitor.page.get_by_label("The same again")
    if again.count():
        again.fill(PASSWORD)
    visitor.page.get_by_role("button", name="Join", exact=True).click()
    visitor.page.wait_for_url(lambda url: "/join" not in url)
    return visitor


def begin_sign_in(visitor: Visitor, name: str) -> Any:
    """The page behind name and password, where a second factor is asked for."""
    page = visitor.page
    page.goto("/signin")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def test_who_is_invited_joins_and_may_what_the_role_may(owner: Visitor, visit: Visit) -> None:
    vera = joined(owner, visit, "vera", "viewer")
    for visitor, name, more in ((owner, OWNER, True), (vera, "vera", False)):
        visitor.page.goto("/markets")
        visitor.page.get_by_role("button", name=f"You: {name}").wait_for()
        visitor.page.get_by_role("heading", level=1, name="Markets").wait_for()
        assert visitor.page.get_by_role("link", name=re.compile("^Orders")).count() > 0
        assert bool(visitor.page.get_by_role("link", name=re.compile("^Users")).count()) is more
    owner.page.get_by_label("Quantity").wait_for()
    assert vera.page.get_by_label("Quantity").count() == 0
    order = {"key": "1", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.001"}
    assert vera.call("POST", "/orders", order)[0] == 403
    assert vera.call("GET", "/users")[0] == 403
    vera.said.clear()  # the two refusals


def test_a_code_of_the_authenticator_is_the_second_step(owner: Visitor, visit: Visit) -> None:
    tom = joined(owner, visit, "tom", "trader")
    made = tom.done("POST", "/profile/totp")
    clock = pyotp.TOTP(made["secret"])
    codes = tom.done("POST", "/profile/totp/confirm", {"ticket": made["ticket"], "code": clock.now()})
    other = visit(None)
    page = begin_sign_in(other, "tom")
    field = page.get_by_label("Code of your authenticator app")
    field.fill(clock.at(time.time() + 30))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="You: tom").wait_for()
    third = visit(None)
    page = begin_sign_in(third, "tom")
    page.get_by_label("Code of your authenticator app").wait_for()
    page.get_by_role("button", name=re.compile("recovery", re.IGNORECASE)).click()
    page.get_by_label("Recovery code").fill(codes["recovery_codes"][0])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="You: tom").wait_for()


def test_a_passkey_is_made_and_signs_in_without_a_password(owner: Visitor, visit: Visit) -> None:
    pia = joined(owner, visit, "pia", "trader")
    page = pia.page
    line = pia.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/profile?tab=security")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("dialog", name="Recovery codes").wait_for()
    assert len(pia.done("GET", "/profile/passkeys")["items"]) == 1
    pia.done("DELETE", "/auth/session")
    page.goto("/signin")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("button", name="You: pia").wait_for()
    pia.said.clear()  # a question that met no session


def test_who_is_shown_out_hears_of_it_on_the_open_line_within_five_seconds(owner: Visitor, visit: Visit) -> None:
    otto = joined(owner, visit, "otto", "trader")
    otto.page.get_by_text("data live").wait_for()
    owner.done("POST", "/auth/confirm", {"password": PASSWORD})
    users = owner.done("GET", "/users")["items"]
    name = next(user["id"] for user in users if user["name"] == "otto")
    begun = time.monotonic()
    assert owner.done("DELETE", f"/users/{name}/sessions")["ended"] == 1
    otto.page.get_by_role("dialog", name="Your session ended").wait_for(timeout=5_000)
    assert time.monotonic() - begun < 5
    otto.said.clear()  # the line that was shut, and questions that met no session
    assert OWNER in [user["name"] for user in users]

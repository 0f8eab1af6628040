"""People at the screen: invited, held to their role, proved by a second factor, a passkey or a key, and shown out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pyotp
import pytest

from parrot.app.users.opening import open_users
from parrot.client import Client
from parrot.contracts.users import Session
from parrot.kernel.errors import AccessError
from tests.browser.conftest import Visit
from tests.browser.visitor import OWNER, PASSWORD, Visitor
from tests.end_to_end.platform import Running, up

SHOWN_OUT_S = 5.0
# Markup, quotes and a script from right to left: whoever reads it must read just this.
ODD = "<img src=x onerror=\"window.hit=1\"> &amp; <b>שלום</b> 'מיכל'"
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def owner(house: Running, chromium: Any) -> Iterator[Visitor]:
    """The owner's one window of this file; signing in is counted."""
    visitor = Visitor(chromium, house.told["url"])
    visitor.sign_in()
    yield visitor
    visitor.close()
    assert visitor.complaints() == []
    assert visitor.elsewhere() == []


def came_in(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=f"You: {name}", exact=True).wait_for()


def joined(owner: Visitor, visit: Visit, name: str, role: str) -> Visitor:
    """Somebody who took the owner's invitation on its page."""
    body = {"name": name, "roles": [role], "accounts": ["main"]}
    visitor = visit(None)
    join(visitor, owner.done("POST", "/invitations", body)["link"])
    came_in(visitor, name)
    return visitor


def join(visitor: Visitor, link: str) -> None:
    visitor.page.goto(link)
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    assert urlsplit(visitor.page.url).fragment == ""  # it has left the address, and the history with it
    visitor.page.get_by_role("button", name="Join", exact=True).click()


def first_step(visitor: Visitor, name: str) -> Any:
    """Name and password; ends where the second factor is asked for."""
    page = visitor.page
    page.goto("/signin")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page.get_by_label("Code of your authenticator app")


def refusal(visitor: Visitor) -> Any:
    """What a door says that stays shut; the announcer of pages is an alert without words."""
    return visitor.page.get_by_role("main").get_by_role("alert").filter(has_text=re.compile(r"\w"))


def shown_once(page: Any, title: str) -> list[str]:
    """The texts of a dialog that shows them once; closes it."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.wait_for()
    found = dialog.locator("code").all_inner_texts()
    assert dialog.get_by_role("button", name="Done").is_disabled()
    dialog.get_by_label("I have kept it").check()
    dialog.get_by_role("button", name="Done").click()
    dialog.wait_for(state="hidden")
    return [str(text) for text in found]


def test_a_viewer_is_invited_joins_and_is_held_to_the_role(owner: Visitor, visit: Visit) -> None:
    page = owner.page
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/users")
    page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog", name="Invite somebody")
    dialog.get_by_label("User name, empty: they choose").fill("vera")
    assert dialog.get_by_label("viewer", exact=False).first.is_checked()
    dialog.get_by_role("button", name="Make the link").click()
    made = page.get_by_role("dialog", name="The invitation is made")
    made.get_by_role("button", name="Copy: Link").click()
    page.get_by_text("Link copied").wait_for()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert shown_once(page, "The invitation is made") == [link]
    page.get_by_role("tab", name="Invitations").click()
    page.get_by_role("button", name="Withdraw the invitation of vera").wait_for()

    vera = visit(None)
    join(vera, link)
    came_in(vera, "vera")
    page.goto("/users")
    page.get_by_role("grid", name="people").get_by_text("vera").first.wait_for()

    # The link worked once; whoever finds it later is told so.
    late = visit(None)
    late.page.goto(link)
    late.page.get_by_text("This link is over or was used already").wait_for()
    assert late.page.get_by_role("button", name="Join", exact=True).count() == 0
    late.said.clear()

    # Pages that are not hers have no link and open to a refusal, and buttons that are not hers are not there.
    menu = vera.page.get_by_role("navigation", name=re.compile("pages", re.IGNORECASE)).first
    menu.get_by_role("link", name="Orders").wait_for()
    for title in ("Users", "Clients", "Exchange", "Audit"):
        assert menu.get_by_role("link", name=title).count() == 0, title
    assert vera.page.get_by_role("button", name="Kill").count() == 0
    vera.page.goto("/users")
    vera.page.get_by_text("Your roles do not include it").wait_for()
    for path, ready, button in (
        ("/markets", "Trading is not yours to do", re.compile("^(Buy|Sell)")),
        ("/strategies", "Strategies", re.compile("^(Register|Pause|Stop|Start)")),
        ("/risk", "Risk", re.compile("^(Change|Stop|Kill|Drill|Run)")),
        ("/data", "Data", re.compile("^(Download|Import)")),
    ):
        vera.page.goto(path)
        vera.page.get_by_role("main").get_by_text(ready).first.wait_for()
        assert vera.page.get_by_role("main").get_by_role("button", name=button).count() == 0, path
    assert vera.complaints() == []

    order = {"key": "v", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.001"}
    refused = {
        ("POST", "/orders"): order,
        ("POST", "/kill"): {"scope": "all", "reason": "no"},
        ("POST", "/invitations"): {"roles": ["admin"], "accounts": ["*"]},
        ("PUT", "/limits"): {"scope": "firm", "limits": {"max_quantity": "1"}},
        ("GET", "/users"): None,
        ("GET", "/audit"): None,
        ("GET", "/clients"): None,
    }
    told = {act: vera.call(*act, body) for act, body in refused.items()}
    assert {act: (status, problem["reason"]) for act, (status, problem) in told.items()} == dict.fromkeys(
        refused, (403, "forbidden")
    )
    vera.said.clear()  # the browser tells of every refusal


def test_an_account_that_one_may_not_see_is_not_there(owner: Visitor, visit: Visit) -> None:
    order = {"key": "seen", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.001"}
    order_id = owner.done("POST", "/orders", order)["order_id"]
    body = {"name": "olaf", "roles": ["trader"], "accounts": ["exchange:other"]}
    olaf = visit(None)
    join(olaf, owner.done("POST", "/invitations", body)["link"])
    came_in(olaf, "olaf")
    for method, path, sent in (
        ("GET", f"/orders/{order_id}", None),
        ("DELETE", f"/orders/{order_id}", {"reason": "mine now"}),
        ("POST", "/orders", order | {"key": "olaf"}),
    ):
        assert olaf.call(method, path, sent)[0] == 404, (method, path)
    assert olaf.done("GET", "/orders")["items"] == []
    olaf.said.clear()  # the browser tells of every refusal


def test_an_authenticator_is_the_second_step_and_no_code_counts_twice(owner: Visitor, visit: Visit) -> None:
    tom = joined(owner, visit, "tom", "trader")
    page = tom.page
    page.goto("/profile?tab=security")
    page.get_by_role("region", name="Authenticator").get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog", name="Set up the authenticator")
    codes = pyotp.TOTP(dialog.locator("code").inner_text())
    dialog.get_by_label("Six digits").fill(codes.now())
    dialog.get_by_role("button", name="Turn it on").click()
    recovery = shown_once(page, "Recovery codes")[0].split()
    page.get_by_text("10 recovery codes are left").wait_for()

    other = visit(None)
    code = codes.at(int(time.time()) + 30)  # that of now was used to set it up
    field = first_step(other, "tom")
    field.fill(code)  # six digits send themselves
    came_in(other, "tom")

    third = visit(None)
    field = first_step(third, "tom")
    field.fill(code)
    refusal(third).wait_for()
    assert third.done("GET", "/auth/session") is None
    third.page.get_by_role("button", name="Use a recovery code").click()
    third.page.get_by_label("Recovery code").fill(recovery[0])
    third.page.get_by_role("button", name="Go on").click()
    came_in(third, "tom")
    third.said.clear()  # the code that was refused

    fourth = visit(None)
    first_step(fourth, "tom").wait_for()
    fourth.page.get_by_role("button", name="Use a recovery code").click()
    fourth.page.get_by_label("Recovery code").fill(recovery[0])
    fourth.page.get_by_role("button", name="Go on").click()
    refusal(fourth).wait_for()
    assert fourth.done("GET", "/auth/session") is None
    fourth.said.clear()  # the code that was refused
    assert tom.done("GET", "/profile/factors")["recovery_left"] == len(recovery) - 1


def test_a_passkey_is_made_and_signs_in_without_a_password(owner: Visitor, visit: Visit) -> None:
    pia = joined(owner, visit, "pia", "trader")
    page = pia.page
    line = pia.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto("/profile?tab=security")
    page.get_by_role("button", name="Add a passkey").click()
    assert len(shown_once(page, "Recovery codes")[0].split()) == 10
    assert len(pia.done("GET", "/profile/passkeys")["items"]) == 1
    page.get_by_role("button", name="You: pia").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/signin")
    page.get_by_role("button", name="Sign in with a passkey").click()
    came_in(pia, "pia")
    assert [one["ways"] for one in pia.done("GET", "/profile/sessions")["items"]] == [["passkey"]]


def test_who_is_shown_out_loses_the_open_line_and_is_asked_to_sign_in(owner: Visitor, visit: Visit) -> None:
    otto = joined(owner, visit, "otto", "trader")
    with otto.page.expect_websocket() as opened:
        otto.page.goto("/orders")
    otto.page.get_by_text("data live").wait_for()
    page = owner.page
    page.goto("/users")
    page.get_by_role("grid", name="people").get_by_text("otto", exact=True).first.dblclick()
    dialog = page.get_by_role("dialog", name="otto")
    dialog.get_by_role("tab", name="Sessions").click()
    dialog.get_by_text("127.0.0.1").or_(dialog.get_by_text("::1")).first.wait_for()
    with opened.value.expect_event("close", timeout=SHOWN_OUT_S * 1_000):
        begun = time.monotonic()
        dialog.get_by_role("button", name="End all of them").click()
    otto.page.get_by_role("dialog", name="Your session ended").wait_for(timeout=SHOWN_OUT_S * 1_000)
    assert time.monotonic() - begun < SHOWN_OUT_S
    page.get_by_text("1 session ended").wait_for()
    dialog.get_by_text("Signed in nowhere").wait_for()
    otto.said.clear()  # questions that met no session


def test_one_ends_a_session_of_ones_own_elsewhere(owner: Visitor, visit: Visit) -> None:
    other = visit()
    other.page.get_by_text("data live").wait_for()
    page = owner.page
    page.goto("/profile?tab=sessions")
    page.get_by_text("this one").wait_for()
    page.get_by_role("button", name=re.compile("^End the session of")).first.click()
    page.get_by_text("The session ended").wait_for()
    other.page.get_by_role("dialog", name="Your session ended").wait_for(timeout=SHOWN_OUT_S * 1_000)
    page.get_by_role("button", name="End all others").click()  # that of the first visit is there yet
    page.get_by_text("1 other session ended").wait_for()
    assert [one["current"] for one in owner.done("GET", "/profile/sessions")["items"]] == [True]
    other.said.clear()  # questions that met no session


def test_what_people_type_is_shown_as_text(owner: Visitor) -> None:
    page = owner.page
    page.goto("/profile")
    page.get_by_label("Shown as").fill(ODD)
    page.get_by_role("button", name="Save", exact=True).click()
    came_in(owner, ODD)
    page.goto("/users")
    shown = page.get_by_role("grid", name="people").get_by_text(ODD, exact=True)
    shown.wait_for()
    assert shown.evaluate("found => found.tagName") == "BDI"

    order = {"key": "odd", "symbol": "BTC/USDT", "side": "buy", "quantity": "0.001", "why": ODD}
    order_id = owner.done("POST", "/orders", order)["order_id"]
    page.goto(f"/orders?tab=all&id={order_id}")
    shown = page.locator("bdi").get_by_text(ODD, exact=True).first
    shown.wait_for()
    assert shown.inner_text() == ODD
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("() => window.hit") is None

    # What would turn the text behind it round is refused, in words beside the field.
    page.goto("/profile")
    page.get_by_label("Shown as").fill("Eve \u202eresu")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("this name cannot be shown", exact=False).first.wait_for()
    page.get_by_label("Shown as").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    came_in(owner, OWNER)
    owner.said.clear()  # the name that was refused


def aged(house: Running) -> None:
    """Stops the platform, and starts it again with every proof an hour old: who they are has to be shown again."""
    assert house.stop() == 0
    with open_users(house.data, time.time_ns) as users, users.store.change() as change:
        for name, session in users.store.all(Session).items():
            change.put(name, msgspec.structs.replace(session, proved=session.proved - 3_600_000_000_000))
    again = up(house.place, "--port", house.told["url"].rpartition(":")[2].strip("/"))
    house.process, house.told = again.process, house.told | again.told


def test_a_key_asks_again_who_one_is_shows_its_secret_once_and_signs(
    house: Running, owner: Visitor, visit: Visit
) -> None:
    page = owner.page
    page.goto("about:blank")
    aged(house)
    page.goto("/profile?tab=keys")
    amounts = dict.fromkeys(("max_order_value", "max_position_value", "max_daily_loss"), "100")
    live = {"name": "sim", "symbols": ["BTC/USDT"], "acknowledge": "live on sim"} | amounts
    status, told = owner.call("POST", "/settings/live", live)  # going live asks as well
    assert (status, told["reason"]) == (403, "reauthenticate")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog", name="Make a key")
    dialog.get_by_label("Label").fill(ODD)
    dialog.get_by_role("button", name="Make it").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    field = proof.get_by_label("Password, or the six digits of your authenticator app")
    field.fill("not the password at all")
    proof.get_by_role("button", name="Go on").click()
    proof.get_by_role("alert").wait_for()
    assert owner.done("GET", "/keys")["items"] == []
    field.fill(PASSWORD)
    proof.get_by_role("button", name="Go on").click()
    key, secret = shown_once(page, "The key is made")
    page.get_by_role("grid", name="keys").get_by_text(ODD, exact=True).first.wait_for()
    assert secret not in page.content()
    assert secret not in str(owner.done("GET", "/keys"))

    with Client(house.told["url"], key=key, secret=secret) as program:
        assert program.status()["ready"] is True
        with pytest.raises(AccessError):  # its scopes only read
            program.cancel_all()
        page.get_by_role("button", name=f"Revoke {ODD}").click()
        page.get_by_role("dialog", name=f"Revoke {ODD}").get_by_role("button", name="Revoke it").click()
        page.get_by_text("The key is revoked").wait_for()
        with pytest.raises(AccessError):
            program.status()
    owner.said.clear()  # what was refused before it was proved

"""What one person asks for and another agrees to on the screen: looser limits, and money that leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from parrot.client import Client
from tests.browser.visitor import OWNER, PASSWORD, Visitor
from tests.end_to_end.platform import Running

SCOPE = "symbol:BTC/USDT"
ORDER = {"symbol": "BTC/USDT", "side": "buy", "quantity": "0.03"}
REFUSED = "an order may be for 0.01"

People = dict[str, Visitor]


@pytest.fixture(scope="module")
def people(house: Running, chromium: Any) -> Iterator[People]:
    """The owner and two risk officers, each at a window of their own."""
    owner = Visitor(chromium, house.told["url"])
    owner.sign_in()
    people, machine = {OWNER: owner}, Client.local(house.data)
    for name in ("rita", "bob"):
        body = {"name": name, "roles": ["risk_officer"], "accounts": ["*"], "password": PASSWORD}
        machine.send("POST", "/users", body)
        people[name] = Visitor(chromium, house.told["url"])
        people[name].sign_in(name)
    yield people
    for visitor in people.values():
        visitor.close()
    assert {name: visitor.complaints() for name, visitor in people.items()} == {name: [] for name in people}
    assert [visitor.elsewhere() for visitor in people.values()] == [[], [], []]


def look(visitor: Visitor, place: str, number: int) -> Any:
    """The dialog of a request that waits."""
    page = visitor.page
    page.goto(place)
    page.get_by_role("button", name=f"Look at request {number}").click()
    dialog = page.get_by_role("dialog", name=f"Request {number}:")
    dialog.get_by_text("pending").wait_for()
    return dialog


def cannot_decide(visitor: Visitor, place: str, number: int, path: str) -> None:
    """Whoever asked finds no button for it, and is refused without one."""
    dialog = look(visitor, place, number)
    dialog.get_by_text("You asked for this, so somebody else has to decide").wait_for()
    assert dialog.get_by_role("button", name="Approve").count() == 0
    assert dialog.get_by_role("button", name="Decline").count() == 0
    status, told = visitor.call("POST", f"{path}/{number:09d}/approve")
    assert (status, told["reason"]) == (403, "forbidden")
    visitor.said.clear()  # what was refused
    dialog.get_by_role("button", name="Close").first.click()


def approve(visitor: Visitor, place: str, number: int) -> None:
    dialog = look(visitor, place, number)
    dialog.get_by_role("button", name="Approve").click()
    visitor.page.get_by_text(f"Request {number} is done").wait_for()
    visitor.page.get_by_text("Nothing waits").wait_for()


def test_a_looser_limit_binds_when_somebody_else_agrees(people: People) -> None:
    owner, rita, bob = people[OWNER], people["rita"], people["bob"]
    tight = {"scope": SCOPE, "limits": {"max_quantity": "0.01"}}
    assert owner.done("PUT", "/limits", tight)["state"] == "bound"
    assert REFUSED in str(owner.done("POST", "/orders/preview", ORDER))

    page = rita.page
    page.goto("/risk")
    page.get_by_role("button", name=f"Change limits of {SCOPE}").click()
    dialog = page.get_by_role("dialog", name=f"Limits of {SCOPE}")
    dialog.get_by_label("Order size", exact=True).fill("0.05")
    dialog.get_by_text("needs another person").wait_for()
    dialog.get_by_label("Why (needed)").fill("a larger client")
    dialog.get_by_role("button", name="Ask for approval").click()
    page.get_by_text("Asked for", exact=True).wait_for()
    cannot_decide(rita, "/risk?tab=requests", 1, "/limits/requests")
    assert REFUSED in str(owner.done("POST", "/orders/preview", ORDER))

    dialog = look(bob, "/risk?tab=requests", 1)
    dialog.get_by_text("a larger client").wait_for()
    dialog.get_by_text("Order size").first.wait_for()
    approve(bob, "/risk?tab=requests", 1)
    assert REFUSED not in str(owner.done("POST", "/orders/preview", ORDER))
    scope = limited(owner)
    assert ([one["limit"] for one in scope["limits"]], scope["approver"]) == (["0.05"], "bob, asked by rita")
    page.goto("/risk")
    page.get_by_text("approved by bob").wait_for()
    assert bob.call("POST", "/limits/requests/000000001/approve")[0] == 422  # it is done already
    bob.said.clear()  # what was refused


def test_a_request_is_taken_back_or_declined_and_nothing_changes(people: People) -> None:
    owner, rita, bob = people[OWNER], people["rita"], people["bob"]
    owner.done("PUT", "/limits", {"scope": SCOPE, "limits": {"max_quantity": "0.01"}})
    version = limited(owner)["version"]
    asked = {"scope": SCOPE, "limits": {"max_quantity": "5"}, "reason": "much more", "version": version}
    first = int(rita.done("PUT", "/limits", asked)["request"]["id"])
    dialog = look(rita, "/risk?tab=requests", first)
    dialog.get_by_role("button", name="Take it back").click()
    rita.page.get_by_text(f"Request {first} is withdrawn").wait_for()

    second = int(rita.done("PUT", "/limits", asked)["request"]["id"])
    dialog = look(bob, "/risk?tab=requests", second)
    dialog.get_by_label("Answer (when you decline)").fill("not this week")
    dialog.get_by_role("button", name="Decline").click()
    bob.page.get_by_text(f"Request {second} is declined").wait_for()
    rita.page.goto("/risk?tab=requests")
    rita.page.get_by_role("grid", name="requests").get_by_text("declined").first.dblclick()
    rita.page.get_by_role("dialog").get_by_text("not this week").wait_for()
    assert limited(owner)["version"] == version


def test_money_of_a_client_leaves_when_somebody_else_agrees(people: People) -> None:
    owner, bob = people[OWNER], people["bob"]
    client = owner.done("POST", "/clients", {"name": "Acme"})["id"]
    owner.done("POST", f"/clients/{client}/accounts", {"account": "acme"})
    paid = owner.done("POST", "/clients/accounts/acme/deposits", {"asset": "USDT", "amount": "1000"})
    bob.done("POST", f"/funds/{paid['id']}/approve")

    page = owner.page
    page.goto(f"/clients?id={client}")
    page.get_by_role("button", name="Withdraw").click()
    dialog = page.get_by_role("dialog", name="Withdraw from acme")
    dialog.get_by_label("How much").fill("2000")
    assert dialog.get_by_role("button", name="Ask for withdrawal").is_disabled()  # more than is free
    dialog.get_by_label("How much").fill("250.5")
    dialog.get_by_role("button", name="Ask for withdrawal").click()
    number = int(paid["id"]) + 1
    page.get_by_text(f"Request {number} is made").wait_for()
    page.get_by_text("250.5 USDT").wait_for()
    assert held(owner) == ("749.5", "250.5")
    cannot_decide(owner, "/clients?tab=money", number, "/funds")

    approve(bob, f"/clients?id={client}&view=money", number)
    assert held(owner) == ("749.5", "0")
    page.goto(f"/clients?id={client}&view=money")
    page.get_by_role("grid", name="requests").get_by_text("bob").first.wait_for()


def limited(visitor: Visitor) -> dict[str, Any]:
    """The scope and its limits."""
    [scope] = [one for one in visitor.done("GET", "/risk/tree")["scopes"] if one["scope"] == SCOPE]
    found: dict[str, Any] = scope
    return found


def held(visitor: Visitor) -> tuple[str, str]:
    """What is free and what is set aside."""
    balances = visitor.done("GET", "/clients/accounts/acme")["balances"]
    [cash] = [one for one in balances if one["asset"] == "USDT"]
    return cash["free"], cash["locked"]

"""Signing in, links, profiles, keys and users over HTTP, on the real center with its records in memory."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

from parrot.centers.users.manifest import Known
from parrot.contracts.access import EVERY_ACCOUNT, PERMISSIONS
from parrot.contracts.signing import sign
from parrot.ports.history import Found
from tests.unit.centers.users.authenticator import Authenticator
from tests.unit.centers.users.test_visits import BOB, Provider
from tests.unit.centers.users.town import HOUR, PASSWORD, SECOND, Town
from tests.unit.gateway.rest.house import ORIGIN, application, client
from tests.unit.gateway.rest.test_application import Fake

API = "/api/v1"
OTHER = "nine copper lanterns drift south"


class House:
    """The gateway on a town of users; time is the town's."""

    def __init__(self) -> None:
        self.provider = Provider()
        known = Known(id="login", title="Our login", provider=self.provider, creates=True)
        self.town = Town(providers={"login": known})
        doors = {"users": self.town.users, "history": self, "audit": self, "now": lambda: self.town.now}
        self.app = application(Fake(), **doors)

    def orders(self, wanted):
        """The history: 2,500 orders of whoever is asked for, and some of one whose name begins alike."""
        first = wanted.after or 2_500
        rows = [b'{"order_id":%d,"user":"%s"}' % (n, wanted.user.encode()) for n in range(first, first - 1_000, -1)]
        last = first - 1_000
        rows.append(b'{"order_id":9999,"user":"%s2"}' % wanted.user.encode())
        return Found([row for row in rows if b":-" not in row and b":0," not in row], max(last, 0))

    def every(self, wanted, who):
        """The audit log."""
        return ({"who": act.who, "what": act.what} for act in self.town.acts if act.who == wanted.who)

    def browser(self) -> Browser:
        return Browser(self)


class Browser:
    """A page of ours in one browser."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.http = client(house.app, headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"})
        self.me: Any = None

    def ask(self, method, path, body=None):
        self.house.town.now += 10 * SECOND  # nobody is too fast here
        headers = {"Parrot-CSRF": self.me["csrf"]} if self.me else {}
        answer = self.http.request(method, API + path, json=body, headers=headers)
        told = answer.json() if answer.content else None
        me = (told or {}).get("me", told if "csrf" in (told or {}) else None)
        self.me = me or self.me
        return answer.status_code, told

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None):
        return self.ask("POST", path, {} if body is None else body)

    def sign_in(self, name, password=PASSWORD):
        return self.post("/auth/session", {"name": name, "password": password})

    def confirm(self, password=PASSWORD):
        assert self.post("/auth/confirm", {"password": password})[0] == 200


@pytest.fixture(scope="module")
def house():
    return House()


@pytest.fixture(scope="module")
def ann(house):
    """The owner, who was there first."""
    page = house.browser()
    assert page.get("/auth/state")[1]["set_up"] is False
    assert page.get("/auth/session") == (200, None)
    assert page.get("/users")[1]["reason"] == "setup"  # nothing else goes before there is an owner
    code = house.town.users.setup.begin()
    status, told = page.post("/auth/setup", {"code": code, "name": "Ann", "password": PASSWORD})
    assert (status, told["me"]["name"], told["me"]["owner"]) == (201, "ann", True)
    return page


def token_of(link):
    return re.fullmatch(r".*/(?:join|reset|register)#(.+)", link)[1]


def join(house, ann, name, *roles, accounts=(EVERY_ACCOUNT,)):
    """Somebody who was invited, in a browser of their own."""
    ann.confirm()
    body = {"name": name, "roles": list(roles), "accounts": list(accounts)}
    status, told = ann.post("/invitations", body)
    assert status == 201, told
    page = house.browser()
    token = token_of(told["link"])
    assert page.post("/auth/invitation/look", {"token": token})[1]["roles"] == list(roles)
    status, told = page.post("/auth/invitation", {"token": token, "password": PASSWORD})
    assert status == 201, told
    assert page.post("/auth/invitation", {"token": token, "password": PASSWORD})[0] == 403
    return page


def test_the_session_is_in_a_cookie_that_scripts_cannot_read(house, ann):
    page = house.browser()
    answer = page.http.post(f"{API}/auth/session", json={"name": "ann", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/"))
    assert "domain" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    value = answer.cookies["parrot"]
    assert value.partition(".")[2] not in answer.text


def test_signing_out_ends_it_for_good(house, ann):
    page = house.browser()
    page.sign_in("ann")
    cookie = page.http.cookies["parrot"]
    assert page.ask("DELETE", "/auth/session")[0] == 204
    page.http.cookies.set("parrot", cookie)
    assert page.get("/auth/session") == (200, None)


def test_a_code_of_the_authenticator_is_asked_for_and_works_once(house, ann):
    bob = join(house, ann, "bob", "trader")
    assert bob.me["should_enrol"] is True
    made = bob.post("/profile/totp")[1]
    assert made["svg"].startswith("<svg")
    assert "style=" not in made["svg"]
    clock = pyotp.TOTP(made["secret"])
    assert bob.post("/profile/totp/confirm", {"ticket": made["ticket"], "code": "000000"})[0] == 422
    house.town.now += 60 * SECOND
    told = bob.post(
        "/profile/totp/confirm", {"ticket": made["ticket"], "code": clock.at(house.town.now // SECOND + 10)}
    )[1]
    codes = told["recovery_codes"]
    assert (len(codes), told["me"]["second_factor"], told["me"]["should_enrol"]) == (10, True, False)
    page = house.browser()
    step = page.sign_in("bob")[1]
    assert step["me"] is None
    assert step["second"]["ways"] == ["totp", "recovery"]
    assert page.get("/auth/session") == (200, None)
    code = clock.at((house.town.now + 40 * SECOND) // SECOND)
    house.town.now += 30 * SECOND
    assert page.post("/auth/second", {"ticket": step["second"]["ticket"], "code": code})[1]["me"]["name"] == "bob"
    again = house.browser()
    ticket = again.sign_in("bob")[1]["second"]["ticket"]
    assert again.post("/auth/second", {"ticket": ticket, "code": code})[0] == 401
    assert again.post("/auth/second", {"ticket": ticket, "code": codes[0].upper()})[1]["me"]["name"] == "bob"
    third = house.browser()
    ticket = third.sign_in("bob")[1]["second"]["ticket"]
    assert third.post("/auth/second", {"ticket": ticket, "code": codes[0]})[0] == 401


def test_another_password_ends_every_other_session(house, ann):
    carl = join(house, ann, "carl", "viewer")
    other = house.browser()
    other.sign_in("carl")
    assert carl.post("/profile/password", {"old": "wrong", "new": OTHER})[0] == 403
    status, told = carl.post("/profile/password", {"old": PASSWORD, "new": "carl12345678"})
    assert (status, told["title"]) == (422, "this password is your name or address")
    old = carl.http.cookies["parrot"]
    assert carl.post("/profile/password", {"old": PASSWORD, "new": OTHER})[0] == 200
    assert other.get("/auth/session") == (200, None)
    assert carl.get("/auth/session")[0] == 200
    other.http.cookies.set("parrot", old)
    assert other.get("/auth/session") == (200, None)


def test_acts_on_users_ask_for_a_proof_that_is_not_old(house, ann):
    house.town.now += 6 * 60 * SECOND
    status, told = ann.post("/invitations", {"name": "late", "roles": ["viewer"]})
    assert (status, told["reason"]) == (403, "reauthenticate")
    assert ann.post("/auth/confirm", {"password": "wrong"})[0] == 403
    assert ann.post("/auth/confirm", {"password": PASSWORD, "code": "1"})[0] == 422
    ann.confirm()
    status, told = ann.post("/invitations", {"name": "late", "roles": ["viewer"]})
    assert status == 201
    assert ann.ask("DELETE", f"/invitations/{told['invitation']['id']}")[0] == 204
    assert house.browser().post("/auth/invitation/look", {"token": token_of(told["link"])})[0] == 403


def test_other_rights_bind_at_once_and_are_told(house, ann):
    dora = join(house, ann, "dora", "viewer")
    assert dora.get("/users")[0] == 403
    house.town.told.clear()
    ann.confirm()
    assert ann.ask("PUT", f"/users/{dora.me['user']}", {"roles": ["auditor"]})[1]["roles"] == ["auditor"]
    assert house.town.told == [dora.me["user"]]
    assert dora.get("/users")[0] == 401  # who gains a role signs in anew
    dora.sign_in("dora")
    assert dora.get("/users")[0] == 200
    ann.ask("PUT", f"/users/{dora.me['user']}", {"accounts": []})
    assert dora.get("/users")[0] == 200
    assert dora.get("/auth/session")[1]["accounts"] == []
    ann.ask("PUT", f"/users/{dora.me['user']}", {"active": False})
    assert dora.get("/auth/session") == (200, None)


def test_an_auditor_sees_no_address_of_anybody(house, ann):
    ann.ask("PUT", "/profile", {"display": "Ann Example", "email": "ann@example.org"})
    eric = join(house, ann, "eric", "auditor")
    seen = {user["name"]: user for user in eric.get("/users")[1]["items"]}
    assert (seen["ann"]["email"], seen["ann"]["display"]) == ("", "")
    own = {user["name"]: user for user in ann.get("/users")[1]["items"]}
    assert (own["ann"]["email"], own["ann"]["display"]) == ("ann@example.org", "Ann Example")


def test_who_changes_rights_that_somebody_changed_meanwhile_is_refused(house, ann):
    gus = join(house, ann, "gus", "viewer")
    ann.confirm()
    place = f"/users/{gus.me['user']}"
    tag = ann.http.get(API + place).headers["etag"]
    gus.get("/auth/session")  # being seen changes no rights
    assert ann.http.get(API + place).headers["etag"] == tag
    ann.ask("PUT", place, {"roles": ["quant"]})
    headers = {"Parrot-CSRF": ann.me["csrf"], "If-Match": tag}
    told = ann.http.put(API + place, json={"roles": ["trader"]}, headers=headers)
    assert (told.status_code, told.json()["code"]) == (412, "changed")
    assert ann.get(place)[1]["roles"] == ["quant"]


def test_nobody_gives_rights_to_themselves_or_takes_the_owner_s(house, ann):
    ann.confirm()
    status, told = ann.ask("PUT", f"/users/{ann.me['user']}", {"roles": ["admin", "risk_officer"]})
    assert (status, told["title"]) == (403, "nobody gives rights to themselves")
    fred = join(house, ann, "fred", "admin")
    status, told = fred.ask("PUT", f"/users/{ann.me['user']}", {"roles": ["viewer"]})
    assert (status, told["title"]) == (422, "the owner stays an administrator")
    assert fred.post(f"/users/{ann.me['user']}/erase")[0] == 422
    assert fred.post(f"/users/{ann.me['user']}/reset")[0] == 403


def test_a_handed_over_link_sets_a_password_anew(house, ann):
    gina = join(house, ann, "gina", "viewer")
    ann.confirm()
    token = token_of(ann.post(f"/users/{gina.me['user']}/reset")[1]["link"])
    page = house.browser()
    assert page.post("/auth/reset/finish", {"token": token, "password": "password1234"})[0] == 422
    assert page.post("/auth/reset/finish", {"token": token, "password": OTHER})[0] == 204
    assert page.post("/auth/reset/finish", {"token": token, "password": OTHER})[0] == 403
    assert gina.get("/auth/session") == (200, None)
    assert page.sign_in("gina", OTHER)[1]["me"]["name"] == "gina"


def test_asking_for_a_reset_sounds_the_same_for_everybody(house, ann):
    page = house.browser()
    told = [page.post("/auth/reset", {"name_or_email": name}) for name in ("ann", "nobody", "x@example.org")]
    assert told == [(202, None)] * 3


def test_a_team_gives_its_members_accounts(house, ann):
    hugo = join(house, ann, "hugo", "trader", accounts=("main",))
    ann.confirm()
    body = {"name": "Night shift", "accounts": ["exchange:night"], "members": [hugo.me["user"]]}
    status, team = ann.post("/teams", body)
    assert status == 201
    assert hugo.get("/auth/session")[1]["accounts"] == ["exchange:night", "main"]
    assert ann.ask("PUT", f"/teams/{team['id']}", body | {"members": []})[0] == 200
    assert hugo.get("/auth/session")[1]["accounts"] == ["main"]
    assert ann.post("/teams", body)[0] == 422  # the name is taken
    assert ann.ask("DELETE", f"/teams/{team['id']}")[0] == 204
    assert ann.get("/teams")[1]["items"] == []


def test_a_key_signs_requests_and_may_what_its_scopes_say(house, ann):
    ida = join(house, ann, "ida", "auditor")
    body = {"label": "bot", "scopes": ["orders:write"], "expires_ns": house.town.now + 24 * HOUR}
    assert ida.post("/keys", body)[0] == 403
    status, key = ida.post("/keys", body | {"scopes": ["users:read"]})
    assert status == 201
    program = client(house.app)

    def ask(path, *, nonce, shift=0):
        time = str(house.town.now // 1_000_000 + shift)
        given = {"method": "GET", "path": API + path, "query": "", "time": time, "nonce": nonce, "body": b""}
        headers = {"Parrot-Key": key["key"], "Parrot-Time": time, "Parrot-Nonce": nonce}
        headers["Parrot-Signature"] = sign(key["secret"], **given)
        return program.get(API + path, headers=headers).status_code

    assert ask("/teams", nonce="n" * 20) == 200
    assert ask("/teams", nonce="n" * 20) == 401  # again
    assert ask("/teams", nonce="o" * 20, shift=31_000) == 401
    assert ask("/keys", nonce="p" * 20) == 403
    assert ask("/audit", nonce="r" * 20) == 403
    assert "secret" not in ida.get("/keys")[1]["items"][0]
    assert ida.ask("DELETE", f"/keys/{key['key']}")[0] == 204
    assert ask("/teams", nonce="q" * 20) == 401


def test_one_sees_and_ends_one_s_own_sessions_only(house, ann):
    jan = join(house, ann, "jan", "viewer")
    other = house.browser()
    other.sign_in("jan")
    found = jan.get("/profile/sessions")[1]["items"]
    assert [one["current"] for one in found] == [False, True]
    of_ann = ann.me["session"]
    assert jan.ask("DELETE", f"/profile/sessions/{of_ann}")[0] == 404
    assert jan.ask("DELETE", f"/profile/sessions/{found[0]['id']}")[0] == 204
    assert other.get("/auth/session") == (200, None)


def test_a_profile_is_given_out_whole_and_erased_for_good(house, ann):
    kim = join(house, ann, "kim", "trader")
    profile = {"display": "Kim Canary", "email": "kim@canary.example", "preferences": {"theme": "dark"}}
    assert kim.ask("PUT", "/profile", profile)[1]["display"] == "Kim Canary"
    told = kim.get("/profile/export")[1]
    assert told["kept"]["user"]["email"] == "kim@canary.example"
    assert told["kept"]["sessions"][0]["address"] == "127.0.0.1"
    assert [order["order_id"] for order in told["orders"]] == list(range(2_500, 0, -1))
    assert {"who": "kim", "what": "export"} in told["acts"]
    assert kim.post("/profile/erase")[0] == 204
    assert kim.get("/auth/session") == (200, None)
    assert house.browser().sign_in("kim")[0] == 401
    kept = {user["id"]: user for user in ann.get("/users")[1]["items"]}[kim.me["user"]]
    assert (kept["erased"], kept["display"], kept["email"]) == (True, "", "")
    assert re.fullmatch(r"erased-\w+", kept["name"])
    ann.confirm()
    assert ann.post("/invitations", {"name": "kim", "roles": ["viewer"]})[0] == 422
    assert b"canary" not in house.town.everything().lower()


def test_another_address_takes_a_fresh_proof_and_a_letter(house, ann):
    ned = join(house, ann, "ned", "viewer")
    house.town.now += 6 * 60 * SECOND
    assert ned.ask("PUT", "/profile", {"display": "Ned"})[0] == 200
    status, told = ned.ask("PUT", "/profile", {"display": "Ned", "email": "ned@example.org"})
    assert (status, told["reason"]) == (403, "reauthenticate")
    ned.confirm()
    house.town.letters.clear()
    assert ned.ask("PUT", "/profile", {"display": "Ned", "email": "ned@example.org"})[0] == 200
    [(to, _, text)] = house.town.letters
    assert to == "ned@example.org"
    token = re.search(r"/register#(\S+)", text)[1]
    assert house.browser().post("/auth/register/finish", {"token": token})[0] == 204


def test_names_of_who_is_erased_go_to_nobody_else(house, ann):
    lea = join(house, ann, "lea", "viewer")
    lea.post("/profile/erase")
    ann.confirm()
    token = token_of(ann.post("/invitations", {"roles": ["viewer"]})[1]["link"])
    body = {"token": token, "name": "lea", "password": PASSWORD}
    assert house.browser().post("/auth/invitation", body)[0] == 422


def test_the_table_of_roles_is_the_one_that_binds(house, ann):
    told = {one["role"]: set(one["permissions"]) for one in ann.get("/roles")[1]["items"]}
    assert told == {role.value: {held.value for held in permissions} for role, permissions in PERMISSIONS.items()}


@pytest.mark.parametrize(
    ("display", "kept"),
    [("<script>alert(1)</script>", True), ("\u202eabc", False), ("مرحبا", True), ("a\nb", False), ("\x1b[31m", False)],
)
def test_names_for_people_are_of_any_script_and_one_line(house, ann, display, kept):
    body = {"display": display, "email": "ann@example.org"}
    status, told = ann.ask("PUT", "/profile", body)
    assert (status == 200) is kept
    if kept:
        assert told["display"] == display


def test_who_comes_back_from_a_provider_is_signed_in_and_sent_to_the_first_page(house, ann):
    page = house.browser()
    assert page.get("/auth/state")[1]["providers"] == [{"id": "login", "title": "Our login"}]
    assert page.post("/auth/oidc/nobody/start")[0] == 404
    status, told = page.post("/auth/oidc/login/start")
    assert (status, told["url"].startswith("https://login.example.org/auth?")) == (200, True)
    assert house.provider.sent["redirect"] == f"{ORIGIN}/api/v1/auth/oidc/callback"
    house.provider.says = BOB._replace(subject="olga-1", username="olga", email="")
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    back = f"{API}/auth/oidc/callback?code=c&state={house.provider.sent['state']}&session_state=x&iss=y"
    stranger = house.browser().http.get(back, headers=headers, follow_redirects=False)
    assert stranger.headers["location"].startswith("/signin#problem=")
    assert page.http.get(back, headers=headers, follow_redirects=False).headers["location"].startswith("/signin#")
    page.post("/auth/oidc/login/start")
    back = f"{API}/auth/oidc/callback?code=c&state={house.provider.sent['state']}"
    answer = page.http.get(back, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert page.get("/auth/session")[1]["name"] == "olga"


def test_a_passkey_is_added_and_signs_in(house, ann):
    pia, device = join(house, ann, "pia", "trader"), Authenticator()
    asked = pia.post("/profile/passkeys/options")[1]
    assert (asked["options"]["rp"]["id"], asked["options"]["attestation"]) == ("localhost", "none")
    body = {"ticket": asked["ticket"], "name": "Phone", "credential": device.make(asked["options"], ORIGIN)}
    status, told = pia.post("/profile/passkeys", body)
    assert (status, len(told["recovery_codes"]), told["me"]["second_factor"]) == (200, 10, True)
    [key] = pia.get("/profile/passkeys")[1]["items"]
    assert pia.ask("PUT", f"/profile/passkeys/{key['id']}", {"name": "Old phone"})[1]["name"] == "Old phone"
    page = house.browser()
    asked = page.post("/auth/passkey/options")[1]
    body = {"ticket": asked["ticket"], "credential": device.sign(asked["options"], ORIGIN)}
    assert page.post("/auth/passkey", body)[1]["me"]["name"] == "pia"
    assert house.browser().post("/auth/passkey", body)[0] == 401
    asked = page.post("/auth/confirm/options")[1]
    body = {"ticket": asked["ticket"], "credential": device.sign(asked["options"], ORIGIN)}
    assert page.post("/auth/confirm", body)[0] == 200
    assert page.ask("DELETE", f"/profile/passkeys/{key['id']}")[1]["second_factor"] is False


def test_who_is_refused_is_noted_once_a_minute(house, ann):
    mia = join(house, ann, "mia", "viewer")
    for _ in range(3):
        assert mia.get("/users")[0] == 403
    assert mia.ask("PUT", f"/users/{mia.me['user']}", {"active": True})[0] == 403
    refusals = [act.about["act"] for act in house.town.acts if (act.who, act.what) == ("mia", "refused")]
    assert refusals == ["GET /users", "PUT /users/{user}"]


def test_no_secret_is_kept_or_noted(house, ann):
    everything = house.town.everything() + str(house.town.acts).encode()
    for secret in (PASSWORD, OTHER, ann.http.cookies["parrot"].partition(".")[2]):
        assert secret.encode() not in everything

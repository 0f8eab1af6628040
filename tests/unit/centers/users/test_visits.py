"""Whom an identity provider means here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError

import msgspec
import pyotp
import pytest

from parrot.centers.users.manifest import Known
from parrot.centers.users.visits import Visits
from parrot.contracts.access import Role
from parrot.contracts.users import Person, Private, Proofs
from parrot.kernel.errors import AccessError, InputError, MissingError
from parrot.ports.identity import Claims
from tests.unit.centers.users.town import HOME, MINUTE, PASSWORD, Town

BACK = "http://localhost:8000/api/v1/auth/oidc/callback"
BOB = Claims("https://login.example.org", "b-1", "bob@example.org", email_verified=True, name="Bob", username="Bob.B")


class Provider:
    """A provider that says what tests want, once for each code, to who asks as they were sent."""

    def __init__(self) -> None:
        self.says = BOB
        self.sent: dict[str, str] = {}

    def place(self, **sent):
        self.sent = sent
        return f"https://login.example.org/auth?state={sent['state']}"

    def claims(self, code, *, nonce, verifier, redirect, now):
        assert (nonce, verifier, redirect) == (self.sent["nonce"], self.sent["verifier"], self.sent["redirect"])
        return self.says


@pytest.fixture
def provider():
    return Provider()


def town_of(provider, **rule):
    return Town(providers={"login": Known(id="login", title="Login", provider=provider, **rule)})


def visit(town, provider, *, who=None, binder=None):
    _, kept = town.users.visits.begin("login", redirect=BACK, who=who)
    return town.users.visits.finish(provider.sent["state"], "code", binder=binder or kept, whence=HOME)


def invited(town, ann, email="bob@example.org"):
    _, link = town.users.joining.invite(ann, roles=[Role.TRADER], name="bob", private=Private(email=email))
    return town.users.joining.accept(link.partition("#")[2], "", PASSWORD, whence=HOME).who


def test_who_is_linked_to_nobody_is_refused(provider):
    town = town_of(provider)
    town.settle()
    assert town.users.offers().providers == (("login", "Login"),)
    with pytest.raises(AccessError, match="nobody here"):
        visit(town, provider)
    assert town.did()[-1] == ("someone", "sign in failed")
    with pytest.raises(MissingError):
        town.users.visits.begin("another", redirect=BACK)


def test_who_linked_the_provider_comes_in_by_it(provider):
    town = town_of(provider)
    bob = invited(town, town.settle())
    step = visit(town, provider, who=bob)
    assert step.linked
    assert town.users.people.view(town.users.people.find(bob.user), personal=False).linked == 1
    assert (step.who.user, town.users.by_session(step.token).session) == (bob.user, bob.session)
    assert b"b-1" not in town.everything()
    found = visit(town, provider)
    assert (found.who.user, town.users.sessions.ways(found.who.session)) == (bob.user, ("oidc",))
    provider.says = BOB._replace(issuer="https://other.example.org")
    with pytest.raises(AccessError, match="nobody here"):
        visit(town, provider)


def test_a_visit_is_of_the_browser_that_began_it_and_of_a_few_minutes(provider):
    town = town_of(provider, creates=True)
    town.settle()
    with pytest.raises(AccessError, match="another browser"):
        visit(town, provider, binder="of somebody else")
    _, kept = town.users.visits.begin("login", redirect=BACK)
    state = provider.sent["state"]
    town.now += 6 * MINUTE
    with pytest.raises(AccessError, match="too long"):
        town.users.visits.finish(state, "code", binder=kept, whence=HOME)
    visit(town, provider)
    with pytest.raises(AccessError):
        town.users.visits.finish(provider.sent["state"], "code", binder=kept, whence=HOME)


def test_one_who_signed_out_meanwhile_is_linked_to_nothing(provider):
    town = town_of(provider)
    bob = invited(town, town.settle())
    _, kept = town.users.visits.begin("login", redirect=BACK, who=bob)
    town.users.signing_in.out(bob)
    with pytest.raises(AccessError, match="not signed in"):
        town.users.visits.finish(provider.sent["state"], "code", binder=kept, whence=HOME)


def test_an_identity_is_of_one_user(provider):
    town = town_of(provider)
    ann = town.settle()
    visit(town, provider, who=invited(town, ann))
    with pytest.raises(AccessError, match="another user"):
        visit(town, provider, who=ann)


def test_strangers_become_users_by_the_rule_of_the_settings(provider):
    town = town_of(provider, creates=True, roles=(Role.QUANT,), accounts=("main",), domains=frozenset({"example.org"}))
    town.settle()
    who = visit(town, provider).who
    assert (who.name, who.roles, set(who.accounts)) == ("bob.b", (Role.QUANT,), {"main"})
    assert visit(town, provider).who.user == who.user
    provider.says = BOB._replace(subject="b-2", email="bob@example.com")
    with pytest.raises(AccessError):
        visit(town, provider)
    provider.says = BOB._replace(subject="b-3", email="b3@example.org", email_verified=False)
    with pytest.raises(AccessError):
        visit(town, provider)


@pytest.mark.parametrize("username", ["ann", "admin\n", "<script>", "", "machine", "x" * 300, "ÅNN"])
def test_a_provider_s_names_become_names_that_are_free_and_plain(provider, username):
    town = town_of(provider, creates=True)
    town.settle()
    provider.says = BOB._replace(email="", username=username)
    name = visit(town, provider).who.name
    assert name != "ann"
    assert name.isascii()
    assert len(name) <= 40


def test_an_address_means_a_user_only_where_both_sides_checked_it_and_settings_say_so(provider):
    for rule, verified, found in ((True, True, True), (False, True, False), (True, False, False)):
        town = town_of(provider, by_email=rule)
        bob = invited(town, town.settle())
        provider.says = BOB._replace(email_verified=verified)
        if found:
            assert visit(town, provider).who.user == bob.user
        else:
            with pytest.raises(AccessError):
                visit(town, provider)


def test_an_address_never_means_the_owner(provider):
    town = town_of(provider, by_email=True, creates=True)
    ann = town.settle()
    town.users.own.save(ann, display="", email="ann@example.org", time_zone="", preferences={})
    person = town.users.people.find(ann.user)
    with town.users.store.change() as change:
        change.put(person.id, msgspec.structs.replace(person, email_checked=True))
    provider.says = BOB._replace(email="ann@example.org")
    with pytest.raises(AccessError, match="nobody here"):
        visit(town, provider)


def test_a_second_factor_here_is_asked_for_after_the_provider_too(provider):
    town = town_of(provider)
    bob = invited(town, town.settle())
    visit(town, provider, who=bob)
    made = town.users.own.begin_totp(bob)
    code = code_of(town, made.secret)
    town.users.own.finish_totp(bob, made.ticket, code)
    step = visit(town, provider)
    assert (step.who, step.ways) == (None, ("totp", "recovery"))
    town.now += MINUTE
    done = town.users.signing_in.second(step.ticket, code_of(town, made.secret), whence=HOME)
    assert town.users.sessions.ways(done.who.session) == ("oidc", "totp")


def code_of(town, secret):
    return pyotp.TOTP(secret).at(town.now // 10**9)


def test_the_last_way_in_is_not_let_go(provider):
    town = town_of(provider, creates=True)
    ann = town.settle()
    visit(town, provider, who=ann)
    town.users.visits.unlink(ann)
    who = visit(town, provider).who
    assert who.user != ann.user
    with pytest.raises(InputError, match="nothing would be left"):
        town.users.visits.unlink(who)


@contextmanager
def both_look(monkeypatch):
    """Has two visits look for their user at the same time, as far as they may."""
    looked, together = Visits._meant, Barrier(2)

    def look(visits, claims):
        found = looked(visits, claims)
        with suppress(BrokenBarrierError):
            together.wait(0.3)
        return found

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(Visits, "_meant", look)
        yield pool


def test_two_visits_of_one_identity_at_once_are_one_user(provider, monkeypatch):
    town = town_of(provider, creates=True)
    town.settle()
    visits = town.users.visits
    begun = [(visits.begin("login", redirect=BACK)[1], dict(provider.sent)) for _ in range(2)]
    monkeypatch.setattr(Provider, "claims", lambda *_, **__: BOB)

    def finish(binder, sent):
        return visits.finish(sent["state"], "code", binder=binder, whence=HOME).who.user

    with both_look(monkeypatch) as pool:
        users = {done.result() for done in [pool.submit(finish, *one) for one in begun]}
    assert len(users) == 1
    assert len(town.users.store.all(Person)) == 2  # with the owner


def test_two_users_who_link_one_identity_at_once_are_one(provider, monkeypatch):
    town = town_of(provider)
    ann = town.settle()
    bob = invited(town, ann)
    visits = town.users.visits
    begun = [(visits.begin("login", redirect=BACK, who=who)[1], dict(provider.sent)) for who in (ann, bob)]
    monkeypatch.setattr(Provider, "claims", lambda *_, **__: BOB)

    def finish(binder, sent):
        with suppress(AccessError):
            visits.finish(sent["state"], "code", binder=binder, whence=HOME)

    with both_look(monkeypatch) as pool:
        for done in [pool.submit(finish, *one) for one in begun]:
            done.result()
    assert sum(len(proofs.outside) for proofs in town.users.store.all(Proofs).values()) == 1

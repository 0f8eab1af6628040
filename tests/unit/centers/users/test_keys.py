"""API keys: what is signed, when, from where, and what a key may."""

from __future__ import annotations

import string

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.contracts.access import Permission, Role, machine
from parrot.contracts.signing import SignedRequest, sign
from parrot.kernel.errors import AccessError, InputError, MissingError
from tests.unit.centers.users.town import HOUR, PASSWORD, SECOND, Town

DAY = 24 * HOUR


@pytest.fixture(scope="module")
def town():
    town = Town()
    town.settle()
    town.users.headless.add(machine(), "bob", roles=[Role.TRADER], accounts=["main"], password=PASSWORD)
    return town


@pytest.fixture(scope="module")
def bob(town):
    person = town.users.people.named("bob")
    who = msgspec.structs.replace(machine(), user=person.id, name="bob")
    return msgspec.structs.replace(who, permissions=frozenset({Permission.ORDERS_WRITE, Permission.ORDERS_READ}))


@pytest.fixture(scope="module")
def key(town, bob):
    return town.users.keys.make(bob, "bot", scopes=[Permission.ORDERS_WRITE], expires=town.now + DAY)


COUNT = iter(range(10**9))


def request(town, key, *, secret=None, **changes):
    made, own = key
    given = {
        "method": "POST",
        "path": "/api/v1/orders",
        "query": "a=1&b=2",
        "time": str(town.now // 10**6),
        "nonce": f"{next(COUNT):020d}",
        "body": b'{"quantity":"1"}',
    }
    signature = sign(secret or own, **given)
    return SignedRequest(**{"key": made.id, "signature": signature, "address": "192.0.2.7"} | given | changes)


def refused(town, asked):
    with pytest.raises(AccessError) as found:
        town.users.by_key(asked)
    assert found.value.reason == "signed_out"
    return str(found.value)


def test_a_signed_request_is_taken_once(town, key):
    asked = request(town, key)
    who = town.users.by_key(asked)
    assert (who.name, who.permissions, who.accounts) == (
        "bob",
        frozenset({Permission.ORDERS_WRITE}),
        frozenset({"main"}),
    )
    assert "came before" in refused(town, asked)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_change_of_a_signed_request_is_refused(town, key, data):
    asked = request(town, key)
    name = data.draw(st.sampled_from(["method", "path", "query", "time", "nonce", "body", "signature", "key"]))
    old = getattr(asked, name)
    new = data.draw(st.binary(max_size=40) if name == "body" else st.text(string.printable, max_size=40))
    if new != old and not (name == "method" and new.upper() == old):
        refused(town, msgspec.structs.replace(asked, **{name: new}))
    town.users.by_key(asked)


def test_upper_and_lower_case_of_a_path_are_two_paths(town, key):
    refused(town, request(town, key, path="/API/v1/orders"))
    refused(town, request(town, key, path="/api/v1/orders/"))


@pytest.mark.parametrize(("shift", "taken"), [(-31, False), (-30, True), (0, True), (30, True), (31, False)])
def test_a_request_is_of_now(town, key, shift, taken):
    town.now += HOUR
    time = str((town.now + shift * SECOND) // 10**6)
    given = {"method": "GET", "path": "/", "query": "", "time": time, "nonce": f"{next(COUNT):020d}", "body": b""}
    asked = SignedRequest(key=key[0].id, signature=sign(key[1], **given), **given)
    if taken:
        town.users.by_key(asked)
    else:
        assert "time" in refused(town, asked)


def test_what_was_signed_before_a_restart_is_not_taken_again(town, key):
    asked = request(town, key)
    town.users.by_key(asked)
    town.now += SECOND
    town.open()
    assert "time" in refused(town, asked)
    town.users.by_key(request(town, key))


def test_the_secret_of_another_key_signs_nothing(town, bob, key):
    _, other = town.users.keys.make(bob, "other", scopes=[Permission.ORDERS_READ], expires=town.now + DAY)
    refused(town, request(town, key, secret=other))


@pytest.mark.parametrize(
    ("address", "taken"),
    [("192.0.2.7", True), ("::ffff:192.0.2.7", True), ("192.0.2.200", False), ("10.1.2.3", True), ("", False)],
)
def test_a_key_is_good_at_the_addresses_of_its_list(town, bob, address, taken):
    listed = ["192.0.2.0/28", "10.0.0.0/8"]
    key = town.users.keys.make(bob, "x", scopes=[Permission.ORDERS_READ], addresses=listed, expires=town.now + DAY)
    asked = request(town, key, address=address)
    if taken:
        town.users.by_key(asked)
    else:
        assert "list" in refused(town, asked)


def test_a_key_may_what_its_user_may_now(town, bob, key):
    who = town.users.by_key(request(town, key))
    ann = town.users.people.named("ann")
    by = msgspec.structs.replace(machine(), user=ann.id)
    town.users.people.set_rights(by, bob.user, roles=[Role.VIEWER])
    assert town.users.stands(who).permissions == frozenset()
    town.users.people.set_rights(by, bob.user, active=False)
    refused(town, request(town, key))
    assert town.users.stands(who) is None
    town.users.people.set_rights(by, bob.user, roles=[Role.TRADER], active=True)
    assert town.users.by_key(request(town, key)).permissions == {Permission.ORDERS_WRITE}


def test_scopes_are_some_that_one_holds(town, bob):
    make = town.users.keys.make
    with pytest.raises(AccessError, match="does not hold"):
        make(bob, "x", scopes=[Permission.USERS_WRITE], expires=town.now + DAY)
    with pytest.raises(InputError, match="scope"):
        make(bob, "x", scopes=[], expires=town.now + DAY)
    with pytest.raises(InputError, match="person itself"):
        make(bob, "x", scopes=[Permission.SELF], expires=town.now + DAY)
    for expires in (town.now, town.now + 367 * DAY):
        with pytest.raises(InputError, match="end"):
            make(bob, "x", scopes=[Permission.ORDERS_READ], expires=expires)
    with pytest.raises(InputError, match="no address"):
        make(bob, "x", scopes=[Permission.ORDERS_READ], addresses=["here"], expires=town.now + DAY)


def test_a_key_ends_with_its_time_or_when_it_is_revoked(town, bob):
    short = town.users.keys.make(bob, "x", scopes=[Permission.ORDERS_READ], expires=town.now + HOUR)
    who = town.users.by_key(request(town, short))
    with pytest.raises(MissingError):
        town.users.keys.revoke(bob, "somebody else", short[0].id)
    town.now += HOUR
    refused(town, request(town, short))
    assert town.users.stands(who) is None
    town.users.tidy()
    assert short[0].id not in [key.id for key in town.users.keys.of(bob.user)]
    long = town.users.keys.make(bob, "y", scopes=[Permission.ORDERS_READ], expires=town.now + HOUR)
    town.users.keys.revoke(bob, bob.user, long[0].id)
    refused(town, request(town, long))


def test_a_secret_is_kept_sealed_and_shown_once(town, bob, key):
    _, secret = key
    assert secret.encode() not in town.everything()
    assert secret not in str(town.users.keys.of(bob.user))
    assert secret not in str(town.users.leaving.export(machine(), bob.user))


def test_a_sealed_secret_that_is_moved_to_another_key_opens_nothing(town, bob):
    first = town.users.keys.make(bob, "1", scopes=[Permission.ORDERS_READ], expires=town.now + DAY)
    second = town.users.keys.make(bob, "2", scopes=[Permission.ORDERS_WRITE], expires=town.now + DAY)
    with town.users.store.change() as change:
        change.put(second[0].id, msgspec.structs.replace(second[0], secret=first[0].secret))
    with pytest.raises(InputError, match="altered or moved"):
        town.users.by_key(request(town, second, secret=first[1]))

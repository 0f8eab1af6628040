"""Passkeys as first and second factor, and those that are not what they say."""

from __future__ import annotations

import json

import pytest

from parrot.kernel.errors import AccessError, InputError, MissingError
from tests.unit.centers.users.authenticator import Authenticator
from tests.unit.centers.users.town import HOME, MINUTE, PASSWORD, Town

ORIGIN = "http://localhost:8000"


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def ann(town):
    return town.settle()


def add(town, who, device, label="Phone", origin=ORIGIN):
    ticket, options = town.users.passkeys.begin_add(who, origin=ORIGIN)
    answer = device.make(json.loads(options), origin)
    return town.users.passkeys.finish_add(who, ticket, label, json.dumps(answer))


def enter(town, device, *, half="", origin=ORIGIN):
    ticket, options = town.users.passkeys.begin(half, origin=ORIGIN)
    answer = device.sign(json.loads(options), origin)
    return town.users.passkeys.enter(ticket, json.dumps(answer), whence=HOME)


def test_a_passkey_alone_signs_in_without_a_name(town, ann):
    device = Authenticator()
    _, codes = add(town, ann, device)
    assert len(codes) == 10
    step = enter(town, device)
    assert step.who.name == "ann"
    assert town.users.sessions.ways(step.who.session) == ("passkey",)


def test_a_passkey_alone_has_to_know_its_person(town, ann):
    device = Authenticator()
    add(town, ann, device)
    device.verifies = False
    with pytest.raises(AccessError, match="not true"):
        enter(town, device)
    half = town.users.signing_in.password("ann", PASSWORD, whence=HOME)
    assert half.ways == ("passkey", "recovery")
    assert town.users.sessions.ways(enter(town, device, half=half.ticket).who.session) == ("password", "passkey")


def test_a_second_step_is_done_once(town, ann):
    device = Authenticator()
    add(town, ann, device)
    half = town.users.signing_in.password("ann", PASSWORD, whence=HOME)
    enter(town, device, half=half.ticket)
    with pytest.raises(AccessError):
        enter(town, device, half=half.ticket)


def test_a_counter_that_goes_back_is_a_copy(town, ann):
    device = Authenticator()
    add(town, ann, device)
    enter(town, device)
    enter(town, device)
    device.count -= 1
    with pytest.raises(AccessError, match="not true"):
        enter(town, device)
    assert town.did()[-1] == ("ann", "sign in failed")
    device.count += 1
    assert enter(town, device).who.name == "ann"


@pytest.mark.parametrize("part", ["origin", "host", "challenge", "signature", "other"])
def test_an_answer_that_is_not_of_this_page_is_refused(town, ann, part):
    device = Authenticator()
    add(town, ann, device)
    if part == "host":
        device.host = "evil.example"
    if part == "other":
        device.id = Authenticator().id
    ticket, options = town.users.passkeys.begin(origin=ORIGIN)
    asked = json.loads(options)
    if part == "challenge":
        asked = json.loads(town.users.passkeys.begin(origin=ORIGIN)[1])
    answer = device.sign(asked, "https://evil.example" if part == "origin" else ORIGIN)
    if part == "signature":
        answer["response"]["signature"] = answer["response"]["signature"][:-8] + "AAAAAAAA"
    with pytest.raises(AccessError):
        town.users.passkeys.enter(ticket, json.dumps(answer), whence=HOME)


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"id": 1}', '{"id": "x"}', "null", '{"id": {"a": 1}}', "\x00"])
def test_what_is_no_answer_is_refused_in_words(town, ann, answer):
    with pytest.raises((AccessError, InputError)):
        town.users.passkeys.enter(town.users.passkeys.begin(origin=ORIGIN)[0], answer, whence=HOME)
    with pytest.raises(InputError):
        town.users.passkeys.finish_add(ann, town.users.passkeys.begin_add(ann, origin=ORIGIN)[0], "x", answer)


def test_a_ticket_is_of_one_ceremony_and_a_few_minutes(town, ann):
    device = Authenticator()
    add(town, ann, device)
    ticket, options = town.users.passkeys.begin(origin=ORIGIN)
    answer = json.dumps(device.sign(json.loads(options), ORIGIN))
    with pytest.raises(AccessError):
        town.users.passkeys.confirm(ann, ticket, answer, whence=HOME)
    town.now += 6 * MINUTE
    with pytest.raises(AccessError):
        town.users.passkeys.enter(ticket, answer, whence=HOME)


def test_a_passkey_proves_again_who_one_is(town, ann):
    device = Authenticator()
    token, _ = add(town, ann, device)
    town.now += 20 * MINUTE
    who = town.users.by_session(token)
    ticket, options = town.users.passkeys.begin_confirm(who, origin=ORIGIN)
    answer = json.dumps(device.sign(json.loads(options), ORIGIN))
    newer = town.users.passkeys.confirm(who, ticket, answer, whence=HOME)
    assert town.users.by_session(newer).proved == town.now
    assert town.users.by_session(token) is None


def test_passkeys_are_named_and_removed_by_their_owner_only(town, ann):
    device, bob = Authenticator(), Authenticator()
    add(town, ann, device)
    with pytest.raises(InputError, match="known already"):
        add(town, ann, device)
    [key] = town.users.passkeys.of(ann.user)
    assert town.users.passkeys.rename(ann, key.id, "Old phone").label == "Old phone"
    with pytest.raises(MissingError):
        town.users.passkeys.rename(ann, "none", "x")
    token = town.users.passkeys.remove(ann, key.id)
    assert town.users.by_session(token).user == ann.user
    with pytest.raises(AccessError, match="not known"):
        enter(town, bob)
    assert town.users.signing_in.password("ann", PASSWORD, whence=HOME).ways == ()

"""The first visit, passwords, lock-outs and sessions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from parrot.contracts.access import EVERY_ACCOUNT, Permission, Role, machine
from parrot.contracts.users import Passkey, Proofs, Whence
from parrot.kernel.errors import AccessError, BusyError, InputError
from tests.unit.centers.users.town import HOME, HOUR, MINUTE, PASSWORD, SECOND, Town

ELSEWHERE = Whence("203.0.113.9", "curl")


@pytest.fixture
def town():
    return Town()


def refused(reason, act, *given, **more):
    with pytest.raises(AccessError) as found:
        act(*given, **more)
    assert found.value.reason == reason
    return found.value


def sign_in(town, password=PASSWORD, name="ann", whence=HOME):
    return town.users.signing_in.password(name, password, whence=whence)


def test_whoever_has_the_printed_code_becomes_the_owner(town):
    assert not town.users.is_set_up()
    _, who = town.own()
    assert (who.name, who.roles, who.accounts) == ("ann", (Role.ADMIN,), frozenset({EVERY_ACCOUNT}))
    assert town.users.is_set_up()
    assert town.users.setup.begin() == ""
    with pytest.raises(InputError, match="set up already"):
        town.users.setup.own("AAAA-BBBB-CCCC", "eve", PASSWORD, whence=HOME)
    assert town.did() == [("ann", "owner made"), ("ann", "sign in")]


def test_a_code_is_of_one_process_and_kept_nowhere(town):
    code = town.users.setup.begin()
    assert code.replace("-", "").encode() not in town.everything()
    town.open()
    refused("setup", town.users.setup.own, code, "ann", PASSWORD, whence=HOME)


def test_five_wrong_codes_or_an_hour_have_another_one_printed(town):
    printed = []
    town.users.setup.tell = printed.append
    first = town.users.setup.begin()
    for _ in range(5):
        refused("setup", town.users.setup.own, "AAAA-AAAA-AAAA", "ann", PASSWORD, whence=HOME)
    assert len(printed) == 1
    refused("setup", town.users.setup.own, first, "ann", PASSWORD, whence=HOME)
    town.now += HOUR
    refused("setup", town.users.setup.own, printed[0], "ann", PASSWORD, whence=HOME)
    assert len(printed) == 2
    typed = printed[1].lower().replace("-", " ")
    assert town.users.setup.own(typed, "ann", PASSWORD, whence=HOME).who.name == "ann"


def test_wrong_names_and_wrong_passwords_cost_the_same_work_and_sound_the_same(town):
    town.settle()
    begun, texts = town.passwords.work, []
    for name in ("ann", "nobody-at-all", "x@example.org"):
        before = town.passwords.work
        texts.append(str(refused("signed_out", sign_in, town, "wrong", name)))
        assert town.passwords.work - before == 1
    assert len(set(texts)) == 1
    assert town.passwords.work - begun == 3


def test_two_thousand_wrong_passwords_lock_the_guesser_out_and_not_the_owner(town):
    town.settle()
    town.now += HOUR
    begun, looked_at, day = town.passwords.work, 0, town.now
    for _ in range(2_000):
        try:
            sign_in(town, "guess", whence=ELSEWHERE)
        except AccessError as fault:
            looked_at += fault.reason == "signed_out"
        town.now += 30 * SECOND
    hours = (town.now - day) // HOUR
    assert looked_at == town.passwords.work - begun
    assert looked_at <= 20 + 4 * (hours + 1)  # a quarter of an hour apart in the end
    refused("locked", sign_in, town, whence=ELSEWHERE)
    assert sign_in(town).who.name == "ann"  # at home
    assert sign_in(town, whence=Whence("198.51.100.4")).who.name == "ann"  # and at a third place
    assert ("ann", "locked out") in town.did()


def test_many_wrong_passwords_at_once_are_as_many_as_one_after_another(town):
    town.settle()
    looked_at = town.passwords.work
    with ThreadPoolExecutor(16) as callers:
        told = [callers.submit(sign_in, town, "guess", "ann", ELSEWHERE) for _ in range(64)]
    reasons = [getattr(one.exception(), "reason", "") for one in told]
    assert town.passwords.work - looked_at == reasons.count("signed_out") == 5
    assert reasons.count("locked") == 59


def test_a_try_that_found_no_room_is_no_wrong_one(town, monkeypatch):
    town.settle()

    def full(password, kept):
        raise BusyError("too many are signing in")

    with monkeypatch.context() as patch:
        patch.setattr(town.passwords, "verify", full)
        for _ in range(30):
            with pytest.raises(BusyError):
                sign_in(town)
    assert sign_in(town).who.name == "ann"


def test_right_passwords_wear_no_address_out(town):
    town.settle()
    for _ in range(60):
        assert sign_in(town, whence=ELSEWHERE).who.name == "ann"
    assert len(town.users.sessions.views(town.users.people.named("ann").id)) == 50


def test_many_addresses_slow_a_user_down_where_they_never_were_and_nowhere_else(town):
    town.settle()
    for number in range(60):
        with pytest.raises(AccessError):
            sign_in(town, "guess", whence=Whence(f"203.0.113.{number}"))
    refused("locked", sign_in, town, whence=Whence("198.51.100.4"))
    assert sign_in(town).who.name == "ann"
    town.now += MINUTE
    assert sign_in(town, whence=Whence("198.51.100.4")).who.name == "ann"


def test_an_address_that_tries_many_names_waits_too(town):
    town.settle()
    for number in range(20):
        refused("signed_out", sign_in, town, "guess", f"name{number}", ELSEWHERE)
    refused("locked", sign_in, town, "guess", "another", ELSEWHERE)


def test_a_session_idles_out_and_ends_after_half_a_day(town):
    token, _ = town.own()
    for _ in range(23):
        town.now += 29 * MINUTE
        assert town.users.by_session(token) is not None
    town.now = town.now - 23 * 29 * MINUTE + 12 * HOUR
    assert town.users.by_session(token) is None
    other = sign_in(town).token
    town.now += 30 * MINUTE
    assert town.users.by_session(other) is None


def test_looking_passively_keeps_no_session_awake(town):
    token, who = town.own()
    town.now += 29 * MINUTE
    assert town.users.by_session(token, passive=True) is not None
    assert town.users.stands(who) is not None
    town.now += 2 * MINUTE
    assert town.users.by_session(token) is None


def test_a_session_is_known_after_a_restart_and_its_cookie_is_kept_nowhere(town):
    token, who = town.own()
    assert token.partition(".")[2].encode() not in town.everything()
    town.open()
    assert town.users.by_session(token) == who


@pytest.mark.parametrize("bad", ["", ".", "x", "{0}.", "{0}.x", "{1}", ".{1}", "{0}.{1}x", "{0}\n.{1}", "\ud800.{1}"])
def test_no_other_cookie_is_anybody(town, bad):
    name, _, secret = town.own()[0].partition(".")
    assert town.users.by_session(bad.format(name, secret)) is None


def test_signing_out_ends_the_session_at_once_and_is_told(town):
    token, who = town.own()
    town.told.clear()
    town.users.signing_in.out(who)
    assert town.users.by_session(token) is None
    assert town.users.stands(who) is None
    assert town.told == [who.user]


def test_a_proof_gives_a_new_cookie_and_the_one_before_is_worth_nothing(town):
    token, who = town.own()
    csrf = town.users.csrf(who)
    town.now += 20 * MINUTE
    refused("reauthenticate", town.users.signing_in.confirm, who, password="wrong", whence=HOME)
    newer = town.users.signing_in.confirm(who, password=PASSWORD, whence=HOME)
    assert town.users.by_session(token) is None
    proved = town.users.by_session(newer)
    assert (proved.proved, proved.session, town.users.csrf(proved)) == (town.now, who.session, csrf)


def test_one_can_see_and_end_the_sessions_of_oneself_only(town):
    _, who = town.own()
    there = sign_in(town, whence=ELSEWHERE)
    told = town.users.sessions.views(who.user, who.session)
    assert [(one.address, one.program, one.current) for one in told] == [
        ("192.0.2.1", "Firefox", True),
        ("203.0.113.9", "curl", False),
    ]
    town.users.sessions.revoke(who, there.who.session)
    assert town.users.by_session(there.token) is None
    assert b"203.0.113.9" not in town.everything()


def test_nothing_that_failed_to_be_kept_binds(town):
    _, who = town.own()
    town.records.broken = True
    with pytest.raises(OSError, match="no room"):
        town.users.people.set_rights(who, who.user, active=True, accounts=["main"])
    town.records.broken = False
    assert town.users.stands(who) == who


def test_acts_wait_until_the_audit_log_can_take_them(town):
    town.users.store.sink = None
    town.settle()
    assert town.acts == []
    town.open()
    assert town.did() == [("ann", "owner made"), ("ann", "sign in")]
    town.open()
    assert len(town.acts) == 2


def test_what_was_typed_as_an_unknown_name_is_noted_nowhere(town):
    town.settle()
    refused("signed_out", sign_in, town, "x", "MyPasswordByMistake")
    assert ("someone", "sign in failed") in town.did()
    assert b"bymistake" not in town.everything().lower()
    assert "bymistake" not in str(town.acts).lower()


def test_whoever_is_switched_off_is_out_at_once(town):
    token, who = town.own()
    with town.users.store.change() as change:
        bob = town.users.people.add(change, "bob", roles=[Role.ADMIN])
    town.users.people.set_rights(who, bob.id, active=False)
    assert Permission.USERS_WRITE in town.users.by_session(token).permissions
    with pytest.raises(InputError, match="owner"):
        town.users.people.set_rights(who, who.user, active=False)


def test_a_sign_in_that_began_with_the_old_password_ends_when_another_is_set(town, monkeypatch):
    ann = town.settle()
    verify = town.passwords.verify

    def slow(password: str, kept: str) -> bool:
        right = verify(password, kept)
        town.now += SECOND
        town.users.headless.set_password(machine(), ann.user, "another harbour without any ships")
        return right

    monkeypatch.setattr(town.passwords, "verify", slow)
    refused("signed_out", sign_in, town)
    assert not town.users.sessions.views(ann.user)


def test_a_half_done_sign_in_ends_when_another_password_is_set(town):
    ann = town.settle()
    with town.users.store.change() as change:
        made = Passkey(id="one", user=ann.user, label="one", public="", count=0, made=town.now)
        change.put("one", made)
        shown, marks = town.users.signing_in._factors.fresh_recovery(ann.user)
        change.put(ann.user, msgspec.structs.replace(change.get(Proofs, ann.user), recovery=marks))
    before = sign_in(town)
    town.now += SECOND
    town.users.headless.set_password(machine(), ann.user, "another harbour without any ships")
    refused("signed_out", town.users.signing_in.second, before.ticket, shown[0], whence=HOME)
    again = sign_in(town, "another harbour without any ships")
    assert town.users.signing_in.second(again.ticket, shown[0], whence=HOME).who.name == "ann"


def test_a_hash_of_other_parameters_is_made_anew_and_takes_nothing_back(town, monkeypatch):
    ann = town.settle()
    monkeypatch.setattr(town.passwords, "outdated", lambda kept: True)

    def hashed(password: str) -> str:
        with town.users.store.change() as change:  # somebody uses a code meanwhile
            change.put(ann.user, msgspec.structs.replace(change.get(Proofs, ann.user), step=7))
        return f"anew:{password}"

    monkeypatch.setattr(town.passwords, "hash", hashed)
    assert sign_in(town).who.name == "ann"
    proofs = town.users.people.proofs(ann.user)
    assert (proofs.password, proofs.step) == (f"anew:{PASSWORD}", 7)


def test_who_was_switched_off_signs_in_anew(town):
    ann = town.settle()
    with town.users.store.change() as change:
        bob = town.users.people.add(change, "bob", roles=[Role.VIEWER])
    token = town.users.signing_in.enter(bob, ("password",), HOME).token
    assert town.users.by_session(token).name == "bob"
    town.users.people.set_rights(ann, bob.id, active=False)
    town.users.people.set_rights(ann, bob.id, active=True)
    assert town.users.by_session(token) is None

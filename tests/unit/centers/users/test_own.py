"""Second factors, rights, what is told of somebody, and what is erased."""

from __future__ import annotations

import msgspec
import pyotp
import pytest

from parrot.centers.users.manifest import Settings
from parrot.contracts.access import EVERY_ACCOUNT, Permission, Role, machine
from parrot.contracts.users import ApiKey, Link, Passkey, Person, Private, Proofs, SealingKey, Session, Team
from parrot.kernel.errors import AccessError, DataError, InputError, MissingError
from tests.unit.centers.users.town import HOME, HOUR, MINUTE, PASSWORD, SECOND, START, Town


@pytest.fixture
def town():
    return Town()


@pytest.fixture
def ann(town):
    return town.settle()


def sign_in(town, name="ann"):
    return town.users.signing_in.password(name, PASSWORD, whence=HOME)


def enrolled(town, who):
    made = town.users.own.begin_totp(who)
    clock = pyotp.TOTP(made.secret)
    town.now = START + 15 * SECOND  # in the middle of a step
    token, codes = town.users.own.finish_totp(who, made.ticket, clock.at(town.now // SECOND))
    return clock, token, codes


def add(town, name, *roles, accounts=("main",)):
    return town.users.headless.add(machine(), name, roles=roles, accounts=accounts, password=PASSWORD)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, False), (0, True), (1, True), (2, False)])
def test_a_code_is_of_the_step_before_now_or_after_and_behind_the_last_one_used(town, ann, steps, taken):
    clock, _, _ = enrolled(town, ann)
    town.now += 30 * SECOND  # the step of enrolling is the one before now, and it is used
    step = sign_in(town)
    code = clock.at(town.now // SECOND + 30 * steps)
    if taken:
        assert town.users.signing_in.second(step.ticket, code, whence=HOME).who.name == "ann"
    else:
        with pytest.raises(AccessError):
            town.users.signing_in.second(step.ticket, code, whence=HOME)


def test_a_code_that_was_seen_is_worth_nothing_even_within_its_step(town, ann):
    clock, _, _ = enrolled(town, ann)
    town.now += MINUTE
    code = clock.at(town.now // SECOND)
    first, second = sign_in(town), sign_in(town)
    town.users.signing_in.second(first.ticket, code, whence=HOME)
    with pytest.raises(AccessError):
        town.users.signing_in.second(second.ticket, code, whence=HOME)
    with pytest.raises(AccessError):
        town.users.signing_in.confirm(ann, code=code, whence=HOME)


def test_a_second_step_takes_five_wrong_codes(town, ann):
    clock, _, _ = enrolled(town, ann)
    town.now += MINUTE
    step = sign_in(town)
    for _ in range(5):
        with pytest.raises(AccessError):
            town.users.signing_in.second(step.ticket, "000000", whence=HOME)
        town.now += 2 * SECOND
    with pytest.raises(AccessError):
        town.users.signing_in.second(step.ticket, clock.at(town.now // SECOND), whence=HOME)


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "٠١٢٣٤٥", "१२३४५६", "-00001", "0x1234", "\x00" * 6])
def test_what_is_no_code_is_refused(town, ann, code):
    enrolled(town, ann)
    with pytest.raises(AccessError):
        town.users.signing_in.second(sign_in(town).ticket, code, whence=HOME)


def test_recovery_codes_stand_in_once_each_until_there_are_new_ones(town, ann):
    _, token, codes = enrolled(town, ann)
    kept = town.everything()
    assert not [code for code in codes if code.replace("-", "").encode() in kept]
    step = sign_in(town)
    assert town.users.signing_in.second(step.ticket, codes[3].replace("-", " "), whence=HOME).who.name == "ann"
    step = sign_in(town)
    with pytest.raises(AccessError):
        town.users.signing_in.second(step.ticket, codes[3], whence=HOME)
    _, newer = town.users.own.new_recovery(town.users.by_session(token) or sign_in(town))
    for code, taken in ((codes[4], False), (newer[0], True)):
        step = sign_in(town)
        if taken:
            assert town.users.signing_in.second(step.ticket, code, whence=HOME).who.name == "ann"
        else:
            with pytest.raises(AccessError):
                town.users.signing_in.second(step.ticket, code, whence=HOME)


def test_recovery_codes_of_one_are_of_nobody_else(town, ann):
    bob = add(town, "bob", Role.TRADER)
    _, _, codes = enrolled(town, ann)
    who = sign_in(town, "bob").who
    enrolled(town, who)
    step = sign_in(town, "bob")
    with pytest.raises(AccessError):
        town.users.signing_in.second(step.ticket, codes[0], whence=HOME)
    assert town.users.people.has_second_factor(bob.id)


def test_every_change_of_proofs_ends_the_other_sessions(town, ann):
    for change in (
        lambda who: enrolled(town, who)[1],
        lambda who: town.users.own.new_recovery(who)[0],
        lambda who: town.users.own.drop_totp(who),
        lambda who: town.users.own.change_password(who, PASSWORD, "nine copper lanterns", whence=HOME),
    ):
        step = town.users.signing_in.enter(town.users.people.find(ann.user), ("password",), HOME)
        other = town.users.signing_in.enter(town.users.people.find(ann.user), ("password",), HOME)
        town.told.clear()
        token = change(step.who)
        assert town.users.by_session(step.token) is None
        assert town.users.by_session(token).session == step.who.session
        assert town.users.stands(other.who) is None
        assert set(town.told) == {ann.user}


def test_an_enrolment_is_of_whoever_began_it(town, ann):
    add(town, "bob", Role.TRADER)
    bob = sign_in(town, "bob").who
    made = town.users.own.begin_totp(ann)
    with pytest.raises(AccessError, match="somebody else"):
        town.users.own.finish_totp(bob, made.ticket, pyotp.TOTP(made.secret).at(town.now // SECOND))


def test_where_a_second_factor_is_forced_nothing_else_goes_before_it():
    town = Town(settings=Settings(force=True))
    token, who = town.own()
    assert who.permissions == {Permission.SELF}
    assert town.users.people.view(town.users.people.find(who.user), personal=True).must_enrol
    enrolled(town, who)
    assert Permission.USERS_WRITE in town.users.stands(who).permissions
    assert town.users.by_session(token) is None
    add(town, "vera", Role.VIEWER)
    assert Permission.ORDERS_READ in sign_in(town, "vera").who.permissions


def test_the_last_administrator_and_the_owner_stay(town, ann):
    bob = add(town, "bob", Role.ADMIN)
    people = town.users.people
    for change in ({"roles": [Role.VIEWER]}, {"active": False}):
        with pytest.raises(InputError, match="owner"):
            people.set_rights(machine(), ann.user, **change)
    with pytest.raises(InputError, match="owner"):
        town.users.leaving.erase(machine(), ann.user)
    people.set_rights(machine(), bob.id, roles=[Role.VIEWER])
    with town.users.store.change() as change:  # as if ownership had been lost
        change.put(ann.user, msgspec.structs.replace(people.find(ann.user), owner=False))
    with pytest.raises(InputError, match="last administrator"):
        people.set_rights(machine(), ann.user, roles=[Role.TRADER])


def test_the_owner_hands_over_to_another_administrator(town, ann):
    bob = add(town, "bob", Role.TRADER)
    with pytest.raises(InputError, match="administrator"):
        town.users.people.hand_over(ann, bob.id)
    town.users.people.set_rights(ann, bob.id, roles=[Role.ADMIN])
    who = sign_in(town, "bob").who
    with pytest.raises(AccessError, match="only the owner"):
        town.users.people.hand_over(who, bob.id)
    town.users.people.hand_over(ann, bob.id)
    assert [one.name for one in town.users.people.views(who) if one.owner] == ["bob"]
    town.users.people.set_rights(who, ann.user, roles=[Role.VIEWER])
    assert town.users.stands(ann) is None
    assert sign_in(town).who.roles == (Role.VIEWER,)


def test_nobody_gives_accounts_to_themselves_by_a_team(town, ann):
    fred = add(town, "fred", Role.ADMIN)
    who = sign_in(town, "fred").who
    with pytest.raises(AccessError, match="themselves"):
        town.users.people.save_team(who, Team(id="", name="mine", accounts=("secret",), members=(fred.id,)))
    with pytest.raises(AccessError, match="themselves"):
        town.users.people.set_rights(who, fred.id, accounts=[EVERY_ACCOUNT])
    team = town.users.people.save_team(ann, Team(id="", name="ours", accounts=("secret",), members=(fred.id,)))
    assert town.users.stands(who).accounts == {"main", "secret"}
    assert town.users.people.save_team(who, msgspec.structs.replace(team, name="Ours")).name == "Ours"


def test_all_that_is_kept_of_somebody_is_told_without_secrets(town, ann):
    bob = add(town, "bob", Role.TRADER)
    who = sign_in(town, "bob").who
    town.users.own.save(who, display="Bob", email="bob@example.org", time_zone="Europe/Berlin", preferences={"a": "b"})
    told = town.users.leaving.export(ann, bob.id)
    assert told["user"]["email"] == "bob@example.org"
    assert told["user"]["preferences"] == {"a": "b"}
    assert [(one["address"], one["program"]) for one in told["sessions"]] == [("192.0.2.1", "Firefox")]
    assert "hashed:" not in str(told)
    assert ("ann", "export") in town.did()


def test_what_was_personal_is_gone_with_its_key_and_records_stay(town, ann):
    bob = add(town, "bob", Role.TRADER)
    who = sign_in(town, "bob").who
    town.users.own.save(who, display="Bob Marker", email="bob@marker.example", time_zone="", preferences={})
    copy = dict(town.records.kept)  # a backup from before
    town.users.leaving.erase(ann, bob.id)
    assert town.users.stands(who) is None
    assert town.users.store.get(SealingKey, bob.id) is None
    assert b"marker" not in town.everything().lower()
    assert b'"bob"' not in town.everything()
    gone = town.users.people.find(bob.id)
    assert (gone.erased, gone.roles, town.users.people.view(gone, personal=True).email) == (True, (), "")
    with pytest.raises(AccessError):
        sign_in(town, "bob")
    with pytest.raises(InputError, match="erased"):
        town.users.people.set_rights(ann, bob.id, active=True)
    before = msgspec.json.decode(copy["Person", bob.id], type=Person)
    with pytest.raises(MissingError, match="erased"):
        town.users.people.view(before, personal=True)  # its seal opens no more


def test_whatever_waits_of_who_is_erased_goes_too():
    town = Town(settings=Settings(registration=True))
    ann = town.settle()
    users, mail = town.users, "bob@marker.example"
    bob = add(town, "bob", Role.TRADER)
    who = sign_in(town, "bob").who
    users.joining.register("bobby", mail.upper(), PASSWORD, whence=HOME)
    users.joining.invite(ann, roles=[Role.VIEWER], private=Private(email=mail))
    users.own.save(who, display="Bob", email=mail, time_zone="", preferences={"watch": "BTC/USDT"})
    users.joining.check_email(who)
    users.joining.reset_for(ann, bob.id)
    users.joining.invite(ann, roles=[Role.VIEWER], name="eve")  # of somebody else
    users.keys.make(who, "bot", scopes={Permission.ORDERS_READ}, expires=town.now + HOUR)
    half = users.own.begin_totp(who).ticket
    assert len(users.store.all(Link)) == 5
    users.leaving.erase(ann, bob.id)
    assert [link.name for link in users.store.all(Link).values()] == ["eve"]
    for kind in (Session, ApiKey, Passkey, Proofs, Link):
        assert [one for one in users.store.all(kind).values() if getattr(one, "user", "") == bob.id] == []
    with pytest.raises(AccessError, match="took too long"):
        users.tickets.look(half, "enrol")
    assert ("ann", "erasure") in town.did()
    assert ("bob", "sign in") in town.did()


def test_nothing_that_was_begun_before_brings_back_who_is_erased(ann, town):
    bob = add(town, "bob", Role.TRADER)
    store = town.users.store
    town.users.leaving.erase(ann, bob.id)
    for record in (
        bob,
        Proofs(user=bob.id, password="late"),
        Passkey(id="k", user=bob.id, label="", public="", count=0, made=1),
    ):
        with pytest.raises(MissingError, match="erased"), store.change() as change:
            change.put(bob.id, record)
    assert store.get(Person, bob.id).erased
    assert store.get(Proofs, bob.id) is None


def test_a_sealed_profile_opens_as_nobody_else_s(town, ann):
    bob = add(town, "bob", Role.TRADER)
    people = town.users.people
    with town.users.store.change() as change:
        people.set_private(change, people.find(bob.id), Private(email="bob@example.org"))
    moved = msgspec.structs.replace(people.find(ann.user), private=people.find(bob.id).private)
    with pytest.raises(DataError, match="altered or moved"):
        people.view(moved, personal=True)


def test_personal_fields_are_kept_sealed(town, ann):
    town.users.own.save(ann, display="Ann Marker", email="ann@marker.example", time_zone="UTC", preferences={"x": "y"})
    assert b"marker" not in town.everything().lower()
    town.open()
    assert town.users.people.view(town.users.people.find(ann.user), personal=True).display == "Ann Marker"
    assert town.users.people.named("ANN@marker.example").id == ann.user

"""Invitations, passwords set anew, accounts that people ask for, and users from the command line."""

from __future__ import annotations

import re

import pytest

from parrot.centers.users.manifest import Settings
from parrot.contracts.access import EVERY_ACCOUNT, Permission, Role, machine
from parrot.contracts.users import Private, Whence
from parrot.kernel.errors import AccessError, InputError, MissingError
from tests.unit.centers.users.town import HOME, HOUR, PASSWORD, Town

OTHER = "nine copper lanterns drift south"
DAY = 24 * HOUR


@pytest.fixture
def town():
    return Town(settings=Settings(registration=True))


@pytest.fixture
def ann(town):
    return town.settle()


def token_of(text):
    return re.search(r"http://localhost:8000/(?:join|reset|register)#(\S+)", text)[1]


def sign_in(town, name, password=PASSWORD, whence=HOME):
    return town.users.signing_in.password(name, password, whence=whence)


def invited(town, ann, name="bob", *roles, email=""):
    private = Private(email=email)
    _, link = town.users.joining.invite(ann, roles=roles or [Role.TRADER], name=name, private=private)
    return town.users.joining.accept(token_of(link), "", PASSWORD, whence=HOME).who


def test_an_invitation_goes_out_by_mail_and_is_good_for_its_days(town, ann):
    told, link = town.users.joining.invite(
        ann, roles=[Role.QUANT], accounts=["main"], private=Private(email="bob@example.org"), days=2
    )
    [(to, _, text)] = town.letters
    assert (to, token_of(text)) == ("bob@example.org", token_of(link))
    assert b"bob@example.org" not in town.everything()
    assert town.users.joining.look(token_of(link)) == told
    town.now += 2 * DAY
    with pytest.raises(AccessError, match="over"):
        town.users.joining.look(token_of(link))
    town.users.tidy()
    assert b"invitation" not in b"".join(key[0].encode() for key in town.records.kept if key[0] == "Link")


def test_who_was_invited_chooses_a_name_where_none_is_said(town, ann):
    _, link = town.users.joining.invite(ann, roles=[Role.VIEWER], accounts=["main"])
    with pytest.raises(InputError, match="no user name"):
        town.users.joining.accept(token_of(link), "bob@example.org", PASSWORD, whence=HOME)
    with pytest.raises(InputError, match="taken"):
        town.users.joining.accept(token_of(link), "ANN", PASSWORD, whence=HOME)
    who = town.users.joining.accept(token_of(link), " Bob ", PASSWORD, whence=HOME).who
    assert (who.name, who.roles, who.accounts) == ("bob", (Role.VIEWER,), frozenset({"main"}))


def test_a_withdrawn_invitation_is_good_for_nothing(town, ann):
    told, link = town.users.joining.invite(ann, roles=[Role.VIEWER])
    assert [one.id for one in town.users.joining.invitations()] == [told.id]
    town.users.joining.withdraw(ann, told.id)
    with pytest.raises(AccessError):
        town.users.joining.accept(token_of(link), "bob", PASSWORD, whence=HOME)
    with pytest.raises(MissingError):
        town.users.joining.withdraw(ann, told.id)


def test_a_token_of_one_kind_is_of_no_other(town, ann):
    bob = invited(town, ann)
    reset = token_of(town.users.joining.reset_for(ann, bob.user))
    for act in (
        lambda: town.users.joining.accept(reset, "eve", PASSWORD, whence=HOME),
        lambda: town.users.joining.finish_register(reset),
        lambda: town.users.joining.reset(reset[:-1] + ("A" if reset[-1] != "A" else "B"), OTHER),
        lambda: town.users.joining.reset("", OTHER),
    ):
        with pytest.raises(AccessError):
            act()
    assert reset.partition(".")[2].encode() not in town.everything()


def test_a_letter_sets_a_password_anew_and_leaves_the_second_factor(town, ann):
    bob = invited(town, ann, email="bob@example.org")
    town.letters.clear()
    town.users.joining.send_reset("nobody")
    town.users.joining.send_reset("ann")  # has no address
    assert town.letters == []
    town.users.joining.send_reset("BOB@example.org")
    [(to, _, text)] = town.letters
    assert to == "bob@example.org"
    town.users.joining.reset(token_of(text), OTHER)
    assert town.users.stands(bob) is None
    assert sign_in(town, "bob", OTHER).who.name == "bob"
    with pytest.raises(AccessError):
        sign_in(town, "bob")
    with pytest.raises(AccessError):
        town.users.joining.reset(token_of(text), PASSWORD)


def test_an_address_that_was_changed_has_to_be_checked_before_letters_go_there(town, ann):
    bob = invited(town, ann, email="bob@example.org")
    town.letters.clear()
    town.users.own.save(bob, display="", email="eve@example.org", time_zone="", preferences={})
    town.users.joining.send_reset("bob")
    assert town.letters == []
    town.users.joining.check_email(bob)
    [(to, _, text)] = town.letters
    assert to == "eve@example.org"
    town.users.joining.finish_register(token_of(text))
    with pytest.raises(AccessError):
        town.users.joining.finish_register(token_of(text))
    town.letters.clear()
    town.users.joining.send_reset("bob")
    assert [to for to, _, _ in town.letters] == ["eve@example.org"]


def test_a_letter_to_an_address_that_was_changed_again_confirms_nothing(town, ann):
    bob = invited(town, ann, email="bob@example.org")
    for email in ("one@example.org", "two@example.org"):
        town.users.own.save(bob, display="", email=email, time_zone="", preferences={})
        town.users.joining.check_email(bob)
    first = next(text for to, _, text in town.letters if to == "one@example.org")
    with pytest.raises(AccessError, match="changed since"):
        town.users.joining.finish_register(token_of(first))


def test_who_asks_for_letters_too_often_waits(town, ann):
    for _ in range(5):
        town.users.joining.require_may_ask(HOME)
    with pytest.raises(AccessError, match="too many"):
        town.users.joining.require_may_ask(HOME)
    town.users.joining.require_may_ask(Whence("203.0.113.5"))


def test_people_ask_for_an_account_and_confirm_their_address(town, ann):
    town.users.joining.register("carol", "carol@example.org", PASSWORD, whence=HOME)
    [(to, _, text)] = town.letters
    assert to == "carol@example.org"
    with pytest.raises(AccessError):
        sign_in(town, "carol")
    assert PASSWORD.encode() not in town.everything()
    town.users.joining.finish_register(token_of(text))
    assert sign_in(town, "carol@example.org").who.roles == (Role.VIEWER,)


def test_registration_tells_a_stranger_nothing_about_who_is_there(town, ann):
    invited(town, ann, email="bob@example.org")
    town.letters.clear()
    town.users.joining.register("new", "bob@example.org", PASSWORD, whence=HOME)
    town.users.joining.register("ann", "eve@example.org", PASSWORD, whence=HOME)
    assert [(to, "http" in text) for to, _, text in town.letters] == [
        ("bob@example.org", False),
        ("eve@example.org", False),
    ]


def test_nobody_registers_where_that_is_switched_off():
    town = Town()
    town.settle()
    with pytest.raises(AccessError, match="by themselves"):
        town.users.joining.register("carol", "carol@example.org", PASSWORD, whence=HOME)


def test_the_command_line_makes_the_owner_first_and_others_with_their_roles(town):
    headless = town.users.headless
    first = headless.add(machine(), "ann", roles=[], accounts=[], password=PASSWORD)
    assert (first.owner, first.roles, first.accounts) == (True, (Role.ADMIN,), (EVERY_ACCOUNT,))
    second = headless.add(machine(), "bob", roles=[Role.TRADER], accounts=["main"], password=PASSWORD)
    assert (second.owner, second.roles) == (False, (Role.TRADER,))
    with pytest.raises(InputError, match="role"):
        headless.add(machine(), "carl", roles=[], accounts=[], password=PASSWORD)
    who = sign_in(town, "bob").who
    headless.set_password(machine(), second.id, OTHER)
    assert town.users.stands(who) is None
    key, _ = headless.make_key(machine(), second.id, "bot", scopes=[], days=1)
    assert set(key.scopes) == sign_in(town, "bob", OTHER).who.permissions - {Permission.SELF}


def test_only_the_owner_of_the_data_directory_sets_passwords_of_others(town, ann):
    bob = invited(town, ann)
    with pytest.raises(AccessError, match="data directory"):
        town.users.headless.set_password(ann, bob.user, OTHER)
    with pytest.raises(AccessError, match="data directory"):
        town.users.headless.add(ann, "eve", roles=[Role.ADMIN], accounts=[], password=PASSWORD)
    with pytest.raises(AccessError, match="data directory"):
        town.users.headless.make_key(ann, bob.user, "x", scopes=[], days=1)


def test_the_owner_s_own_stays_with_the_owner(town, ann):
    admin = invited(town, ann, "fred", Role.ADMIN)
    with pytest.raises(AccessError, match="owner"):
        town.users.joining.reset_for(admin, ann.user)
    with pytest.raises(AccessError, match="owner"):
        town.users.joining.reset_factors(admin, ann.user)
    town.users.joining.reset_factors(machine(), ann.user)


@pytest.mark.parametrize("end", ["switched off", "no administrator", "erased"])
def test_links_of_who_may_let_nobody_in_any_more_are_good_for_nothing(town, ann, end):
    mallory = invited(town, ann, "mallory", Role.ADMIN)
    carol = invited(town, ann, "carol", Role.VIEWER)
    _, link = town.users.joining.invite(mallory, roles=[Role.ADMIN])
    reset = town.users.joining.reset_for(mallory, carol.user)
    _, kept = town.users.joining.invite(ann, roles=[Role.VIEWER])
    if end == "erased":
        town.users.leaving.erase(ann, mallory.user)
    else:
        change = {"active": False} if end == "switched off" else {"roles": [Role.TRADER]}
        town.users.people.set_rights(ann, mallory.user, **change)
    with pytest.raises(AccessError, match="over"):
        town.users.joining.accept(token_of(link), "mallory2", PASSWORD, whence=HOME)
    with pytest.raises(AccessError, match="over"):
        town.users.joining.reset(token_of(reset), OTHER)
    assert town.users.joining.look(token_of(kept)).by == "ann"

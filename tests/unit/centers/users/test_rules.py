"""Which passwords and names are taken."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.users.rules import display_of, email_of, name_of, require_password
from parrot.kernel.errors import InputError

ABOUT = ("marianne", "marianne@example.org", "Marianne Doe")


@pytest.mark.parametrize(
    "password",
    [
        "violet engine under seven bridges",
        "k7#Lm2!vQx9z",
        "пароль из четырёх разных слов",
        "四个不相关的词组成的好密码",
        "   spaces count as much   ",
        "x" * 5 + "Tree lamp 42 over moon" + "y" * 101,
    ],
)
def test_long_and_odd_passwords_are_taken(password):
    require_password(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "x" * 129,
        "aaaaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "123456789012",
        "abcdefghijklmn",
        "qwertyuiopasdf",
        "qwertyuiopas",
        "mnbvcxzlkjhg",
        "password1234",
        "P@ssw0rd2026!",
        "Passwort123456",
        "letmein123456",
        "iloveyou12345!!",
        "administrator1",
        "bitcoin2026!!",
        "Trading123456",
        "Summer2026!!!!",
        "correcthorsebatterystaple",
        "marianne123456",
        "M4rianne!!2026",
        "my-marianne-77",
        "nul\0in the middle",
    ],
)
def test_what_guessers_begin_with_is_refused_and_not_repeated(password):
    with pytest.raises(InputError) as found:
        require_password(password, ABOUT)
    assert password not in str(found.value)


@settings(max_examples=60, deadline=None)
@given(st.text(string.printable, max_size=140))
def test_a_refusal_never_shows_the_password(password):
    told = ""
    try:
        require_password(password)
    except InputError as fault:
        told = str(fault)
    assert len(password) < 4 or password not in told


@pytest.mark.parametrize(("given", "name"), [("Ann", "ann"), (" b ", "b"), ("a.b-c_d9", "a.b-c_d9"), ("ＡＮＮ", "ann")])
def test_names_are_small_and_plain(given, name):
    assert name_of(given) == name


@pytest.mark.parametrize(
    "given", ["", "-a", "a-", "a b", "a@b", "änn", "x" * 41, "machine", "a\nb", "a\x1b[31m", "../x"]
)
def test_other_names_are_refused(given):
    with pytest.raises(InputError):
        name_of(given)


@pytest.mark.parametrize(
    "given", ["a", "a@b", "a@@b.c", "a b@c.d", "a@b.c\nBcc: x@y.z", "<a@b.c>", "a@" + "b" * 300 + ".c"]
)
def test_what_is_no_address_is_refused(given):
    with pytest.raises(InputError):
        email_of(given)


def test_addresses_and_shown_names_keep_their_form():
    assert email_of(" Ann.Example+x@Example.ORG ") == "Ann.Example+x@Example.ORG"
    assert display_of(" Ann  Ⓔxample ") == "Ann  Ⓔxample"

"""Seals for users: each opens for its owner and purpose, with the master key, and nowhere else."""

from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.adapters.codes import Authenticators
from parrot.adapters.secrets.master import EnvironmentMaster, FileMaster
from parrot.adapters.secrets.vault import Vault
from parrot.kernel.errors import DataError, MissingError

FIRST, SECOND = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))


@pytest.fixture(scope="module")
def vault():
    return Vault(EnvironmentMaster(FIRST))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_what_was_sealed_opens_as_it_was(vault, text):
    key = vault.new_key("ann")
    sealed = vault.seal(text, key, owner="ann", bound="totp")
    assert vault.open(sealed, key, owner="ann", bound="totp") == text
    assert vault.seal(text, key, owner="ann", bound="totp") != sealed


def test_a_seal_is_of_one_owner_purpose_and_key(vault):
    key = vault.new_key("ann")
    sealed = vault.seal("secret", key, owner="ann", bound="api key 1")
    for other in ({"owner": "bob", "bound": "api key 1"}, {"owner": "ann", "bound": "api key 2"}):
        with pytest.raises(DataError):
            vault.open(sealed, key, **other)
    with pytest.raises(DataError):
        vault.open(sealed, vault.new_key("ann"), owner="ann", bound="api key 1")
    with pytest.raises(DataError):
        vault.open(sealed, key, owner="bob", bound="api key 1")  # nor does the key itself open as another's


@pytest.mark.parametrize(
    "change", [lambda s: s[:-4] + "AAAA", lambda s: "AAAA" + s[4:], lambda s: s[:8], lambda s: "!"]
)
def test_what_was_altered_opens_nothing_and_shows_nothing(vault, change):
    key = vault.new_key("ann")
    sealed = vault.seal("a secret text", key, owner="ann", bound="x")
    with pytest.raises(DataError) as found:
        vault.open(change(sealed), key, owner="ann", bound="x")
    assert "secret text" not in str(found.value)


def test_another_master_key_opens_nothing_until_both_are_named(vault):
    key = vault.new_key("ann")
    sealed = vault.seal("secret", key, owner="ann", bound="x")
    with pytest.raises(DataError, match="master key"):
        Vault(EnvironmentMaster(SECOND)).open(sealed, key, owner="ann", bound="x")
    both = Vault(EnvironmentMaster(f"{SECOND},{FIRST}"))
    assert both.open(sealed, key, owner="ann", bound="x") == "secret"
    newer = both.rewrap(key, "ann")
    assert Vault(EnvironmentMaster(SECOND)).open(sealed, newer, owner="ann", bound="x") == "secret"


def test_without_the_master_key_it_is_said_where_it_was(tmp_path):
    vault = Vault(FileMaster(tmp_path / "master.key"))
    key = vault.new_key("ann")
    (tmp_path / "master.key").unlink()
    with pytest.raises(MissingError, match="master key"):
        vault.seal("x", key, owner="ann", bound="x")


def test_marks_are_the_same_for_the_same_and_say_nothing(vault):
    key, other = vault.new_key("house"), vault.new_key("house")
    mark = vault.mark("ann@example.org", key, owner="house", bound="email")
    assert mark == vault.mark("ann@example.org", key, owner="house", bound="email")
    assert mark != vault.mark("ann@example.org", other, owner="house", bound="email")
    assert mark != vault.mark("ann@example.org", key, owner="house", bound="recovery")
    assert "ann" not in mark


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    secret = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238, appendix B, last six digits
    assert Authenticators().code(secret, seconds // 30) == code


def test_a_picture_brings_no_style_and_no_script():
    picture = Authenticators().picture(Authenticators().uri("JBSWY3DPEHPK3PXP" * 2, 'a"><script>'))
    assert picture.startswith("<svg")
    bare = picture.replace("http://www.w3.org", "")
    assert not [word for word in ("style", "script", "href", "http:") if word in bare]

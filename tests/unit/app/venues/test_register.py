"""The register of venues and its commands: keys are sealed, never shown, and never arguments."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from parrot.app.cli import program
from parrot.app.venues.looking import failed, look
from parrot.app.venues.register import Register, require_exchange
from parrot.contracts.connections import Connection, Finding, Verdict
from parrot.kernel.errors import DataError, InputError, MissingError, ParameterError, VenueError

KEY, SECRET, PASSPHRASE = "canary-key-0123456789", 'canary-secret-ünïcode-\\"', "canary-passphrase"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PARROT_MASTER_KEY", "PARROT_VENUE_KEY", "PARROT_VENUE_SECRET", "PARROT_VENUE_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def parrot(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    def call(*words: str, stdin: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = program.run(["venue", *words])
        told = capsys.readouterr()
        return code, told.out + told.err

    return call


def binance(name: str = "mine", **terms: Any) -> Connection:
    return Connection(name=name, exchange="binance", **terms)


def test_all_that_is_added_and_removed_at_once_stays_whole(home: Path) -> None:
    names = [f"venue-{number}" for number in range(8)]
    Register(home).add(binance("old"), [])
    together = Barrier(len(names) + 1)

    def change(name: str) -> None:
        register = Register(home)  # as another process: nothing of it is shared
        together.wait()
        if name == "old":
            register.remove(name)
        else:
            register.add(binance(name), [KEY + name, SECRET])

    with ThreadPoolExecutor(len(names) + 1) as pool:
        list(pool.map(change, [*names, "old"]))
    register = Register(home)
    assert [one.name for one in register.all()] == names
    for connection in register.all():
        held = register.credentials(connection)
        assert held is not None
        assert held.key.reveal() == KEY + connection.name


def test_what_was_added_comes_back(home: Path) -> None:
    register = Register(home)
    odd = binance("odd", url="http://127.0.0.1:9000/x", options={'a"b': "c\\d\n\x7f", "sandbox": "true"})
    register.add(binance(), [KEY, SECRET])
    register.add(odd, [KEY, SECRET, PASSPHRASE])
    register.add(binance("open"), [])
    again = Register(home)
    assert again.all() == [binance(), odd, binance("open")]
    held = again.credentials(again.find("odd"))
    assert held is not None
    assert [one.reveal() for one in held if one is not None] == [KEY, SECRET, PASSPHRASE]
    assert again.credentials(again.find("open")) is None
    assert stat.S_IMODE(again.path.stat().st_mode) == 0o600


def test_another_key_takes_the_place_of_the_old_one_with_its_passphrase(home: Path) -> None:
    register = Register(home)
    register.add(binance(), [KEY, SECRET, PASSPHRASE])
    with pytest.raises(InputError, match="there is a venue 'mine' already"):
        register.add(binance(), ["another-key", SECRET])
    register.add(binance(), ["another-key", SECRET], replace=True)
    held = register.credentials(register.find("mine"))
    assert held is not None
    assert (held.key.reveal(), held.passphrase) == ("another-key", None)


def test_what_was_removed_is_gone_with_its_keys(home: Path) -> None:
    register = Register(home)
    register.add(binance(), [KEY, SECRET])
    register.remove("mine")
    assert (register.all(), register.secrets.names()) == ([], [])
    with pytest.raises(MissingError):
        register.remove("mine")


@pytest.mark.parametrize("name", ["", "A", "a b", "../x", "a" * 41, "ä"])
def test_what_is_no_name_is_refused(home: Path, name: str) -> None:
    with pytest.raises(ParameterError):
        Register(home).add(binance(name), [])


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x",
        "http://example.org",
        "http://10.0.0.1:9",
        "x",
        "http://",
        "http://user:pass@x",
        "http://x?a=b",
        "file:///etc",
    ],
)
def test_what_is_no_address_is_refused(home: Path, url: str) -> None:
    with pytest.raises(ParameterError) as refused:
        Register(home).add(binance(url=url), [])
    assert "pass@" not in str(refused.value)


@pytest.mark.parametrize("keys", [[KEY], [KEY, ""], ["k", SECRET], [KEY, "a\nb-long"], [KEY, SECRET, "p", "q"]])
def test_what_are_no_keys_is_refused_and_not_shown(home: Path, keys: list[str]) -> None:
    with pytest.raises(ParameterError) as refused:
        Register(home).add(binance(), keys)
    assert KEY not in str(refused.value)
    assert Register(home).all() == []


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["KEY", SECRET], "the key has 3 characters"),
        ([KEY, "s"], "the secret has 1 character;"),
        ([KEY, SECRET, "p\n-long"], "the passphrase holds what cannot be printed"),
        ([KEY], "no keys: 1 line;"),
        ([KEY] * 4, "no keys: 4 lines;"),
    ],
)
def test_what_is_wrong_with_keys_is_named(home: Path, keys: list[str], told: str) -> None:
    with pytest.raises(ParameterError) as refused:
        Register(home).add(binance(), keys)
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["= 1", "[a]\nexchange = 3", "a = 1", "[a]", '[a]\nexchange="b"\noptions={x=1}', "\0"])
def test_a_damaged_register_is_named(home: Path, text: str) -> None:
    home.mkdir()
    (home / "venues.toml").write_text(text)
    with pytest.raises(DataError, match=r"venues\.toml"):
        Register(home).all()


def test_an_unknown_exchange_says_what_is_near() -> None:
    require_exchange("alpaca")
    require_exchange("kraken")
    with pytest.raises(MissingError) as refused:
        require_exchange("binanse")
    assert "binance" in refused.value.expected
    with pytest.raises(MissingError):
        require_exchange("base")


def check(findings: Sequence[Finding]) -> Callable[..., Sequence[Finding]]:
    return lambda connection, credentials, symbols: findings


def test_a_look_hides_keys_and_fails_only_for_what_is_in_the_way(home: Path) -> None:
    register = Register(home)
    register.add(binance(), [KEY, SECRET])
    told = look(register, "mine", [], check([Finding("may withdraw", Verdict.WARN, f"key {KEY} of {SECRET}")]))
    assert told == [Finding("may withdraw", Verdict.WARN, "key *** of ***")]
    assert not failed(told)
    assert failed([*told, Finding("reachable", Verdict.FAIL, "")])
    assert failed([])

    def down(*_: Any) -> Sequence[Finding]:
        raise VenueError("nobody there")

    (found,) = look(register, "mine", [], down)
    assert (found.what, found.verdict) == ("reachable", Verdict.FAIL)


def test_the_commands_add_list_and_remove_without_showing_a_key(home: Path, parrot: Any, capsys: Any) -> None:
    said = []
    code, text = parrot(
        "add", "mine", "--exchange", "binance", "--url", "http://127.0.0.1:9", stdin=f"{KEY}\n{SECRET}\n"
    )
    said.append(text)
    assert (code, "master.key" in text) == (0, True)
    code, text = parrot("ls", "--json")
    said.append(text)
    (row,) = json.loads(text)["venues"]
    assert row == {"name": "mine", "exchange": "binance", "keys": True, "url": "http://127.0.0.1:9", "options": {}}
    said += [parrot(*words)[1] for words in (("ls",), ("rekey",), ("ls",), ("test", "other"))]
    assert Register(home).credentials(Register(home).find("mine"))
    code, text = parrot("rm", "mine")
    assert (code, Register(home).all()) == (0, [])
    for canary in (KEY, SECRET):
        assert not [text for text in said if canary in text]


def test_keys_come_from_the_environment(home: Path, parrot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = parrot("add", "mine", "--exchange", "kraken", "--keys", "env")
    assert (code, "PARROT_VENUE_KEY, PARROT_VENUE_SECRET" in text) == (2, True)
    for part, text in (("KEY", KEY), ("SECRET", SECRET), ("PASSPHRASE", PASSPHRASE)):
        monkeypatch.setenv(f"PARROT_VENUE_{part}", text)
    assert parrot("add", "mine", "--exchange", "kraken", "--keys", "env", "--passphrase")[0] == 0
    held = Register(home).credentials(Register(home).find("mine"))
    assert held is not None
    assert held.passphrase is not None


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("add", "mine", "--exchange", "nosuch"), "unknown exchange"),
        (("add", "mine", "--exchange", "binance"), "too few lines"),
        (("add", "mine", "--exchange", "binance", "--keys", "argv"), "terminal, stdin, env or none"),
        (("add", "MINE", "--exchange", "binance", "--keys", "none"), "is no name of a venue"),
        (("add", "mine", "--exchange", "binance", "--keys", "none", "--option", "x"), "NAME=VALUE"),
        (("test", "mine"), "there is no venue"),
        (("rm", "mine"), "there is no venue"),
    ],
)
def test_what_is_wrong_is_said(parrot: Any, words: tuple[str, ...], named: str) -> None:
    code, text = parrot(*words, stdin="")
    assert code in (2, 5)
    assert named in text

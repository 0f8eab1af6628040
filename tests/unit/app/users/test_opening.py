"""The users of a data directory as they are on the disk, and `parrot users` on it."""

from __future__ import annotations

import io
import json
import time

import pytest

from parrot.app.cli.program import run
from parrot.app.users.opening import open_users, rekey
from parrot.contracts.access import Role, machine
from parrot.contracts.users import Whence
from parrot.kernel.errors import AccessError, DataError, InputError, MissingError

PASSWORD = "violet engine under seven bridges"
OTHER = "nine copper lanterns drift south"
HOME = Whence("192.0.2.77", "Canary Browser")


def bytes_of(folder):
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def flows(tmp_path_factory):
    """One data directory after every flow, and the secrets that went through it."""
    root = tmp_path_factory.mktemp("users")
    secrets = [PASSWORD, OTHER]
    with open_users(root, time.time_ns) as users:
        code = users.setup.begin()
        step = users.setup.own(code, "ann", PASSWORD, whence=HOME)
        made = users.own.begin_totp(step.who)
        secrets += [code.replace("-", ""), step.token.partition(".")[2], made.secret]
        _, link = users.joining.invite(machine(), roles=[Role.TRADER], name="bob")
        secrets.append(link.partition("#")[2])
        bob = users.joining.accept(link.partition("#")[2], "", OTHER, whence=HOME).who
        users.own.save(bob, display="Bob Canary", email="bob@canary.example", time_zone="", preferences={})
        _, secret = users.keys.make(
            bob, "bot", scopes=bob.permissions - {"self"}, expires=time.time_ns() + 3_600 * 10**9
        )
        secrets += [secret, "bob@canary.example", "Bob Canary", HOME.address, HOME.program]
        with pytest.raises(AccessError):
            users.signing_in.password("ann", "a wrong password canary", whence=HOME)
        secrets.append("a wrong password canary")
        yield root, users, bob, secrets


def test_no_secret_and_nothing_personal_is_on_the_disk_in_the_clear(flows):
    root, _, _, secrets = flows
    held = bytes_of(root)
    assert [secret for secret in secrets if secret.encode() in held] == []


def test_what_was_erased_is_nowhere_on_the_disk(flows):
    root, users, bob, _ = flows
    sealed = users.people.find(bob.user).private.encode()
    assert sealed in bytes_of(root)
    users.leaving.erase(machine(), bob.user)
    held = bytes_of(root)
    assert sealed not in held
    assert b'"SealingKey","owner":"' + bob.user.encode() not in held
    with pytest.raises(MissingError):
        users.keys.revoke(machine(), bob.user, "any")


def test_one_process_has_the_users_open(flows):
    root, _, _, _ = flows
    with pytest.raises(InputError, match="another process"), open_users(root, time.time_ns):
        pass


def test_without_the_master_key_or_with_another_nothing_opens(tmp_path):
    with open_users(tmp_path, time.time_ns) as users:
        users.setup.own(users.setup.begin(), "ann", PASSWORD, whence=HOME)
    kept = (tmp_path / "master.key").read_text()
    (tmp_path / "master.key").unlink()
    with open_users(tmp_path, time.time_ns) as users, pytest.raises((DataError, MissingError)):
        users.signing_in.password("ann", PASSWORD, whence=HOME)
    (tmp_path / "master.key").write_text(kept)
    (tmp_path / "master.key").chmod(0o600)
    with open_users(tmp_path, time.time_ns) as users:
        assert users.signing_in.password("ann", PASSWORD, whence=HOME).who.name == "ann"


def test_another_master_key_opens_all_that_the_old_one_did(tmp_path):
    with open_users(tmp_path, time.time_ns) as users:
        who = users.setup.own(users.setup.begin(), "ann", PASSWORD, whence=HOME).who
        users.own.save(who, display="Ann", email="ann@example.org", time_zone="", preferences={})
    before = (tmp_path / "master.key").read_bytes()
    assert rekey(tmp_path, time.time_ns) == 2
    assert (tmp_path / "master.key").read_bytes() != before
    with open_users(tmp_path, time.time_ns) as users:
        assert users.people.named("ann@example.org").id == who.user
        assert users.people.view(users.people.find(who.user), personal=True).display == "Ann"
        with pytest.raises(InputError, match="another process"):
            rekey(tmp_path, time.time_ns)


class Line:
    """The command line on a folder, with a line of stdin."""

    def __init__(self, folder, monkeypatch, capsys) -> None:
        self.folder = folder
        self._patch = monkeypatch
        self._capture = capsys

    def __call__(self, *words, said=""):
        self._patch.setattr("sys.stdin", io.StringIO(said))
        code = run(["users", *words, "--data", str(self.folder), "--json"])
        return code, json.loads(self._capture.readouterr().out)


@pytest.fixture
def line(tmp_path, monkeypatch, capsys):
    return Line(tmp_path / "live", monkeypatch, capsys)


def test_users_are_kept_from_the_command_line_while_nothing_runs(line):
    code, ann = line("add", "Ann", said=PASSWORD + "\n")
    assert (code, ann["name"], ann["owner"], ann["roles"], ann["accounts"]) == (0, "ann", True, ["admin"], ["*"])
    code, told = line("add", "bob", "--role", "viewer", said="password1234\n")
    assert (code, told["error"]["code"]) == (2, "bad_input")
    assert "password1234" not in str(told)
    assert line("add", "bob", "--role", "king", said=OTHER + "\n")[0] == 2  # asks nobody's users
    code, made = line("token", "ann", "--scope", "orders:read", "--days", "1")
    assert (code, made["scopes"]) == (0, ["orders:read"])
    assert line("reset", "ann", "--factors", said=OTHER + "\n")[0] == 0
    assert line("reset", "zoe", said=PASSWORD + "\n")[0] == 5
    _, told = line("ls")
    assert [(user["name"], user["second_factor"]) for user in told["users"]] == [("ann", False)]
    assert made["secret"].encode() not in bytes_of(line.folder)

"""The secrets port on environment and files: the right one is given, and nothing else ever shows it (I18)."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import traceback

import msgspec
import pytest

from parrot.adapters.secrets.environment import EnvironmentSecrets
from parrot.adapters.secrets.files import FileSecrets
from parrot.kernel.errors import DataError, MissingError, ParameterError, ParrotError, StorageError
from parrot.ports.secrets import Secret, Secrets

CANARY = "hunter2-ünïcode \t%s{}"


class Place:
    """Where secrets of one kind are put."""

    def __init__(self, kind, folder) -> None:
        self.kind, self.folder = kind, folder
        self.environment: dict[str, str] = {}
        folder.chmod(0o700)

    def put(self, name: str, text: str) -> None:
        if self.kind == "files":
            path = self.folder / name
            path.write_text(text + "\n", "utf-8")
            path.chmod(0o600)
        else:
            self.environment["PARROT_SECRET_" + name.upper().replace("-", "_")] = text

    def secrets(self) -> Secrets:
        return FileSecrets(self.folder) if self.kind == "files" else EnvironmentSecrets(self.environment)


@pytest.fixture(params=["environment", "files"])
def place(request, tmp_path) -> Place:
    return Place(request.param, tmp_path)


def test_a_secret_is_what_was_put_there(place):
    place.put("binance-key", CANARY)
    place.put("other", "another")
    assert place.secrets().get("binance-key").reveal() == CANARY


def test_a_changed_secret_is_given_from_then_on(place):
    secrets = place.secrets()
    for text in ("old", "new"):
        place.put("binance-key", text)
        assert secrets.get("binance-key").reveal() == text


def test_a_missing_or_empty_secret_says_where_to_put_it(place):
    place.put("empty", "")
    for name in ("binance-key", "empty"):
        with pytest.raises(MissingError) as refused:
            place.secrets().get(name)
        assert refused.value.fix


@pytest.mark.parametrize("name", ["", "../etc/passwd", "A", "a b", "a/b", ".hidden", "a\0", "-a", "a_b"])
def test_what_is_no_name_is_refused(place, name):
    with pytest.raises(ParameterError, match="is no name of a secret"):
        place.secrets().get(name)


def test_a_secret_shows_in_no_text_log_dump_or_trace(place, caplog):
    place.put("binance-key", CANARY)
    secret = place.secrets().get("binance-key")
    logging.getLogger("x").warning("%s %r %s", secret, secret, {"key": [secret]})
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, caplog.text]  # noqa: UP031
    shown += [repr(place.secrets()), repr([secret]), repr({"a": secret})]
    try:
        raise ValueError(secret)
    except ValueError:
        shown.append(
            "".join(traceback.TracebackException.from_exception(ValueError(secret), capture_locals=True).format())
        )
        shown.append(traceback.format_exc())
    assert all("binance-key" in text or "Secrets" in text for text in shown)
    assert not any("hunter2" in text for text in shown)
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("dump", [pickle.dumps, json.dumps, msgspec.json.encode, msgspec.msgpack.encode])
def test_a_secret_cannot_be_written_anywhere(dump):
    with pytest.raises((TypeError, pickle.PicklingError)) as refused:
        dump(Secret("k", CANARY))
    assert "hunter2" not in str(refused.value)


def test_secrets_compare_by_what_they_hide_and_copies_hide_it_too():
    secret = Secret("k", CANARY)
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    assert secret == Secret("another", CANARY)
    assert secret != Secret("k", "x")
    assert secret != CANARY
    with pytest.raises(TypeError):
        hash(secret)


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path):
    place = Place("files", tmp_path)
    place.put("key", CANARY)
    return place


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610, 0o601, 0o777])
def test_a_file_that_others_can_get_at_is_refused_with_the_command_that_mends_it(written, mode):
    (written.folder / "key").chmod(mode)
    with pytest.raises(StorageError, match=f"has mode {mode:04o}: others can read it") as refused:
        written.secrets().get("key")
    assert f"chmod 600 {written.folder / 'key'}" in refused.value.fix


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_for_this_user_only_is_read(written, mode):
    (written.folder / "key").chmod(mode)
    assert written.secrets().get("key").reveal() == CANARY


def test_a_folder_that_others_can_write_is_refused(written):
    written.folder.chmod(0o770)
    with pytest.raises(StorageError, match="others can write"):
        written.secrets().get("key")


def test_links_folders_and_pipes_are_refused(written):
    (written.folder / "link").symlink_to(written.folder / "key")
    (written.folder / "folder").mkdir(mode=0o700)
    os.mkfifo(written.folder / "pipe", 0o600)
    for name in ("link", "folder", "pipe"):
        with pytest.raises(StorageError):
            written.secrets().get(name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(written):
    os.chown(written.folder / "key", 65534, 65534)
    with pytest.raises(StorageError, match="belongs to another user"):
        written.secrets().get("key")


@pytest.mark.parametrize("content", [b"\xffhunter2", b"hunter2" * 10_000])
def test_what_is_no_secret_is_refused_without_showing_it(written, content):
    (written.folder / "key").write_bytes(content)
    with pytest.raises(DataError) as refused:
        written.secrets().get("key")
    assert "hunter2" not in "".join(traceback.format_exception(refused.value, chain=True))
    assert isinstance(refused.value, ParrotError)

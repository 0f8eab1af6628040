"""The register of connections: `venues.toml`, and their keys sealed beside it."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from parrot.adapters.secrets.doors import alone, write_closed
from parrot.adapters.secrets.master import master
from parrot.adapters.secrets.sealed import SealedSecrets
from parrot.contracts.connections import Connection
from parrot.kernel.errors import DataError, InputError, MissingError, ParameterError, StorageError
from parrot.ports.secrets import Credentials

ALPACA: Final = "alpaca"
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 40
_SHORTEST_KEY: Final = 4
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Register:
    """Connections by name, below `home`: `venues.toml` says which, `secrets` holds their keys sealed.

    The master key is `master.key` in `home`, or that of the environment. Raises StorageError, DataError.
    """

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.path = home / "venues.toml"
        self.secrets = SealedSecrets(home / "secrets", master(home / "master.key", environment))

    def all(self) -> Sequence[Connection]:
        """All of them, by name."""
        return [found for _, found in sorted(self._read().items())]

    def find(self, name: str) -> Connection:
        """One of them. Raises MissingError that names what is near."""
        known = self._read()
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, n=3) or sorted(known)
        expected = f"one of {', '.join(near)}" if near else "a venue that was added"
        raise MissingError(f"there is no venue {name!r}", expected=expected, fix="parrot venue add NAME --exchange ID")

    def add(self, connection: Connection, keys: Sequence[str], *, replace: bool = False) -> None:
        """Adds a connection with its key, secret and perhaps passphrase, none for one that only reads the market.

        Keys are durable before the connection is. Raises ParameterError, InputError when the name is taken.
        """
        _require_usable(connection, keys)
        with alone(self.path):
            known = self._read()
            if connection.name in known and not replace:
                fix = "choose another name, or say --replace"
                raise InputError(f"there is a venue {connection.name!r} already", expected="a new name", fix=fix)
            for name, text in zip(connection.secret_names, (*keys, "", "", "")[:3], strict=True):
                if text:
                    self.secrets.set(name, text)
                else:
                    self.secrets.remove(name)
            self._write(known | {connection.name: connection})

    def remove(self, name: str) -> None:
        """Lets go of a connection and its keys. Raises MissingError."""
        self.find(name)
        with alone(self.path):
            connection = self.find(name)
            self._write({other: kept for other, kept in self._read().items() if other != name})
            for secret in connection.secret_names:
                self.secrets.remove(secret)

    def credentials(self, connection: Connection) -> Credentials | None:
        """What signs its requests, None for one that has no keys."""
        key, secret, passphrase = connection.secret_names
        kept = self.secrets.names()
        if key not in kept:
            return None
        held = self.secrets.get(passphrase) if passphrase in kept else None
        return Credentials(self.secrets.get(key), self.secrets.get(secret), held)

    def has_keys(self, connection: Connection) -> bool:
        """Whether keys of it are kept; none is opened for that."""
        return connection.secret_names[0] in self.secrets.names()

    def _read(self) -> dict[str, Connection]:
        try:
            held: dict[str, Any] = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as fault:
            raise StorageError(f"{self.path} cannot be read: {fault.strerror}", fix="look at its permissions") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise DataError(f"{self.path} cannot be read: {fault}", expected="TOML") from None
        try:
            return {name: msgspec.convert({"name": name, **terms}, Connection) for name, terms in held.items()}
        except (msgspec.ValidationError, TypeError) as fault:
            raise DataError(f"{self.path}: {fault}", expected="a table [NAME] with exchange, url, options") from None

    def _write(self, known: Mapping[str, Connection]) -> None:
        text = "# Venues that Parrot knows; `parrot venue` writes it. Keys are not here.\n"
        for name, connection in sorted(known.items()):
            text += f"\n[{name}]\nexchange = {_quoted(connection.exchange)}\n"
            text += f"url = {_quoted(connection.url)}\n" if connection.url else ""
            options = ", ".join(f"{_quoted(key)} = {_quoted(value)}" for key, value in connection.options.items())
            text += f"options = {{ {options} }}\n" if options else ""
        write_closed(self.path, text.encode())


def require_exchange(exchange: str) -> None:
    """Raises MissingError, with what is near, unless it is "alpaca" or one of ccxt's ids."""
    known = exchanges() | {ALPACA}
    if exchange not in known:
        near = difflib.get_close_matches(exchange, known, n=3)
        expected = f"perhaps {' or '.join(near)}" if near else f"alpaca or one of {len(known) - 1} ids of ccxt"
        raise MissingError(f"unknown exchange {exchange!r}", expected=expected, fix="see the documentation of ccxt")


def exchanges() -> set[str]:
    """The exchanges of ccxt, by the names of its files: importing it would take seconds."""
    found = find_spec("ccxt")
    places = found.submodule_search_locations if found is not None else None
    return {module.name for module in iter_modules(places or ()) if not module.ispkg}


def _require_usable(connection: Connection, keys: Sequence[str]) -> None:
    name, url = connection.name, connection.url
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        expected = f"small letters, digits and - between them, at most {_LONGEST}"
        raise ParameterError(f"{name!r} is no name of a venue", expected=expected)
    if url:
        place = urlsplit(url)
        if place.scheme not in ("http", "https") or not place.hostname or place.username or place.query:
            raise ParameterError("the url of a venue", expected="http:// or https://, host and perhaps port and path")
        if place.scheme == "http" and place.hostname not in _HERE:
            raise ParameterError(
                f"http to {place.hostname}: keys and orders could be read on the way",
                expected="https, or http to this machine",
            )
    if fault := _keys_fault(keys):
        expected = f"a key and its secret, each a line of {_SHORTEST_KEY} characters or more"
        raise ParameterError(f"what was given are no keys: {fault}", expected=expected)


def _keys_fault(keys: Sequence[str]) -> str:
    """What is wrong with keys, without a character of them; empty for nothing."""
    if keys and len(keys) not in (2, 3):
        return f"{len(keys)} line{'s'[: len(keys) != 1]}"
    for name, text in zip(("key", "secret", "passphrase"), keys, strict=False):
        if not text.isprintable():
            return f"the {name} holds what cannot be printed"
        if len(text) < _SHORTEST_KEY:
            return f"the {name} has {len(text)} character{'s'[: len(text) != 1]}"
    return ""


def _quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")

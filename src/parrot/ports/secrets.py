"""The secrets port: keys and passwords by name, in a wrapping that no log, error or dump shows."""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest
from typing import Any, NamedTuple, NoReturn, Protocol


class Secret:
    """A secret text. Only `reveal` gives it; text, repr, copies and pickles do not."""

    __slots__ = ("_name", "_text")

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    def reveal(self) -> str:
        """The secret itself: for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({self._name})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash says something of what it hides

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r} cannot be pickled")


class Secrets(Protocol):
    """Where secrets are kept."""

    def get(self, name: str) -> Secret:
        """The secret of that name (small letters, digits, -).

        Raises MissingError when there is none, ParameterError for what is no name, StorageError when others could read
        where it is kept. No error holds anything of it.
        """


class SecretStore(Secrets, Protocol):
    """Where secrets can be put too."""

    def set(self, name: str, text: str) -> None:
        """Keeps a secret durably, in the place of an older one. Raises ParameterError, StorageError."""

    def remove(self, name: str) -> bool:
        """Lets go of a secret for good; False where there was none."""

    def names(self) -> Sequence[str]:
        """The names of all that are kept, sorted."""


class Credentials(NamedTuple):
    """What signs requests to a venue."""

    key: Secret
    secret: Secret
    passphrase: Secret | None = None

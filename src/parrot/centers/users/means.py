"""What every part of the center works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from parrot.centers.users.settings import Settings
from parrot.centers.users.store import Change, Store
from parrot.contracts.users import HOUSE, Person, Private, SealingKey
from parrot.kernel.errors import MissingError
from parrot.ports.chance import Chance
from parrot.ports.passwords import Passwords
from parrot.ports.seals import Seals

_PRIVATE: Final = "private"
_EMAIL: Final = "email"
_NAME: Final = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The store and the ports; `now` is ns UTC."""

    store: Store
    seals: Seals
    chance: Chance
    passwords: Passwords
    now: Callable[[], int]
    settings: Settings

    def id(self) -> str:
        """A new id."""
        return self.chance.pick("abcdefghijkmnpqrstuvwxyz23456789", 12)

    def prepare(self) -> None:
        """Makes the house's key where there is none."""
        with self.store.change() as change:
            if change.get(SealingKey, HOUSE) is None:
                self.new_key(change, HOUSE)

    def new_key(self, change: Change, owner: str) -> None:
        """Makes the key that seals what is personal of `owner`."""
        change.put(owner, SealingKey(owner=owner, wrapped=self.seals.new_key(owner)))

    def key(self, owner: str) -> str:
        """The wrapped key of `owner`. Raises MissingError where it was destroyed."""
        change = self.store.now_open
        found = change.get(SealingKey, owner) if change is not None else self.store.get(SealingKey, owner)
        if found is None:
            raise MissingError("what was personal of this user is erased")
        return found.wrapped

    def seal(self, text: str, owner: str, bound: str) -> str:
        """A text sealed with the key of `owner`."""
        return self.seals.seal(text, self.key(owner), owner=owner, bound=bound)

    def open(self, sealed: str, owner: str, bound: str) -> str:
        """What was sealed; "" where nothing was."""
        return self.seals.open(sealed, self.key(owner), owner=owner, bound=bound) if sealed else ""

    def mark(self, text: str, bound: str) -> str:
        """A mark of a text by the house's key."""
        return self.seals.mark(text, self.key(HOUSE), owner=HOUSE, bound=bound)

    def email_mark(self, email: str) -> str:
        """By what an address is found."""
        return self.mark(email.casefold(), _EMAIL) if email else ""

    def name_mark(self, name: str) -> str:
        """By what a name is known that is nobody's any more."""
        return self.mark(name, _NAME)

    def private(self, person: Person) -> Private:
        """What is personal of somebody; nothing once it is erased."""
        if person.erased or not person.private:
            return Private()
        return msgspec.json.decode(self.open(person.private, person.id, _PRIVATE), type=Private)

    def sealed_private(self, owner: str, private: Private) -> str:
        """As it is kept."""
        return self.seal(msgspec.json.encode(private).decode(), owner, _PRIVATE)

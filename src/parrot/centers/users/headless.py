"""What the owner of the data directory does without a page: the command line's side of the users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from parrot.centers.users.keys import Keys
from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.rules import name_of, normal_password, require_password
from parrot.centers.users.sessions import Sessions
from parrot.contracts.access import EVERY_ACCOUNT, Permission, Principal, Role, Way, permissions_of
from parrot.contracts.users import ApiKey, Person, Proofs
from parrot.kernel.errors import AccessError, InputError, MissingError

_DAY: Final = 24 * 3_600 * 10**9


class Headless:
    """By the machine's owner only; others raise AccessError."""

    def __init__(self, means: Means, *, people: People, sessions: Sessions, keys: Keys) -> None:
        self._means = means
        self._people = people
        self._sessions = sessions
        self._keys = keys

    def add(self, by: Principal, name: str, *, roles: Iterable[Role], accounts: Iterable[str], password: str) -> Person:
        """A user with a password; the first one is the owner, who is an administrator. Raises InputError."""
        _require_machine(by)
        require_password(password, (name,))
        kept, wanted, owned = self._means.passwords.hash(normal_password(password)), set(roles), set(accounts)
        with self._means.store.change() as change:
            owner = not self._people.any()
            if owner:
                wanted, owned = wanted | {Role.ADMIN}, owned | {EVERY_ACCOUNT}
            if not wanted:
                raise InputError("a user needs a role", expected="--role, once or more")
            person = self._people.add(change, name, roles=wanted, accounts=owned, owner=owner)
            now = self._means.now()
            change.put(person.id, Proofs(user=person.id, password=kept, password_at=now))
            change.note(by.name, "user made", ts=now, user=person.name, roles=" ".join(person.roles))
        return person

    def set_password(self, by: Principal, user: str, password: str) -> None:
        """Another password for somebody; every session of theirs ends. Raises MissingError, InputError."""
        _require_machine(by)
        person = self._people.find(user)
        if person.erased:
            raise InputError("this user is erased", expected="a user who is there")
        require_password(password, (person.name,))
        kept = self._means.passwords.hash(normal_password(password))
        with self._means.store.change() as change:
            proofs, now = change.get(Proofs, user) or Proofs(user=user), self._means.now()
            change.put(user, msgspec.structs.replace(proofs, password=kept, password_at=now))
            self._sessions.end(change, user)
            change.note(by.name, "password set", ts=now, user=person.name)
            change.tell(user)

    def make_key(
        self, by: Principal, user: str, label: str, *, scopes: Iterable[Permission], days: int
    ) -> tuple[ApiKey, str]:
        """An API key of somebody, with all that they may where no scopes are named; its secret for once."""
        _require_machine(by)
        person = self._people.find(user)
        held = permissions_of(person.roles) - {Permission.SELF}
        who = msgspec.structs.replace(by, user=person.id, name=person.name, permissions=held)
        expires = self._means.now() + days * _DAY
        return self._keys.make(who, label, scopes=set(scopes) or held, expires=expires)

    def named(self, name: str) -> Person:
        """Somebody by user name. Raises MissingError."""
        found = self._people.named(name_of(name))
        if found is None:
            raise MissingError(f"there is no user {name}", fix="parrot users ls")
        return found


def _require_machine(by: Principal) -> None:
    if by.way is not Way.MACHINE:
        raise AccessError("this is for the owner of the data directory", fix="use `parrot users`", reason="forbidden")

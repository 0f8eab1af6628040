"""Everything about somebody as data, and letting go of what is personal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from parrot.centers.users.keys import Keys
from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.sessions import Sessions
from parrot.centers.users.store import Change
from parrot.centers.users.tickets import Tickets
from parrot.contracts.access import Principal
from parrot.contracts.users import Passkey, Person, Proofs, SealingKey, Team

_GONE: Final = "erased"


class LinksOf(Protocol):
    """One-time links as they concern who leaves."""

    def drop_of(self, change: Change, person: Person) -> None:
        """Lets go of links that are about somebody."""


class Leaving:
    """What the law calls access and erasure."""

    def __init__(
        self,
        means: Means,
        *,
        people: People,
        sessions: Sessions,
        keys: Keys,
        links: LinksOf,
        tickets: Tickets,
        scrub: Callable[[], None],
    ) -> None:
        self._means = means
        self._people = people
        self._sessions = sessions
        self._keys = keys
        self._links = links
        self._tickets = tickets
        self._scrub = scrub

    def export(self, by: Principal, user: str) -> dict[str, Any]:
        """All that is kept of somebody, as plain values; secrets and hashes stay here. Raises MissingError."""
        person = self._people.find(user)
        with self._means.store.change() as change:
            change.note(by.name, "export", ts=self._means.now(), user=person.name)
        view = self._people.view(person, personal=True)
        keys = [
            {name: value for name, value in msgspec.to_builtins(key).items() if name not in ("secret", "type")}
            for key in self._keys.of(user)
        ]
        passkeys = [
            {"id": key.id, "label": key.label, "made": key.made, "used": key.used}
            for key in self._people.passkeys(user)
        ]
        told = {
            "made_ns": self._means.now(),
            "user": view,
            "sessions": self._sessions.views(user),
            "keys": keys,
            "passkeys": passkeys,
            "providers": len(self._people.proofs(user).outside),
        }
        found: dict[str, Any] = msgspec.to_builtins(told)
        return found

    def erase(self, by: Principal, user: str) -> None:
        """Destroys the key of what is personal of somebody, and with it everything that it sealed.

        Records of what they did stay, under the user name that they chose. Raises MissingError; InputError for the
        owner and the last administrator.
        """
        store = self._means.store
        with store.change() as change:
            person = self._people.find(user)
            self._people.require_someone_in_charge(person, None)
            self._sessions.end(change, user)
            self._keys.end(change, user)
            for key in self._people.passkeys(user):
                change.drop(Passkey, key.id)
            self._links.drop_of(change, person)
            self._people.drop_links_by(change, person)
            for team in store.all(Team).values():
                if user in team.members:
                    left = tuple(member for member in team.members if member != user)
                    change.put(team.id, msgspec.structs.replace(team, members=left))
            change.drop(Proofs, user)
            change.drop(SealingKey, user)
            gone = Person(
                id=user,
                name=f"{_GONE}-{user}",
                roles=(),
                made=person.made,
                active=False,
                erased=True,
                name_mark=self._means.name_mark(person.name),
            )
            change.put(user, gone)
            change.note(by.name, "erasure", ts=self._means.now(), user=user)
            change.tell(user)
        self._tickets.forget(user)
        self._means.seals.forget()
        self._scrub()

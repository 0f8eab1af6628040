"""Who is signed in: sessions that begin, rotate, idle out and end."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from parrot.centers.users.attempts import network
from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.settings import MINUTE
from parrot.centers.users.store import Change
from parrot.centers.users.tickets import mark_of
from parrot.contracts.access import Principal
from parrot.contracts.users import Person, Session, SessionView, Whence
from parrot.kernel.errors import AccessError, MissingError

_WHERE: Final = "where"
_CSRF: Final = "csrf"
_ADDRESSES_MOST: Final = 20
_SESSIONS_MOST: Final = 50
_PROGRAM_MOST: Final = 200


class Sessions:
    """Sessions of everybody. A cookie is "<id>.<secret>"; only the secret's hash is kept.

    When somebody was last seen is in memory and kept each minute, so that asking stays quick.
    """

    def __init__(self, means: Means, people: People) -> None:
        self._means = means
        self._people = people
        self._store = means.store
        self._seen: dict[str, int] = {}

    # asking

    def by_token(self, token: str, *, passive: bool = False) -> Principal | None:
        """Who comes with a cookie; None when nobody does. `passive` does not keep the session from idling out."""
        name, _, secret = token.partition(".")
        session = self._store.get(Session, name)
        if session is None or not hmac.compare_digest(session.mark, mark_of(secret)):
            return None
        return self._principal(session, passive=passive)

    def stands(self, who: Principal) -> Principal | None:
        """The same session with its user's rights now; None when it ended."""
        return self.standing(who.session)

    def standing(self, name: str) -> Principal | None:
        """Who has a session by its id; None when it ended."""
        session = self._store.get(Session, name)
        return None if session is None else self._principal(session, passive=True)

    def csrf(self, who: Principal) -> str:
        """What writes of a session have to bring along; the same while it lives."""
        return self._means.mark(who.session, _CSRF)

    def expires(self, session: str) -> int:
        """When a session ends at the latest if nothing is done, ns UTC; 0 when it is over."""
        found = self._store.get(Session, session)
        return self._end(found) if found is not None else 0

    def ways(self, session: str) -> tuple[str, ...]:
        """How a session was proved."""
        found = self._store.get(Session, session)
        return found.ways if found is not None else ()

    def _principal(self, session: Session, *, passive: bool) -> Principal | None:
        now = self._means.now()
        person = self._store.get(Person, session.user)
        if now >= self._end(session) or person is None or not person.active or person.erased:
            return None
        if not passive:
            self._seen[session.id] = now
        return self._people.principal(person, session)

    def _last_seen(self, session: Session) -> int:
        return max(session.seen, self._seen.get(session.id, 0))

    def _end(self, session: Session) -> int:
        settings = self._means.settings
        return min(session.made + settings.absolute, self._last_seen(session) + settings.idle)

    # beginning, rotating, ending

    def begin(self, change: Change, person: Person, ways: Iterable[str], whence: Whence) -> str:
        """A new session; its cookie, for once."""
        now, means = self._means.now(), self._means
        secret, name = means.chance.token(), means.id()
        where = msgspec.json.encode(Whence(whence.address, whence.program[:_PROGRAM_MOST])).decode()
        session = Session(
            id=name,
            user=person.id,
            mark=mark_of(secret),
            made=now,
            seen=now,
            proved=now,
            ways=tuple(ways),
            where=means.seal(where, person.id, f"{_WHERE} {name}"),
        )
        change.put(name, session)
        self._make_room(change, person.id)
        newest = change.get(Person, person.id) or person
        change.put(person.id, msgspec.structs.replace(newest, seen=now, addresses=self._known(newest, whence)))
        return f"{name}.{secret}"

    def _make_room(self, change: Change, user: str) -> None:
        """Ends the oldest sessions of somebody who has too many."""
        of_user = sorted(
            (one for one in self._store.all(Session).values() if one.user == user), key=lambda one: one.seen
        )
        for session in of_user[: max(len(of_user) - _SESSIONS_MOST + 1, 0)]:
            change.drop(Session, session.id)
            change.tell(user)

    def rotate(self, change: Change, session: str, *, proved: bool = False, way: str = "") -> str:
        """Another cookie for the same session, the one before is worth nothing any more; `proved` says by `way`."""
        found = change.get(Session, session)
        if found is None:
            raise AccessError("nobody is signed in", fix="sign in", reason="signed_out")
        secret, now = self._means.chance.token(), self._means.now()
        ways = found.ways if not way or way in found.ways else (*found.ways, way)
        changed = msgspec.structs.replace(
            found, mark=mark_of(secret), seen=now, ways=ways, proved=now if proved else found.proved
        )
        change.put(session, changed)
        return f"{session}.{secret}"

    def end(self, change: Change, user: str, *, but: str = "", only: str = "") -> int:
        """Ends sessions of a user: all, all `but` one, or `only` one; says how many."""
        ended = 0
        for session in self._store.all(Session).values():
            if session.user == user and session.id != but and (not only or session.id == only):
                change.drop(Session, session.id)
                self._seen.pop(session.id, None)
                ended += 1
        if ended:
            change.tell(user)
        return ended

    def revoke(self, who: Principal, session: str) -> None:
        """Ends one session of one's own. Raises MissingError for that of somebody else."""
        with self._store.change() as change:
            if not self.end(change, who.user, only=session):
                raise MissingError("there is no such session")
            change.note(who.name, "session end", ts=self._means.now(), session=session)

    def revoke_others(self, who: Principal) -> int:
        """Ends all sessions of one's own but this one."""
        with self._store.change() as change:
            ended = self.end(change, who.user, but=who.session)
            change.note(who.name, "sessions end", ts=self._means.now(), count=str(ended))
        return ended

    def revoke_all(self, by: Principal, user: str) -> int:
        """Ends all sessions of a user. Raises MissingError."""
        with self._store.change() as change:
            person = self._people.find(user)
            ended = self.end(change, user)
            change.note(by.name, "sessions end", ts=self._means.now(), user=person.name, count=str(ended))
        return ended

    # telling

    def views(self, user: str, current: str = "") -> Sequence[SessionView]:
        """A user's sessions, newest first."""
        now = self._means.now()
        found = [one for one in self._store.all(Session).values() if one.user == user and now < self._end(one)]
        return [self._view(one, current) for one in sorted(found, key=lambda one: -one.made)]

    def _view(self, session: Session, current: str) -> SessionView:
        where = self._means.open(session.where, session.user, f"{_WHERE} {session.id}")
        whence = msgspec.json.decode(where, type=Whence) if where else Whence()
        return SessionView(
            id=session.id,
            made=session.made,
            seen=self._last_seen(session),
            expires=self._end(session),
            ways=session.ways,
            address=whence.address,
            program=whence.program,
            current=session.id == current,
        )

    # housekeeping

    def tidy(self) -> None:
        """Keeps when sessions were last seen, and lets go of those that are over."""
        now = self._means.now()
        with self._store.change() as change:
            for session in self._store.all(Session).values():
                seen = self._last_seen(session)
                if now >= self._end(session):
                    change.drop(Session, session.id)
                    change.tell(session.user)
                    self._seen.pop(session.id, None)
                elif seen - session.seen >= MINUTE:
                    change.put(session.id, msgspec.structs.replace(session, seen=seen))

    # addresses where somebody signed in before

    def knows(self, person: Person | None, address: str) -> bool:
        """Whether somebody signed in from an address before."""
        return person is not None and self._address_mark(person.id, address) in person.addresses

    def _known(self, person: Person, whence: Whence) -> tuple[str, ...]:
        mark = self._address_mark(person.id, whence.address)
        return (*(one for one in person.addresses if one != mark), mark)[-_ADDRESSES_MOST:]

    def _address_mark(self, user: str, address: str) -> str:
        return self._means.mark(f"{user} {network(address)}", "address")[:16]

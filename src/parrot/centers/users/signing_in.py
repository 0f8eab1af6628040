"""Signing in: a password, then perhaps a second factor; and proving again who one is."""

from __future__ import annotations

from typing import Final

import msgspec

from parrot.centers.users.attempts import Attempts
from parrot.centers.users.factors import Factors
from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.rules import normal_password
from parrot.centers.users.sessions import Sessions
from parrot.centers.users.store import Change
from parrot.centers.users.tickets import Tickets
from parrot.contracts.access import Principal
from parrot.contracts.users import Person, Proofs, Step, Whence
from parrot.kernel.errors import AccessError, BusyError

_SECOND: Final = "second"
SOMEONE: Final = "someone"


class SigningIn:
    """Every way in but the first visit. Wrong tries cost time; unknown names are answered as wrong passwords are."""

    def __init__(self, means: Means, people: People, sessions: Sessions, factors: Factors, tickets: Tickets) -> None:
        self._means = means
        self._people = people
        self._sessions = sessions
        self._factors = factors
        self._tickets = tickets
        self.attempts = Attempts()

    def password(self, name: str, password: str, *, whence: Whence) -> Step:
        """Signs in by name (or e-mail address) and password; a second factor is asked for where there is one.

        Raises AccessError: signed_out for what is wrong, locked after too many wrong tries; BusyError.
        """
        person = self._people.named(name)
        label = person.name if person is not None else name.strip().casefold()[:80]
        self.require_patience(person, label, whence)
        proofs = self._people.proofs(person.id) if person is not None else Proofs(user="")
        right = self._verified(label, password, proofs.password, whence)
        if not right or person is None or not person.active:
            self.failed(person, label, whence, "password")
            raise AccessError("wrong name or password", fix="try again, or reset the password", reason="signed_out")
        if self._means.passwords.outdated(proofs.password):
            self._hash_anew(person.id, password, since=proofs.password_at)
        if self._factors.ways(person.id):
            return self.halfway(person, "password", since=proofs.password_at)
        return self.enter(person, ("password",), whence, since=proofs.password_at)

    def second(self, ticket: str, code: str, *, whence: Whence) -> Step:
        """Ends a sign-in by a code of the authenticator or a recovery code. Raises AccessError."""
        held = self._tickets.look(ticket, _SECOND)
        person = self._people.find(held.user)
        self.require_patience(person, person.name, whence)
        token = ""
        with self._means.store.change() as change:
            way = self._factors.use(change, person.id, code)
            if way:
                self._tickets.take(ticket, _SECOND)
                _require_same(change, person, int(held.held["since"]))
                token = self._begin(change, person, (*held.held["ways"].split(), way), whence)
        if token:
            self.attempts.undo(person.name, whence.address)
            return self._step(token, person, whence)
        self._tickets.wrong(ticket)
        self.failed(person, person.name, whence, "second factor")
        raise AccessError("this code is not right, or was used already", fix="wait for the next", reason="signed_out")

    def halfway(self, person: Person, way: str, *, since: int | None = None) -> Step:
        """What a sign-in that began by `way` still needs; another password than that of `since` (now) ends it."""
        at = self._people.proofs(person.id).password_at if since is None else since
        ticket = self._tickets.make(_SECOND, person.id, ways=way, since=str(at))
        return Step(ticket=ticket, ways=self._factors.ways(person.id))

    def half_done(self, ticket: str) -> str:
        """Who begins with a ticket of the second step. Raises AccessError."""
        return self._tickets.look(ticket, _SECOND).user

    def end_half(self, ticket: str) -> tuple[str, ...]:
        """Uses a ticket of the second step up; how it was begun. Raises AccessError."""
        held = self._tickets.take(ticket, _SECOND)
        with self._means.store.change() as change:
            _require_same(change, self._people.find(held.user), int(held.held["since"]))
        return tuple(held.held["ways"].split())

    def enter(self, person: Person, ways: tuple[str, ...], whence: Whence, *, since: int | None = None) -> Step:
        """Begins the session of somebody who proved who they are, where it counts by the password of `since`."""
        with self._means.store.change() as change:
            if since is not None:
                _require_same(change, person, since)
            token = self._begin(change, person, ways, whence)
        return self._step(token, person, whence)

    def _begin(self, change: Change, person: Person, ways: tuple[str, ...], whence: Whence) -> str:
        now = change.get(Person, person.id)
        if now is None or not now.active or now.erased:
            raise AccessError("this user is switched off", fix="ask an administrator", reason="signed_out")
        change.note(person.name, "sign in", ts=self._means.now(), ways=" ".join(ways))
        return self._sessions.begin(change, now, ways, whence)

    def _step(self, token: str, person: Person, whence: Whence) -> Step:
        self.attempts.succeeded(person.name, whence.address)
        return Step(token=token, who=self._sessions.by_token(token))

    def out(self, who: Principal) -> None:
        """Signs out."""
        with self._means.store.change() as change:
            self._sessions.end(change, who.user, only=who.session)
            change.note(who.name, "sign out", ts=self._means.now())

    def confirm(self, who: Principal, *, password: str = "", code: str = "", whence: Whence) -> str:
        """Proves again who one is; the session's new cookie. Raises AccessError."""
        person = self._people.find(who.user)
        if code:
            self.require_patience(person, person.name, whence)
            return self._confirm_by_code(who, person, code, whence)
        self.require_password(person, password, whence)
        with self._means.store.change() as change:
            return self.confirmed(change, who, "password", whence)

    def require_password(self, person: Person, password: str, whence: Whence) -> None:
        """Raises AccessError unless it is their password; wrong ones count as they do at signing in."""
        self.require_patience(person, person.name, whence)
        if not self._verified(person.name, password, self._people.proofs(person.id).password, whence):
            self.failed(person, person.name, whence, "confirmation")
            raise AccessError("wrong password", fix="try again", reason="reauthenticate")

    def _verified(self, label: str, password: str, kept: str, whence: Whence) -> bool:
        """Whether a password is right; a try that was right, or not looked at, is not counted.

        Earlier ones stay until the sign-in is whole: a second factor is guessed too.
        """
        try:
            right = self._means.passwords.verify(normal_password(password), kept)
        except BusyError:
            self.attempts.undo(label, whence.address)
            raise
        if right:
            self.attempts.undo(label, whence.address)
        return right

    def confirmed(self, change: Change, who: Principal, way: str, whence: Whence) -> str:
        """Notes a proof that held; the session's new cookie."""
        change.note(who.name, "confirm", ts=self._means.now(), way=way)
        self.attempts.succeeded(who.name, whence.address)
        return self._sessions.rotate(change, who.session, proved=True, way=way)

    def _confirm_by_code(self, who: Principal, person: Person, code: str, whence: Whence) -> str:
        with self._means.store.change() as change:
            way = self._factors.use(change, person.id, code)
            if way:
                self.attempts.undo(person.name, whence.address)
                return self.confirmed(change, who, way, whence)
        self.failed(person, person.name, whence, "confirmation")
        raise AccessError("this code is not right, or was used already", fix="try again", reason="reauthenticate")

    def _hash_anew(self, user: str, password: str, *, since: int) -> None:
        """Keeps the password by today's parameters, unless it was changed while that was computed."""
        kept = self._means.passwords.hash(normal_password(password))
        with self._means.store.change() as change:
            proofs = change.get(Proofs, user)
            if proofs is not None and proofs.password_at == since:
                change.put(user, msgspec.structs.replace(proofs, password=kept))

    def require_patience(self, person: Person | None, label: str, whence: Whence) -> None:
        """Raises AccessError (locked) while tries of somebody from there are not looked at."""
        known = self._sessions.knows(person, whence.address)
        self.attempts.begin(label, whence.address, self._means.now(), known=known)

    def failed(self, person: Person | None, label: str, whence: Whence, by: str) -> None:
        """Counts a wrong try and notes it; what was typed as an unknown name may be a password, so it is not noted."""
        now, who = self._means.now(), person.name if person is not None else SOMEONE
        locked = self.attempts.begins_wait(label, whence.address, now)
        with self._means.store.change() as change:
            change.note(who, "sign in failed", ts=now, by=by)
            if locked:
                change.note(who, "locked out", ts=now, by=by)


def _require_same(change: Change, person: Person, since: int) -> None:
    """Raises AccessError where another password was set meanwhile: that ended all that the one before it began."""
    proofs = change.get(Proofs, person.id) or Proofs(user=person.id)
    if proofs.password_at != since:
        raise AccessError("the password was changed meanwhile", fix="sign in again", reason="signed_out")

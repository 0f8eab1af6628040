"""What people change about themselves: profile, password, second factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from parrot.centers.users.entrance import Entrance
from parrot.centers.users.rules import normal_password, require_password
from parrot.centers.users.store import Change
from parrot.contracts.access import Principal
from parrot.contracts.users import Enrolment, Person, Private, Proofs, Whence
from parrot.kernel.errors import AccessError, InputError
from parrot.ports.codes import Codes

_ENROL: Final = "enrol"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_LENGTH: Final = 32
_TOTP: Final = "totp"
_PREFERENCE_MOST: Final = 2_000


class Own:
    """Changes by the person themselves. Where proofs change, every other session ends and this one gets a new cookie.

    Those methods give that cookie.
    """

    def __init__(self, entrance: Entrance, codes: Codes) -> None:
        self._means = entrance.means
        self._people = entrance.people
        self._sessions = entrance.sessions
        self._factors = entrance.factors
        self._tickets = entrance.tickets
        self._signing_in = entrance.signing_in
        self._codes = codes

    def save(
        self, who: Principal, *, display: str, email: str, time_zone: str, preferences: Mapping[str, str]
    ) -> Person:
        """Another profile. Raises InputError for a name or address that cannot be or is taken."""
        if sum(len(key) + len(value) for key, value in preferences.items()) > _PREFERENCE_MOST:
            raise InputError("too many preferences", expected=f"at most {_PREFERENCE_MOST} characters")
        private = Private(display=display, email=email, time_zone=time_zone, preferences=dict(preferences))
        with self._means.store.change() as change:
            person = self._people.find(who.user)
            changed = self._people.set_private(change, person, private)
            change.note(who.name, "profile", ts=self._means.now())
        return changed

    def change_password(self, who: Principal, old: str, new: str, *, whence: Whence) -> str:
        """Another password. Raises AccessError for a wrong old one, InputError for a new one that will not do."""
        person = self._people.find(who.user)
        private = self._means.private(person)
        require_password(new, (person.name, private.email, private.display))
        if self._people.proofs(who.user).password:
            self._signing_in.require_password(person, old, whence)
        kept = self._means.passwords.hash(normal_password(new))
        with self._means.store.change() as change:
            proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
            now = self._means.now()
            change.put(who.user, msgspec.structs.replace(proofs, password=kept, password_at=now))
            return self.proofs_changed(change, who, "password", way="password")

    # an authenticator

    def begin_totp(self, who: Principal) -> Enrolment:
        """A secret for an authenticator; it counts once a code of it came back."""
        secret = self._means.chance.pick(_BASE32, _SECRET_LENGTH)
        sealed = self._means.seal(secret, who.user, _TOTP)
        uri = self._codes.uri(secret, who.name)
        ticket = self._tickets.make(_ENROL, who.user, sealed=sealed)
        return Enrolment(ticket=ticket, secret=secret, uri=uri, picture=self._codes.picture(uri))

    def finish_totp(self, who: Principal, ticket: str, code: str) -> tuple[str, Sequence[str]]:
        """Counts an authenticator in; the new cookie, and recovery codes for once. Raises AccessError, InputError."""
        held = self._tickets.look(ticket, _ENROL)
        if held.user != who.user:
            raise AccessError("this was begun by somebody else", fix="begin again", reason="signed_out")
        secret = self._means.open(held.held["sealed"], who.user, _TOTP)
        step = self._factors.step_of(secret, "".join(code.split()))
        if not step:
            self._tickets.wrong(ticket)
            fix = "look at the clock of the phone, and send the code that it shows now"
            raise InputError("this is not the code of this secret", expected="six digits", fix=fix)
        shown, marks = self._factors.fresh_recovery(who.user)
        with self._means.store.change() as change:
            self._tickets.take(ticket, _ENROL)
            proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
            change.put(who.user, msgspec.structs.replace(proofs, totp=held.held["sealed"], step=step, recovery=marks))
            return self.proofs_changed(change, who, "authenticator added", way="totp"), shown

    def drop_totp(self, who: Principal) -> str:
        """Lets go of the authenticator; recovery codes go with the last second factor."""
        with self._means.store.change() as change:
            proofs = change.get(Proofs, who.user)
            if proofs is None or not proofs.totp:
                raise InputError("there is no authenticator")
            left = proofs.recovery if self._people.passkeys(who.user) else ()
            change.put(who.user, msgspec.structs.replace(proofs, totp="", recovery=left))
            return self.proofs_changed(change, who, "authenticator removed")

    def new_recovery(self, who: Principal) -> tuple[str, Sequence[str]]:
        """New recovery codes for once; those before are worth nothing any more."""
        if not self._factors.ways(who.user):
            raise InputError("recovery codes stand in for a second factor", fix="set one up first")
        shown, marks = self._factors.fresh_recovery(who.user)
        with self._means.store.change() as change:
            proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
            change.put(who.user, msgspec.structs.replace(proofs, recovery=marks))
            return self.proofs_changed(change, who, "recovery codes"), shown

    def proofs_changed(self, change: Change, who: Principal, what: str, *, way: str = "") -> str:
        """Ends every other session of somebody; this one's new cookie."""
        self._sessions.end(change, who.user, but=who.session)
        change.note(who.name, what, ts=self._means.now())
        change.tell(who.user)
        return self._sessions.rotate(change, who.session, proved=bool(way), way=way)

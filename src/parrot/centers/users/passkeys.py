"""Passkeys: added, used as first or second factor, renamed and removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from parrot.centers.users.entrance import Entrance
from parrot.centers.users.own import Own
from parrot.centers.users.rules import display_of
from parrot.centers.users.tickets import Ticket
from parrot.contracts.access import Principal
from parrot.contracts.users import Passkey, Person, Proofs, Step, Whence
from parrot.kernel.errors import AccessError, InputError, MissingError
from parrot.ports.passkeys import Ceremonies

_ADD: Final = "passkey add"
_ENTER: Final = "passkey enter"
_CONFIRM: Final = "passkey confirm"
_WAY: Final = "passkey"
_MOST: Final = 20


class Passkeys:
    """`origin` is that of the page that asks. A passkey that does not count on was copied, and is refused."""

    def __init__(self, entrance: Entrance, own: Own, ceremonies: Ceremonies) -> None:
        self._means = entrance.means
        self._people = entrance.people
        self._factors = entrance.factors
        self._tickets = entrance.tickets
        self._signing_in = entrance.signing_in
        self._own = own
        self._ceremonies = ceremonies

    # one's own

    def of(self, user: str) -> Sequence[Passkey]:
        """A user's passkeys, oldest first."""
        return self._people.passkeys(user)

    def begin_add(self, who: Principal, *, origin: str) -> tuple[str, str]:
        """A ticket, and what the browser is asked for."""
        known = [key.id for key in self.of(who.user)]
        if len(known) >= _MOST:
            raise InputError(f"there are {_MOST} passkeys already", fix="remove one first")
        challenge = self._means.chance.token()
        options = self._ceremonies.ask_new(
            origin=origin, challenge=challenge, user=who.user, name=who.name, known=known
        )
        return self._tickets.make(_ADD, who.user, challenge=challenge, origin=origin), options

    def finish_add(self, who: Principal, ticket: str, label: str, answer: str) -> tuple[str, Sequence[str]]:
        """Counts a passkey in; the session's new cookie, and with the first second factor recovery codes, for once."""
        held = self._tickets.take(ticket, _ADD)
        if held.user != who.user:
            raise AccessError("this was begun by somebody else", fix="begin again", reason="signed_out")
        made = self._ceremonies.take_new(answer, origin=held.held["origin"], challenge=held.held["challenge"])
        first = not self._people.has_second_factor(who.user)
        shown, marks = self._factors.fresh_recovery(who.user) if first else ([], ())
        with self._means.store.change() as change:
            if change.get(Passkey, made.id) is not None:
                raise InputError("this passkey is known already", expected="another one")
            label, now = display_of(label) or "Passkey", self._means.now()
            change.put(
                made.id,
                Passkey(id=made.id, user=who.user, label=label, public=made.public, count=made.signed, made=now),
            )
            if first:
                proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
                change.put(who.user, msgspec.structs.replace(proofs, recovery=marks))
            return self._own.proofs_changed(change, who, "passkey added", way=_WAY), shown

    def rename(self, who: Principal, passkey: str, label: str) -> Passkey:
        """Another label. Raises MissingError."""
        with self._means.store.change() as change:
            renamed = msgspec.structs.replace(self._find(who, passkey), label=display_of(label) or "Passkey")
            change.put(passkey, renamed)
        return renamed

    def remove(self, who: Principal, passkey: str) -> str:
        """Lets go of a passkey; the session's new cookie. Raises MissingError."""
        with self._means.store.change() as change:
            self._find(who, passkey)
            change.drop(Passkey, passkey)
            proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
            if len(self.of(who.user)) == 1 and not proofs.totp:
                change.put(who.user, msgspec.structs.replace(proofs, recovery=()))
            return self._own.proofs_changed(change, who, "passkey removed")

    # signing in and proving again

    def begin(self, ticket: str = "", *, origin: str) -> tuple[str, str]:
        """A ticket and what the browser is asked for: to sign in, or as the second step of a `ticket`."""
        user = self._signing_in.half_done(ticket) if ticket else ""
        return self._begin(_ENTER, user, origin, half=ticket)

    def begin_confirm(self, who: Principal, *, origin: str) -> tuple[str, str]:
        """A ticket and what the browser is asked for to prove again who one is."""
        return self._begin(_CONFIRM, who.user, origin)

    def enter(self, ticket: str, answer: str, *, whence: Whence) -> Step:
        """Ends a sign-in by a passkey. Raises AccessError."""
        held = self._tickets.take(ticket, _ENTER)
        person = self._signed(held, answer, whence)
        before = self._signing_in.end_half(held.held["half"]) if held.held["half"] else ()
        return self._signing_in.enter(person, (*before, _WAY), whence)

    def confirm(self, who: Principal, ticket: str, answer: str, *, whence: Whence) -> str:
        """Proves again who one is; the session's new cookie. Raises AccessError."""
        held = self._tickets.take(ticket, _CONFIRM)
        if held.user != who.user:
            raise AccessError("this was begun by somebody else", fix="begin again", reason="reauthenticate")
        self._signed(held, answer, whence)
        with self._means.store.change() as change:
            return self._signing_in.confirmed(change, who, _WAY, whence)

    def _begin(self, kind: str, user: str, origin: str, *, half: str = "") -> tuple[str, str]:
        challenge = self._means.chance.token()
        known = [key.id for key in self.of(user)] if user else []
        options = self._ceremonies.ask(origin=origin, challenge=challenge, known=known, alone=not half)
        return self._tickets.make(kind, user, challenge=challenge, origin=origin, half=half), options

    def _signed(self, held: Ticket, answer: str, whence: Whence) -> Person:
        """Who signed an answer; the passkey's count goes on. Raises AccessError."""
        reason = "reauthenticate" if held.kind == _CONFIRM else "signed_out"
        key = self._means.store.get(Passkey, self._ceremonies.named(answer))
        person = self._means.store.get(Person, key.user) if key is not None else None
        self._signing_in.require_patience(person, person.name if person is not None else _WAY, whence)
        if key is None or person is None or held.user not in ("", key.user):
            self._signing_in.failed(None, _WAY, whence, _WAY)
            raise AccessError("this passkey is not known here", fix="sign in another way", reason=reason)
        try:
            with self._means.store.change() as change:
                key = self._find_again(key)
                count = self._ceremonies.check(
                    answer,
                    origin=held.held["origin"],
                    challenge=held.held["challenge"],
                    public=key.public,
                    count=key.count,
                    alone=not held.held["half"],
                )
                change.put(key.id, msgspec.structs.replace(key, count=count, used=self._means.now()))
        except InputError:
            self._signing_in.failed(person, person.name, whence, _WAY)
            raise AccessError("this passkey's answer is not true", fix="try again", reason=reason) from None
        self._signing_in.attempts.undo(person.name, whence.address)
        return person

    def _find(self, who: Principal, passkey: str) -> Passkey:
        found = self._means.store.get(Passkey, passkey)
        if found is None or found.user != who.user:
            raise MissingError("there is no such passkey")
        return found

    def _find_again(self, key: Passkey) -> Passkey:
        found = self._means.store.get(Passkey, key.id)
        if found is None:
            raise InputError("this passkey was removed")
        return found

"""Signing in by an identity provider: a visit there, and whom it means here."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from parrot.centers.users.entrance import Entrance
from parrot.centers.users.own import Own
from parrot.centers.users.rules import NAME_MOST, TAKEN, email_of
from parrot.centers.users.store import Change
from parrot.centers.users.tickets import Ticket, mark_of
from parrot.contracts.access import Principal, Role
from parrot.contracts.users import Person, Private, Proofs, Step, Whence
from parrot.kernel.errors import AccessError, InputError, MissingError
from parrot.ports.identity import Claims, Provider

_VISIT: Final = "visit"
_WAY: Final = "oidc"
_MARK: Final = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A provider and the rule for those whom it sends.

    `creates` makes users of who is not known, with `roles` and `accounts`, of the e-mail `domains` where any are named;
    `by_email` takes a verified address for the user who has it checked here.
    """

    id: str
    title: str
    provider: Provider
    creates: bool = False
    by_email: bool = False
    roles: tuple[Role, ...] = (Role.VIEWER,)
    accounts: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()


class Visits:
    """Visits to providers; each is of the browser that began it, by a secret that it keeps."""

    def __init__(self, entrance: Entrance, own: Own, known: Mapping[str, Known]) -> None:
        self._means = entrance.means
        self._people = entrance.people
        self._sessions = entrance.sessions
        self._factors = entrance.factors
        self._tickets = entrance.tickets
        self._signing_in = entrance.signing_in
        self._own = own
        self._known = known

    @property
    def offered(self) -> tuple[tuple[str, str], ...]:
        """Id and title of each provider."""
        return tuple((one.id, one.title) for one in self._known.values())

    def begin(self, provider: str, *, redirect: str, who: Principal | None = None) -> tuple[str, str]:
        """Where the browser goes, and the secret that it keeps meanwhile; for `who` to link the provider to."""
        known, pick = self._find(provider), self._means.chance
        binder, nonce, verifier = pick.token(), pick.token(), pick.token(48)
        held = {"provider": provider, "nonce": nonce, "verifier": verifier, "redirect": redirect}
        user, session = (who.user, who.session) if who is not None else ("", "")
        state = self._tickets.make(_VISIT, user, **held, binder=mark_of(binder), session=session)
        place = known.provider.place(state=state, nonce=nonce, verifier=verifier, redirect=redirect)
        return place, binder

    def finish(self, state: str, code: str, *, binder: str, whence: Whence) -> Step:
        """Who came back. Raises AccessError; VenueError when the provider does not answer."""
        visit = self._tickets.take(state, _VISIT)
        if not hmac.compare_digest(visit.held["binder"], mark_of(binder)):
            raise AccessError("this visit was begun in another browser", fix="sign in again", reason="provider")
        known = self._find(visit.held["provider"])
        claims = known.provider.claims(
            code,
            nonce=visit.held["nonce"],
            verifier=visit.held["verifier"],
            redirect=visit.held["redirect"],
            now=self._means.now(),
        )
        if visit.user:
            return self._link(visit, claims)
        person = self._whom(known, claims)
        if person is None:
            with self._means.store.change() as change:
                change.note("someone", "sign in failed", ts=self._means.now(), by=f"{_WAY} {known.id}")
            fix = "ask for an invitation, then link the provider in the profile"
            raise AccessError("nobody here is linked to this identity", fix=fix, reason="provider")
        ways = self._factors.ways(person.id)
        if ways:
            return self._signing_in.halfway(person, _WAY)
        return self._signing_in.enter(person, (_WAY,), whence)

    def unlink(self, who: Principal) -> str:
        """Lets go of all links of somebody, who needs a password then; the session's new cookie."""
        with self._means.store.change() as change:
            proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
            if not proofs.password and not self._people.passkeys(who.user):
                raise InputError("nothing would be left to sign in with", fix="set a password or a passkey first")
            change.put(who.user, msgspec.structs.replace(proofs, outside=()))
            return self._own.proofs_changed(change, who, "provider unlinked")

    def _link(self, visit: Ticket, claims: Claims) -> Step:
        """Links an identity to whoever began the visit in this browser and is still signed in.

        The session's own cookie does not come along from another site; the visit's does, and knows the session.
        """
        who = self._sessions.standing(visit.held["session"])
        if who is None or who.user != visit.user:
            raise AccessError("whoever began this is not signed in any more", fix="begin again", reason="provider")
        mark = self._mark(claims)
        with self._means.store.change() as change:
            meant = self._meant(claims)
            if meant is not None and meant.id != who.user:
                raise AccessError("this identity is linked to another user", reason="provider")
            proofs = change.get(Proofs, who.user) or Proofs(user=who.user)
            if mark not in proofs.outside:
                change.put(who.user, msgspec.structs.replace(proofs, outside=(*proofs.outside, mark)))
            token = self._own.proofs_changed(change, who, "provider linked")
        return Step(token=token, who=who, linked=True)

    def _whom(self, known: Known, claims: Claims) -> Person | None:
        """Who is meant, or made now: one transaction looks and keeps, so that two visits at once have one user."""
        with self._means.store.change():
            return self._meant(claims) or self._by_email(known, claims) or self._made(known, claims)

    def _meant(self, claims: Claims) -> Person | None:
        mark = self._mark(claims)
        for proofs in self._means.store.all(Proofs).values():
            if mark in proofs.outside:
                return self._people.find(proofs.user)
        return None

    def _by_email(self, known: Known, claims: Claims) -> Person | None:
        """The user whose checked address the provider has verified, where the settings trust it with that."""
        if not known.by_email or not claims.email_verified or not claims.email:
            return None
        person = self._people.named(claims.email)
        if person is None or not person.email_checked or person.owner:
            return None
        with self._means.store.change() as change:
            self._keep(change, person, claims, known)
        return person

    def _made(self, known: Known, claims: Claims) -> Person | None:
        """A new user by the rule of the provider; nobody where it makes none."""
        domain = claims.email.rpartition("@")[2].casefold()
        fits = not known.domains or (claims.email_verified and domain in known.domains)
        if not known.creates or not fits:
            return None
        email = email_of(claims.email) if claims.email_verified else ""
        if email and self._people.named(email) is not None:
            return None  # an address of somebody who did not link the provider
        private = Private(display="".join(mark for mark in claims.name if mark.isprintable())[:80], email=email)
        with self._means.store.change() as change:
            person = self._people.add(
                change,
                self._free_name(claims),
                roles=known.roles,
                accounts=known.accounts,
                private=private,
                email_checked=bool(email),
            )
            change.note(person.name, "joined", ts=self._means.now(), by=f"{_WAY} {known.id}")
            self._keep(change, person, claims, known)
        return person

    def _keep(self, change: Change, person: Person, claims: Claims, known: Known) -> None:
        proofs = change.get(Proofs, person.id) or Proofs(user=person.id)
        change.put(person.id, msgspec.structs.replace(proofs, outside=(*proofs.outside, self._mark(claims))))
        change.note(person.name, "provider linked", ts=self._means.now(), provider=known.id)

    def _free_name(self, claims: Claims) -> str:
        """A user name that is free, like the one that the provider uses."""
        wished = claims.username.partition("@")[0] or claims.email.partition("@")[0]
        stem = re.sub(r"[^a-z0-9._-]+", "-", wished.casefold())[: NAME_MOST - 14].strip("._-") or "user"
        for name in (stem, f"{stem}-{self._means.id()}"):
            try:
                self._people.require_free(name, "")
                if len(name) > 1 and name not in TAKEN:
                    return name
            except InputError:
                continue
        return f"user-{self._means.id()}"

    def _mark(self, claims: Claims) -> str:
        return self._means.mark(f"{claims.issuer}\n{claims.subject}", _MARK)

    def _find(self, provider: str) -> Known:
        found = self._known.get(provider)
        if found is None:
            raise MissingError("there is no such identity provider")
        return found

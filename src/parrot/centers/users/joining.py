"""One-time links: invitations, passwords that are set anew, addresses that are checked."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from parrot.centers.users.entrance import Entrance
from parrot.centers.users.people import accounts_of, ordered
from parrot.centers.users.rules import display_of, email_of, name_of, normal_password, require_password
from parrot.centers.users.settings import DAY
from parrot.centers.users.store import Change
from parrot.centers.users.tickets import mark_of
from parrot.contracts.access import Principal, Role, Way
from parrot.contracts.users import HOUSE, Invitation, Link, Passkey, Person, Private, Proofs, Step, Whence
from parrot.kernel.errors import AccessError, InputError, MissingError
from parrot.ports.mail import Mail

INVITATION: Final = "invitation"
RESET: Final = "reset"
REGISTER: Final = "register"
EMAIL: Final = "email"
_PRIVATE: Final = "link"
_LETTERS: Final = "a letter"
_DAYS_MOST: Final = 30
_LINKS_MOST: Final = 500


class Joining:
    """Links by which people come in. Their tokens are given once, in the part of an address that no server sees."""

    def __init__(self, entrance: Entrance, mail: Mail | None, address: str) -> None:
        self._means = entrance.means
        self._people = entrance.people
        self._sessions = entrance.sessions
        self._signing_in = entrance.signing_in
        self._mail = mail
        self.address = address  # of the pages, before the path

    # invitations

    def invite(
        self,
        by: Principal,
        *,
        roles: Iterable[Role],
        accounts: Iterable[str] = (),
        name: str = "",
        private: Private | None = None,
        days: int = 7,
    ) -> tuple[Invitation, str]:
        """An invitation and its link, which also goes out by mail where there is an address. Raises InputError."""
        private, wanted = private or Private(), ordered(roles)
        if not wanted or not 1 <= days <= _DAYS_MOST:
            raise InputError("an invitation needs a role and a time", expected=f"1 to {_DAYS_MOST} days")
        kept = Private(display=display_of(private.display), email=email_of(private.email))
        wished = name_of(name) if name else ""
        with self._means.store.change() as change:
            self._people.require_free(wished, kept.email)
            self._require_room()
            link, token = self._link(
                change,
                INVITATION,
                by=by.name,
                lasts=days * DAY,
                name=wished,
                roles=wanted,
                accounts=accounts_of(accounts),
                private=kept,
            )
            about = {"invitation": link.id, "roles": " ".join(wanted), "accounts": " ".join(link.accounts)}
            change.note(by.name, "invitation", ts=self._means.now(), **about)
        place = f"{self.address}/join#{token}"
        if kept.email:
            self._send(kept.email, "You are invited to Parrot", f"{by.name} invites you to Parrot:\n\n{place}\n")
        return self._invitation(link), place

    def invitations(self) -> Sequence[Invitation]:
        """Invitations that wait, newest first."""
        now = self._means.now()
        found = [link for link in self._links(INVITATION) if now < link.expires]
        return [self._invitation(link) for link in sorted(found, key=lambda link: -link.made)]

    def withdraw(self, by: Principal, invitation: str) -> None:
        """Takes an invitation back. Raises MissingError."""
        with self._means.store.change() as change:
            found = self._means.store.get(Link, invitation)
            if found is None or found.kind != INVITATION:
                raise MissingError("there is no such invitation")
            change.drop(Link, invitation)
            change.note(by.name, "invitation withdrawn", ts=self._means.now(), invitation=invitation)

    def look(self, token: str) -> Invitation:
        """What an invitation says. Raises AccessError."""
        return self._invitation(self._find(token, INVITATION))

    def accept(self, token: str, name: str, password: str, *, whence: Whence) -> Step:
        """Makes the invited user and signs them in. Raises AccessError, InputError."""
        link = self._find(token, INVITATION)
        private = self._private(link)
        require_password(password, (name, private.email, private.display))
        kept = self._means.passwords.hash(normal_password(password))
        with self._means.store.change() as change:
            link = self._find(token, INVITATION)
            change.drop(Link, link.id)
            person = self._people.add(
                change,
                link.name or name,
                roles=link.roles,
                accounts=link.accounts,
                private=private,
                email_checked=bool(private.email),
            )
            now = self._means.now()
            change.put(person.id, Proofs(user=person.id, password=kept, password_at=now))
            change.note(person.name, "joined", ts=now, invitation=link.id, by=link.by)
        return self._signing_in.enter(person, ("password",), whence)

    # passwords anew

    def reset_for(self, by: Principal, user: str) -> str:
        """A link by which somebody sets a new password, for whoever hands it over. Raises MissingError."""
        with self._means.store.change() as change:
            person = self._people.find(user)
            if person.erased:
                raise InputError("this user is erased", expected="a user who is there")
            if person.owner and by.way is not Way.MACHINE and by.user != user:
                raise AccessError("only the owner sets the owner's password anew", fix="use `parrot users reset`")
            _, token = self._link(change, RESET, by=by.name, lasts=self._means.settings.reset_lasts, user=user)
            change.note(by.name, "reset", ts=self._means.now(), user=person.name)
        return f"{self.address}/reset#{token}"

    def require_may_ask(self, whence: Whence) -> None:
        """Raises AccessError (locked) when an address asks for letters too often."""
        self._signing_in.attempts.begin(_LETTERS, whence.address, self._means.now(), known=True)

    def send_reset(self, name: str) -> None:
        """Sends somebody who forgot their password a link, if there is such a user with a checked address.

        Nobody is told whether there is: call it when the answer is gone.
        """
        person = self._people.named(name)
        email = self._means.private(person).email if person is not None else ""
        if person is None or not email or not person.active or not person.email_checked or self._mail is None:
            return
        with self._means.store.change() as change:
            _, token = self._link(change, RESET, by=person.name, lasts=self._means.settings.reset_lasts, user=person.id)
            change.note(person.name, "reset asked", ts=self._means.now())
        place = f"{self.address}/reset#{token}"
        text = f"Somebody asked for a new password of yours.\n\n{place}\n\nIf that was not you, do nothing.\n"
        self._send(email, "A new password for Parrot", text)

    def reset(self, token: str, password: str) -> None:
        """Sets a password anew: every session ends; a second factor stays. Raises AccessError, InputError."""
        person = self._people.find(self._find(token, RESET).user)
        private = self._means.private(person)
        require_password(password, (person.name, private.email, private.display))
        kept = self._means.passwords.hash(normal_password(password))
        with self._means.store.change() as change:
            self._find(token, RESET)
            for link in self._links(RESET):
                if link.user == person.id:
                    change.drop(Link, link.id)
            proofs, now = change.get(Proofs, person.id) or Proofs(user=person.id), self._means.now()
            change.put(person.id, msgspec.structs.replace(proofs, password=kept, password_at=now))
            self._sessions.end(change, person.id)
            change.note(person.name, "password reset", ts=now)
            change.tell(person.id)

    def reset_factors(self, by: Principal, user: str) -> None:
        """Takes somebody's second factors away who lost them. Raises MissingError, AccessError for the owner's."""
        with self._means.store.change() as change:
            person = self._people.find(user)
            if person.owner and by.way is not Way.MACHINE:
                raise AccessError("the owner's second factor stays", fix="use `parrot users reset --factors`")
            proofs = change.get(Proofs, user) or Proofs(user=user)
            change.put(user, msgspec.structs.replace(proofs, totp="", recovery=()))
            for key in self._people.passkeys(user):
                change.drop(Passkey, key.id)
            self._sessions.end(change, user)
            change.note(by.name, "second factors removed", ts=self._means.now(), user=person.name)
            change.tell(user)

    # asking for an account

    def register(self, name: str, email: str, password: str, *, whence: Whence) -> None:
        """Has an address checked for a new account. The answer does not tell whether the address is known.

        Raises InputError, AccessError where this is switched off or too often.
        """
        if not self._means.settings.registration or self._mail is None:
            raise AccessError("nobody registers here by themselves", fix="ask for an invitation", reason="forbidden")
        self.require_may_ask(whence)
        private = Private(email=email_of(email))
        if not private.email:
            raise InputError("an e-mail address is needed", expected="name@example.org")
        require_password(password, (name, email))
        wanted, known = name_of(name), self._people.named(private.email)
        kept = self._means.passwords.hash(normal_password(password))
        if known is not None or self._people.named(wanted) is not None:  # told to the address only
            told = f"the user name {wanted} is taken" if known is None else "you have an account already"
            self._send(private.email, "Your account at Parrot", f"No account was made: {told}.\n")
            return
        with self._means.store.change() as change:
            self._require_room()
            private = msgspec.structs.replace(private, preferences={"password": kept})
            lasts = self._means.settings.reset_lasts
            _, token = self._link(change, REGISTER, by=wanted, lasts=lasts, name=wanted, private=private)
        place = f"{self.address}/register#{token}"
        self._send(private.email, "Your account at Parrot", f"Confirm that this address is yours:\n\n{place}\n")

    def check_email(self, who: Principal) -> None:
        """Sends a letter by which somebody confirms their new address; only then other letters go there."""
        person = self._people.find(who.user)
        private = self._means.private(person)
        if self._mail is None or not private.email:
            return
        with self._means.store.change() as change:
            lasts = self._means.settings.reset_lasts
            _, token = self._link(change, EMAIL, by=person.name, lasts=lasts, user=person.id, private=private)
        place = f"{self.address}/register#{token}"
        self._send(private.email, "Your address at Parrot", f"Confirm that this address is yours:\n\n{place}\n")

    def _finish_email(self, token: str) -> Person:
        with self._means.store.change() as change:
            link = self._find(token, EMAIL)
            change.drop(Link, link.id)
            person = self._people.find(link.user)
            if person.email_mark != self._means.email_mark(self._private(link).email):
                raise AccessError("the address was changed since", fix="ask for another link", reason="link")
            checked = msgspec.structs.replace(person, email_checked=True)
            change.put(person.id, checked)
            change.note(person.name, "address checked", ts=self._means.now())
        return checked

    def finish_register(self, token: str) -> Person:
        """Makes the user whose address this checked, or counts a user's address. Raises AccessError, InputError."""
        link = self._means.store.get(Link, token.partition(".")[0])
        if link is not None and link.kind == EMAIL:
            return self._finish_email(token)
        with self._means.store.change() as change:
            link = self._find(token, REGISTER)
            private = self._private(link)
            change.drop(Link, link.id)
            roles = self._means.settings.registration_roles
            own = Private(email=private.email)
            person = self._people.add(change, link.name, roles=roles, private=own, email_checked=True)
            kept, now = private.preferences["password"], self._means.now()
            change.put(person.id, Proofs(user=person.id, password=kept, password_at=now))
            change.note(person.name, "registered", ts=now, roles=" ".join(roles))
        return person

    # links

    def tidy(self) -> None:
        """Lets go of links whose time is over."""
        now = self._means.now()
        with self._means.store.change() as change:
            for link in self._means.store.all(Link).values():
                if now >= link.expires:
                    change.drop(Link, link.id)

    def drop_of(self, change: Change, person: Person) -> None:
        """Lets go of links that are about somebody: theirs, and those that name them or went to their address."""
        email = self._means.private(person).email.casefold()
        for link in self._means.store.all(Link).values():
            theirs = link.user == person.id or link.name == person.name
            if theirs or (email and self._private(link).email.casefold() == email):
                change.drop(Link, link.id)

    def _link(
        self, change: Change, kind: str, *, by: str, lasts: int, private: Private | None = None, **more: object
    ) -> tuple[Link, str]:
        means, name = self._means, self._means.id()
        token, now = f"{name}.{means.chance.token()}", means.now()
        sealed = ""
        if private is not None:
            sealed = means.seal(msgspec.json.encode(private).decode(), HOUSE, f"{_PRIVATE} {name}")
        given = {"private": sealed, "by": by, "kind": kind, "made": now, "expires": now + lasts, **more}
        link = msgspec.convert({"id": name, "mark": mark_of(token), **given}, Link)
        change.put(name, link)
        return link, token

    def _find(self, token: str, kind: str) -> Link:
        name = token.partition(".")[0]
        change = self._means.store.now_open
        found = change.get(Link, name) if change is not None else self._means.store.get(Link, name)
        right = found is not None and hmac.compare_digest(found.mark, mark_of(token))
        if found is None or not right or found.kind != kind or self._means.now() >= found.expires:
            raise AccessError("this link is over or was used already", fix="ask for another", reason="link")
        return found

    def _links(self, kind: str) -> Sequence[Link]:
        return [link for link in self._means.store.all(Link).values() if link.kind == kind]

    def _private(self, link: Link) -> Private:
        text = self._means.open(link.private, HOUSE, f"{_PRIVATE} {link.id}")
        return msgspec.json.decode(text, type=Private) if text else Private()

    def _invitation(self, link: Link) -> Invitation:
        private = self._private(link)
        return Invitation(
            id=link.id,
            name=link.name,
            display=private.display,
            email=private.email,
            roles=link.roles,
            accounts=link.accounts,
            by=link.by,
            made=link.made,
            expires=link.expires,
        )

    def _require_room(self) -> None:
        if len(self._means.store.all(Link)) >= _LINKS_MOST:
            raise InputError("too many links wait", expected=f"at most {_LINKS_MOST}", fix="withdraw invitations")

    def _send(self, email: str, subject: str, text: str) -> None:
        if self._mail is not None:
            self._mail.send(email, subject, text)

"""Users and teams: who there is, what they may, and who may change that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from parrot.centers.users.means import Means
from parrot.centers.users.rules import display_of, email_of, name_of
from parrot.centers.users.store import Change
from parrot.contracts.access import EVERY_ACCOUNT, Permission, Principal, Role, Way, permissions_of
from parrot.contracts.users import Link, Passkey, Person, PersonView, Private, Proofs, Session, Team
from parrot.kernel.errors import AccessError, InputError, MissingError

_ROLES_MOST: Final = len(Role)
_PREFERENCES_MOST: Final = 50


class People:
    """Everybody whom the platform knows."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._store = means.store

    # who there is

    def any(self) -> bool:
        """Whether there is anybody: the first is the owner."""
        return bool(self._store.all(Person))

    def find(self, user: str) -> Person:
        """Somebody by id. Raises MissingError."""
        found = self._store.get(Person, user)
        if found is None:
            raise MissingError(f"there is no user {user[:40]}")
        return found

    def named(self, name: str) -> Person | None:
        """Somebody by the name or e-mail address that they typed."""
        text = name.strip().casefold()
        mark = self._means.email_mark(text) if "@" in text and self.any() else ""
        for person in self._store.all(Person).values():
            if not person.erased and (person.name == text or (mark and person.email_mark == mark)):
                return person
        return None

    def proofs(self, user: str) -> Proofs:
        """How somebody proves who they are."""
        return self._store.get(Proofs, user) or Proofs(user=user)

    def passkeys(self, user: str) -> Sequence[Passkey]:
        """Their passkeys, oldest first."""
        found = [key for key in self._store.all(Passkey).values() if key.user == user]
        return sorted(found, key=lambda key: (key.made, key.id))

    def teams(self) -> Sequence[Team]:
        """All teams by name."""
        return sorted(self._store.all(Team).values(), key=lambda team: team.name.casefold())

    # what they may

    def has_second_factor(self, user: str) -> bool:
        """Whether somebody can prove more than a password."""
        return bool(self.proofs(user).totp) or bool(self.passkeys(user))

    def needs_second_factor(self, person: Person) -> bool:
        """Whether their roles ask for a second factor that they do not have."""
        asked = bool(self._means.settings.second_factor_for & set(person.roles))
        return asked and not self.has_second_factor(person.id)

    def accounts(self, person: Person) -> frozenset[str]:
        """Their accounts, with those of their teams."""
        own = set(person.accounts)
        for team in self._store.all(Team).values():
            if person.id in team.members:
                own |= set(team.accounts)
        return frozenset(own)

    def principal(self, person: Person, session: Session) -> Principal:
        """Somebody by a session; who still has to set a second factor up may do only that."""
        held = permissions_of(person.roles)
        if self._means.settings.force and "oidc" not in session.ways and self.needs_second_factor(person):
            held = frozenset({Permission.SELF})
        return Principal(
            user=person.id,
            name=person.name,
            roles=person.roles,
            permissions=held,
            accounts=self.accounts(person),
            way=Way.SESSION,
            session=session.id,
            proved=session.proved,
        )

    # what is told of them

    def view(self, person: Person, *, personal: bool) -> PersonView:
        """A user as others see them; `personal` shows what is personal."""
        private = self._means.private(person) if personal else Private()
        proofs = self.proofs(person.id)
        lacks = person.active and self.needs_second_factor(person)
        return PersonView(
            id=person.id,
            name=person.name,
            display=private.display,
            email=private.email,
            roles=person.roles,
            accounts=person.accounts,
            teams=tuple(team.id for team in self.teams() if person.id in team.members),
            owner=person.owner,
            active=person.active,
            erased=person.erased,
            password=bool(proofs.password),
            totp=bool(proofs.totp),
            passkeys=len(self.passkeys(person.id)),
            recovery_left=len(proofs.recovery),
            linked=len(proofs.outside),
            must_enrol=lacks and self._means.settings.force,
            should_enrol=lacks and not self._means.settings.force,
            made=person.made,
            seen=person.seen,
            time_zone=private.time_zone,
            preferences=private.preferences,
        )

    def views(self, who: Principal) -> Sequence[PersonView]:
        """Everybody by name; e-mail addresses only for who may change users."""
        personal = who.may(Permission.USERS_WRITE)
        return [self.view(one, personal=personal) for one in sorted(self._store.all(Person).values(), key=_by_name)]

    # changes

    def add(
        self,
        change: Change,
        name: str,
        *,
        roles: Iterable[Role],
        accounts: Iterable[str] = (),
        private: Private | None = None,
        owner: bool = False,
        email_checked: bool = False,
    ) -> Person:
        """A new user without a password. Raises InputError for a name or address that is taken."""
        means, private = self._means, private or Private()
        checked = Private(
            display=display_of(private.display),
            email=email_of(private.email),
            time_zone=private.time_zone,
            preferences=private.preferences,
        )
        name = name_of(name)
        self.require_free(name, checked.email)
        user = means.id()
        means.new_key(change, user)
        person = Person(
            id=user,
            name=name,
            roles=ordered(roles),
            made=means.now(),
            accounts=accounts_of(accounts),
            owner=owner,
            private=means.sealed_private(user, checked),
            email_mark=means.email_mark(checked.email),
            email_checked=email_checked,
        )
        change.put(user, person)
        return person

    def set_private(self, change: Change, person: Person, private: Private) -> Person:
        """Other personal fields. Raises InputError for an address that is somebody else's."""
        means = self._means
        if len(private.preferences) > _PREFERENCES_MOST:
            raise InputError("too many preferences", expected=f"at most {_PREFERENCES_MOST}")
        checked = msgspec.structs.replace(private, display=display_of(private.display), email=email_of(private.email))
        self.require_free("", checked.email, but=person.id)
        mark = means.email_mark(checked.email)
        changed = msgspec.structs.replace(
            person,
            private=means.sealed_private(person.id, checked),
            email_mark=mark,
            email_checked=person.email_checked and mark == person.email_mark,
        )
        change.put(person.id, changed)
        return changed

    def set_rights(
        self,
        by: Principal,
        user: str,
        *,
        roles: Iterable[Role] | None = None,
        accounts: Iterable[str] | None = None,
        active: bool | None = None,
    ) -> Person:
        """Other rights; they bind at once. Who gains a role or is switched off signs in anew: no older cookie lasts.

        Raises AccessError, InputError for what would leave nobody in charge.
        """
        with self._store.change() as change:
            person = self.find(user)
            if person.erased:
                raise InputError("this user is erased", expected="a user who is there")
            new = msgspec.structs.replace(
                person,
                roles=person.roles if roles is None else ordered(roles),
                accounts=person.accounts if accounts is None else accounts_of(accounts),
                active=person.active if active is None else active,
            )
            if new == person:
                return person
            self._require_may_grant(by, person, new)
            self.require_someone_in_charge(person, new)
            change.put(user, new)
            if not new.active or set(new.roles) - set(person.roles):
                self._end_sessions(change, user)
            if not new.active or Permission.USERS_WRITE not in permissions_of(new.roles):
                self.drop_links_by(change, new)
            about = {"user": person.name, "roles": " ".join(new.roles), "accounts": " ".join(new.accounts)}
            change.note(by.name, "user rights", ts=self._means.now(), **about, active=str(new.active).lower())
            change.tell(user)
        return new

    def hand_over(self, by: Principal, user: str) -> Person:
        """Makes somebody the owner in the place of the one who is. Raises AccessError, InputError, MissingError."""
        with self._store.change() as change:
            new = self.find(user)
            owner = next((one for one in self._store.all(Person).values() if one.owner), None)
            if by.way is not Way.MACHINE and (owner is None or by.user != owner.id):
                raise AccessError("only the owner hands ownership over", reason="forbidden")
            if not _in_charge(new):
                raise InputError("the owner is an administrator", fix="make them an administrator first")
            if owner is not None:
                change.put(owner.id, msgspec.structs.replace(owner, owner=False))
                change.tell(owner.id)
            owning = msgspec.structs.replace(new, owner=True)
            change.put(user, owning)
            change.tell(user)
            change.note(by.name, "owner made", ts=self._means.now(), user=new.name)
        return owning

    def _end_sessions(self, change: Change, user: str) -> None:
        for session in self._store.all(Session).values():
            if session.user == user:
                change.drop(Session, session.id)

    def drop_links_by(self, change: Change, person: Person) -> None:
        """Lets go of links that somebody made for others: who may not let people in any more holds none that does."""
        for link in self._store.all(Link).values():
            if link.by == person.name and link.user != person.id:
                change.drop(Link, link.id)

    def require_someone_in_charge(self, person: Person, new: Person | None) -> None:
        """Raises InputError where the owner or the last administrator would lose that."""
        if person.owner and (new is None or not new.active or Role.ADMIN not in new.roles):
            raise InputError("the owner stays an administrator", fix="hand ownership over first")
        left = [one for one in self._store.all(Person).values() if one.id != person.id and _in_charge(one)]
        if _in_charge(person) and not left and (new is None or not _in_charge(new)):
            raise InputError("the last administrator cannot go", fix="make somebody else an administrator first")

    # teams

    def save_team(self, by: Principal, team: Team) -> Team:
        """Makes a team, or changes the one of that id. Raises InputError, MissingError."""
        with self._store.change() as change:
            before = self._store.get(Team, team.id) if team.id else None
            if team.id and before is None:
                raise MissingError(f"there is no team {team.id[:40]}")
            name = display_of(team.name)
            taken = any(
                one.name.casefold() == name.casefold() and one.id != team.id for one in self._store.all(Team).values()
            )
            if not name or taken:
                raise InputError("a team needs a name that no other has")
            members = tuple(dict.fromkeys(self.find(user).id for user in team.members))
            kept = Team(id=team.id or self._means.id(), name=name, accounts=accounts_of(team.accounts), members=members)
            self._require_no_gain(by, before, kept)
            change.put(kept.id, kept)
            self._note_team(change, by, "team", kept, {*members, *(before.members if before else ())})
        return kept

    def drop_team(self, by: Principal, team: str) -> None:
        """Lets go of a team. Raises MissingError."""
        with self._store.change() as change:
            kept = self._store.get(Team, team)
            if kept is None:
                raise MissingError(f"there is no team {team[:40]}")
            change.drop(Team, team)
            self._note_team(change, by, "team remove", kept, set(kept.members))

    def _note_team(self, change: Change, by: Principal, what: str, team: Team, touched: set[str]) -> None:
        names = " ".join(sorted(self.find(user).name for user in team.members))
        about = {"team": team.id, "members": names, "accounts": " ".join(team.accounts)}
        change.note(by.name, what, ts=self._means.now(), **about)
        for user in touched:
            change.tell(user)

    # who may

    def _require_may_grant(self, by: Principal, person: Person, new: Person) -> None:
        """Nobody gives themselves more; only the machine's owner may."""
        if by.way is Way.MACHINE or by.user != person.id:
            return
        gained = set() if EVERY_ACCOUNT in person.accounts else set(new.accounts) - set(person.accounts)
        if gained or set(new.roles) - set(person.roles):
            raise AccessError(
                "nobody gives rights to themselves", fix="ask another administrator, or use `parrot users`"
            )

    def _require_no_gain(self, by: Principal, before: Team | None, team: Team) -> None:
        if by.way is Way.MACHINE or by.user not in team.members:
            return
        own = self._store.get(Person, by.user)
        held = self.accounts(own) if own is not None else frozenset()
        had = set(before.accounts) if before is not None and by.user in before.members else set()
        if EVERY_ACCOUNT not in held and set(team.accounts) - had - held:
            raise AccessError("nobody gives accounts to themselves", fix="ask another administrator")

    def require_free(self, name: str, email: str, *, but: str = "") -> None:
        """Raises InputError for a name or address that somebody has, or had until it was erased."""
        mark, gone = self._means.email_mark(email), self._means.name_mark(name)
        for person in self._store.all(Person).values():
            if person.id == but:
                continue
            if name and (person.name == name or person.name_mark == gone):
                raise InputError(f"the name {name} is taken", expected="another name")
            if mark and person.email_mark == mark:
                raise InputError("another user has this e-mail address", expected="another address")


def ordered(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Roles once each, in the order of the table."""
    given = set(roles)
    return tuple(role for role in Role if role in given)


def accounts_of(accounts: Iterable[str]) -> tuple[str, ...]:
    """Names of accounts, once each. Raises InputError for what is none."""
    found = tuple(sorted({account.strip() for account in accounts}))
    for account in found:
        if not account or len(account) > 60 or not account.isprintable():
            raise InputError("this is no name of an account", expected=f"a name, or {EVERY_ACCOUNT} for all")
    return found


def _in_charge(person: Person) -> bool:
    return person.active and not person.erased and Role.ADMIN in person.roles


def _by_name(person: Person) -> str:
    return person.name

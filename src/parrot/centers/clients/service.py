"""Records about clients: made, changed, tied to accounts, erased; each act is written down beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from parrot.contracts.clients import ClientAct, ClientKept, ClientStatus, Contact
from parrot.contracts.message import Message
from parrot.kernel.errors import InputError, MissingError
from parrot.ports.records import Records, Work

_CLIENTS_MOST: Final = 100_000
_PAGE: Final = 1_000


class ClientsCounted(Message, frozen=True, kw_only=True):
    """How many clients there ever were."""

    count: int


class ActsCounted(Message, frozen=True, kw_only=True):
    """How many acts a client has."""

    count: int


class AccountOwned(Message, frozen=True, kw_only=True):
    """Whose an account is; an account has one client."""

    client: str


class Clients:
    """Clients by number. Each call is one transaction, durable when it returns; times come in, ns UTC.

    Raises MissingError for a client that is not there, InputError for a change of an older version or of an erased one,
    and for an account that is somebody else's; StorageError.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def all(self) -> list[ClientKept]:
        """Every client, by number."""
        found: list[ClientKept] = []
        after = ""
        while rows := self._records.scan(ClientKept, after=after, limit=_PAGE):
            found += [client for _, client in rows]
            after = rows[-1][0]
        return found

    def get(self, number: str) -> ClientKept:
        """One client."""
        found = self._records.get(ClientKept, number)
        if found is None:
            raise _missing(number)
        return found

    def owner(self, account: str) -> str:
        """The client of an account, empty where it has none."""
        found = self._records.get(AccountOwned, account)
        return found.client if found is not None else ""

    def make(self, name: str, contact: Contact, notes: str, *, who: str, now: int) -> ClientKept:
        """A new client, active, without accounts."""
        with self._records.work() as work:
            counted = work.get(ClientsCounted, "all")
            number = (counted.count if counted is not None else 0) + 1
            if number > _CLIENTS_MOST:
                raise InputError("there are too many clients", expected=f"at most {_CLIENTS_MOST}")
            made = ClientKept(
                id=f"{number:06d}",
                name=name,
                status=ClientStatus.ACTIVE,
                contact=contact,
                notes=notes,
                accounts=[],
                created=now,
                updated=now,
            )
            work.put("all", ClientsCounted(count=number))
            work.put(made.id, made)
            _note(work, made.id, who=who, what="made", about={}, now=now)
        return made

    def change(
        self,
        number: str,
        version: int,
        *,
        name: str,
        status: ClientStatus,
        contact: Contact,
        notes: str,
        who: str,
        now: int,
    ) -> ClientKept:
        """Other data for a client; `version` is the one that was looked at, so that nobody's change is lost."""

        def changed(found: ClientKept) -> ClientKept:
            if found.version != version:
                fix = "look at it again, then change it"
                raise InputError(f"client {number} was changed meanwhile", expected=f"version {found.version}", fix=fix)
            return msgspec.structs.replace(found, name=name, status=status, contact=contact, notes=notes)

        return self._put(number, changed, who=who, what="changed", about={"status": status.value}, now=now)

    def tie(self, number: str, account: str, *, who: str, now: int) -> ClientKept:
        """Makes an account a client's; its own again changes nothing."""
        if self.owner(account) == number:
            return self.get(number)

        with self._records.work() as work:
            found, owned = _open(work, number), work.get(AccountOwned, account)
            if owned is not None and owned.client != number:
                raise InputError(f"account {account} is of client {owned.client}", expected="an account without one")
            accounts = [*found.accounts, account]
            tied = msgspec.structs.replace(found, accounts=accounts, updated=now, version=found.version + 1)
            work.put(account, AccountOwned(client=number))
            work.put(number, tied)
            _note(work, number, who=who, what="account", about={"account": account}, now=now)
        return tied

    def erase(self, number: str, *, who: str, now: int) -> ClientKept:
        """Takes all personal data away; accounts and what was done stay, without a name."""

        def erased(found: ClientKept) -> ClientKept:
            status, name = ClientStatus.CLOSED, f"erased {number}"
            return msgspec.structs.replace(found, name=name, contact=Contact(), notes="", status=status, erased=True)

        return self._put(number, erased, who=who, what="erased", about={}, now=now)

    def _put(
        self,
        number: str,
        change: Callable[[ClientKept], ClientKept],
        *,
        who: str,
        what: str,
        about: Mapping[str, str],
        now: int,
    ) -> ClientKept:
        with self._records.work() as work:
            found = _open(work, number)
            changed = msgspec.structs.replace(change(found), updated=now, version=found.version + 1)
            work.put(number, changed)
            _note(work, number, who=who, what=what, about=about, now=now)
        return changed

    def note(self, number: str, *, who: str, what: str, about: Mapping[str, str], now: int) -> None:
        """Writes down what was done for a client."""
        with self._records.work() as work:
            _note(work, number, who=who, what=what, about=about, now=now)

    def acts(self, number: str, *, before: int = 0, limit: int = 100) -> list[tuple[int, ClientAct]]:
        """What was done for a client, newest first, numbers below `before` where that is given."""
        counted = self._records.get(ActsCounted, number)
        last = before - 1 if before else (counted.count if counted is not None else 0)
        first = max(last - limit, 0)
        rows = self._records.scan(ClientAct, after=f"{number}:{first:09d}", limit=last - first)
        own = [(int(key.partition(":")[2]), act) for key, act in rows if key.startswith(f"{number}:")]
        return [(place, act) for place, act in reversed(own) if place <= last]


def _open(work: Work, number: str) -> ClientKept:
    found = work.get(ClientKept, number)
    if found is None:
        raise _missing(number)
    if found.erased:
        raise InputError(f"client {number} was erased", expected="another client")
    return found


def _missing(number: str) -> MissingError:
    return MissingError(f"there is no client {number[:20]}")


def _note(work: Work, number: str, *, who: str, what: str, about: Mapping[str, str], now: int) -> None:
    counted = work.get(ActsCounted, number)
    place = (counted.count if counted is not None else 0) + 1
    work.put(number, ActsCounted(count=place))
    work.put(f"{number}:{place:09d}", ClientAct(client=number, ts=now, who=who, what=what, about=dict(about)))

"""API keys: made with a secret that is shown once, and requests that are signed with it."""

from __future__ import annotations

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

import msgspec

from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.rules import display_of
from parrot.centers.users.settings import MINUTE
from parrot.centers.users.store import Change
from parrot.contracts.access import Permission, Principal, Way, permissions_of
from parrot.contracts.signing import SignedRequest
from parrot.contracts.users import ApiKey, Person
from parrot.kernel.errors import AccessError, InputError, MissingError

WINDOW_NS: Final = 30 * 10**9
_MS: Final = 1_000_000
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NONCES_MOST: Final = 1_000_000
_SECRET: Final = "api key"
_ADDRESSES_MOST: Final = 20


class Keys:
    """Keys of everybody. A request is taken once, within 30 s of its time, from an address of the key's list.

    Nonces are in memory; requests that were signed before this process began are refused, so that none of them can be
    sent again after a restart.
    """

    def __init__(self, means: Means, people: People) -> None:
        self._means = means
        self._people = people
        self._store = means.store
        self._lock = Lock()
        self._nonces: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._used: dict[str, int] = {}
        self._began = means.now()

    # making and revoking

    def make(
        self, who: Principal, label: str, *, scopes: Iterable[Permission], addresses: Iterable[str] = (), expires: int
    ) -> tuple[ApiKey, str]:
        """A new key of one's own, and its secret for once. Raises InputError, AccessError for scopes that one lacks."""
        settings, now = self._means.settings, self._means.now()
        asked = _checked_scopes(scopes)
        if lacking := asked - who.permissions:
            lacks = ", ".join(sorted(lacking))
            raise AccessError(f"{who.name} does not hold {lacks}", expected="scopes that you hold", reason="forbidden")
        if not now < expires <= now + settings.key_lasts_most:
            days = settings.key_lasts_most // (1_440 * MINUTE)
            raise InputError("the key's end", expected=f"a time within the next {days} days")
        label = display_of(label)
        if not label:
            raise InputError("the key needs a label", expected="what it is for")
        secret = self._means.chance.token()
        with self._store.change() as change:
            if len(self.of(who.user)) >= settings.keys_most:
                raise InputError(f"there are {settings.keys_most} keys already", fix="revoke one first")
            name = f"pk_{self._means.id()}{self._means.id()}"
            key = ApiKey(
                id=name,
                user=who.user,
                label=label,
                scopes=tuple(scope for scope in Permission if scope in asked),
                secret=self._means.seal(secret, who.user, f"{_SECRET} {name}"),
                made=now,
                expires=expires,
                addresses=_networks(addresses),
            )
            change.put(name, key)
            about = {"key": name, "scopes": " ".join(key.scopes)}
            change.note(who.name, "key made", ts=now, **about)
        return key, secret

    def of(self, user: str) -> Sequence[ApiKey]:
        """A user's keys, newest first."""
        found = [key for key in self._store.all(ApiKey).values() if key.user == user]
        return [self._newest(key) for key in sorted(found, key=lambda key: (-key.made, key.id))]

    def revoke(self, by: Principal, user: str, key: str) -> None:
        """Ends a key of a user. Raises MissingError."""
        with self._store.change() as change:
            found = self._store.get(ApiKey, key)
            if found is None or found.user != user:
                raise MissingError("there is no such key")
            self.end(change, user, only=key)
            about = {"key": key, "user": self._people.find(user).name}
            change.note(by.name, "key revoked", ts=self._means.now(), **about)

    def end(self, change: Change, user: str, *, only: str = "") -> None:
        """Lets go of the keys of a user, or of `only` one."""
        for key in self._store.all(ApiKey).values():
            if key.user == user and only in ("", key.id):
                change.drop(ApiKey, key.id)
                change.tell(user)

    # asking

    def by_key(self, signed: SignedRequest) -> Principal:
        """Who signed a request. Raises AccessError that does not say what was wrong with it, but for its time."""
        key, now = self._store.get(ApiKey, signed.key), self._means.now()
        time = _time(signed.time)
        if key is None or now >= key.expires or not _NONCE.fullmatch(signed.nonce):
            raise _refused()
        if not signed.signed_by(self._means.open(key.secret, key.user, f"{_SECRET} {key.id}")):
            raise _refused()
        if abs(now - time) > WINDOW_NS or time < self._began - _MS:
            raise AccessError(
                "the request's time is not now", expected="Parrot-Time within 30 s of the server's", reason="signed_out"
            )
        if not _is_within(signed.address, key.addresses):
            raise AccessError("this address is not on the key's list", reason="signed_out")
        self._once(key.id, signed.nonce, now)
        found = self._principal(key)
        if found is None:
            raise _refused()
        self._used[key.id] = now
        return found

    def stands(self, who: Principal) -> Principal | None:
        """The same key with its rights now; None when it ended."""
        key = self._store.get(ApiKey, who.session)
        return None if key is None or self._means.now() >= key.expires else self._principal(key)

    def _principal(self, key: ApiKey) -> Principal | None:
        person = self._store.get(Person, key.user)
        if person is None or not person.active or person.erased:
            return None
        return Principal(
            user=person.id,
            name=person.name,
            roles=person.roles,
            permissions=frozenset(key.scopes) & permissions_of(person.roles),
            accounts=self._people.accounts(person),
            way=Way.KEY,
            session=key.id,
        )

    def _once(self, key: str, nonce: str, now: int) -> None:
        with self._lock:
            while self._nonces and (now > next(iter(self._nonces.values())) or len(self._nonces) >= _NONCES_MOST):
                self._nonces.popitem(last=False)
            if (key, nonce) in self._nonces:
                raise AccessError("this request came before", expected="a new Parrot-Nonce", reason="signed_out")
            self._nonces[key, nonce] = now + 2 * WINDOW_NS

    # housekeeping

    def tidy(self) -> None:
        """Keeps when keys were last used, and lets go of those whose time is over."""
        now = self._means.now()
        with self._store.change() as change:
            for key in self._store.all(ApiKey).values():
                newest = self._newest(key)
                if now >= key.expires:
                    change.drop(ApiKey, key.id)
                    change.tell(key.user)
                elif newest.used - key.used >= MINUTE:
                    change.put(key.id, newest)

    def _newest(self, key: ApiKey) -> ApiKey:
        return msgspec.structs.replace(key, used=max(key.used, self._used.get(key.id, 0)))


def _checked_scopes(scopes: Iterable[Permission]) -> frozenset[Permission]:
    asked = frozenset(scopes)
    if not asked:
        raise InputError("a key needs a scope", expected="one permission or more")
    if Permission.SELF in asked:
        raise InputError("a key cannot act on the person itself", expected=f"scopes without {Permission.SELF}")
    return asked


def _networks(addresses: Iterable[str]) -> tuple[str, ...]:
    found = []
    for address in addresses:
        try:
            found.append(str(ipaddress.ip_network(address.strip(), strict=False)))
        except ValueError:
            raise InputError("this is no address", expected="such as 192.0.2.7 or 192.0.2.0/24") from None
    if len(found) > _ADDRESSES_MOST:
        raise InputError("too many addresses", expected=f"at most {_ADDRESSES_MOST}")
    return tuple(dict.fromkeys(found))


def _is_within(address: str, networks: Sequence[str]) -> bool:
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in ipaddress.ip_network(network) for network in networks)


def _time(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise _refused()
    return int(text) * _MS


def _refused() -> AccessError:
    expected = "a key that is valid, and a signature over the request as it was sent"
    return AccessError("the key or the signature is wrong", expected=expected, reason="signed_out")

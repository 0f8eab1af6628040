"""Who has to wait after wrong passwords: each pair of user and address, each address, and each user."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from parrot.kernel.errors import AccessError

_SECOND: Final = 10**9
_REMEMBERED: Final = 20_000
_COUNTED_OF_A_PAIR: Final = 5
_FORGOTTEN: Final = 24 * 3_600 * _SECOND


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: int = 0


class _Counter:
    """Failures by key; after `free` of them the wait doubles from one second up to `longest` seconds."""

    def __init__(self, free: int, longest: int) -> None:
        self._free = free
        self._longest = longest
        self._known: OrderedDict[str, _Failures] = OrderedDict()

    def count(self, key: str, now: int) -> int:
        found = self._known.get(key)
        return found.count if found is not None and now - found.last < _FORGOTTEN else 0

    def wait(self, key: str, now: int) -> int:
        """How long until the next try is looked at, ns."""
        over = self.count(key, now) - self._free
        if over < 0:
            return 0
        seconds = min(1 << min(over, 30), self._longest)
        return max(self._known[key].last + seconds * _SECOND - now, 0)

    def add(self, key: str, now: int) -> None:
        count = self.count(key, now)
        self._known[key] = _Failures(count + 1, now)
        self._known.move_to_end(key)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Lets go of the newest, which was none."""
        found = self._known.get(key)
        if found is not None and found.count > 1:
            found.count -= 1
        else:
            self._known.pop(key, None)

    def clear(self, key: str) -> None:
        self._known.pop(key, None)


class Attempts:
    """Wrong tries, in memory; known and unknown names are treated alike.

    A pair of user and address waits after 5 failures, 1 s doubling to 15 min; an address after 20, whomever it tries.
    A user whom many addresses try (50 failures, at most five counted of each) waits up to a minute, but never at an
    address where they have signed in before: whoever guesses cannot lock the owner out.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._pairs = _Counter(free=5, longest=900)
        self._addresses = _Counter(free=20, longest=900)
        self._users = _Counter(free=50, longest=60)

    def begin(self, name: str, address: str, now: int, *, known: bool = False) -> None:
        """Counts a try as wrong before it is looked at, so that many at once are many; `undo` one that was right.

        Raises AccessError (locked) while a try is not looked at; then it is not counted.
        """
        place = network(address)
        pair = f"{name}|{place}"
        with self._lock:
            wait = max(self._pairs.wait(pair, now), self._addresses.wait(place, now))
            if not known:
                wait = max(wait, self._users.wait(name, now))
            if not wait:
                self._pairs.add(pair, now)
                self._addresses.add(place, now)
                if self._pairs.count(pair, now) <= _COUNTED_OF_A_PAIR:
                    self._users.add(name, now)
        if wait:
            seconds = -(-wait // _SECOND)
            text = f"in {seconds} s" if seconds < 120 else f"in {-(-seconds // 60)} minutes"
            raise AccessError("too many wrong tries", fix=f"try again {text}", reason="locked")

    def begins_wait(self, name: str, address: str, now: int) -> bool:
        """Whether the newest wrong try of a pair is the one that begins its lock-out."""
        with self._lock:
            return self._pairs.count(f"{name}|{network(address)}", now) == _COUNTED_OF_A_PAIR

    def undo(self, name: str, address: str) -> None:
        """The newest try was not wrong; what came before it stays."""
        place = network(address)
        with self._lock:
            self._pairs.take_back(f"{name}|{place}")
            self._addresses.take_back(place)
            self._users.take_back(name)

    def succeeded(self, name: str, address: str) -> None:
        """Forgets the failures of a pair; those of the address stay, it may try others."""
        with self._lock:
            self._pairs.clear(f"{name}|{network(address)}")


def network(address: str) -> str:
    """An address as it is counted: IPv6 by its /64, since one machine has all of that."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "nowhere"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network(f"{found}/64", strict=False).network_address)
    return str(found)

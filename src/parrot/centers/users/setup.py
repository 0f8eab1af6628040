"""The first visit: whoever has the code that the program printed becomes the owner."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from threading import Lock
from typing import Final

from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.rules import normal_password, require_password
from parrot.centers.users.sessions import Sessions
from parrot.centers.users.tickets import mark_of
from parrot.contracts.access import EVERY_ACCOUNT, Role
from parrot.contracts.users import Private, Proofs, Step, Whence
from parrot.kernel.errors import AccessError, InputError

_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH: Final = 12
_GROUP: Final = 4
_TRIES: Final = 5


class Setup:
    """`tell` shows a new code to whoever started the program, never to a log. Codes are of one process and an hour.

    After five wrong tries, or when its time is over, a code is worth nothing and another one is told.
    """

    def __init__(self, means: Means, people: People, sessions: Sessions) -> None:
        self._means = means
        self._people = people
        self._sessions = sessions
        self._lock = Lock()
        self._mark = ""
        self._made = 0
        self._wrong = 0
        self.tell: Callable[[str], None] = lambda code: None

    @property
    def done(self) -> bool:
        """Whether there is an owner, or anybody at all."""
        return self._people.any()

    def begin(self) -> str:
        """A new code, for the one who starts the program; "" when there is nothing to set up."""
        with self._lock:
            return "" if self.done else self._new()

    def own(self, code: str, name: str, password: str, *, display: str = "", whence: Whence) -> Step:
        """Makes the owner and signs them in. Raises AccessError for a wrong code, InputError."""
        self._require_code(code)
        require_password(password, (name, display))
        kept = self._means.passwords.hash(normal_password(password))
        with self._means.store.change() as change:
            if self.done:
                raise _over()
            person = self._people.add(
                change,
                name,
                roles=(Role.ADMIN,),
                accounts=(EVERY_ACCOUNT,),
                private=Private(display=display),
                owner=True,
            )
            now = self._means.now()
            change.put(person.id, Proofs(user=person.id, password=kept, password_at=now))
            token = self._sessions.begin(change, person, ("password",), whence)
            change.note(person.name, "owner made", ts=now)
            change.note(person.name, "sign in", ts=now, ways="password")
        with self._lock:
            self._mark = ""
        return Step(token=token, who=self._sessions.by_token(token))

    def _require_code(self, code: str) -> None:
        with self._lock:
            if self.done:
                raise _over()
            if not self._mark or self._means.now() - self._made >= self._means.settings.setup_lasts:
                self.tell(self._new())
                raise AccessError("this code's time is over", fix="use the one that was printed now", reason="setup")
            typed = "".join(mark for mark in code.upper() if mark.isalnum())
            if hmac.compare_digest(mark_of(typed), self._mark):
                return
            self._wrong += 1
            if self._wrong >= _TRIES:
                self.tell(self._new())
                raise AccessError("wrong code, for the fifth time", fix="use the one printed now", reason="setup")
        raise AccessError("this is not the code that was printed", fix="read it where Parrot runs", reason="setup")

    def _new(self) -> str:
        code = self._means.chance.pick(_ALPHABET, _LENGTH)
        self._mark, self._made, self._wrong = mark_of(code), self._means.now(), 0
        return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def _over() -> InputError:
    return InputError("Parrot is set up already", fix="sign in, or use `parrot users reset`")

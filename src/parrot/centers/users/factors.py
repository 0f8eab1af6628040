"""Second factors: codes of an authenticator (TOTP), each once, and recovery codes, each once."""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from parrot.centers.users.means import Means
from parrot.centers.users.people import People
from parrot.centers.users.store import Change
from parrot.contracts.users import Proofs
from parrot.ports.codes import Codes

STEP_NS: Final = 30 * 10**9
_AROUND: Final = (0, -1, 1)
_TOTP: Final = "totp"
_RECOVERY: Final = "recovery"
_RECOVERY_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH: Final = 12
RECOVERY_CODES: Final = 10


class Factors:
    """What somebody has besides a password."""

    def __init__(self, means: Means, people: People, codes: Codes) -> None:
        self._means = means
        self._people = people
        self._codes = codes

    def ways(self, user: str) -> tuple[str, ...]:
        """By what a sign-in of theirs can be ended; nothing where a password is enough."""
        proofs = self._people.proofs(user)
        found = ("totp",) * bool(proofs.totp) + ("passkey",) * bool(self._people.passkeys(user))
        return found + ("recovery",) * bool(found and proofs.recovery)

    def use(self, change: Change, user: str, code: str) -> str:
        """By which way a code is right, "" for none; it is used up with the change."""
        proofs = change.get(Proofs, user) or Proofs(user=user)
        typed = "".join(mark for mark in code.lower() if mark.isalnum())
        if len(typed) == 6 and typed.isdecimal() and typed.isascii():
            return self._use_totp(change, proofs, typed)
        return self._use_recovery(change, proofs, typed)

    def secret(self, proofs: Proofs) -> str:
        """The secret that an authenticator shares; "" for none."""
        return self._means.open(proofs.totp, proofs.user, _TOTP)

    def step_of(self, secret: str, code: str, *, after: int = 0) -> int:
        """The time step behind `after` whose code this is, one before or after now at most; 0 for none."""
        now = self._means.now() // STEP_NS
        found = 0
        for around in _AROUND:  # all of them, so that none takes longer than another
            right = hmac.compare_digest(self._codes.code(secret, now + around).encode(), code.encode())
            if right and now + around > after and not found:
                found = now + around
        return found

    def fresh_recovery(self, user: str) -> tuple[list[str], tuple[str, ...]]:
        """New recovery codes, and the marks that are kept of them."""
        pick = self._means.chance.pick
        codes = [pick(_RECOVERY_ALPHABET, _RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
        shown = [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]
        return shown, tuple(self._mark(user, code) for code in codes)

    def _use_totp(self, change: Change, proofs: Proofs, code: str) -> str:
        step = self.step_of(self.secret(proofs), code, after=proofs.step) if proofs.totp else 0
        if not step:
            return ""
        change.put(proofs.user, msgspec.structs.replace(proofs, step=step))
        return _TOTP

    def _use_recovery(self, change: Change, proofs: Proofs, code: str) -> str:
        mark, left, found = self._mark(proofs.user, code), [], False
        for kept in proofs.recovery:
            if hmac.compare_digest(kept, mark):
                found = True
            else:
                left.append(kept)
        if not found:
            return ""
        change.put(proofs.user, msgspec.structs.replace(proofs, recovery=tuple(left)))
        return _RECOVERY

    def _mark(self, user: str, code: str) -> str:
        return self._means.mark(f"{user} {code}", _RECOVERY)

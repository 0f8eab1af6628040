"""Which names and passwords are taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from parrot.kernel.errors import InputError

PASSWORD_LEAST: Final = 12
PASSWORD_MOST: Final = 128
NAME_MOST: Final = 40
EMAIL_MOST: Final = 254
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]_]+(?:\.[^\s@<>\"(),:;\\\[\]_]+)+")
TAKEN: Final = frozenset({"machine", "system", "parrot", "desk", "risk", "nobody", "someone", "root", "manual"})
# The stems that lists of leaked passwords are made of; what is left of a password without them and without what people
# put around them has to be long enough by itself.
_STEMS: Final = (
    *("password", "passwort", "motdepasse", "contrasena", "passw0rd", "letmein", "welcome", "qwertyuiop", "qwertz"),
    *("qwerty", "azerty", "asdfgh", "zxcvbn", "iloveyou", "monkey", "dragon", "football", "baseball", "superman"),
    *("batman", "master", "shadow", "sunshine", "princess", "trustno", "whatever", "admin", "administrator", "login"),
    *("starwars", "michael", "jordan", "charlie", "liverpool", "arsenal", "chelsea", "bitcoin", "ethereum", "crypto"),
    *("trading", "trader", "parrot", "changeme", "secret", "default", "access", "hello", "freedom", "computer"),
    *("internet", "summer", "winter", "spring", "autumn", "correcthorsebatterystaple"),
)
_LEETS: Final = str.maketrans("013457@$!", "oieastasi")
_ROWS: Final = (
    *("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujm"),
)
_UNSHOWN: Final = ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
_TURNS: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # what follows would be read backwards
_LEFT_LEAST: Final = 6
_DIFFERENT_LEAST: Final = 5


def name_of(text: str) -> str:
    """The user name that is meant, in small letters. Raises InputError."""
    name = unicodedata.normalize("NFKC", text).strip().lower()
    if not _NAME.fullmatch(name) or len(name) > NAME_MOST:
        expected = f"1 to {NAME_MOST} small letters a-z, digits and . _ - between them"
        raise InputError("this is no user name", expected=expected, fix="it stands in permanent records: no e-mail")
    if name in TAKEN:
        raise InputError(f"the name {name} is Parrot's own", expected="another name")
    return name


def email_of(text: str) -> str:
    """The address that is meant, "" for none. Raises InputError."""
    address = text.strip()
    if not address:
        return ""
    if len(address) > EMAIL_MOST or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise InputError("this is no e-mail address", expected="name@example.org")
    return address


def display_of(text: str) -> str:
    """A name for people, of any script. Raises InputError for what cannot be seen."""
    shown = unicodedata.normalize("NFC", text).strip()
    hidden = any(unicodedata.category(mark) in _UNSHOWN or mark in _TURNS for mark in shown)
    if len(shown) > 80 or hidden:
        raise InputError("this name cannot be shown", expected="at most 80 characters, none of them control characters")
    return shown


def require_password(password: str, about: Iterable[str] = ()) -> None:
    """Raises InputError for a password that is too short or too long, or one that guessers begin with.

    `about` are words of the user: name, e-mail address. Nothing of the password is told.
    """
    text = unicodedata.normalize("NFKC", password)
    if not PASSWORD_LEAST <= len(text) <= PASSWORD_MOST:
        raise InputError("the password's length", expected=f"{PASSWORD_LEAST} to {PASSWORD_MOST} characters")
    if "\0" in text:
        raise InputError("the password holds a zero character", expected="characters that can be typed")
    if reason := _weakness(text, about):
        fix = "take several words that do not belong together, or let a password manager choose"
        raise InputError(f"this password is {reason}", expected="one that nobody would try", fix=fix)


def normal_password(password: str) -> str:
    """The password as it is hashed: the same on every keyboard."""
    return unicodedata.normalize("NFKC", password)[: PASSWORD_MOST + 1]


def _weakness(text: str, about: Iterable[str]) -> str:
    low = text.casefold()
    plain = low.translate(_LEETS)
    if len(set(low)) < _DIFFERENT_LEAST or _repeats(low):
        return "the same over and over"
    if _runs(low):
        return "a row of neighbours"
    for word in _own_words(about):
        if word in low or word in plain:
            return "your name or address"
    left = plain
    for stem in sorted(_STEMS, key=len, reverse=True):
        left = left.replace(stem, " " * len(stem))
    kept = [mark for mark, other in zip(low, left, strict=True) if other != " " and mark.isalpha()]
    if left != plain and len(kept) < _LEFT_LEAST:
        return "among the most common"
    return ""


def _own_words(about: Iterable[str]) -> set[str]:
    words = {part for one in about for part in (one.casefold(), *re.split(r"[@.\s_-]+", one.casefold()))}
    return {word for word in words if len(word) >= 4 and word not in ("mail", "gmail", "example", "info")}


def _repeats(text: str) -> bool:
    return any(len(text) >= 2 * size and text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


def _runs(text: str) -> bool:
    return any(text in (row * 8) or text in (row[::-1] * 8) for row in _ROWS)

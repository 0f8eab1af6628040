"""One message: read with simplefix, its fields asked for by number; and written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from simplefix import FixParser
from simplefix.errors import ParsingError

from parrot.contracts.exchange import SCALE
from parrot.gateway.fix import tags

NAME_LONGEST: Final = 128
Fields = Iterable[tuple[int, object]]

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"(-?)([0-9]{0,20})(?:\.([0-9]{0,20}))?")
_DECIMALS: Final = 8
_AMOUNT_MAX: Final = (1 << 63) - 1
_RAW_NUMBER: Final = re.compile(rb"\x0134=([0-9]{1,9})\x01")
_RAW_TYPE: Final = re.compile(rb"\x0135=([A-Za-z0-9]{1,2})\x01")
_SOH: Final = b"\x01"


class FieldError(Exception):
    """A field that a message must have, or that cannot be read; becomes a reject (3) with `reason` as its 373."""

    def __init__(self, tag: int, reason: int, text: str) -> None:
        super().__init__(text)
        self.tag = tag
        self.reason = reason
        self.text = text


class Incoming:
    """A whole message as it came, `number` -1 where it has none.

    Asking for a field raises FieldError where it is not as it must be.
    """

    def __init__(self, frame: bytes) -> None:
        self.flaw: FieldError | None = None
        self._fields: dict[int, bytes] = {}
        self._all: list[tuple[int, bytes]] = []
        try:
            self._read(frame)
        except (ParsingError, ValueError):  # ValueError: a length of raw data that is no length
            self._salvage(frame)
        self.begin = frame[2 : frame.index(_SOH)]
        self.type = self._fields.get(tags.MSG_TYPE, b"").decode("latin-1")
        number = self._fields.get(tags.MSG_SEQ_NUM, b"").decode("latin-1")
        self.number = int(number) if _NUMBER.fullmatch(number) else -1

    def _read(self, frame: bytes) -> None:
        parser = FixParser(allow_empty_values=True)
        parser.append_buffer(frame)
        read = parser.get_message()
        if read is None:
            raise ValueError
        for tag, value in read:
            self._all.append((tag, value))
            self._fields.setdefault(tag, value)
            if tag <= 0 or not value:
                reason = tags.NO_VALUE if tag > 0 else tags.BAD_TAG
                self.flaw = self.flaw or FieldError(max(tag, 0), reason, f"tag {tag} has no value or is no tag")

    def _salvage(self, frame: bytes) -> None:
        """Type and number of what simplefix cannot read, so that it can be rejected by its number."""
        self._all.clear()
        self._fields.clear()
        for tag, found in ((tags.MSG_SEQ_NUM, _RAW_NUMBER.search(frame)), (tags.MSG_TYPE, _RAW_TYPE.search(frame))):
            if found is not None:
                self._fields[tag] = found[1]
        self.flaw = FieldError(0, tags.BAD_TAG, "a tag is no number")

    def find(self, tag: int) -> str:
        """The text of a field, empty where there is none."""
        value = self._fields.get(tag)
        if value is None:
            return ""
        if sum(1 for other, _ in self._all if other == tag) > 1:
            raise FieldError(tag, tags.REPEATED, f"tag {tag} appears more than once")
        return _text(tag, value)

    def need(self, tag: int) -> str:
        """The text of a field that must be there."""
        text = self.find(tag)
        if not text:
            raise FieldError(tag, tags.MISSING, f"required tag {tag} is missing")
        return text

    def name(self, tag: int) -> str:
        """A name of the client's own choosing: at most 128 characters that can be seen."""
        text = self.need(tag)
        if len(text) > NAME_LONGEST or not text.isprintable():
            raise FieldError(tag, tags.WRONG_VALUE, f"tag {tag} must have at most {NAME_LONGEST} printable characters")
        return text

    def shown(self, tag: int) -> str:
        """The text of a field as far as it may be shown; empty otherwise."""
        text = self._fields.get(tag, b"").decode("ascii", "replace")
        return text if len(text) <= NAME_LONGEST and text.isprintable() and text.isascii() else ""

    def number_of(self, tag: int) -> int:
        """A whole number that must be there."""
        text = self.need(tag)
        if not _NUMBER.fullmatch(text):
            raise FieldError(tag, tags.WRONG_FORMAT, f"tag {tag} must be a whole number")
        return int(text)

    def flag(self, tag: int) -> bool:
        """Whether a field is there and says Y."""
        text = self.find(tag)
        if text not in ("", "Y", "N"):
            raise FieldError(tag, tags.WRONG_VALUE, f"tag {tag} must be Y or N")
        return text == "Y"

    def amount(self, tag: int) -> int:
        """A price or quantity in 10^-8 that must be there, above zero."""
        text = self.need(tag)
        found = _DECIMAL.fullmatch(text)
        if found is None or not (found[2] or found[3]):
            raise FieldError(tag, tags.WRONG_FORMAT, f"tag {tag} must be a decimal number")
        fraction = (found[3] or "").rstrip("0")
        if len(fraction) > _DECIMALS:
            raise FieldError(tag, tags.WRONG_VALUE, f"tag {tag} has more than {_DECIMALS} digits behind the point")
        value = int(found[2] or "0") * SCALE + int(fraction.ljust(_DECIMALS, "0"))
        if found[1] or not 0 < value <= _AMOUNT_MAX:
            raise FieldError(tag, tags.WRONG_VALUE, f"tag {tag} must be above zero and below 92 billion")
        return value

    def group(self, count: int, member: int) -> list[str]:
        """The values of `member` in a repeating group, as many as `count` says."""
        expected = self.number_of(count)
        values = [_text(tag, value) for tag, value in self._all if tag == member]
        if len(values) != expected:
            raise FieldError(count, tags.WRONG_COUNT, f"tag {count} says {expected}, and there are {len(values)}")
        return values


def _text(tag: int, value: bytes) -> str:
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        raise FieldError(tag, tags.WRONG_FORMAT, f"tag {tag} must be ASCII") from None


def decimal(value: int) -> str:
    """An amount in 10^-8 as digits, without zeros at the end."""
    whole, rest = divmod(abs(value), SCALE)
    text = f"{whole}.{rest:08d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if value < 0 else text


def body(fields: Fields) -> bytes:
    """Fields as bytes; amounts must be texts already, fields that are None are left out."""
    given = ((tag, str(value).encode("ascii", "replace")) for tag, value in fields if value is not None)
    return b"".join([b"%d=%s\x01" % field for field in given])


def frame(kind: str, header: bytes, fields: bytes) -> bytes:
    """A whole message. simplefix adds a checksum up byte by byte, which a replay of thousands would feel."""
    inner = b"35=%s\x01%s%s" % (kind.encode(), header, fields)
    whole = b"8=%s\x019=%d\x01%s" % (tags.BEGIN, len(inner), inner)
    return b"%s10=%03d\x01" % (whole, sum(whole) & 0xFF)


def again(kept: bytes, sending: bytes) -> bytes:
    """A message that `frame` made, once more: possibly a duplicate, with the time of its first sending."""
    _, _, kind, sender, target, number, sent, rest = kept.split(_SOH, 7)
    header = b"%s\x01%s\x01%s\x0143=Y\x0152=%s\x01122=%s\x01" % (sender, target, number, sending, sent[3:])
    return frame(kind[3:].decode(), header, rest[: -len(b"10=000\x01")])

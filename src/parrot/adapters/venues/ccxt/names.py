"""Client ids as a venue writes them, and back."""

from __future__ import annotations

import re
from typing import Final

from parrot.adapters.venues.table import Row

_OWN: Final = re.compile(r"P([0-9a-z]{7})E([0-9a-z]+)N([0-9a-z]+)A([0-9a-z]+)")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH, _INTENT, _ATTEMPT, _MARK = 24, 48, 12, 40  # bits; together with the 4 of the sign they are 128
_SIGN: Final = 0xB


class Unfit(ValueError):  # noqa: N818  an id, not a fault
    """A client id that the venue could not hold."""


def written(client_id: str, row: Row) -> str:
    """The id as the venue takes it. Raises Unfit."""
    if row.id_form == "text":
        if not 0 < len(client_id) <= row.id_most:
            raise Unfit(f"client id {client_id} has {len(client_id)} characters, the venue takes {row.id_most}")
        return row.id_prefix + client_id
    text = f"{_packed(client_id):032x}"
    if row.id_form == "hex":
        return f"0x{text}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def read(name: str | None, row: Row) -> str:
    """The client id that stands behind the venue's; one that is none of ours stays as it is."""
    if not name:
        return ""
    if row.id_form == "text":
        return name.removeprefix(row.id_prefix)
    try:
        number = int(name.replace("-", ""), 16)
    except ValueError:
        return name
    return _unpacked(number) or name


def _packed(client_id: str) -> int:
    """128 bits: sign, mark of the account, epoch, intent, attempt."""
    parts = _OWN.fullmatch(client_id)
    if parts is None:
        raise Unfit(f"client id {client_id} is none of the desk's, and the venue takes 128 bits only")
    mark, epoch, intent, attempt = (int(part, 36) for part in parts.groups())
    if epoch >> _EPOCH or intent >> _INTENT or attempt >> _ATTEMPT:
        raise Unfit(f"client id {client_id} does not fit into 128 bits")
    number = (_SIGN << _MARK) | mark
    return (((number << _EPOCH) | epoch) << (_INTENT + _ATTEMPT)) | (intent << _ATTEMPT) | attempt


def _unpacked(number: int) -> str:
    attempt, number = number & ((1 << _ATTEMPT) - 1), number >> _ATTEMPT
    intent, number = number & ((1 << _INTENT) - 1), number >> _INTENT
    epoch, number = number & ((1 << _EPOCH) - 1), number >> _EPOCH
    mark, sign = number & ((1 << _MARK) - 1), number >> _MARK
    if sign != _SIGN:
        return ""
    return f"P{_base36(mark).rjust(7, '0')}E{_base36(epoch)}N{_base36(intent)}A{_base36(attempt)}"


def _base36(number: int) -> str:
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits

"""What a client says on a connection for market streams, and what the venue answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from parrot.gateway.binance_api.hub import MILLISECOND, Hub, Sink, UserChannel

STREAMS_MOST: Final = 1_024
_METHODS: Final = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_LONGEST_NAME: Final = 128
_LONGEST_ID: Final = 36
_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


class _Wrong(Exception):  # noqa: N818  # said to the client, not an error of ours
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class MarketSession:
    """One connection: its subscriptions and whether each message carries the name of its stream.

    `user_of` gives the account of a listen key, None for what is no such key.
    """

    def __init__(
        self,
        hub: Hub,
        sink: Sink,
        user_of: Callable[[str], str | None],
        *,
        wrapped: bool,
        unit: int = MILLISECOND,
    ) -> None:
        self._hub = hub
        self._sink = sink
        self._user_of = user_of
        self._wrapped = wrapped
        self._unit = unit
        self._joined: dict[str, UserChannel | None] = {}

    def open(self, names: list[str]) -> bool:
        """Joins the streams that the address names; False for too many."""
        if len(names) > STREAMS_MOST or any(len(name) > _LONGEST_NAME for name in names):
            return False
        for name in names:
            self._join(name)
        return True

    def close(self) -> None:
        """Leaves all streams."""
        for name in tuple(self._joined):
            self._leave(name)

    def handle(self, text: bytes) -> bytes:
        """The answer to one message."""
        found: Any = None
        try:
            found = _decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return _error(3, "Invalid JSON: expected value at line 1 column 1", None)
        number = found.get("id") if isinstance(found, dict) else None
        try:
            number = _checked_id(number)
            return _encode({"result": self._answer(found), "id": number})
        except _Wrong as wrong:
            return _error(wrong.code, str(wrong), number if isinstance(number, int | str) else None)

    def _answer(self, found: Any) -> Any:
        if not isinstance(found, dict):
            raise _Wrong(2, "Invalid request: expected a map")
        if "method" not in found:
            raise _Wrong(2, "Invalid request: missing field `method` at line 1 column 1")
        method, given = found["method"], found.get("params", [])
        if method not in _METHODS:
            variants = ", ".join(f"`{name}`" for name in _METHODS)
            raise _Wrong(2, f"Invalid request: unknown variant `{str(method)[:64]}`, expected one of {variants}")
        if not isinstance(given, list):
            raise _Wrong(2, "Invalid request: params must be an array")
        return getattr(self, f"_{method.lower()}")(given)

    def _subscribe(self, given: list[Any]) -> None:
        names = _names(given)
        if len(self._joined.keys() | set(names)) > STREAMS_MOST:
            raise _Wrong(2, "Invalid request: too many parameters")
        for name in names:
            self._join(name)

    def _unsubscribe(self, given: list[Any]) -> None:
        for name in _names(given):
            self._leave(name)

    def _list_subscriptions(self, _: list[Any]) -> list[str]:
        return list(self._joined)

    def _set_property(self, given: list[Any]) -> None:
        if len(given) > 2:
            raise _Wrong(2, "Invalid request: too many parameters")
        _known(given)
        if len(given) != 2 or not isinstance(given[1], bool):
            raise _Wrong(1, "Invalid value type: expected Boolean")
        self._wrapped = given[1]
        for name in tuple(self._joined):
            self._leave(name)
            self._join(name)

    def _get_property(self, given: list[Any]) -> bool:
        if len(given) > 1:
            raise _Wrong(2, "Invalid request: too many parameters")
        _known(given)
        return self._wrapped

    def _join(self, name: str) -> None:
        if name in self._joined:
            return
        account = self._user_of(name)
        if account is None:
            self._hub.join(self._sink, name, wrapped=self._wrapped, unit=self._unit)
            self._joined[name] = None
            return
        head, tail = (b'{"stream":%b,"data":' % _encode(name), b"}") if self._wrapped else (b"", b"")
        channel = UserChannel(self._sink, account, head=head, tail=tail, unit=self._unit)
        self._hub.add_user(channel)
        self._joined[name] = channel

    def _leave(self, name: str) -> None:
        if name not in self._joined:
            return
        channel = self._joined.pop(name)
        if channel is None:
            self._hub.leave(self._sink, name, self._unit)
        else:
            self._hub.remove_user(channel)


def _checked_id(number: Any) -> int | str | None:
    fits = isinstance(number, int | None) if not isinstance(number, str) else len(number) <= _LONGEST_ID
    if not fits or isinstance(number, bool):
        raise _Wrong(2, "Invalid request: request ID must be an integer, a string of at most 36 characters or null")
    return number  # type: ignore[no-any-return]  # it is one of the three


def _known(given: list[Any]) -> None:
    if not given or not isinstance(given[0], str):
        raise _Wrong(2, "Invalid request: property name must be a string")
    if given[0] != "combined":
        raise _Wrong(0, "Unknown property")


def _names(given: list[Any]) -> list[str]:
    if not all(isinstance(name, str) and len(name) <= _LONGEST_NAME for name in given):
        raise _Wrong(2, "Invalid request: stream names must be strings")
    return given


def _error(code: int, text: str, number: int | str | None) -> bytes:
    return _encode({"error": {"code": code, "msg": text}, "id": number})

"""The older way to an account's events: a listen key. Off unless asked for, as the venue gave it up."""

from __future__ import annotations

from typing import Any

from parrot.gateway.binance_api import errors
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.listen_keys import ListenKeys


def start(call: Call) -> dict[str, Any]:
    """POST userDataStream: a key for the account."""
    return {"listenKey": _keys(call).start(call.account, call.venue.now)}


def keep(call: Call) -> dict[str, Any]:
    """PUT userDataStream: the key is good for another hour."""
    _keys(call).keep(call.account, _key(call), call.venue.now)
    return {}


def stop(call: Call) -> dict[str, Any]:
    """DELETE userDataStream: the key is over."""
    _keys(call).stop(call.account, _key(call), call.venue.now)
    return {}


def _keys(call: Call) -> ListenKeys:
    keys = call.venue.listen_keys
    if not keys.on:
        words = "This operation is not supported: subscribe to user data over the WebSocket API."
        raise ApiError(-1020, words, status=410)
    return keys


def _key(call: Call) -> str:
    key = call.text("listenKey")
    if key is None:
        raise errors.missing("listenKey")
    return key

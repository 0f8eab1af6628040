"""What whoever runs the exchange may do over HTTP: money, keys and faults; never without the token."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

import msgspec

from parrot.contracts.exchange import SCALE
from parrot.gateway.binance_api.faults import FaultKind, Faults, FaultSpec
from parrot.gateway.binance_api.messages import decimal
from parrot.gateway.binance_api.trouble import JSON
from parrot.gateway.binance_api.wire import ApiRequest, ApiResponse
from parrot.kernel.errors import ParrotError
from parrot.ports.exchange import KeyRing, PublicExchange

PREFIX: Final = "/admin/"
_ROOT: Final = "/admin/v1/"
_TOKEN: Final = b"x-parrot-token"
_LARGEST: Final = 10**10
_DIGITS_MOST: Final = 18
T = TypeVar("T")


class Deposit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Test funds for an account or for the account of a key; an amount below zero takes away."""

    asset: str
    amount: str | int
    account: str = ""
    key: str = ""


class KeyWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new API key; the account is opened where it is new."""

    account: str = msgspec.field(default="main")
    may_trade: bool = True

    def __post_init__(self) -> None:
        plain = self.account.replace("-", "").replace("_", "")
        if not (plain.isascii() and plain.isalnum() and len(self.account) <= 40):
            raise ValueError("account is of letters, digits, - and _, at most 40")


class _Wrong(Exception):  # noqa: N818  # said to the client, not an error of ours
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Admin:
    """The admin calls; `status` gives facts of the server, `changed` hears that faults came or went."""

    def __init__(
        self,
        exchange: PublicExchange,
        keys: KeyRing,
        faults: Faults,
        token: str,
        *,
        status: Callable[[], dict[str, Any]],
        changed: Callable[[], None],
    ) -> None:
        self._exchange = exchange
        self._keys = keys
        self._faults = faults
        self._token = token.encode()
        self._status = status
        self._changed = changed
        self._routes: dict[tuple[str, str], Callable[[ApiRequest, str], Any]] = {
            ("GET", "status"): self._show_status,
            ("POST", "faucet"): self._faucet,
            ("GET", "keys"): self._list_keys,
            ("POST", "keys"): self._make_key,
            ("DELETE", "keys"): self._remove_key,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
        }

    def handle(self, request: ApiRequest) -> ApiResponse:
        """The answer to a request below `/admin/`."""
        try:
            return _answer(200, self._handle(request))
        except _Wrong as wrong:
            return _answer(wrong.status, {"error": str(wrong)})
        except ParrotError as fault:
            return _answer(400, {"error": str(fault)})

    def _handle(self, request: ApiRequest) -> Any:
        if not self._token or not hmac.compare_digest(request.headers.get(_TOKEN, b""), self._token):
            raise _Wrong(401, "the token is missing or wrong: send it as X-Parrot-Token")
        if not request.path.startswith(_ROOT):
            raise _Wrong(404, "there is no such call")
        name, _, rest = request.path.removeprefix(_ROOT).partition("/")
        route = self._routes.get((request.method, name))
        if route is None:
            known = any(name == found for _, found in self._routes)
            raise _Wrong(405 if known else 404, "there is no such call")
        return route(request, rest)

    def _show_status(self, _: ApiRequest, __: str) -> dict[str, Any]:
        facts = {"now": self._exchange.now, "symbols": [market.symbol for market in self._exchange.markets()]}
        return facts | {"accounts": list(self._exchange.accounts())} | self._status()

    # -- money and keys ------------------------------------------------------------------------------------------------

    def _faucet(self, request: ApiRequest, _: str) -> dict[str, Any]:
        wanted = _body(request, Deposit)
        account = wanted.account
        if wanted.key:
            found = self._keys.find(wanted.key)
            if found is None:
                raise _Wrong(404, "there is no such key")
            account = found.account
        if account not in self._exchange.accounts():
            raise _Wrong(404, "there is no such account")
        self._exchange.deposit(account, wanted.asset, _units(wanted.amount))
        held = next(held for held in self._exchange.held(account) if held.asset == wanted.asset)
        free, locked = decimal(held.free), decimal(held.locked)
        return {"account": account, "asset": wanted.asset, "free": free, "locked": locked}

    def _list_keys(self, _: ApiRequest, __: str) -> Sequence[dict[str, str]]:
        return [{"key": key, "account": account} for key, account in self._keys.names()]

    def _make_key(self, request: ApiRequest, _: str) -> dict[str, Any]:
        wanted = _body(request, KeyWanted)
        self._exchange.open_account(wanted.account)
        made = self._keys.add(wanted.account, may_trade=wanted.may_trade)
        told = {"key": made.key, "secret": made.secret.reveal(), "account": made.account}
        return told | {"may_trade": made.may_trade}

    def _remove_key(self, _: ApiRequest, key: str) -> dict[str, bool]:
        if not self._keys.remove(key):
            raise _Wrong(404, "there is no such key")
        return {"removed": True}

    # -- faults --------------------------------------------------------------------------------------------------------

    def _list_faults(self, _: ApiRequest, __: str) -> list[dict[str, Any]]:
        return [fault.told(self._exchange.now) for fault in self._faults.all()]

    def _add_fault(self, request: ApiRequest, _: str) -> dict[str, Any]:
        fault = self._faults.add(_body(request, FaultSpec), self._exchange.now)
        self._changed()
        return fault.told(self._exchange.now)

    def _clear_faults(self, _: ApiRequest, number: str) -> dict[str, int]:
        if number and not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS_MOST):
            raise _Wrong(404, "there is no such fault")
        cleared = self._faults.clear(int(number) if number else None)
        if number and not cleared:
            raise _Wrong(404, "there is no such fault")
        self._changed()
        return {"cleared": cleared}


def _answer(status: int, told: Any) -> ApiResponse:
    return ApiResponse(status, msgspec.json.encode(told), [JSON, (b"cache-control", b"no-store")])


def _body(request: ApiRequest, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(request.body or b"{}", type=wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        kinds = f"; kinds are {', '.join(FaultKind)}" if "$.kind" in str(fault) else ""
        raise _Wrong(400, f"{fault}{kinds}") from None


def _units(given: str | int) -> int:
    text = str(given)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= _LARGEST or not amount or amount != round(amount, 8):
        raise _Wrong(400, f"amount is {text[:40]!r}: a number below {_LARGEST:,} with at most 8 decimals")
    return int(amount * SCALE)

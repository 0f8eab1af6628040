"""What a route demands of whoever asks: one permission, and for some acts a proof that is not old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import Depends, Request

from parrot.contracts.access import Permission, Principal, Way
from parrot.gateway.rest.queries import require_known
from parrot.kernel.errors import AccessError, MissingError

FRESH_NS: Final = 5 * 60 * 10**9
MAIN: Final = "main"  # the account of the desk


def allowed(permission: Permission, *, fresh: bool = False, account: str = "") -> Any:
    """A dependency that gives the Principal, who holds `permission`; `fresh` asks for a proof of the last five minutes.

    With `account` it is for those only who may see that account. Raises AccessError, MissingError.
    Every route has exactly one; the table of all of them is made from these.
    """

    async def check(request: Request) -> Principal:
        who = principal(request)
        if not who.may(permission):
            raise AccessError(
                f"{who.name} may not do this", expected=f"the permission {permission}", reason="forbidden"
            )
        if fresh:
            require_fresh(request, who)
        if account:
            require_account(who, account)
        require_known(request)
        return who

    check.permission = permission  # type: ignore[attr-defined]  # read by the table of routes
    check.fresh = fresh  # type: ignore[attr-defined]  # the same
    return Depends(check)


def anyone() -> Any:
    """A dependency that asks for nothing: the route is open on purpose, and the table of routes says so."""

    async def check(request: Request) -> None:
        require_known(request)

    check.permission = None  # type: ignore[attr-defined]  # read by the table of routes
    check.fresh = False  # type: ignore[attr-defined]  # the same
    return Depends(check)


def principal(request: Request) -> Principal:
    """Who asks, as the guards found it. Raises AccessError when nobody is signed in."""
    who: Principal | None = getattr(request.state, "principal", None)
    if who is None:
        raise AccessError("nobody is signed in", fix="sign in", reason="signed_out")
    return who


def require_account(who: Principal, account: str = MAIN) -> None:
    """Raises MissingError for an account that is not theirs: what one may not see is not there."""
    if not who.sees(account):
        raise MissingError(f"there is no account {account}")


def named(who: Principal, given: str) -> str:
    """The name that an act is recorded under: one's own; only the machine's owner may act in the name of another.

    Raises AccessError for the name of somebody else.
    """
    if who.way is Way.MACHINE:
        return given or who.name
    if given and given != who.name:
        raise AccessError(f"{who.name} cannot act as {given}", expected=who.name, reason="forbidden")
    return who.name


def require_fresh(request: Request, who: Principal) -> None:
    """Raises AccessError (reauthenticate) unless somebody proved who they are within the last five minutes."""
    now: Callable[[], int] = request.app.state.now
    if who.way is not Way.MACHINE and now() - who.proved > FRESH_NS:
        fix = "confirm who you are, then send it again"
        raise AccessError("this needs a proof of who you are that is not old", fix=fix, reason="reauthenticate")

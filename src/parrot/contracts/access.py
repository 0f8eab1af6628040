"""Who may do what: permissions, the roles that hold them, and who is asking."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

EVERY_ACCOUNT: Final = "*"


class Permission(StrEnum):
    """One kind of act; a route, a channel and a button need exactly one."""

    MARKETS_READ = "markets:read"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    STRATEGIES_READ = "strategies:read"
    STRATEGIES_RUN = "strategies:run"
    STRATEGIES_WRITE = "strategies:write"
    BACKTESTS_READ = "backtests:read"
    BACKTESTS_RUN = "backtests:run"
    RISK_READ = "risk:read"
    RISK_WRITE = "risk:write"
    KILL = "kill:engage"
    REARM = "kill:rearm"
    PORTFOLIO_READ = "portfolio:read"
    PORTFOLIO_WRITE = "portfolio:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    FUNDS_REQUEST = "funds:request"
    FUNDS_APPROVE = "funds:approve"
    DATA_READ = "data:read"
    DATA_WRITE = "data:write"
    EXCHANGE_READ = "exchange:read"
    EXCHANGE_WRITE = "exchange:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    AUDIT_READ = "audit:read"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    LIVE_WRITE = "live:write"
    METRICS_READ = "metrics:read"
    SELF = "self"  # what everyone who is signed in may do with what is their own


class Role(StrEnum):
    """What a person is here; one may be several."""

    VIEWER = "viewer"
    TRADER = "trader"
    QUANT = "quant"
    RISK_OFFICER = "risk_officer"
    ADMIN = "admin"
    AUDITOR = "auditor"


_P = Permission
_VIEW: Final = frozenset(
    {
        _P.MARKETS_READ,
        _P.ORDERS_READ,
        _P.STRATEGIES_READ,
        _P.BACKTESTS_READ,
        _P.RISK_READ,
        _P.PORTFOLIO_READ,
        _P.DATA_READ,
        _P.SELF,
    }
)
PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: _VIEW,
    Role.TRADER: _VIEW | {_P.ORDERS_WRITE, _P.STRATEGIES_RUN, _P.KILL, _P.FUNDS_REQUEST, _P.EXCHANGE_READ},
    Role.QUANT: _VIEW
    | {_P.STRATEGIES_WRITE, _P.BACKTESTS_RUN, _P.DATA_WRITE, _P.EXCHANGE_READ, _P.EXCHANGE_WRITE, _P.METRICS_READ},
    Role.RISK_OFFICER: _VIEW
    | {_P.RISK_WRITE, _P.KILL, _P.REARM, _P.STRATEGIES_RUN, _P.CLIENTS_READ, _P.FUNDS_APPROVE, _P.METRICS_READ},
    Role.ADMIN: frozenset(Permission) - {_P.FUNDS_APPROVE},
    Role.AUDITOR: _VIEW
    | {_P.AUDIT_READ, _P.USERS_READ, _P.CLIENTS_READ, _P.EXCHANGE_READ, _P.SETTINGS_READ, _P.METRICS_READ},
}


class Way(StrEnum):
    """How someone proved who they are."""

    SESSION = "session"
    KEY = "key"
    MACHINE = "machine"  # the token of the data directory: whoever may read it owns everything in it anyway


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking: a person by a session or an API key, or the machine's owner by the token of the data directory.

    `accounts` are those they may see, EVERY_ACCOUNT for all; `session` is the id of the session or key; `proved` is
    when they last proved who they are (ns UTC). `permissions` of a key are those of its scopes that its owner holds.
    """

    user: str
    name: str
    roles: tuple[Role, ...]
    permissions: frozenset[Permission]
    accounts: frozenset[str]
    way: Way
    session: str = ""
    proved: int = 0

    def may(self, permission: Permission) -> bool:
        """Whether they hold it."""
        return permission in self.permissions

    def sees(self, account: str) -> bool:
        """Whether an account is theirs to see."""
        return EVERY_ACCOUNT in self.accounts or account in self.accounts


def permissions_of(roles: tuple[Role, ...]) -> frozenset[Permission]:
    """All that the roles hold."""
    return frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))


def machine() -> Principal:
    """The owner of the data directory, by its token."""
    return Principal(
        user="machine",
        name="machine",
        roles=(Role.ADMIN,),
        permissions=frozenset(Permission),
        accounts=frozenset({EVERY_ACCOUNT}),
        way=Way.MACHINE,
    )

"""What a platform decides about its users."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from parrot.contracts.access import Role

MINUTE: Final = 60 * 10**9
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Times in ns. `force` makes users of the roles in `second_factor_for` prove a second factor before anything else.

    `registration` lets people ask for an account by themselves; they get `registration_roles`.
    """

    idle: int = 30 * MINUTE
    absolute: int = 12 * HOUR
    setup_lasts: int = HOUR
    ticket_lasts: int = 5 * MINUTE
    reset_lasts: int = HOUR
    invitation_lasts: int = 7 * DAY
    second_factor_for: frozenset[Role] = field(default=frozenset({Role.TRADER, Role.RISK_OFFICER, Role.ADMIN}))
    force: bool = False
    registration: bool = False
    registration_roles: tuple[Role, ...] = (Role.VIEWER,)
    keys_most: int = 50
    key_lasts_most: int = 366 * DAY

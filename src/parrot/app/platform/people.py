"""What `settings.toml` says of users, as the center takes it."""

from __future__ import annotations

from parrot.app.platform.settings import UsersSection
from parrot.centers.users.manifest import HOUR, MINUTE, Settings


def users_settings(section: UsersSection, *, only_here: bool = True) -> Settings:
    """Settings of the users; `only_here` while nothing but a loopback address is served."""
    forced = section.second_factor == "force" or (section.second_factor == "auto" and not only_here)
    asked = () if section.second_factor == "off" else section.second_factor_for
    return Settings(
        idle=section.idle_minutes * MINUTE,
        absolute=section.absolute_hours * HOUR,
        second_factor_for=frozenset(asked),
        force=forced,
        registration=section.registration,
        registration_roles=tuple(section.registration_roles),
    )

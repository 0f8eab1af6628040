"""What `settings.toml` says of users, mail and identity providers, as the users take it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from parrot.adapters.identity import OpenId, Registration
from parrot.adapters.mail import Server, SmtpMail
from parrot.adapters.secrets.environment import EnvironmentSecrets
from parrot.adapters.secrets.files import FileSecrets
from parrot.app.platform.settings import MailSection, PlatformSettings, ProviderSection, UsersSection
from parrot.app.users.opening import World
from parrot.centers.users.manifest import HOUR, MINUTE, Known, Settings
from parrot.kernel.errors import MissingError
from parrot.ports.secrets import Secret


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


@contextmanager
def world_of(root: Path, settings: PlatformSettings, address: str) -> Iterator[World]:
    """Mail and identity providers of a platform whose pages are at `address`. Raises MissingError for a secret."""
    with ExitStack() as stack:
        mail = _mail(root, settings.mail) if settings.mail.host else None
        if mail is not None:
            stack.callback(mail.close)
        known = {}
        for section in settings.users.providers:
            known[section.id] = found = _known(root, section)
            stack.callback(found.provider.close)  # type: ignore[attr-defined]  # made below
        yield World(mail=mail, address=address, providers=known)


def _mail(root: Path, section: MailSection) -> SmtpMail:
    return SmtpMail(
        Server(
            host=section.host,
            port=section.port,
            security=section.security,
            sender=section.sender,
            user=section.user,
            password=_secret(root, section.secret) if section.user else None,
        )
    )


def _known(root: Path, section: ProviderSection) -> Known:
    secret = _secret(root, section.secret) if section.secret else None
    provider = OpenId(Registration(issuer=section.issuer, client_id=section.client_id, secret=secret))
    return Known(
        id=section.id,
        title=section.title or section.id,
        provider=provider,
        creates=section.creates,
        by_email=section.by_email,
        roles=tuple(section.roles),
        accounts=tuple(section.accounts),
        domains=frozenset(domain.casefold() for domain in section.domains),
    )


def _secret(root: Path, name: str) -> Secret:
    """A secret of the environment, or of a file in `secrets` below the data directory."""
    try:
        return EnvironmentSecrets().get(name)
    except MissingError as fault:
        try:
            return FileSecrets(root / "secrets").get(name)
        except MissingError as other:
            raise MissingError(f"there is no secret {name}", fix=f"{fault.fix}, or {other.fix}") from None

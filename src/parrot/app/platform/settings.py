"""What a platform is told: `settings.toml` in its data directory."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from parrot.contracts.access import Role
from parrot.kernel.errors import InputError

_Kind = TypeVar("_Kind", bound="_Section")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class StrategySettings(_Section):
    """One strategy that runs from the start: its file (`FILE.py` or `FILE.py:Class`), where and with how much.

    `timeframe` is the length of its bars, such as "5s"; `feeds` are "bars", "trades", "quotes".
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    file: str
    symbols: list[str] = Field(min_length=1)
    timeframe: str = "5s"
    cash: Decimal = Field(gt=0)
    parameters: dict[str, str] = {}
    limits: dict[str, str] = {}
    start: bool = True


class VenueSettings(_Section):
    """What is traded on: the simulated venue (`kind` "paper"), or a real one by ccxt or Alpaca.

    Of a real venue `name` is the one it was added under, or `exchange` ccxt's id where no keys are needed. `mode`
    "paper" fills orders here on its live data; "live" sends them, and has to be acknowledged with "live on NAME".
    `latency_us` is there and back; `books` says that level-2 books decide fills on paper.
    """

    kind: Literal["paper", "ccxt", "alpaca"] = "paper"
    name: str = ""
    exchange: str = ""
    mode: Literal["paper", "live"] = "paper"
    acknowledge: str = ""
    books: bool = True
    seed: int = Field(default=1, ge=0)
    symbols: list[str] = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
    deposit: dict[str, Decimal] = {"USDT": Decimal(100_000)}
    latency_us: int = Field(default=2_000, ge=0, le=10_000_000)

    @property
    def place(self) -> str:
        """The venue's name for people."""
        return self.name or self.exchange or "paper"

    @model_validator(mode="after")
    def _whole(self) -> VenueSettings:
        if self.kind == "paper":
            if self.name or self.exchange or self.mode != "paper":
                raise ValueError("the simulated venue has no name, exchange or mode; a real one has another kind")
            return self
        if bool(self.name) == bool(self.exchange):
            raise ValueError("a real venue has a name (parrot venue ls), or without keys an exchange")
        if self.mode == "live" and not self.name:
            raise ValueError("live needs keys: add the venue (parrot venue add) and say its name")
        if self.mode == "live" and self.acknowledge != f"live on {self.name}":
            raise ValueError(f'live sends orders that cost money: say acknowledge = "live on {self.name}"')
        if not self.symbols or len(set(self.symbols)) != len(self.symbols):
            raise ValueError("symbols are one or more, all different")
        return self

    @field_validator("deposit")
    @classmethod
    def _positive(cls, deposit: dict[str, Decimal]) -> dict[str, Decimal]:
        for currency, amount in deposit.items():
            if not amount.is_finite() or amount <= 0:
                raise ValueError(f"{currency} is {amount}; a deposit is a positive number")
        return deposit


class ExchangeSection(_Section):
    """The simulated venue as an exchange for other clients, off without a `port`; 0 takes a free one."""

    port: int | None = Field(default=None, ge=0, le=65535)
    limits: bool = True
    legacy_listen_key: bool = False


class ProviderSection(_Section):
    """An identity provider (OpenID Connect) by its issuer; the client's secret is the one of the name `secret`.

    `creates` makes users of whom it sends for the first time, with `roles` and `accounts`, of the e-mail `domains`
    where any are named; `by_email` lets an address that it has verified mean the user who has that address checked.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: str = Field(default="", max_length=40)
    issuer: str = Field(pattern=r"^https?://[^\s]+$", max_length=300)
    client_id: str = Field(min_length=1, max_length=200)
    secret: str = ""
    creates: bool = False
    by_email: bool = False
    roles: list[Role] = [Role.VIEWER]
    accounts: list[Annotated[str, Field(pattern=r"^[!-~]{1,60}$")]] = []
    domains: list[str] = []


class MailSection(_Section):
    """Where letters are handed in; without `host` none are sent. The password is the secret of the name `secret`."""

    host: str = Field(default="", max_length=253)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = Field(default="", max_length=254)
    user: str = ""
    secret: str = ""

    @model_validator(mode="after")
    def _whole(self) -> MailSection:
        if self.host and "@" not in self.sender:
            raise ValueError("letters need a sender, such as parrot@example.org")
        if self.security == "none" and self.host not in ("", "localhost", "127.0.0.1", "::1"):
            raise ValueError("security none is for a server on this machine; say starttls or tls")
        if self.user and not self.secret:
            raise ValueError("a user needs the name of a secret with the password")
        return self


class UsersSection(_Section):
    """Users: how long they stay signed in, and who needs a second factor.

    `second_factor` is "ask", "force", "off", or "auto": asked for while only this machine is served, else forced; it
    concerns the roles in `second_factor_for`. `registration` lets people ask for an account by themselves.
    """

    idle_minutes: int = Field(default=30, ge=1, le=1_440)
    absolute_hours: int = Field(default=12, ge=1, le=168)
    second_factor: Literal["auto", "ask", "force", "off"] = "auto"
    second_factor_for: list[Role] = [Role.TRADER, Role.RISK_OFFICER, Role.ADMIN]
    registration: bool = False
    registration_roles: list[Role] = [Role.VIEWER]
    providers: list[ProviderSection] = []


class WebSettings(_Section):
    """How the screen and the interface are reached; docs/how-to/beyond-this-machine.md.

    `names` are host names that are answered beside localhost, the first is told to people. `trusted_proxies` are
    addresses or networks whose X-Forwarded-For and -Proto are believed. `tls_cert` and `tls_key` are PEM files.
    """

    names: list[str] = []
    trusted_proxies: list[str] = []
    tls_cert: str = ""
    tls_key: str = ""

    @field_validator("names")
    @classmethod
    def _are_names(cls, names: list[str]) -> list[str]:
        for name in names:
            if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", name):
                raise ValueError(f"{name!r} is no host name: small letters, no port")
        return names

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: list[str]) -> list[str]:
        for network in networks:
            ipaddress.ip_network(network)
        return networks


class RiskSection(_Section):
    """When a change of limits needs another person, and for how long a request waits for one.

    Looser limits in money need one above `second_approver_above` (the account's currency), other limits where they
    become more than twice as loose, in one step or in several.
    """

    second_approver_above: Decimal = Field(default=Decimal(100_000), ge=0)
    request_days: int = Field(default=7, ge=1, le=90)


class PlatformSettings(_Section):
    """Everything; every key has a default. `limits` are of the account, by the names on docs/reference/risk.md."""

    venue: VenueSettings = VenueSettings()
    exchange: ExchangeSection = ExchangeSection()
    users: UsersSection = UsersSection()
    mail: MailSection = MailSection()
    web: WebSettings = WebSettings()
    strategies: list[StrategySettings] | None = None
    limits: dict[str, str] = {}
    risk: RiskSection = RiskSection()
    history: bool = True
    snapshot_every: int = Field(default=100_000, ge=1_000)
    strategy_memory_mb: int = Field(default=1_024, ge=128)
    strategy_patience_s: int = Field(default=5, ge=1, le=600)

    @model_validator(mode="after")
    def _limited(self) -> PlatformSettings:
        if self.venue.mode == "live" and not self.limits:
            raise ValueError("live needs limits of the account: say [limits] (docs/reference/risk.md)")
        if self.exchange.port is not None and self.venue.kind != "paper":
            raise ValueError("only the simulated venue can be an exchange for others: take exchange.port away")
        return self


def read_settings(path: Path) -> PlatformSettings:
    """The settings in the file at `path`, defaults where there is none.

    Raises InputError that names each unknown key and impossible value.
    """
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return PlatformSettings.model_validate(found)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"{path} cannot be read: {fault}", expected="TOML") from None
    except ValidationError as fault:
        wrong = "; ".join(_told(error) for error in fault.errors(include_url=False))
        raise InputError(f"{path}: {wrong}", expected="keys and values of docs/reference/settings.md") from None


def strategy_settings(**given: Any) -> StrategySettings:
    """One strategy as a person gives it. Raises InputError that names what cannot be."""
    return _checked(StrategySettings, given)


def platform_settings(**given: Any) -> PlatformSettings:
    """Settings as a person would write them. Raises InputError that names what cannot be."""
    return _checked(PlatformSettings, given)


def _checked(kind: type[_Kind], given: dict[str, Any]) -> _Kind:
    try:
        return kind.model_validate(given)
    except ValidationError as fault:
        raise InputError("; ".join(_told(error) for error in fault.errors(include_url=False))) from None


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{place} is no setting"
    if error["type"] == "value_error" and isinstance(error["input"], dict):
        text: str = error["msg"].removeprefix("Value error, ")
        return f"{place}: {text}" if place else text
    like = ', such as ["BTC/USDT"]' if error["type"] == "list_type" else ""
    return f"{place} is {error['input']!r}: {error['msg']}{like}"

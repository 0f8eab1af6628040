"""Settings as they are, without anything secret; venues that were added; what going live takes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.contracts.connections import Verdict
from parrot.gateway.rest.bodies import Amount, Body

VenueName = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["kraken-1"])
]
SecretText = Annotated[str, Field(max_length=4_000)]
Symbols = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=20)]


class Setting(Body):
    """One key: its value and what it is without being said, as TOML; `text` is what settings.toml says or may say.

    Of what is secret only whether it is set is told.
    """

    key: str
    value: str
    default: str
    changed: bool
    secret: bool
    text: str


class Section(Body):
    """One table of settings.toml; `name` is "" for keys that stand before the first table."""

    name: str
    about: str
    settings: list[Setting]


class Venue(Body):
    """A venue that was added: which exchange, whether its keys are kept sealed, whether this platform trades on it."""

    name: str
    exchange: str
    url: str
    options: dict[str, str]
    keys: bool
    used: bool


class SettingsFacts(Body):
    """Settings of this platform: they are read when it starts, from `path`."""

    path: str
    version: str
    data: str
    home: str
    venue: str
    mode: str
    master: str
    sections: list[Section]


class Venues(Body):
    """Venues that were added."""

    items: list[Venue]
    exchanges: list[str]


class VenueBody(Body):
    """A venue to add. Keys go in and never come out; without them it only reads the market."""

    name: VenueName
    exchange: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$", examples=["kraken"])]
    url: Annotated[str, Field(max_length=200)] = ""
    options: dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=200)]] = Field(
        default_factory=dict, max_length=20
    )
    key: SecretText = ""
    secret: SecretText = ""
    passphrase: SecretText = ""
    replace: bool = False


class LookBody(Body):
    """What to look at beside the account: streams of these symbols."""

    symbols: Symbols = Field(default_factory=list)


class Finding(Body):
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    text: str


class Findings(Body):
    """What a look at a venue found; with `passed` it can be traded on."""

    name: str
    passed: bool
    findings: list[Finding]


class LiveBody(Body):
    """What going live takes: the venue, its symbols, limits of the account, and the acknowledgement "live on NAME"."""

    name: VenueName
    symbols: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=20)]
    acknowledge: Annotated[str, Field(max_length=80)]
    max_order_value: Amount
    max_position_value: Amount
    max_daily_loss: Amount


class LivePlan(Body):
    """The settings for a directory of its own, and the command that starts it. Nothing has been changed."""

    settings: str
    command: str
    steps: list[str]

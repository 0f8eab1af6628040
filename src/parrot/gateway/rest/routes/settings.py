"""Settings over HTTP: what they are, venues and their keys, and what going live takes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from parrot.contracts.access import Permission, Principal
from parrot.contracts.connections import Connection
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.settings import (
    Findings,
    LiveBody,
    LivePlan,
    LookBody,
    SettingsFacts,
    VenueBody,
    Venues,
)
from parrot.gateway.rest.ports.settings import SettingsDoor

Reader = Annotated[Principal, allowed(Permission.SETTINGS_READ)]
FreshWriter = Annotated[Principal, allowed(Permission.SETTINGS_WRITE, fresh=True)]
Writer = Annotated[Principal, allowed(Permission.SETTINGS_WRITE)]
FreshLive = Annotated[Principal, allowed(Permission.LIVE_WRITE, fresh=True)]
Name = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]


def routes(settings: SettingsDoor) -> APIRouter:
    """The routes of settings."""
    router = APIRouter(tags=["settings"])

    def listed() -> dict[str, Any]:
        return {"items": settings.venues(), "exchanges": settings.exchanges()}

    @router.get("/settings", operation_id="settings_facts", response_model=SettingsFacts)
    def facts(_: Reader) -> Any:
        """Settings as they are, each with the line that says it; nothing secret."""
        return settings.facts()

    @router.get("/settings/venues", operation_id="list_venues", response_model=Venues)
    def venues(_: Reader) -> Any:
        """Venues that were added; of keys only whether they are kept."""
        return listed()

    @router.post("/settings/venues", operation_id="add_venue", status_code=201, response_model=Venues)
    def add(body: VenueBody, who: FreshWriter) -> Any:
        """Adds a venue; its keys are sealed at once and never shown again."""
        given = [text for text in (body.key, body.secret, body.passphrase) if text]
        connection = Connection(name=body.name, exchange=body.exchange, url=body.url.rstrip("/"), options=body.options)
        settings.add(who, connection, given, replace=body.replace)
        return listed()

    @router.delete("/settings/venues/{name}", operation_id="remove_venue", response_model=Venues)
    def remove(name: Name, who: FreshWriter) -> Any:
        """Lets go of a venue and its keys; revoke them at the venue as well."""
        settings.remove(who, name)
        return listed()

    @router.post("/settings/venues/{name}/test", operation_id="test_venue", response_model=Findings)
    def look(name: Name, body: LookBody, who: Writer) -> Any:
        """Looks at a venue without trading: does it answer, do clocks agree, what may the key do."""
        return settings.look(who, name, body.symbols)

    @router.post("/settings/live", operation_id="plan_live", response_model=LivePlan)
    def live(body: LiveBody, who: FreshLive) -> Any:
        """Says what to write to trade live, once it was acknowledged and there are limits; changes nothing."""
        limits = {
            "max_notional": body.max_order_value,
            "max_gross": body.max_position_value,
            "daily_loss": body.max_daily_loss,
        }
        return settings.live(who, body.name, body.symbols, body.acknowledge, limits)

    return router

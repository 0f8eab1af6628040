"""Pushes over HTTP: which browsers of one's own get them, and whether anybody does."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.push import PushFacts, PushSwitchBody, SubscribeBody
from parrot.gateway.rest.ports.push import PushDoor

Myself = Annotated[Principal, allowed(Permission.SELF)]
Keeper = Annotated[Principal, allowed(Permission.SETTINGS_WRITE, fresh=True)]
Number = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


def routes(push: PushDoor) -> APIRouter:
    """The routes of pushes."""
    router = APIRouter(tags=["push"])

    @router.get("/push", operation_id="push_facts", response_model=PushFacts)
    def facts(who: Myself) -> Any:
        """Whether pushes are sent, the key to subscribe with, and one's own browsers."""
        return push.facts(who)

    @router.post("/push/subscriptions", operation_id="subscribe_push", status_code=201, response_model=PushFacts)
    def subscribe(body: SubscribeBody, who: Myself) -> Any:
        """Has a browser of one's own get alerts, also while no page is open."""
        push.subscribe(who, endpoint=body.endpoint, p256dh=body.p256dh, auth=body.auth, label=body.label)
        return push.facts(who)

    @router.delete("/push/subscriptions/{subscription}", operation_id="unsubscribe_push", response_model=PushFacts)
    def unsubscribe(subscription: Number, who: Myself) -> Any:
        """Ends pushes to a browser of one's own."""
        push.unsubscribe(who, subscription)
        return push.facts(who)

    @router.post("/push/test", operation_id="test_push", status_code=202, response_model=PushFacts)
    def test(who: Myself) -> Any:
        """Sends a push to every browser of one's own; soon each says whether it went out."""
        push.test(who)
        return push.facts(who)

    @router.put("/settings/push", operation_id="set_push", response_model=PushFacts)
    def switch(body: PushSwitchBody, who: Keeper) -> Any:
        """Turns pushes on or off for everybody; off, nothing leaves this machine."""
        push.set(who, on=body.on, contact=body.contact)
        return push.facts(who)

    return router

"""Identity providers: going there, and coming back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest import cookies
from parrot.gateway.rest.access import allowed, anyone
from parrot.gateway.rest.models.users import Me, PlaceTold
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.auth import renewed, require_session, whence_of
from parrot.gateway.rest.site import origin_of
from parrot.kernel.errors import ParrotError

Proved = Annotated[Principal, allowed(Permission.SELF, fresh=True)]
Told = Annotated[str, Query(max_length=4_000)]
_BACK: Final = "/api/v1/auth/oidc/callback"


def routes(door: UsersDoor) -> APIRouter:
    """OpenID Connect."""
    router = APIRouter(tags=["auth"])

    @router.post("/auth/oidc/{provider}/start", operation_id="visit_provider", dependencies=[anyone()])
    def start(provider: str, request: Request, response: Response) -> PlaceTold:
        """Where the browser goes to sign in."""
        url, binder = door.visits.begin(provider, redirect=f"{origin_of(request.scope)}{_BACK}")
        cookies.keep_visit(request, response, binder)
        return PlaceTold(url=url)

    @router.get(
        "/auth/oidc/callback",
        operation_id="return_from_provider",
        status_code=HTTPStatus.SEE_OTHER,
        response_class=RedirectResponse,
        dependencies=[anyone()],
    )
    def back(
        request: Request,
        state: Told = "",
        code: Told = "",
        error: Told = "",
        error_description: Told = "",
        error_uri: Told = "",
        iss: Told = "",
        session_state: Told = "",
        scope: Told = "",
        authuser: Told = "",
        prompt: Told = "",
        hd: Told = "",
    ) -> Response:
        """Takes whoever comes back from a provider to the page, signed in or with the reason why not."""
        if error or not code:
            return _to("/signin", problem="the provider sent nobody")
        try:
            step = door.visits.finish(state, code, binder=cookies.visit_of(request), whence=whence_of(request))
        except ParrotError as fault:
            return _to("/signin", problem=fault.problem)
        if step.ticket:
            halfway = _to("/signin", second=step.ticket, ways=",".join(step.ways))
            cookies.forget_visit(request, halfway)
            return halfway
        answer = _to("/profile?tab=security" if step.linked else "/")
        cookies.keep(request, answer, step.token)
        cookies.forget_visit(request, answer)
        return answer

    @router.post("/profile/providers/{provider}", operation_id="link_provider")
    def link(provider: str, who: Proved, request: Request, response: Response) -> PlaceTold:
        """Where the browser goes to link an identity to oneself."""
        redirect = f"{origin_of(request.scope)}{_BACK}"
        url, binder = door.visits.begin(provider, redirect=redirect, who=require_session(who))
        cookies.keep_visit(request, response, binder)
        return PlaceTold(url=url)

    @router.delete("/profile/providers", operation_id="unlink_providers")
    def unlink(who: Proved, request: Request, response: Response) -> Me:
        """Lets go of all identities that are linked to oneself; every other session ends."""
        return renewed(door, door.visits.unlink(require_session(who)), request, response)

    return router


def _to(path: str, **told: str) -> Response:
    """A way to one of our own pages; what is told stands behind #, where no server sees it."""
    place = f"{path}#{urlencode(told)}" if told else path
    return RedirectResponse(place, HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store"})

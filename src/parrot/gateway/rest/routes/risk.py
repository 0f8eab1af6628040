"""Risk: the tree of limits, exposures, stress, the kill switch, changes of limits and who agrees to them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response, status

from parrot.contracts import commands
from parrot.contracts.access import Permission, Principal, Way
from parrot.contracts.approvals import ApprovalKind
from parrot.gateway.rest import approving
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done, seen
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.cursors import After, cursor, place
from parrot.gateway.rest.models import risk as models
from parrot.gateway.rest.models.switches import KillBody
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.gateway.rest.ports.risk import ApprovalsDoor, RiskDoor

Reader = Annotated[Principal, allowed(Permission.RISK_READ)]
Killer = Annotated[Principal, allowed(Permission.KILL)]
Rearmer = Annotated[Principal, allowed(Permission.REARM, fresh=True)]
Driller = Annotated[Principal, allowed(Permission.REARM)]
Planner = Annotated[Principal, allowed(Permission.RISK_WRITE)]
Writer = Annotated[Principal, allowed(Permission.RISK_WRITE, fresh=True)]


def routes(platform: RunningPlatform, risk: RiskDoor, approvals: ApprovalsDoor) -> APIRouter:
    """The routes of risk."""
    router = APIRouter(tags=["risk"])
    _looking(router, platform, risk)
    _switch(router, platform, risk)
    _limits(router, risk)
    _requests(router, risk, approvals)
    return router


def _looking(router: APIRouter, platform: RunningPlatform, risk: RiskDoor) -> None:
    @router.get("/limits", operation_id="list_limits")
    def list_limits(who: Reader, limit: Limit = 100) -> dict[str, list[dict[str, Any]]]:
        """Limits by scope, with their use."""
        return {"limits": seen(who, lambda: platform.rows("limits", limit))}

    @router.get("/risk/tree", operation_id="risk_tree", response_model=models.Tree)
    def tree(who: Reader) -> Any:
        """Firm, users, accounts, strategies and symbols with every limit: its use now, headroom, version, approver."""
        require_account(who)
        return risk.tree()

    @router.get("/risk/exposures", operation_id="exposures", response_model=models.Exposures)
    def exposures(who: Reader) -> Any:
        """What is held: gross and net, by symbol, strategy and currency, and the largest of them."""
        require_account(who)
        return risk.exposures()

    @router.get("/risk/stress", operation_id="stress", response_model=models.Stress)
    def stress(who: Reader) -> Any:
        """What positions would lose at 5, 10 and 20 % down: position times mark times move, alone and all together."""
        require_account(who)
        return risk.stress()

    @router.get("/risk/history", operation_id="risk_history", response_model=models.PastPage)
    def history(who: Reader, limit: Limit = 100, after: After = None) -> Any:
        """Kills, breakers, re-arming and changes of limits, newest first."""
        require_account(who)
        rows, more = risk.past(after=place(after), limit=limit)
        return {"items": rows, "next": cursor(more)}


def _switch(router: APIRouter, platform: RunningPlatform, risk: RiskDoor) -> None:
    @router.post("/kill", operation_id="kill")
    def kill(body: KillBody, who: Killer) -> Done:
        """Stops all orders of a scope until a named person re-arms it; durable when answered."""
        require_account(who)
        given = body.model_dump() | {"by": named(who, body.by), "source": _way_in(who, body.source)}
        return done(platform, commands.EngageKill(**given))

    @router.post("/rearm", operation_id="rearm")
    def rearm(body: ByBody, who: Rearmer) -> Done:
        """Lets orders of a scope leave again."""
        require_account(who)
        return done(platform, commands.RearmKill(scope=body.scope, by=named(who, body.by), reason=body.reason))

    @router.post("/risk/drill", operation_id="kill_drill", response_model=models.Drill)
    def drill(who: Driller) -> Any:
        """Proves the kill switch's path on a scope that holds nothing; trading goes on meanwhile."""
        require_account(who)
        return risk.drill(by=who.name, source=_way_in(who, "api"))


def _way_in(who: Principal, said: str) -> str:
    """Where a kill comes from: a session is somebody at the screen, whatever the body says."""
    return commands.SCREEN if who.way is Way.SESSION else said


def _limits(router: APIRouter, risk: RiskDoor) -> None:
    @router.post("/limits/preview", operation_id="preview_limits", response_model=models.Preview)
    def preview(body: models.PreviewBody, who: Planner) -> Any:
        """What a change would mean: what is looser, what would be over at once, whether another person has to agree."""
        require_account(who)
        return risk.preview(body.scope, body.limits)

    @router.put(
        "/limits", operation_id="set_limits", responses={202: {"model": models.LimitsAnswer, "description": "It waits"}}
    )
    def limits(body: models.PutLimitsBody, who: Writer, response: Response) -> models.LimitsAnswer:
        """Replaces the limits of one scope: at once, or as a request that another person decides on (202).

        Tightening binds at once, and so does whatever the token of the data directory asks for.
        """
        require_account(who)
        person = approving.person(who)
        if who.way is Way.MACHINE:
            person = type(person)(person.user, named(who, body.approver))
        elif body.approver:
            named(who, body.approver)
        alone, wanted = who.way is Way.MACHINE, body.limits
        request = risk.put_limits(body.scope, wanted, by=person, reason=body.reason, version=body.version, alone=alone)
        if request is None:
            return models.LimitsAnswer(state="bound", records=["LimitsSet"], request=None)
        response.status_code = status.HTTP_202_ACCEPTED
        return models.LimitsAnswer(state="pending", records=[], request=approving.told(who, request))


def _requests(router: APIRouter, risk: RiskDoor, approvals: ApprovalsDoor) -> None:
    def found(who: Principal, number: str) -> None:
        approving.require(who, approvals.get(number), ApprovalKind.LIMITS)

    @router.post("/limits/requests/{number}/approve", operation_id="approve_limits")
    def approve(number: str, who: Writer) -> models.Request:
        """Agrees to a change of limits that somebody else asked for; it binds."""
        found(who, number)
        return approving.told(who, risk.approve(number, by=approving.person(who)))

    @router.post("/limits/requests/{number}/decline", operation_id="decline_limits")
    def decline(number: str, body: models.DecisionBody, who: Writer) -> models.Request:
        """Refuses a change of limits that somebody else asked for."""
        found(who, number)
        return approving.told(who, risk.decline(number, by=approving.person(who), text=body.text))

    @router.post("/limits/requests/{number}/withdraw", operation_id="withdraw_limits")
    def withdraw(number: str, who: Planner) -> models.Request:
        """Takes one's own request back."""
        found(who, number)
        return approving.told(who, risk.withdraw(number, by=approving.person(who)))

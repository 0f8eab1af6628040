"""Teams: people who share accounts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter

from parrot.contracts.access import Permission, Principal
from parrot.contracts.users import Team
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.users import TeamBody, TeamsTold, TeamTold
from parrot.gateway.rest.ports.users import UsersDoor

Reader = Annotated[Principal, allowed(Permission.USERS_READ)]
Proved = Annotated[Principal, allowed(Permission.USERS_WRITE, fresh=True)]


def routes(door: UsersDoor) -> APIRouter:
    """Teams and their accounts."""
    router = APIRouter(tags=["teams"])

    @router.get("/teams", operation_id="list_teams")
    def listed(_: Reader) -> TeamsTold:
        """Teams by name."""
        return TeamsTold(items=[_told(team) for team in door.people.teams()])

    @router.post("/teams", operation_id="make_team", status_code=HTTPStatus.CREATED)
    def make(body: TeamBody, who: Proved) -> TeamTold:
        """Makes a team."""
        return _told(door.people.save_team(who, _team("", body)))

    @router.put("/teams/{team}", operation_id="save_team")
    def save(team: str, body: TeamBody, who: Proved) -> TeamTold:
        """Changes a team; its members may at once what it says."""
        return _told(door.people.save_team(who, _team(team, body)))

    @router.delete("/teams/{team}", operation_id="remove_team", status_code=HTTPStatus.NO_CONTENT)
    def drop(team: str, who: Proved) -> None:
        """Lets go of a team; its members keep their own accounts."""
        door.people.drop_team(who, team)

    return router


def _team(name: str, body: TeamBody) -> Team:
    return Team(id=name, name=body.name, accounts=tuple(body.accounts), members=tuple(body.members))


def _told(team: Team) -> TeamTold:
    return TeamTold(id=team.id, name=team.name, accounts=list(team.accounts), members=list(team.members))

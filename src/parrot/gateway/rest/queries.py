"""Query parameters that a route does not know are refused: a misspelt filter must not answer with everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_origin

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel


def require_known(request: Request) -> None:
    """Raises RequestValidationError that names each parameter which the route does not know, or which comes twice."""
    given = request.query_params.multi_items()
    if not given:
        return
    known = _known(request.app).get(request.scope["endpoint"])
    if known is None:
        return
    names = [name for name, _ in given]
    wrong = [_wrong(name, "is not known here") for name in dict.fromkeys(names) if name not in known]
    wrong += [_wrong(name, "is given twice") for name, many in known.items() if names.count(name) > 1 and not many]
    if wrong:
        raise RequestValidationError(wrong)


def _known(app: FastAPI) -> dict[Any, dict[str, bool]]:
    """What each route takes by its endpoint: names, and whether it takes several of one; learnt once."""
    found: dict[Any, dict[str, bool]] | None = getattr(app.state, "queries", None)
    if found is None:
        routes = (route for route in iter_route_contexts(app.routes) if hasattr(route, "dependant"))
        found = app.state.queries = {route.endpoint: dict(_names(route.dependant)) for route in routes}
    return found


def _wrong(name: str, problem: str) -> dict[str, Any]:
    return {"loc": ("query", name[:60]), "msg": problem, "type": "unknown", "input": None}


def _names(dependant: Any) -> Iterator[tuple[str, bool]]:
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((one.alias or name, _many(one.annotation)) for name, one in kind.model_fields.items())
        else:
            yield field.alias, _many(kind)
    for one in dependant.dependencies:
        yield from _names(one)


def _many(kind: Any) -> bool:
    return get_origin(kind) in (list, tuple, set)

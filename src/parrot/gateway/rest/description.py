"""The interface in the terms of OpenAPI: each route with its permission, and one shape for problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What was wrong."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable name of the kind of problem."},
        "reason": {"type": "string", "description": "Of a refusal: why."},
        "expected": {"type": "string"},
        "fix": {"type": "string", "description": "What to do."},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}


def install(app: FastAPI) -> None:
    """Has the description of `app` name each route's permission and what problems look like."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = plain()
            _complete(app, made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the way FastAPI documents


def routes_of(app: FastAPI) -> Iterator[RouteContext]:
    """Every route of the interface, without the pages."""
    for route in iter_route_contexts(app.routes):
        if getattr(route, "include_in_schema", False) and hasattr(route, "dependant"):
            yield route


def demands(route: RouteContext) -> list[Any]:
    """The guards of a route, as `allowed` and `anyone` made them; exactly one where all is well."""
    found = [one.call for one in route.dependant.dependencies]
    return [call for call in found if hasattr(call, "permission")]


def _complete(app: FastAPI, made: dict[str, Any]) -> None:
    made.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
    for route in routes_of(app):
        for method in route.methods or ():
            operation = made["paths"][route.path_format][method.lower()]
            guard = _demand(route)
            operation["x-permission"] = guard.permission.value if guard.permission else None
            operation["x-fresh"] = guard.fresh
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {"description": "A problem", "content": problem}


def _demand(route: RouteContext) -> Any:
    found = demands(route)
    if len(found) != 1:
        raise TypeError(f"{route.path} has {len(found)} guards: every route has exactly one allowed(...) or anyone()")
    return found[0]

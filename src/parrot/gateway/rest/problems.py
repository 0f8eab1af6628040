"""Every error as one kind of answer: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from parrot.gateway.rest.words import words
from parrot.kernel.errors import (
    AccessError,
    BusyError,
    ChangedError,
    InputError,
    MissingError,
    ParrotError,
    StorageError,
)

_STATUS: Final = (
    (MissingError, HTTPStatus.NOT_FOUND),
    (ChangedError, HTTPStatus.PRECONDITION_FAILED),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_SOON_S: Final = "5"
_ACCESS: Final = {"signed_out": HTTPStatus.UNAUTHORIZED, "locked": HTTPStatus.LOCKED}


def problem(status: int, title: str, **more: Any) -> JSONResponse:
    """One problem; `more` are its further members."""
    body = {"type": "about:blank", "title": title, "status": int(status), **more}
    return JSONResponse(body, status_code=int(status), media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Makes every error of `app` a problem."""
    app.add_exception_handler(AccessError, _access)
    app.add_exception_handler(ParrotError, _parrot)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TimeoutError, _late)


async def _parrot(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, ParrotError)  # what it is installed for
    status = next((status for kind, status in _STATUS if isinstance(fault, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = problem(status, fault.problem, **fault.as_dict())
    if isinstance(fault, BusyError):
        answer.headers["Retry-After"] = _SOON_S
    return answer


async def _access(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, AccessError)  # what it is installed for
    answer, who = denied(fault), getattr(request.state, "principal", None)
    if who is not None and fault.reason == "forbidden":
        route = getattr(request.scope.get("route"), "path", "a page")
        answer.background = BackgroundTask(request.app.state.refused, who, f"{request.method} {route}")
    return answer


def denied(fault: AccessError) -> JSONResponse:
    """A refusal: 401 for who is not signed in, 423 for who is locked out, 403 else, with the reason."""
    status = _ACCESS.get(fault.reason, HTTPStatus.FORBIDDEN)
    return problem(status, fault.problem, **fault.as_dict(), reason=fault.reason)


async def _invalid(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RequestValidationError)
    wrong = [
        {"field": ".".join(str(part) for part in error["loc"][1:]), "problem": words(error)} for error in fault.errors()
    ]
    title = "; ".join(f"{one['field'] or 'the body'}: {one['problem']}" for one in wrong)
    numbers = any(error["type"].startswith(("decimal", "finite", "int")) for error in fault.errors())
    fix = "write numbers with a point and without separators, such as 0.01" if numbers else ""
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, title, code="bad_input", fix=fix, fields=wrong)


async def _http(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)
    return problem(fault.status_code, str(fault.detail))


async def _late(_: Request, __: Exception) -> JSONResponse:
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the platform does not answer",
        code="late",
        fix="look whether it was done, then try again",
    )


def unforeseen(fault: Exception) -> JSONResponse:
    """A defect of ours, without its details."""
    title = f"Parrot failed: {type(fault).__name__}"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, title, code="defect", fix="look into the log")

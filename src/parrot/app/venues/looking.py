"""A look at a connection without trading: what answers, what the keys may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parrot.adapters.telemetry.redaction import Redaction
from parrot.app.venues.register import Register
from parrot.contracts.connections import Connection, Finding, Verdict
from parrot.kernel.errors import ParrotError
from parrot.ports.secrets import Credentials

Check = Callable[[Connection, Credentials | None, Sequence[str]], Sequence[Finding]]


def look(register: Register, name: str, symbols: Sequence[str], check: Check | None = None) -> list[Finding]:
    """What a read-only check of a connection finds, with nothing secret in it. Raises MissingError, DataError."""
    connection = register.find(name)
    credentials = register.credentials(connection)
    try:
        found = list((check or _check())(connection, credentials, symbols))
    except ParrotError as fault:
        found = [Finding("reachable", Verdict.FAIL, str(fault))]
    hidden = Redaction(() if credentials is None else [one.reveal() for one in credentials if one is not None])
    return [Finding(one.what, one.verdict, hidden.text(one.text)) for one in found]


def failed(findings: Sequence[Finding]) -> bool:
    """Whether something is in the way of trading."""
    return not findings or any(one.verdict is Verdict.FAIL for one in findings)


def _check() -> Check:
    from parrot.adapters.venues.connecting import check

    return check

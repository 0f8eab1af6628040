"""The one tree of errors; the command line and every interface render it the same way.

ParrotError
├── InputError          the caller's input is wrong: fix it
│   ├── DataError       market data that cannot be used as they are
│   ├── ParameterError  a strategy parameter or a keyword out of its range
│   ├── AmountError     money that does not fit into 64 bits
│   ├── OrderError      an order that could never be valid (a zero or negative size)
│   └── Refused         a command that an exchange refused; nothing was changed
├── StrategyError       the user's strategy raised
├── MissingError        something named does not exist
├── ChangedError       somebody changed it since it was read: read it anew
├── AccessError         nobody is signed in, or who is may not do it
├── StorageError        reading or writing files failed: free space, permissions
├── BusyError           a queue is full: what was to be done was not done, retry later
└── VenueError          a venue refused or did not answer: retry later
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What the caller should do about an error."""

    FIX_INPUT = "fix input"
    RETRY_LATER = "retry later"
    STOP = "stop"


class ParrotError(Exception):
    """Base of every error that Parrot raises on purpose.

    `problem` says what was wrong, `expected` what would have been right, `fix` what to do next.
    `code` is stable and machine-readable; `exit_code` is what the command line ends with.
    """

    code = "error"
    action = Action.STOP
    exit_code = 1

    def __init__(self, problem: str, *, expected: str = "", fix: str = "") -> None:
        self.problem = problem
        self.expected = expected
        self.fix = fix
        super().__init__(problem)

    def __str__(self) -> str:
        parts = [self.problem]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.fix:
            parts.append(f"fix: {self.fix}")
        return "; ".join(parts)

    def as_dict(self) -> dict[str, str]:
        """The error as plain strings, for `--json` and records."""
        return {
            "code": self.code,
            "problem": self.problem,
            "expected": self.expected,
            "fix": self.fix,
            "action": self.action.value,
        }


class InputError(ParrotError, ValueError):
    """The caller's input is wrong."""

    code = "bad_input"
    action = Action.FIX_INPUT
    exit_code = 2


class DataError(InputError):
    """Market data that cannot be used as they are."""

    code = "bad_data"
    exit_code = 3


class ParameterError(InputError):
    """A strategy parameter or keyword that is unknown or out of its range."""

    code = "bad_parameter"


class AmountError(InputError):
    """An amount outgrew 64 bits at the scale of the account's cash."""

    code = "amount_too_large"


class OrderError(InputError):
    """An order that could never be valid, such as one of zero size."""

    code = "bad_order"


class Refused(InputError):  # noqa: N818  an exchange that refuses has done its work
    """A command that an exchange refused and that changed nothing; `reason` is the name of the reason."""

    code = "refused"

    def __init__(self, problem: str, *, reason: str, expected: str = "", fix: str = "") -> None:
        super().__init__(f"{problem} ({reason})", expected=expected, fix=fix)
        self.reason = reason


class StrategyError(ParrotError):
    """The user's strategy raised; `location` is its file and line, `result` the partial result."""

    code = "strategy_failed"
    action = Action.FIX_INPUT
    exit_code = 4

    def __init__(self, problem: str, *, location: str = "", result: object = None, fix: str = "") -> None:
        super().__init__(problem, fix=fix)
        self.location = location
        self.result = result


class MissingError(ParrotError, LookupError):
    """Something that was named does not exist."""

    code = "not_found"
    action = Action.FIX_INPUT
    exit_code = 5


class ChangedError(ParrotError):
    """What was to be changed is no longer what was read."""

    code = "changed"
    action = Action.FIX_INPUT
    exit_code = 2


class AccessError(ParrotError):
    """Whoever asks may not; `reason` is signed_out, forbidden, reauthenticate, second_factor, locked or setup."""

    code = "not_allowed"
    exit_code = 9

    def __init__(self, problem: str, *, expected: str = "", fix: str = "", reason: str = "forbidden") -> None:
        super().__init__(problem, expected=expected, fix=fix)
        self.reason = reason


class StorageError(ParrotError, OSError):
    """Files could not be read or written."""

    code = "storage"
    exit_code = 6


class BusyError(ParrotError):
    """A queue is full; what was to be done was not done."""

    code = "busy"
    action = Action.RETRY_LATER
    exit_code = 8


class VenueError(ParrotError):
    """A venue refused or did not answer.

    `temporary` says whether the same request may work later; `retry_after_s` how long the venue asked to wait.
    """

    code = "venue"
    action = Action.RETRY_LATER
    exit_code = 7

    def __init__(
        self,
        problem: str,
        *,
        expected: str = "",
        fix: str = "",
        temporary: bool = True,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(problem, expected=expected, fix=fix)
        self.temporary = temporary
        self.retry_after_s = retry_after_s
        self.action = Action.RETRY_LATER if temporary else Action.STOP


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a long run; `result` is the partial result."""

    def __init__(self, result: object = None) -> None:
        super().__init__("interrupted")
        self.result = result

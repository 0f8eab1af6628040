"""What the venue answers when it does not do what it was asked: status, code and text, as its clients know them."""

from __future__ import annotations

from typing import Any, Final

ILLEGAL: Final = -1100
SYMBOL_RANGE: Final = "^[A-Z0-9-_.]{1,20}$"
DECIMAL_RANGE: Final = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
WHOLE_RANGE: Final = "^[0-9]{1,20}$"
CLIENT_ID_RANGE: Final = "^[a-zA-Z0-9-_]{1,36}$"

# Codes that do not come with 400.
_STATUS: Final = {-1002: 401, -1003: 429, -1015: 429, -2014: 401, -2015: 401, -2021: 409}


class ApiError(Exception):
    """A refusal on its way to the client; `data` goes along with it, `retry_at` (ns) says from when on to ask again."""

    def __init__(self, code: int, text: str, *, status: int = 0, data: Any = None, retry_at: int = 0) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text
        self.status = status or _STATUS.get(code, 400)
        self.data = data
        self.retry_at = retry_at

    def body(self) -> dict[str, Any]:
        """The error as the client reads it."""
        plain: dict[str, Any] = {"code": self.code, "msg": self.text}
        if self.data is not None:
            plain["data"] = self.data
        return plain


def illegal(name: str, legal: str) -> ApiError:
    """Characters that no value of that parameter has."""
    return ApiError(ILLEGAL, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def missing(name: str) -> ApiError:
    """A mandatory parameter that was not sent."""
    return ApiError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def missing_both(one: str, other: str) -> ApiError:
    """Neither of two parameters of which one is needed."""
    return ApiError(-1102, f"Param '{one}' or '{other}' must be sent, but both were empty/null!")


def empty(name: str) -> ApiError:
    """A parameter without a value."""
    return ApiError(-1105, f"Parameter '{name}' was empty.")


def needless(name: str) -> ApiError:
    """A parameter that does not go with the others."""
    return ApiError(-1106, f"Parameter '{name}' sent when not required.")


def overflowed(name: str) -> ApiError:
    """A number larger than the venue can hold."""
    return ApiError(-1108, f"Parameter '{name}' overflowed.")


def too_precise(name: str) -> ApiError:
    """More digits behind the point than the venue knows."""
    return ApiError(-1111, f"Parameter '{name}' has too much precision.")


def invalid(name: str) -> ApiError:
    """A value that is none of those allowed."""
    return ApiError(-1130, f"Data sent for parameter '{name}' is not valid.")


def combination() -> ApiError:
    """Optional parameters that exclude one another."""
    return ApiError(-1128, "Combination of optional parameters invalid.")


def bad_symbol() -> ApiError:
    """A symbol that is not traded here."""
    return ApiError(-1121, "Invalid symbol.")


def filter_failure(name: str, *, code: int = -1013) -> ApiError:
    """A filter of the symbol that an order does not pass."""
    return ApiError(code, f"Filter failure: {name}")

"""Every page that the sidebar knows, and those beside it."""

from __future__ import annotations

from typing import Final

SIGNED_IN: Final = (
    "/", "/markets", "/orders", "/portfolio", "/strategies", "/backtests", "/data", "/risk", "/clients", "/exchange",
    "/users", "/audit", "/settings", "/profile",
)  # fmt: skip
OPEN: Final = ("/signin", "/reset", "/register", "/join", "/about")

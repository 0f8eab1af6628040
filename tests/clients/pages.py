"""The config that a page shows, pointed at the exchange at hand: what is read is what runs."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"


def block(page: str, language: str, places: dict[str, str]) -> str:
    """The first block of a language on a page, with its addresses and keys replaced."""
    text = (PAGES / page).read_text()
    found = re.search(rf"^```{language}[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{page} has no block of {language}")
    code = found[1]
    for shown, real in places.items():
        if shown not in code:
            raise LookupError(f"{page} does not show {shown}")
        code = code.replace(shown, real)
    return code

"""What the rows are made by."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1  # of the rows: rows of another version are thrown away and made anew
AVERAGE_DIGITS: Final = 12

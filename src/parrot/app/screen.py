"""Where the built screen is."""

from __future__ import annotations

from pathlib import Path


def screen_folder() -> Path | None:
    """The exported pages: in `web/out` of this checkout, or packed with the sources; None where they are not built."""
    here = Path(__file__).resolve().parents
    places = (here[3] / "web" / "out", here[1] / "web")
    return next((place for place in places if (place / "index.html").is_file()), None)

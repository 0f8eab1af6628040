"""Writes the interface in the terms of OpenAPI without a platform: `python -m parrot.gateway.rest.schema FILE`."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from parrot.gateway.rest.application import create_app
from parrot.gateway.rest.doors import Doors


class _Closed:
    """A door without a house: the routes can be described, and nothing can be asked."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"nothing runs here that could answer {name}")


def closed() -> Doors:
    """Doors without a house."""
    return Doors(**dict.fromkeys((field.name for field in dataclasses.fields(Doors)), _Closed()))  # type: ignore[arg-type]  # nobody asks


def text() -> str:
    """The description as JSON, the same text for the same routes."""
    return json.dumps(create_app(closed()).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Writes the description to the file that is named."""
    place = Path(sys.argv[1])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()

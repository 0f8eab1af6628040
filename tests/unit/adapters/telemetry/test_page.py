"""The page on monitoring lists every number with its labels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from parrot.adapters.telemetry import Metrics

PAGE = (Path(__file__).parents[4] / "docs/operations/monitoring.md").read_text("utf-8")


def test_the_page_lists_every_number_and_its_labels() -> None:
    written = {
        name.removesuffix("_total"): tuple(re.findall(r"`(\w+)`", labels))
        for name, labels in re.findall(r"^\| `(parrot_\w+)` \|([^|]*)\|", PAGE, re.MULTILINE)
    }
    collectors: list[Any] = list(Metrics("1")._registry._collector_to_names)
    ours = [one for one in collectors if getattr(one, "_name", "").startswith("parrot_")]
    assert written == {one._name: one._labelnames for one in ours}

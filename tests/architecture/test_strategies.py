"""Examples that a newcomer copies lean on the SDK alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, imports, is_within, relative, tracked

EXAMPLES = [path for path in tracked(".py") if path.is_relative_to(ROOT / "strategies")]


@pytest.mark.parametrize("path", EXAMPLES, ids=[relative(path) for path in EXAMPLES])
def test_an_example_imports_the_sdk_only(path: Path) -> None:
    allowed = ("parrot.sdk", "numpy")
    foreign = [
        name
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names and not any(is_within(name, room) for room in allowed)
    ]
    assert not foreign

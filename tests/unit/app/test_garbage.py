"""What a start makes is not looked through; what comes later is."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from parrot.app.garbage import hold, settle


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_until_the_start_is_over() -> None:
    hold()
    assert not gc.isenabled()
    settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1_000

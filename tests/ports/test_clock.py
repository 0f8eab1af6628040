"""The clock port on each of its clocks."""

from __future__ import annotations

import time

import pytest

from parrot.adapters.clock import SystemClock
from parrot.adapters.clock.simulated import SimulatedClock
from parrot.adapters.clock.steady import SteadyClock
from parrot.kernel.errors import ParameterError


@pytest.mark.parametrize("make", [SystemClock, SteadyClock, SimulatedClock])
def test_sleeping_takes_at_least_as_long_as_was_asked(make):
    clock = make()
    before = clock.now_ns()
    clock.sleep(0.02)
    assert clock.now_ns() - before >= 20_000_000
    clock.sleep(0)


@pytest.mark.parametrize("make", [SteadyClock, SimulatedClock])
def test_time_does_not_go_back(make):
    clock = make()
    seen = [clock.now_ns() for _ in range(1_000)]
    assert seen == sorted(seen)


@pytest.mark.parametrize("make", [SystemClock, SteadyClock])
def test_a_real_clock_says_the_time_of_day(make):
    assert abs(make().now_ns() - time.time_ns()) < 1_000_000_000


def test_a_simulated_clock_goes_only_when_told_and_takes_no_time():
    clock = SimulatedClock(1_700_000_000_000_000_000)
    start = time.monotonic()
    clock.sleep(86_400)
    clock.move(5)
    assert clock.now_ns() == 1_700_086_400_000_000_005
    assert clock.now_ns() == 1_700_086_400_000_000_005
    assert time.monotonic() - start < 1
    with pytest.raises(ParameterError, match="does not go back by 1 ns"):
        clock.move(-1)

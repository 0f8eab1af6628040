"""The loop turns until it is told to stop, and sleeps while there is nothing to do."""

from __future__ import annotations

import os
import signal
import threading
import time

from parrot.adapters.clock.steady import SteadyClock
from parrot.app.platform.loop import Loop


def test_a_signal_ends_it_after_the_turn():
    turns = []

    def turn(now):
        turns.append(now)
        if len(turns) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return False

    before = signal.getsignal(signal.SIGTERM)
    with Loop(SteadyClock(), turn, list) as loop:
        loop.run()
    assert len(turns) == 3
    assert turns == sorted(turns)
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_can_be_read_wakes_it():
    read, write = os.pipe()
    seen = []

    def turn(now):
        seen.append(now)
        if len(seen) == 200:
            loop.stop()
        return False

    os.write(write, b"x")  # stays readable, so no pause is ever taken
    begin = time.monotonic()
    with Loop(SteadyClock(), turn, lambda: [read]) as loop:
        loop.run()
    assert time.monotonic() - begin < 200 * 0.02 / 2
    os.close(read)
    os.close(write)


def test_another_thread_ends_the_pause():
    with Loop(SteadyClock(), lambda now: False, list) as loop:
        threading.Timer(0.05, loop.stop).start()
        loop.run()
    assert loop.stopping


def test_the_steady_clock_goes_on_from_a_later_time():
    ahead = time.time_ns() + 10**12
    clock = SteadyClock(ahead)
    first, second = clock.now_ns(), clock.now_ns()
    assert ahead < first <= second < ahead + 10**9
    assert clock.offset_ns < -(10**11)

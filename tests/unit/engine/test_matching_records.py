"""Records, words and decimals at the border of the matching engine."""

from __future__ import annotations

import inspect
import threading
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from time import perf_counter_ns

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot import _core
from parrot.engine.matching import (
    COMMAND,
    EVENT,
    ORDER,
    CommandKind,
    EventKind,
    Exchange,
    Order,
    Reason,
    Refused,
    commands,
    words,
)
from parrot.engine.matching.amounts import amount, nanoseconds, units
from parrot.kernel.errors import ParameterError
from tests.unit.engine.opened import PAIR, open_exchange


@pytest.fixture
def exchange() -> Exchange:
    return open_exchange()


# -- Records and words ------------------------------------------------------------------------------------------------


def test_records_have_the_layout_of_the_core() -> None:
    assert (COMMAND.itemsize, EVENT.itemsize, ORDER.itemsize) == (96, 104, 56)
    for layout in (COMMAND, EVENT, ORDER):
        ends = 0
        for name in layout.names:
            kind, offset = layout.fields[name][:2]
            assert offset == ends, f"a gap before {name}"
            ends = offset + kind.itemsize
        assert ends == layout.itemsize
        assert layout.isalignedstruct


def test_fields_arrive_where_they_belong(exchange: Exchange) -> None:
    row = commands(1)
    row[["kind", "symbol", "side", "owner", "id", "price", "quantity"]] = (1, 0, 1, 1, 77, 60_000_00, 5_000)
    handle = int(exchange.execute(row)[0])
    [order] = exchange.orders(PAIR, "sell")
    assert handle == order["handle"] > 0
    assert order[["id", "owner", "symbol", "side", "price", "visible"]].tolist() == (77, 1, 0, 1, 60_000_00, 5_000)
    accepted, rested = exchange.events()
    assert (accepted["kind"], rested["kind"]) == (EventKind.ACCEPTED, EventKind.RESTED)
    assert rested[["id", "handle", "left", "level"]].tolist() == (77, handle, 5_000, 5_000)


def test_words_are_those_of_the_core() -> None:
    listed = dict(_core.matching_words())
    for name, pairs in listed.items():
        kind = getattr(words, name)
        assert [(member.name, int(member)) for member in kind] == pairs, name
    assert len(listed) == 13


def test_the_fast_call_takes_the_fields_of_an_order() -> None:
    names = list(inspect.signature(_core.Matching.submit).parameters)
    assert names[1:] == list(Order._fields)
    assert set(names[1:]) <= set(COMMAND.names)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([1, 2], "NumPy array"),
        (np.zeros(3), "dtype COMMAND"),
        (np.zeros(3, EVENT), "dtype COMMAND"),
        (np.zeros((2, 2), COMMAND), "one dimension"),
        (np.zeros(8, COMMAND)[::2], "one piece"),
        (np.zeros(97, np.uint8)[1:].view(np.dtype(COMMAND.descr)), "multiple of 8"),
    ],
    ids=["list", "floats", "events", "two dimensions", "gaps", "misaligned"],
)
def test_arrays_that_are_no_commands_are_refused(exchange: Exchange, wrong: object, told: str) -> None:
    before = exchange.hash()
    with pytest.raises(ParameterError, match=told):
        exchange.execute(wrong)
    assert exchange.hash() == before


def test_a_batch_gives_one_result_a_command(exchange: Exchange) -> None:
    batch = commands(4)
    batch["kind"] = CommandKind.ORDER
    batch["price"], batch["id"] = 50_000_00, range(4)
    batch["quantity"] = [10_000, 0, 10_000, 10_000]
    batch["owner"] = [0, 0, 9, 1]
    batch["side"] = [0, 0, 0, 1]
    results = exchange.execute(batch)
    assert results.dtype == np.int64
    assert results[0] > 0
    assert results[1:].tolist() == [-Reason.INVALID_QUANTITY, -Reason.UNKNOWN_OWNER, 0]
    assert len(exchange.execute(batch[:0])) == 0


def test_legs_of_a_list_get_a_result_each(exchange: Exchange) -> None:
    leave = exchange.order("bob", PAIR, "sell", 1, 65_000)
    protect = exchange.order("bob", PAIR, "sell", 1, trigger=55_000)
    first, second = exchange.submit_list("OCO", [leave, protect])
    assert first != second
    assert min(first, second) > 0
    assert exchange.core.order_of(second) == (1, 0)
    with pytest.raises(Refused) as refused:
        exchange.submit_list("OCO", [leave, protect._replace(trigger=0)])
    assert refused.value.reason == "INVALID_TRIGGER"
    with pytest.raises(Refused) as refused:
        exchange.submit_list("BRACKET", [leave, protect])
    assert refused.value.reason == "INVALID_LIST"
    with pytest.raises(ParameterError):
        exchange.submit_list("OCO", [])


def test_other_threads_run_while_a_batch_does(exchange: Exchange) -> None:
    batch = commands(300_000)
    batch["kind"], batch["quantity"] = CommandKind.ORDER, 1
    batch["price"] = 1 + np.arange(len(batch)) % 1_000
    ticks = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            ticks.append(perf_counter_ns())

    counter = threading.Thread(target=count)
    counter.start()
    started = perf_counter_ns()
    exchange.core.execute(batch)
    ended = perf_counter_ns()
    done.set()
    counter.join()
    inside = [at for at in ticks if started < at < ended]
    assert len(inside) > 100


# -- Decimals ---------------------------------------------------------------------------------------------------------


def test_amounts_become_units_exactly() -> None:
    assert units("0.1", 8, "x") == units(0.1, 8, "x") == units(Decimal("0.1"), 8, "x") == 10_000_000
    assert units(np.int64(3), 2, "x") == units(3, 2, "x") == 300
    assert units("1e3", 0, "x") == 1_000
    assert units("92233720368.54775807", 8, "x") == 2**63 - 1
    assert units("500", -2, "x") == 5


@pytest.mark.parametrize(
    "wrong",
    ["0.123456789", "nan", "inf", "many", None, "1e400", "1" + "0" * 30, "1.00000000000000000000000000000001", []],
)
def test_amounts_that_are_not_exact_are_refused(wrong: object) -> None:
    with pytest.raises(ParameterError):
        units(wrong, 8, "x")


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(0, 18))
def test_units_and_amounts_are_inverse(whole: int, decimals: int) -> None:
    assert units(amount(whole, decimals), decimals, "x") == whole
    assert units(str(amount(whole, decimals)), decimals, "x") == whole


def test_moments_are_nanoseconds() -> None:
    assert nanoseconds(5, "x") == 5
    at = datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    assert nanoseconds(at, "x") == 1_767_261_600_000_001_000
    for wrong in (datetime(2026, 1, 1), 1.5, "now", 1 << 70):  # noqa: DTZ001  that is what is wrong with it
        with pytest.raises(ParameterError):
            nanoseconds(wrong, "x")

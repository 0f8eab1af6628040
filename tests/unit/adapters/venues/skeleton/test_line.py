"""The line: who may come in, in which order requests leave, and what becomes of those that fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from parrot.adapters.venues.skeleton.line import Pace
from parrot.adapters.venues.skeleton.news import KeyScope
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.venue import LiveVenue
from parrot.contracts.venue import (
    Accepted,
    AskState,
    CancelFailed,
    CancelPlaced,
    Found,
    NotFound,
    QueryPlaced,
    Rejected,
    Unanswered,
    Withdrawn,
)
from parrot.kernel.errors import MissingError, VenueError
from tests.unit.adapters.venues.skeleton.news import trade
from tests.unit.adapters.venues.skeleton.wires import Clock, D, Wire, place, venue

WITHDRAWS = KeyScope(trade=True, withdraw=True)


@contextmanager
def opened(wire, **fields) -> Iterator:
    live = venue(wire, **fields)
    live.open()
    try:
        yield live
    finally:
        live.close()
        assert wire.closed


def say(live, *requests):
    """The reports of all that followed."""
    heard = []
    live.connect(heard.append)
    for request in requests:
        live.send(request)
    end = time.monotonic() + 10
    while live.under_way:
        assert time.monotonic() < end
        time.sleep(0.001)
    live.poll(time.time_ns())
    return heard


def cancel(client_id):
    return CancelPlaced(client_id=client_id, symbol="BTC/USDT", ts=time.time_ns())


def query(client_id):
    return QueryPlaced(client_id=client_id, symbol="BTC/USDT", ts=time.time_ns())


def test_a_key_that_may_withdraw_is_refused_unless_that_is_allowed():
    wire = Wire(scope=WITHDRAWS)
    with pytest.raises(VenueError, match="may withdraw"):
        venue(wire).open()
    assert wire.closed
    with opened(Wire(scope=WITHDRAWS), allow_withdrawals=True) as live:
        assert "may withdraw" in live.warnings[0]


def test_where_a_venue_does_not_say_what_a_key_may_do_there_is_a_warning():
    with opened(Wire(scope=KeyScope())) as live:
        assert "does not say" in live.warnings[0]


def test_a_key_that_may_not_trade_is_refused():
    with pytest.raises(VenueError, match="may not trade"):
        venue(Wire(scope=KeyScope(trade=False))).open()


def test_a_symbol_that_the_venue_does_not_list_is_named():
    wire = Wire()
    wire.listings = list
    with pytest.raises(MissingError, match="BTC/USDT"):
        venue(wire).open()


def test_a_symbol_that_is_not_listed_is_said_with_what_is_near_before_a_stream_asks_for_it():
    wire = Wire()
    wire.markets = lambda symbols, on_raw: pytest.fail("asked for")
    live = LiveVenue(wire, symbols=["BTC/USD"], clock=Clock())
    with pytest.raises(MissingError, match="one of its 1 symbols, perhaps BTC/USDT"):
        live.open()
    assert wire.closed


def test_the_venues_clock_is_measured():
    wire = Wire()
    with opened(wire):
        assert abs(wire.offset - 5_000_000_000) < 1_000_000_000


def test_a_clock_that_drifts_away_is_noticed():
    wire = Wire()
    with opened(wire, pace=Pace(echo=0.01)):
        wire.ahead = 9_000_000_000
        end = time.monotonic() + 10
        while wire.offset < 8_000_000_000:
            assert time.monotonic() < end
            time.sleep(0.001)


def test_a_venue_that_is_to_act_on_silence_hears_of_us_from_the_beginning_and_a_feed_says_nothing():
    wire = Wire()
    with opened(wire):
        assert wire.alive_said == 1
    feed = Wire()
    with opened(feed, private=False):
        assert feed.alive_said == 0


def test_requests_about_one_order_keep_their_order():
    wire = Wire(0.05)
    with opened(wire) as live:
        heard = say(live, place("a"), cancel("a"), query("a"))
    assert [word for word in wire.told if word != "time"] == ["place a", "placed a", "cancel a", "query a"]
    assert [type(report) for report in heard] == [Accepted, Withdrawn, Found]


def test_a_slow_order_holds_nobody_elses_cancel_up():
    wire = Wire(0.1)
    with opened(wire) as live:
        say(live, place("a"), cancel("b"))
    assert wire.told.index("cancel b") < wire.told.index("placed a")


def test_an_answer_that_takes_too_long_is_none():
    with opened(Wire(5)) as live:
        (report,) = say(live, place("a"))
    assert isinstance(report, Unanswered)
    assert report.request == "place"


@pytest.mark.parametrize("fault", [KeyError("price"), RuntimeError("garbage"), Trouble(Outcome.UNKNOWN, "502")])
def test_whatever_a_library_trips_over_leaves_the_outcome_open(fault):
    with opened(Wire(fault)) as live:
        (report,) = say(live, place("a"))
    assert isinstance(report, Unanswered)


def test_a_refusal_is_one_and_an_id_that_is_taken_is_asked_about():
    with opened(Wire(Trouble(Outcome.REFUSED, "no money"), Trouble(Outcome.DUPLICATE, "twice"))) as live:
        assert [type(report) for report in say(live, place("a"))] == [Rejected]
        assert [type(report) for report in say(live, place("b"))] == [Found]


def test_a_time_stamp_that_the_venue_does_not_like_is_put_right_and_tried_once_more():
    wire = Wire(Trouble(Outcome.CLOCK, "timestamp"))
    with opened(wire) as live:
        asked = wire.told.count("time")
        assert [type(report) for report in say(live, place("a"))] == [Accepted]
    assert wire.told.count("time") > asked
    with opened(Wire(Trouble(Outcome.CLOCK, "timestamp"), Trouble(Outcome.CLOCK, "timestamp"))) as live:
        assert [type(report) for report in say(live, place("a"))] == [Rejected]


def test_a_key_that_fails_lets_no_further_order_leave():
    wire = Wire(Trouble(Outcome.KEY, "revoked"))
    with opened(wire) as live:
        say(live, place("a"))
        (report,) = say(live, place("b"))
        (answered,) = say(live, cancel("c"))[-1:]
    assert isinstance(report, Rejected)
    assert "revoked" in report.reason
    assert "place b" not in wire.told
    assert isinstance(answered, Withdrawn), "cancels go on"


def test_a_pause_that_the_venue_wants_is_handed_on():
    with opened(Wire(Trouble(Outcome.SLOW, "429", retry_after=7))) as live:
        (report,) = say(live, place("a"))
    assert (type(report), report.retry_after) == (Unanswered, 7)


def test_an_order_that_waited_too_long_does_not_leave():
    wire = Wire()
    with opened(wire) as live:
        (report,) = say(live, place("a", ts=time.time_ns() - 6_000_000_000))
    assert isinstance(report, Rejected)
    assert not [word for word in wire.told if word.startswith("place")]


@pytest.mark.parametrize("wrong", [{"quantity": D("0.0015")}, {"limit": D("1.001")}, {"symbol": "NO/SUCH"}])
def test_what_would_have_to_be_rounded_does_not_leave(wrong):
    wire = Wire()
    with opened(wire) as live:
        (report,) = say(live, place("a", **wrong))
    assert isinstance(report, Rejected)
    assert "place a" not in wire.told


def test_not_found_is_said_with_the_time_of_the_question():
    with opened(Wire()) as live:
        before = time.time_ns()
        (report,) = say(live, query("nobody"))
    assert isinstance(report, NotFound)
    assert before <= report.ts <= time.time_ns()


def test_a_cancel_of_what_is_not_there_has_failed():
    wire = Wire()

    async def missing(request):
        raise Trouble(Outcome.MISSING, "unknown order")

    wire.cancel = missing
    with opened(wire) as live:
        assert [type(report) for report in say(live, cancel("a"))] == [CancelFailed]


def test_a_state_waits_for_the_names_of_all_executions():
    wire = Wire()
    wire.trades = [trade("1", venue_id="v9", named=False)]
    state = AskState(ts=time.time_ns())
    with opened(wire) as live:
        assert [type(report) for report in say(live, state)] == [Unanswered]
        wire.names["v9"] = "ours"
        *_, fill, told = say(live, state)
    assert (fill.client_id, [one.client_id for one in told.trades]) == ("ours", ["ours"])


def test_executions_of_an_order_that_the_venue_has_forgotten_are_somebody_elses():
    wire = Wire()
    wire.nameless = Outcome.MISSING
    wire.trades = [trade("1", venue_id="v9", named=False)]  # its time is long past
    with opened(wire) as live:
        *_, told = say(live, AskState(ts=time.time_ns()))
    assert [one.client_id for one in told.trades] == ["#v9"]

"""Orders over FIX on the simulated exchange, every field asserted."""

from __future__ import annotations

import pytest

from parrot.adapters.sessions import FileSessions, MemorySessions
from parrot.centers.matching.manifest import build_exchange, public_settings
from parrot.contracts.exchange import SCALE, Kind, ListForm, NewOrderList, SelfTrade
from parrot.gateway.fix import Acceptor
from tests.unit.centers.matching.public import order as plain
from tests.unit.gateway.fix.client import START, Client, FewKeys, types


class Trader(Client):
    """A client of account "main" on an exchange without a crowd; `meet` trades against it as "other"."""

    def __init__(self, *, key="key", stocks=()) -> None:
        exchange = build_exchange(public_settings(("BTCUSDT", "ETHUSDT"), stocks, crowd=False), now=START)
        for account in ("main", "other", "third"):
            exchange.open_account(account)
            for held in exchange.held(account):
                exchange.deposit(account, held.asset, (1_000_000 if held.asset.startswith("USD") else 100) * SCALE)
        super().__init__(Acceptor(exchange, FewKeys(), MemorySessions()), exchange, key=key)
        assert types(self.log_on()) == "A"

    def meet(self, side, quantity, price, **fields):
        self.exchange.submit("other", plain(side, quantity, price, **fields))
        return self.heard()

    def trade(self, price):
        """Two others trade."""
        self.exchange.submit("other", plain("buy", 0.01, price))
        self.exchange.submit("third", plain("sell", 0.01, price))
        return self.heard()

    def buy(self, name, *pairs, **more):
        return self.order(name, (38, "0.5"), (44, "60000"), *pairs, **more)


@pytest.fixture
def trader():
    return Trader()


def fields(message, *tags):
    return [message[tag] for tag in tags]


def test_a_limit_order_that_rests_is_new_with_all_its_fields(trader):
    [new] = trader.buy("a", (59, 1))
    assert fields(new, 11, 41, 150, 39, 55, 54, 38, 40, 44, 59, 151, 14, 6, 60, 103) == (
        ["a", None, "0", "0", "BTCUSDT", "1", "0.5", "2", "60000", "1", "0.5", "0", "0", "20260921-14:13:20.000", None]
    )
    assert new[37] == str(trader.exchange.order_named("main", "a").order_id)
    assert new[17]


def test_fills_add_up_to_the_last_digit(trader):
    trader.buy("a")
    [first] = trader.meet("sell", 0.2, 60_000)
    assert fields(first, 11, 150, 39, 32, 31, 14, 151, 6) == ["a", "F", "1", "0.2", "60000", "0.2", "0.3", "60000"]
    assert fields(first, 12, 13, 479, 851) == ["0.0002", "3", "BTC", "1"]
    [second] = trader.meet("sell", 0.3, 60_000)
    assert fields(second, 150, 39, 32, 14, 151, 6) == ["F", "2", "0.3", "0.5", "0", "60000"]
    assert first[17] != second[17]


def test_an_average_price_of_several_levels_is_exact(trader):
    trader.meet("sell", 0.1, 60_000)
    trader.meet("sell", 0.2, 60_000.01)
    trader.meet("sell", 0.7, 60_000.02)
    reports = trader.order("a", (40, 1), (38, "0.7"), (44, None), (59, 3))
    assert [report[150] for report in reports] == ["0", "F", "F", "F"]
    assert [report[6] for report in reports] == ["0", "60000", "60000.00666667", "60000.01428571"]
    assert fields(reports[-1], 39, 14, 151, 851, 44) == ["2", "0.7", "0", "2", None]


@pytest.mark.parametrize(
    ("tif", "quantity", "changes", "last"),
    [
        ("3", "0.5", "0FC", ["C", "0.2", "0"]),
        ("4", "0.5", "0C", ["C", "0", "0"]),
        ("4", "0.1", "0F", ["2", "0.1", "0"]),
    ],
)
def test_immediate_orders_are_filled_at_once_or_expire(trader, tif, quantity, changes, last):
    trader.meet("sell", 0.2, 60_000)
    reports = trader.buy("a", (38, quantity), (59, tif))
    assert "".join(report[150] for report in reports) == changes
    assert fields(reports[-1], 39, 14, 151) == last


def test_an_order_for_the_day_says_so_although_the_day_never_ends(trader):
    assert [one[59] for pairs in ((59, 0), (59, None)) for one in trader.buy(f"d{pairs[1]}", pairs)] == ["0", "0"]
    assert trader.exchange.order_named("main", "d0").order.lifetime == "gtc"


def test_a_post_only_order_rests_or_is_refused(trader):
    [new] = trader.buy("a", (18, "6"))
    assert fields(new, 150, 18) == ["0", "6"]
    [refused] = trader.order("b", (54, 2), (38, "0.1"), (44, "59000"), (18, "6"))
    assert fields(refused, 150, 39, 103, 37, 11) == ["8", "8", "99", "NONE", "b"]
    assert len(trader.exchange.open_orders("main")) == 1


def test_a_stop_waits_is_triggered_and_fills(trader):
    trader.trade(60_000)
    [new] = trader.order("a", (54, 2), (40, 3), (99, "59000"), (44, None), (38, "0.1"))
    assert fields(new, 150, 39, 40, 99, 636, 44) == ["0", "0", "3", "59000", "N", None]
    trader.meet("buy", 1, 58_000)
    reports = trader.trade(58_000)
    assert [report[150] for report in reports] == ["D", "F"]
    assert fields(reports[0], 378, 39, 636) == ["99", "0", None]
    assert fields(reports[1], 39, 32, 31) == ["2", "0.1", "58000"]


def test_a_stop_limit_and_a_touch_order_are_taken(trader):
    trader.trade(60_000)
    [stop] = trader.order("a", (54, 2), (40, 4), (99, "59000"), (44, "58990"), (38, "0.1"))
    assert fields(stop, 40, 99, 44, 636) == ["4", "59000", "58990", "N"]
    [touch] = trader.order("b", (54, 2), (40, "J"), (99, "61000"), (44, None), (38, "0.1"))
    assert fields(touch, 150, 40, 99, 636) == ["0", "J", "61000", "N"]


def test_an_iceberg_shows_a_part(trader):
    [new] = trader.buy("a", (111, "0.1"))
    assert fields(new, 111, 38, 151) == ["0.1", "0.5", "0.5"]
    assert trader.exchange.depth("BTCUSDT", 5).bids == ((60_000 * SCALE, SCALE // 10),)


def test_a_market_order_may_be_by_amount(trader):
    trader.meet("sell", 1, 60_000)
    reports = trader.order("a", (40, 1), (38, None), (44, None), (152, "6000"))
    assert [report[150] for report in reports] == ["0", "F"]
    assert fields(reports[0], 152, 38) == ["6000", None]
    assert fields(reports[1], 39, 14, 31, 151) == ["2", "0.1", "60000", "0"]


def test_of_two_orders_of_one_account_the_resting_one_expires(trader):
    trader.buy("a")
    reports = trader.order("b", (54, 2), (38, "0.5"), (44, "60000"))
    assert {(report[11], report[150]) for report in reports} >= {("a", "C"), ("b", "0")}
    [expired] = [report for report in reports if report[150] == "C"]
    assert fields(expired, 39, 58, 38, 151, 378) == ["C", "self_trade", "0.5", "0", None]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((55, "NOPE"), "1"),
        ((38, "0.000001"), "13"),
        ((38, "0.00001"), "3"),
        ((38, "100"), "3"),
        ((44, "60000.001"), "99"),
        ((44, "60"), "99"),
        ((54, 5), "11"),
        ((40, "P"), "11"),
        ((59, 6), "11"),
        ((18, "G"), "11"),
        ((111, "0.6"), "11"),
    ],
)
def test_what_the_exchange_refuses_is_an_execution_report_with_a_reason(trader, change, reason):
    trader.trade(59_000)
    given = dict([(38, "0.5"), (44, "60000"), change])
    [refused] = trader.order("a", *given.items())
    assert fields(refused, 150, 39, 103, 37, 11, 14, 151, 6) == ["8", "8", reason, "NONE", "a", "0", "0", "0"]
    assert refused[58]
    assert fields(refused, 38, 44) == [given[38], given[44]]
    assert trader.exchange.open_orders("main") == []


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        (
            ((38, "1000"), (40, 1), (44, "0")),
            "quantity 1000 of a market order (market_lot_size); expected: at most 900",
        ),
        (((38, "0.5"), (44, "60000.001")), "price 60000.001 (price_filter); expected: 0.01 to 60000000, in steps of"),
    ],
)
def test_a_refusal_says_what_would_be_right(trader, pairs, text):
    trader.trade(59_000)
    [refused] = trader.order("a", *pairs)
    assert text in refused[58]


def test_a_replace_that_is_refused_says_what_would_be_right(trader):
    trader.buy("a")
    [refused] = replace(trader, "b", "a", t44="60000.001")
    assert refused[58].endswith("(price_filter); expected: 0.01 to 60000000, in steps of 0.01")


def test_a_name_that_was_used_is_refused_even_after_its_order_ended(trader):
    trader.buy("a")
    trader.say("F", (11, "x"), (41, "a"), (55, "BTCUSDT"), (54, 1))
    [refused] = trader.buy("a")
    assert fields(refused, 150, 103) == ["8", "6"]


def test_a_key_that_may_not_trade_sees_and_does_nothing():
    looker = Trader(key="look")
    [refused] = looker.buy("a")
    assert fields(refused, 150, 58) == ["8", "this key may not trade"]


# -- cancel ------------------------------------------------------------------------------------------------------------


def test_a_cancel_names_both_orders(trader):
    [new] = trader.buy("a")
    trader.meet("sell", 0.2, 60_000)
    [canceled] = trader.say("F", (11, "c"), (41, "a"), (55, "BTCUSDT"), (54, 1), (60, "20260921-14:13:20"))
    assert fields(canceled, 11, 41, 37, 150, 39, 14, 151, 6) == ["c", "a", new[37], "4", "4", "0.2", "0", "60000"]
    assert trader.exchange.open_orders("main") == []


@pytest.mark.parametrize(
    ("pairs", "reason", "status"),
    [(((41, "nothing"),), "1", "8"), (((41, "a"), (54, 2)), "1", "0"), (((41, "a"), (55, "ETHUSDT")), "1", "0")],
)
def test_a_cancel_of_what_is_not_there_is_rejected(trader, pairs, reason, status):
    trader.buy("a")
    given = {11: "c", 55: "BTCUSDT", 54: 1} | dict(pairs)
    [reject] = trader.say("F", *given.items())
    assert fields(reject, 35, 11, 41, 434, 102, 39) == ["9", "c", given[41], "1", reason, status]
    assert len(trader.exchange.open_orders("main")) == 1


def test_a_cancel_that_comes_too_late_says_how_the_order_ended(trader):
    trader.buy("a")
    trader.meet("sell", 0.5, 60_000)
    [reject] = trader.say("F", (11, "c"), (41, "a"), (55, "BTCUSDT"), (54, 1))
    assert fields(reject, 35, 434, 102, 39) == ["9", "1", "0", "2"]
    assert reject[37] != "NONE"


def test_orders_of_others_cannot_be_seen_or_ended(trader):
    trader.meet("sell", 0.5, 61_000, client_id="theirs")
    [reject] = trader.say("F", (11, "c"), (41, "theirs"), (55, "BTCUSDT"), (54, 2))
    assert fields(reject, 37, 102) == ["NONE", "1"]
    [status] = trader.say("H", (11, "theirs"), (55, "BTCUSDT"), (54, 2))
    assert fields(status, 37, 39, 103) == ["NONE", "8", "5"]


# -- replace -----------------------------------------------------------------------------------------------------------


def replace(trader, name, earlier, **change):
    given = {11: name, 41: earlier, 55: "BTCUSDT", 54: 1, 40: 2, 38: "0.5", 44: "60000", 60: "20260921-14:13:20"}
    given |= {int(tag[1:]): value for tag, value in change.items()}
    return trader.say("G", *((tag, value) for tag, value in given.items() if value is not None))


def test_an_order_is_replaced_again_and_again_under_new_names(trader):
    [new] = trader.buy("a")
    [first] = replace(trader, "b", "a", t38="0.4")
    assert fields(first, 11, 41, 37, 150, 39, 38, 44, 151, 14) == (
        ["b", "a", new[37], "5", "0", "0.4", "60000", "0.4", "0"]
    )
    [second] = replace(trader, "c", "b", t38="0.9", t44="59990")
    assert fields(second, 11, 41, 150, 38, 44, 151) == ["c", "b", "5", "0.9", "59990", "0.9"]
    [fill] = trader.meet("sell", 0.1, 59_990)
    assert fields(fill, 11, 41, 39, 14, 151) == ["c", None, "1", "0.1", "0.8"]
    [third] = replace(trader, "d", "c", t38="0.3", t44="59990")
    assert fields(third, 11, 41, 150, 39, 38, 14, 151) == ["d", "c", "5", "1", "0.3", "0.1", "0.2"]
    [canceled] = trader.say("F", (11, "e"), (41, "d"), (55, "BTCUSDT"), (54, 1))
    assert fields(canceled, 11, 41, 150, 14) == ["e", "d", "4", "0.1"]


def test_a_replaced_price_may_trade_at_once(trader):
    trader.meet("sell", 0.2, 60_100)
    trader.buy("a")
    reports = replace(trader, "b", "a", t44="60100")
    assert [report[150] for report in reports] == ["5", "F"]
    assert fields(reports[1], 11, 32, 31, 14, 151) == ["b", "0.2", "60100", "0.2", "0.3"]


def test_a_stop_s_trigger_can_be_replaced(trader):
    trader.trade(60_000)
    trader.order("a", (54, 2), (40, 3), (99, "59000"), (44, None), (38, "0.1"))
    [moved] = replace(trader, "b", "a", t54=2, t40=3, t99="58000", t44=None, t38="0.1")
    assert fields(moved, 150, 99, 38) == ["5", "58000", "0.1"]


@pytest.mark.parametrize(
    ("change", "reason", "status"),
    [
        ({"t41": "nothing"}, "1", "8"),
        ({"t40": 1}, "99", "0"),
        ({}, "99", "0"),
        ({"t38": "0.000001"}, "99", "0"),
        ({"t44": "60000.001"}, "99", "0"),
        ({"t38": "90"}, "99", "0"),
    ],
)
def test_a_replace_that_cannot_be_is_rejected_and_changes_nothing(trader, change, reason, status):
    trader.buy("a")
    before = trader.exchange.order_named("main", "a")
    [reject] = replace(trader, "b", **({"earlier": change.pop("t41", "a")} | change))
    assert fields(reject, 35, 11, 434, 102, 39) == ["9", "b", "2", reason, status]
    assert trader.exchange.order_named("main", "a") == before


def test_more_amendments_than_the_venue_s_limit_are_no_matter_to_replacements(trader):
    trader.buy("a0")
    for number in range(30):
        [report] = replace(trader, f"a{number + 1}", f"a{number}", t44=str(59_000 + number))
        assert report[150] == "5"


# -- questions and all orders at once ----------------------------------------------------------------------------------


def test_the_status_of_an_order_is_told_under_its_name(trader):
    trader.buy("a")
    trader.meet("sell", 0.2, 60_000)
    [status] = trader.say("H", (11, "a"), (55, "BTCUSDT"), (54, 1), (790, "q1"))
    assert fields(status, 150, 39, 11, 790, 38, 14, 151, 6) == ["I", "1", "a", "q1", "0.5", "0.2", "0.3", "60000"]
    [unknown] = trader.say("H", (11, "b"), (55, "BTCUSDT"), (54, 1))
    assert fields(unknown, 150, 39, 103, 37, 11) == ["I", "8", "5", "NONE", "b"]


def test_all_open_orders_are_listed_and_counted(trader):
    trader.buy("a")
    trader.order("b", (55, "ETHUSDT"), (38, "1"), (44, "3000"))
    reports = trader.say("AF", (584, "m"), (585, 7))
    assert [fields(one, 11, 150, 584, 911, 912) for one in reports] == [
        ["a", "I", "m", "2", "N"],
        ["b", "I", "m", "2", "Y"],
    ]
    assert [one[11] for one in trader.say("AF", (584, "m"), (585, 1), (55, "ETHUSDT"))] == ["b"]
    trader.say("q", (11, "q"), (530, 7))
    [none] = trader.say("AF", (584, "m"), (585, 7))
    assert fields(none, 37, 911, 912, 58) == ["NONE", "0", "Y", "there are no open orders"]
    [reject] = trader.say("AF", (584, "m"), (585, 3))
    assert fields(reject, 35, 371, 373) == ["3", "585", "5"]


def test_all_open_orders_are_cancelled_at_once(trader):
    trader.buy("a")
    trader.buy("b", (44, "59000"))
    trader.order("c", (55, "ETHUSDT"), (38, "1"), (44, "3000"))
    *canceled, report = trader.say("q", (11, "q"), (530, 1), (55, "BTCUSDT"))
    assert [fields(one, 11, 41, 150) for one in canceled] == [["a", None, "4"], ["b", None, "4"]]
    assert fields(report, 35, 11, 530, 531, 533) == ["r", "q", "1", "1", "2"]
    assert [one.client_id for one in trader.exchange.open_orders("main")] == ["c"]


# -- what others do ----------------------------------------------------------------------------------------------------


def test_orders_of_the_account_that_came_another_way_are_reported_too(trader):
    state = trader.exchange.submit("main", plain("sell", 0.3, 60_000, client_id="rest"))
    [new] = trader.heard()
    assert fields(new, 11, 37, 150, 54) == ["rest", str(state.order_id), "0", "2"]
    [fill] = trader.meet("buy", 0.1, 60_000)
    assert fields(fill, 11, 150, 14, 12, 479) == ["rest", "F", "0.1", "6", "USDT"]
    trader.exchange.amend("main", state.order_id, limit=60_500 * SCALE, request_id="rest2")
    [replaced] = trader.heard()
    assert fields(replaced, 11, 41, 150, 44) == ["rest2", "rest", "5", "60500"]
    [canceled] = trader.say("F", (11, "c"), (41, "rest2"), (55, "BTCUSDT"), (54, 2))
    assert fields(canceled, 11, 41, 150, 14) == ["c", "rest2", "4", "0.1"]


def test_two_sessions_of_an_account_hear_the_same(trader):
    second = Client(trader.acceptor, trader.exchange, name="BOT2")
    second.log_on()
    [first] = trader.buy("a")
    [same] = second.heard()
    assert fields(same, 37, 11, 150, 56) == [first[37], "a", "0", "BOT2"]


def test_quantity_that_self_trade_prevention_takes_is_restated(trader):
    trader.buy("rest")
    trader.exchange.submit("main", plain("sell", 0.2, 60_000, self_trade=SelfTrade.DECREMENT, client_id="small"))
    _, restated, expired = trader.heard()
    assert fields(restated, 11, 150, 378, 39, 38, 14, 151) == ["rest", "D", "5", "0", "0.3", "0", "0.3"]
    assert fields(expired, 11, 150, 39, 38, 151) == ["small", "C", "C", "0.2", "0"]
    [fill] = trader.meet("sell", 0.3, 60_000)
    assert fields(fill, 11, 150, 39, 38, 14, 151) == ["rest", "F", "2", "0.3", "0.3", "0"]


def test_an_order_that_another_one_replaces_is_cancelled_and_says_by_which(trader):
    state = trader.exchange.submit("main", plain("buy", 0.5, 60_000, client_id="old"))
    trader.heard()
    made = trader.exchange.replace("main", state.order_id, plain("buy", 0.4, 59_000, client_id="new"))
    reports = trader.heard()
    assert [fields(report, 11, 150, 39) for report in reports] == [["old", "4", "4"], ["new", "0", "0"]]
    assert reports[0][58] == f"replaced by order {made.order_id}"


def test_the_orders_of_a_list_are_reported_as_they_live_and_end(trader):
    trader.trade(60_000)
    legs = (
        plain("sell", 0.1, 0, kind=Kind.STOP, trigger=59_000, client_id="s"),
        plain("sell", 0.1, 61_000, client_id="l"),
    )
    trader.exchange.submit_list("main", NewOrderList(form=ListForm.OCO, orders=legs))
    assert [fields(report, 11, 150) for report in trader.heard()] == [["s", "0"], ["l", "0"]]
    reports = trader.meet("buy", 0.1, 61_000)
    assert {(report[11], report[150]) for report in reports} == {("l", "F"), ("s", "C")}


def test_what_was_not_told_when_the_process_died_is_told_first_after_it(trader, tmp_path):
    def restart(stores):
        """Another process with the same exchange: the acceptor of before hears nothing more."""
        trader.acceptor._by_account.clear()
        trader.acceptor = Acceptor(trader.exchange, FewKeys(), stores)
        trader.connect()
        trader.log_on()
        return trader.say("2", (7, 1), (16, 0))

    trader.acceptor = Acceptor(trader.exchange, FewKeys(), FileSessions(tmp_path))
    trader.drop()
    trader.connect()
    trader.next = 1
    trader.log_on()
    trader.buy("filled")
    trader.order("moved", (38, "0.5"), (44, "59000"))
    trader.meet("sell", 0.1, 60_000)
    trader.say("H", (11, "moved"), (55, "BTCUSDT"), (54, 1))
    trader.acceptor._by_account.clear()  # from here on nothing is told: the process dies
    trader.meet("sell", 0.15, 60_000)
    trader.meet("sell", 0.25, 60_000)
    number = trader.exchange.order_named("main", "moved").order_id
    trader.exchange.amend("main", number, limit=58_000 * SCALE, request_id="moved2")
    late = trader.exchange.submit("main", plain("buy", 0.1, 57_000, client_id="late"))
    trader.exchange.cancel("main", late.order_id)
    told = [one for one in restart(FileSessions(tmp_path)) if one.type == "8"]
    assert [fields(one, 11, 150, 39, 32, 14, 151) for one in told[-6:]] == [
        ["moved", "I", "0", None, "0", "0.5"],
        ["filled", "F", "1", "0.15", "0.25", "0.25"],
        ["filled", "F", "2", "0.25", "0.5", "0"],
        ["moved2", "5", "0", None, "0", "0.5"],
        ["late", "0", "0", None, "0", "0.1"],
        ["late", "4", "4", None, "0", "0"],
    ]
    assert len({one[17] for one in told}) == len(told)
    trader.drop()
    assert len([one for one in restart(FileSessions(tmp_path)) if one.type == "8"]) == len(told)


def test_a_stock_has_orders_for_the_day_and_for_the_auctions():
    trader = Trader(stocks=("AAPL",))
    [day] = trader.order("day", (55, "AAPL"), (38, 10), (44, "100"), (59, None))
    assert fields(day, 150, 59, 38) == ["0", "0", "10"]
    assert trader.exchange.order_named("main", "day").order.lifetime == "day"
    reports = trader.order("close", (55, "AAPL"), (38, 10), (44, "100"), (59, 7))
    assert fields(reports[0], 150, 59) == ["0", "7"]
    trader.exchange.submit("other", plain("sell", 4, 100, symbol="AAPL"))
    [fill] = trader.heard()
    assert fields(fill, 11, 32, 31, 12, 151) == ["day", "4", "100", "0", "6"]

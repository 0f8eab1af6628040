"""Every transaction balances in every currency, and the books, cash and worth of an account agree to the last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.capital.manifest import Capital, build
from parrot.centers.capital.postings import reversal, sums
from parrot.contracts.commands import ReversePosting, Side
from parrot.contracts.ledger import AccountKind, EquityMarked, LedgerPosted
from parrot.contracts.message import Entry
from parrot.contracts.records import CommandRefused
from parrot.kernel.decimals import plain
from tests.unit.centers.capital.kept import LISTINGS, START, Account, OneSnapshot

BUY, SELL = Side.BUY, Side.SELL


def cash(account: Account) -> dict[str, Decimal]:
    return {row.currency: row.total for row in account.capital.balances()}


def book(account: Account, strategy: str = "a", symbol: str = "BTCUSDT"):
    return next(row for row in account.capital.books() if (row.strategy, row.symbol) == (strategy, symbol))


def test_a_purchase_moves_money_coins_and_cost() -> None:
    account = Account()
    account.deposit("1000")
    account.trade("a", "BTCUSDT", BUY, "2", "100", fee="0.2")
    assert cash(account) == {"BTC": 2, "USDT": Decimal("799.8")}
    held = book(account)
    assert (held.quantity, held.cost, held.average, held.realised) == (2, 200, 100, 0)
    assert held.fees == {"USDT": Decimal("0.2")}


def test_a_partial_sale_takes_its_share_of_the_total_cost() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "1", "100")
    account.trade("a", "BTCUSDT", BUY, "2", "103")
    posted = account.trade("a", "BTCUSDT", SELL, "1", "110")
    assert posted.realised == 8
    assert (book(account).quantity, book(account).cost) == (2, 204)


def test_a_share_of_the_cost_that_does_not_come_out_even_is_rounded_and_the_rest_stays() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "3", "100.01")
    account.trade("a", "BTCUSDT", BUY, "4", "100.02")
    account.trade("a", "BTCUSDT", SELL, "1", "100")
    released = Decimal("700.11") - book(account).cost
    assert released == Decimal("100.015714285714")
    account.trade("a", "BTCUSDT", SELL, "6", "100")
    assert book(account).cost == 0
    assert book(account).realised == 700 - Decimal("700.11")


def test_a_sale_beyond_what_is_held_turns_the_book_short() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "1", "100")
    assert account.trade("a", "BTCUSDT", SELL, "3", "90").realised == -10
    assert (book(account).quantity, book(account).cost) == (-2, -180)
    assert account.trade("a", "BTCUSDT", BUY, "2", "80").realised == 20


def test_a_fee_in_a_third_currency_is_legs_of_its_own() -> None:
    account = Account()
    account.deposit("5", "BNB")
    posted = account.trade("a", "BTCUSDT", BUY, "1", "100", fee="0.01", fee_in="BNB")
    assert [(leg.kind, leg.amount) for leg in posted.legs if leg.currency == "BNB"] == [
        (AccountKind.FEE, Decimal("0.01")),
        (AccountKind.CASH, Decimal("-0.01")),
    ]
    assert book(account).fees == {"BNB": Decimal("0.01")}


def test_a_fee_in_the_coins_that_were_bought_leaves_the_book_at_the_price_of_the_fill() -> None:
    account = Account()
    account.deposit("1000")
    account.trade("a", "BTCUSDT", BUY, "1", "100", fee="0.001", fee_in="BTC")
    held = book(account)
    assert held.quantity == cash(account)["BTC"] == Decimal("0.999")
    assert (held.cost, held.fees) == (Decimal("99.9"), {"USDT": Decimal("0.1")})


def test_a_rebate_is_a_negative_fee() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "1", "100", fee="-0.05")
    assert cash(account)["USDT"] == Decimal("-99.95")
    assert book(account).fees == {"USDT": Decimal("-0.05")}


def test_amounts_of_more_digits_than_decimal_keeps_by_itself_stay_whole() -> None:
    account = Account()
    quantity, price = "123456789012.123456789012345678", "987654321098.123456789012345678"
    account.trade("a", "BTCUSDT", BUY, quantity, price)
    assert Fraction(cash(account)["USDT"]) == -Fraction(quantity) * Fraction(price)
    assert account.trade("a", "BTCUSDT", SELL, quantity, price).realised == 0
    assert set(cash(account).values()) == {0}


def test_strategies_on_one_account_keep_books_that_add_up_to_its_position() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "1", "100")
    account.trade("b", "BTCUSDT", SELL, "3", "110")
    position: Any = account.capital.positions()[0]
    assert (position.quantity, position.cost, position.strategy) == (-2, -230, "")
    assert cash(account)["BTC"] == -2


def test_a_reversal_is_the_opposite_transaction() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "1", "100.01", fee="0.1")
    account.trade("a", "BTCUSDT", BUY, "2", "100.02", fee="0.2")
    before = account.capital.ledger.state()
    posted = account.trade("a", "BTCUSDT", SELL, "1", "101", fee="0.1")
    back = reversal(posted)
    assert sums(back.legs) == {"BTC": 0, "USDT": 0}
    account.capital.ledger.post(back, account.now)
    after = account.capital.ledger.state()
    assert (after["accounts"], after["books"], after["days"]) != (None, None, None)
    assert [row for row in after["accounts"] if row[3]] == [row for row in before["accounts"] if row[3]]
    assert after["books"] == before["books"]


def test_a_deposit_happens_once() -> None:
    account = Account()
    assert [type(record) for record in account.deposit("10", key="wire 7")] == [LedgerPosted]
    assert [type(record) for record in account.deposit("10", key="wire 7")] == [CommandRefused]
    assert cash(account) == {"USDT": 10}


def test_a_deposit_can_be_taken_back_once_and_then_made_anew() -> None:
    account = Account()
    account.deposit("10", key="wire 7")
    taken = account.take(ReversePosting(ref="wire 7", by="Ada"))
    assert [record.what for record in taken] == ["reversal"]
    assert cash(account) == {"USDT": 0}
    (again,) = account.take(ReversePosting(ref="wire 7", by="Ada"))
    assert "no deposit" in again.text
    account.deposit("11", key="wire 7")
    assert cash(account) == {"USDT": 11}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": "NaN"}, "finite"),
        ({"amount": "1e30"}, "before the point"),
        ({"amount": "1e-19"}, "behind the point"),
        ({"amount": "0"}, "zero"),
        ({"amount": "-5"}, "is available"),
        ({"amount": "5", "account": "other"}, "not other"),
        ({"amount": "5", "by": ""}, "name"),
        ({"amount": "5", "key": ""}, "key"),
        ({"amount": "5", "currency": "us dollars"}, "no currency"),
    ],
)
def test_a_deposit_that_cannot_be_is_refused_and_changes_nothing(fields: dict[str, str], told: str) -> None:
    account = Account()
    (refused,) = account.deposit(**fields)
    assert isinstance(refused, CommandRefused)
    assert told in refused.text
    assert account.capital.balances() == []


def test_money_that_is_set_aside_cannot_go_out() -> None:
    account = Account()
    account.deposit("100")
    order = account.order("a", "BTCUSDT", BUY, "4", reserved="80")
    balance: Any = account.capital.balances()[0]
    assert (balance.total, balance.reserved, balance.available) == (100, 80, 20)
    (refused,) = account.deposit("-21")
    assert isinstance(refused, CommandRefused)
    account.fill(order, "BTCUSDT", BUY, "1", "20", left="3")
    assert {row.currency: row.reserved for row in account.capital.balances()} == {"BTC": 0, "USDT": 60}
    account.fill(order, "BTCUSDT", BUY, "3", "20")
    assert {row.currency: row.available for row in account.capital.balances()} == {"BTC": 4, "USDT": 20}


def test_orders_that_close_one_position_share_its_coins() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "2", "100")
    for _ in range(2):
        account.order("a", "BTCUSDT", SELL, "2", reserved="2")
    balance = account.capital.balances()[0]
    assert [plain(part) for part in (balance.total, balance.reserved, balance.available)] == ["2", "2", "0"]


def test_profit_is_told_by_strategy_symbol_and_day() -> None:
    account = Account()
    account.trade("a", "BTCUSDT", BUY, "2", "100", fee="1")
    account.trade("a", "BTCUSDT", SELL, "1", "110", fee="1")
    account.now += 86_400_000_000_000
    account.trade("a", "BTCUSDT", SELL, "1", "90", fee="1")
    account.trade("b", "ETHUSDT", BUY, "1", "10")
    rows: list[Any] = account.capital.profits(by_day=True)
    whole: list[Any] = account.capital.profits()
    assert [(row.day, row.strategy, row.symbol, row.realised, row.fees, row.turnover, row.fills) for row in rows] == [
        ("2023-11-14", "a", "BTCUSDT", 10, {"USDT": 2}, 310, 2),
        ("2023-11-15", "a", "BTCUSDT", -10, {"USDT": 1}, 90, 1),
        ("2023-11-15", "b", "ETHUSDT", 0, {}, 10, 1),
    ]
    assert [(row.strategy, row.realised) for row in whole] == [("a", 0), ("b", 0)]


amounts = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("99999"), places=4)
prices = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999"), places=2)
fills = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from(["BTCUSDT", "ETHUSDT", "ETHBTC"]),
    st.sampled_from([BUY, SELL]),
    amounts,
    prices,
    st.tuples(
        st.decimals(min_value=Decimal("-0.01"), max_value=Decimal("0.01"), places=8),
        st.sampled_from(["USDT", "BNB", "BTC", "ETH"]),
    ),
)
deposits = st.tuples(
    st.decimals(min_value=1, max_value=10**9, places=6), st.sampled_from(["USDT", "BTC", "BNB", "XYZ"])
)
histories = st.lists(st.one_of(fills, deposits), min_size=1, max_size=40)


def live(account: Account, history) -> None:
    for act in history:
        if len(act) == 2:
            account.deposit(str(act[0]), act[1])
        else:
            strategy, symbol, side, quantity, price, (fee, fee_in) = act
            account.trade(strategy, symbol, side, str(quantity), str(price), fee=fee, fee_in=fee_in)


@settings(max_examples=250, deadline=None)
@given(histories, st.lists(prices, min_size=4, max_size=4))
def test_profit_less_fees_is_the_change_of_equity_less_deposits_to_the_last_digit(history, marks) -> None:
    account = Account()
    live(account, history)
    for listing, price in zip(LISTINGS, marks, strict=True):
        account.quote(listing.symbol, price)
    worth = account.capital.worth()
    parts = [worth.deposits, worth.realised, worth.unrealised]
    assert Fraction(worth.equity) == sum(map(Fraction, parts)) - Fraction(worth.fees)
    total = sum(Fraction(amount) for amount in worth.strategies.values())
    assert total == Fraction(worth.realised) + Fraction(worth.unrealised) - Fraction(worth.fees)


@settings(max_examples=250, deadline=None)
@given(histories)
def test_every_transaction_balances_and_books_hold_what_was_filled(history) -> None:
    account = Account()
    live(account, history)
    posted = [entry.record for entry in account.entries if isinstance(entry.record, LedgerPosted)]
    assert all(not any(sums(record.legs).values()) for record in posted)
    held: dict[str, Fraction] = {}
    for act in history:
        if len(act) == 6:
            _, symbol, side, quantity, _, (fee, fee_in) = act
            base = symbol.removesuffix("USDT") if symbol != "ETHBTC" else "ETH"
            moved = Fraction(quantity) * (1 if side is BUY else -1) - (Fraction(fee) if fee_in == base else 0)
            held[symbol] = held.get(symbol, Fraction(0)) + moved
    assert {row.symbol: Fraction(row.quantity) for row in account.capital.positions()} == held


@settings(max_examples=100, deadline=None)
@given(histories, st.integers(min_value=0, max_value=30))
def test_rebuilt_live_and_snapshot_with_tail_are_one_state(history, cut) -> None:
    account = Account()
    live(account, history[:cut])
    for listing in LISTINGS:
        account.quote(listing.symbol, "5")
    account.beat()
    snapshot = OneSnapshot(account.journal.head(), account.desk.state())
    live(account, history[cut:])
    assert Account(account.journal.bodies).desk.hash() == account.desk.hash()
    assert Account(account.journal.bodies, snapshot=snapshot).desk.hash() == account.desk.hash()


def test_the_component_can_be_built_without_settings() -> None:
    capital = build(LISTINGS)
    assert isinstance(capital, Capital)
    assert capital.settings.currency == "USDT"


def test_equity_is_marked_at_every_minute_once_prices_are_known() -> None:
    account = Account()
    account.deposit("100")
    account.trade("a", "BTCUSDT", BUY, "1", "50")
    assert account.beat() == []
    account.quote("BTCUSDT", "59", "61")
    marked: Any = account.beat()[0]
    assert isinstance(marked, EquityMarked)
    assert [plain(part) for part in (marked.equity, marked.deposits, marked.unrealised)] == ["110", "100", "10"]
    assert marked.marks == {"BTC": 60, "USDT": 1}
    assert account.beat(wait=1) == []
    assert [point.equity for point in account.capital.equity_curve()] == [110]
    assert account.now > START
    assert isinstance(account.entries[-1], Entry)

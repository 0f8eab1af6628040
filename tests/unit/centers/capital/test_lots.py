"""Lots keep every coin and every digit of cost; golden cases worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.capital.lots import is_long_term, tax_lots
from parrot.contracts.commands import Side
from parrot.contracts.lots import LotFill, LotMethod
from parrot.kernel.decimals import exactly
from tests.unit.centers.capital.kept import DAY, LISTINGS, START, Account

D = Decimal
TERMS = {one.symbol: one for one in LISTINGS}
FIFO, LIFO = LotMethod.FIFO, LotMethod.LIFO


def fills(*rows, symbol="BTCUSDT"):
    """Rows of (side, quantity, price[, fee, currency]), a day after another."""
    return [
        LotFill(
            id=number,
            ts=START + number * DAY,
            symbol=symbol,
            buys=row[0] == "buy",
            quantity=D(row[1]),
            price=D(row[2]),
            fee=D(row[3]) if len(row) > 3 else D(0),
            fee_currency=row[4] if len(row) > 4 else "",
        )
        for number, row in enumerate(rows, 1)
    ]


def lots(rows, method=FIFO, mark="100"):
    return tax_lots(rows, TERMS, method=method, marks={"BTCUSDT": D(mark)}, now=START + 100 * DAY)


TWO_BUYS = (("buy", "2", "10"), ("buy", "1", "40"), ("sell", "2", "50"))


def test_fifo_sells_the_oldest_and_lifo_the_newest():
    first, last = lots(fills(*TWO_BUYS)), lots(fills(*TWO_BUYS), LIFO)
    assert [(one.opening_fill, one.quantity, one.cost, one.gain) for one in first.closed] == [(1, D(2), D(20), D(80))]
    assert [(one.fill, one.quantity, one.cost) for one in first.open] == [(2, D(1), D(40))]
    assert [(one.opening_fill, one.quantity, one.gain) for one in last.closed] == [(2, D(1), D(10)), (1, D(1), D(40))]
    assert [(one.fill, one.quantity, one.cost) for one in last.open] == [(1, D(1), D(10))]


def test_fees_are_part_of_the_cost_of_a_purchase_and_lessen_what_a_sale_brings():
    found = lots(fills(("buy", "2", "10", "1", "USDT"), ("sell", "1", "20", "0.5", "USDT")))
    (piece,) = found.closed
    assert (piece.cost, piece.proceeds, piece.gain) == (D("10.5"), D("19.5"), D(9))
    assert found.open[0].cost == D("10.5")


def test_a_fee_in_coins_lessens_what_is_bought_and_a_third_currency_is_in_no_basis():
    found = lots(fills(("buy", "2", "10", "0.5", "BTC"), ("buy", "1", "10", "0.1", "BNB")))
    assert [(one.quantity, one.cost) for one in found.open] == [(D("1.5"), D(20)), (D(1), D(10))]
    assert found.other_fees == {"BNB": D("0.1")}


def test_a_sale_beyond_the_position_opens_a_short_lot_that_a_purchase_closes():
    found = lots(fills(("buy", "1", "10"), ("sell", "3", "20"), ("buy", "2", "15")))
    assert [(one.short, one.quantity, one.cost, one.proceeds, one.gain) for one in found.closed] == [
        (False, D(1), D(10), D(20), D(10)),
        (True, D(2), D(30), D(40), D(10)),
    ]
    assert found.open == []


def test_a_third_of_a_lot_leaves_the_rest_of_the_cost_in_it():
    found = lots(fills(("buy", "3", "3.3333"), ("sell", "1", "5"), ("sell", "1", "5"), ("sell", "1", "5")))
    assert sum(one.cost for one in found.closed) == D("9.9999")


def test_years_are_of_the_day_of_the_sale_and_a_year_and_a_day_is_long_term():
    def at(text):
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9

    assert not is_long_term(at("2024-05-05"), at("2025-05-05T23:59:59"))
    assert is_long_term(at("2024-05-05T23:59:59"), at("2025-05-06"))
    rows = fills(*TWO_BUYS)
    (year,) = lots(rows).years
    assert (year.currency, year.pieces, year.proceeds, year.cost, year.gain, year.long_term, year.short_term) == (
        "USDT",
        1,
        D(100),
        D(20),
        D(80),
        D(0),
        D(80),
    )


QUANTITY = st.decimals("0.0001", 50, places=4)
PRICE = st.decimals("0.01", 5000, places=2)
FEE = st.tuples(st.decimals(0, "0.0001", places=8), st.sampled_from(["USDT", "BTC", "BNB"]))
ROWS = st.lists(st.tuples(st.sampled_from(["buy", "sell"]), QUANTITY, PRICE, FEE), max_size=25)


@given(ROWS, PRICE)
@exactly
def test_no_coin_and_no_digit_is_lost_whichever_lot_goes_first(rows, mark):
    made = fills(*[(side, str(quantity), str(price), str(fee[0]), fee[1]) for side, quantity, price, fee in rows])
    moved = paid = D(0)
    for one in made:
        in_coins = one.fee if one.fee_currency == "BTC" else D(0)
        in_money = one.fee if one.fee_currency == "USDT" else D(0)
        moved += (one.quantity if one.buys else -one.quantity) - in_coins
        paid += (one.quantity if one.buys else -one.quantity) * one.price + in_money
    results = [lots(made, method, str(mark)) for method in (FIFO, LIFO)]
    for found in results:
        assert sum(one.quantity for one in found.open) == moved
        gained = sum(one.gain for one in found.closed) + sum(one.gain for one in found.open)
        assert gained == moved * mark - paid
        assert sum(one.gain for one in found.closed) == sum(year.gain for year in found.years)
        assert all(one.quantity > 0 and one.held_days >= 0 for one in found.closed)
        assert len({one.quantity > 0 for one in found.open}) <= 1


@given(st.lists(st.tuples(st.sampled_from(list(Side)), QUANTITY, PRICE), min_size=1, max_size=12), PRICE)
@exactly
def test_lots_and_the_ledger_make_the_same_profit(rows, mark):
    account = Account()
    account.deposit("1000000000")
    made = []
    for number, (side, quantity, price) in enumerate(rows, 1):
        account.trade("s", "BTCUSDT", side, str(quantity), str(price), fee="0.01")
        buys, fee = side is Side.BUY, {"fee": D("0.01"), "fee_currency": "USDT"}
        terms = {"symbol": "BTCUSDT", "quantity": quantity, "price": price}
        made.append(LotFill(id=number, ts=account.now, buys=buys, **terms, **fee))
    account.quote("BTCUSDT", mark)
    (book,) = account.capital.books()
    found = tax_lots(made, TERMS, method=FIFO, marks={"BTCUSDT": mark}, now=account.now)
    gained = sum(one.gain for one in found.closed) + sum(one.gain for one in found.open)
    assert gained == book.realised + book.unrealised - book.fees["USDT"]
    assert sum(one.quantity for one in found.open) == book.quantity


def test_the_parts_of_the_profit_add_up_to_the_whole():
    account = Account()
    account.deposit("100000")
    account.trade("a", "BTCUSDT", Side.BUY, "1", "100", fee="0.3")
    account.trade("b", "BTCUSDT", Side.BUY, "2", "110", fee="0.001", fee_in="BTC")
    account.beat(wait=DAY)
    account.trade("a", "BTCUSDT", Side.SELL, "0.5", "130", fee="0.2")
    account.trade("b", "ETHBTC", Side.BUY, "3", "0.05")
    account.quote("BTCUSDT", "120")
    account.quote("ETHBTC", "0.06")
    found, worth = account.capital.attribution(), account.capital.worth()
    assert (found.whole.realised, found.whole.unrealised, found.whole.fees) == (
        worth.realised,
        worth.unrealised,
        worth.fees,
    )
    for parts in (found.by_strategy, found.by_symbol, found.by_day):
        for name in ("realised", "unrealised", "fees", "net", "turnover", "fills"):
            assert sum(getattr(part, name) for part in parts) == getattr(found.whole, name)
    assert len(found.by_day) == 3
    assert {one.name: one.net for one in found.by_strategy} == worth.strategies


@pytest.mark.parametrize("method", [FIFO, LIFO])
def test_no_fills_have_no_lots(method):
    found = lots([], method)
    assert (found.open, found.closed, found.years) == ([], [], [])

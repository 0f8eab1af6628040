"""A statement says what an account had, what moved and what it has, without losing a digit."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import pytest

from parrot.centers.capital.manifest import Statement, performance, statement
from parrot.contracts.accounts import CurvePoint
from parrot.contracts.commands import Side
from parrot.kernel.errors import ParameterError
from tests.unit.centers.capital.kept import DAY, LISTINGS, START, Account

TERMS = {listing.symbol: listing for listing in LISTINGS}


@pytest.fixture
def account() -> Account:
    """Two days: bought on the first, sold on the second."""
    kept = Account()
    kept.deposit("1000", key="wire")
    kept.trade("a", "BTCUSDT", Side.BUY, "1", "100.5", fee="0.1")
    kept.quote("BTCUSDT", "101")
    kept.beat()
    kept.now = START + DAY
    kept.trade("a", "BTCUSDT", Side.SELL, "1", "110.25", fee="0.1")
    kept.beat()
    return kept


def second_day(account: Account) -> Statement:
    return statement(account.entries, TERMS, account="main", currency="USDT", since=START + DAY, until=START + 2 * DAY)


def test_a_statement_opens_where_the_days_before_ended(account: Account) -> None:
    found = second_day(account)
    assert [(row.currency, row.opening, row.closing) for row in found.movements] == [
        ("BTC", 1, 0),
        ("USDT", Decimal("899.4"), Decimal("1009.55")),
    ]
    assert (found.equity_opening, found.equity_closing) == (Decimal("1000.4"), Decimal("1009.55"))
    assert [(row.strategy, row.realised, row.fees) for row in found.profits] == [
        ("a", Decimal("9.75"), {"USDT": Decimal("0.1")})
    ]
    assert [line.posted.what for line in found.lines] == ["trade"]


def test_its_text_is_readable(account: Account) -> None:
    assert second_day(account).as_text() == (
        "Account main, 2023-11-15T00:00:00.000Z to 2023-11-16T00:00:00.000Z\n\n"
        "Equity in USDT: 1000.4 -> 1009.55\n\n"
        "currency  opening  closing\n"
        "BTC       1        0\n"
        "USDT      899.4    1009.55\n\n"
        "strategy  symbol   fills  realised   fees\n"
        "a         BTCUSDT  1      9.75 USDT  0.1 USDT\n\n"
        "time                      seq  what   strategy  cash\n"
        "2023-11-15T00:00:02.000Z  10   trade  a         -1 BTC, 110.25 USDT, -0.1 USDT\n"
    )


def test_its_rows_add_up_to_nothing_in_every_currency(account: Account) -> None:
    rows = list(csv.DictReader(second_day(account).as_csv().splitlines()))
    for currency in ("BTC", "USDT"):
        assert sum(Decimal(row["amount"]) for row in rows if row["currency"] == currency) == 0
    assert {row["what"] for row in rows} == {"trade"}


def test_its_json_keeps_amounts_as_texts(account: Account) -> None:
    told = json.loads(second_day(account).as_json())
    assert told["movements"][1] == {"currency": "USDT", "opening": "899.4", "closing": "1009.55"}


def test_a_period_that_ends_before_it_begins_is_refused(account: Account) -> None:
    with pytest.raises(ParameterError, match="ends before"):
        statement(account.entries, TERMS, account="main", currency="USDT", since=2, until=2)


def test_what_comes_in_is_no_performance() -> None:
    points = [
        CurvePoint(START, Decimal(100), Decimal(100)),
        CurvePoint(START + DAY, Decimal(110), Decimal(0)),
        CurvePoint(START + 2 * DAY, Decimal(1110), Decimal(1000)),
        CurvePoint(START + 3 * DAY, Decimal(1221), Decimal(0)),
    ]
    figures = performance(points)
    assert figures["total_return"] == pytest.approx(0.21)
    assert (figures["profit"], figures["flows"]) == (121, 1000)


def test_an_account_of_one_mark_has_no_performance_yet() -> None:
    assert performance([CurvePoint(START, Decimal(5), Decimal(5))]) == {"profit": 0, "flows": 0}

"""The portfolio adds up: what the day brought, how deep the curve fell, lots of all fills page by page."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from parrot.app.platform.questions.portfolio import PortfolioQuestions
from parrot.contracts.commands import Side
from parrot.contracts.history import EquityRow, FillRow
from parrot.contracts.lots import LotMethod
from parrot.kernel.decimals import exactly
from parrot.kernel.sheets import cell, sheet
from parrot.ports.history import Found
from tests.unit.centers.capital.kept import DAY, LISTINGS, MINUTE, START, Account

D = Decimal


class History:
    """Fills by their number, newest first, in pages; and a curve."""

    def __init__(self) -> None:
        self.rows: list[FillRow] = []
        self.asked = 0
        self.points: list[EquityRow] = []

    def add(self, side: str, quantity: str, price: str, fee: str = "0") -> None:
        seq = len(self.rows) + 1
        given = {
            "order_id": seq,
            "ts": START + seq * DAY,
            "venue_ts": 0,
            "account": "main",
            "user": "",
            "strategy": "s",
        }
        terms = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, "price": price, "fee": fee}
        self.rows.append(FillRow(seq=seq, **given, **terms, fee_currency="USDT", trade_id=str(seq), maker=False))

    def fills(self, wanted: Any) -> Found:
        self.asked += 1
        rows = [row for row in reversed(self.rows) if not wanted.after or row.seq < wanted.after][:2]
        more = rows[-1].seq if rows and rows[-1].seq > 1 else 0
        return Found([msgspec.json.encode(row) for row in rows], more)

    def equity(self, wanted: Any, points: int) -> list[EquityRow]:
        return self.points


class Desk:
    def __init__(self) -> None:
        self.account = Account()
        self.history = History()
        self.house = SimpleNamespace(
            components=SimpleNamespace(capital=self.account.capital),
            terms=SimpleNamespace(listings=LISTINGS),
            journal=self.account.journal,
            clock=SimpleNamespace(now_ns=lambda: self.account.now),
        )
        self.asked = PortfolioQuestions(self, self.history, lambda: self.account.now)

    def read(self, question: Any) -> Any:
        return question(self.house)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@exactly
def test_what_the_day_brought_is_without_what_came_from_outside(desk):
    account = desk.account
    account.deposit("1000")
    account.quote("BTCUSDT", "100")
    account.trade("s", "BTCUSDT", Side.BUY, "1", "100", fee="1")
    account.beat(wait=DAY)  # a close at 999
    account.deposit("500")
    account.quote("BTCUSDT", "110")
    account.trade("s", "BTCUSDT", Side.SELL, "0.5", "110", fee="2")
    account.beat(wait=MINUTE)
    found = desk.asked.summary()
    assert (found["equity"], found["deposits"], found["profit"]) == ("1507", "1500", "7")
    today = found["today"]
    assert (today["start"], today["change"], today["realised"], today["fees"]) == ("999", "8", "5", "2")
    whole, book = found["positions"]
    assert (whole["strategy"], book["strategy"], whole["quantity"], whole["value"]) == ("", "s", "0.5", "55")
    assert whole["share"] == "0.036496"  # 55 of 1507
    assert found["balances"][1] == {
        "currency": "USDT",
        "total": "1452",
        "reserved": "0",
        "available": "1452",
        "value": "1452",
    }


def test_a_deposit_makes_no_peak_and_no_drawdown(desk):
    for number, (equity, deposits) in enumerate([("100", "100"), ("120", "100"), ("220", "200"), ("205", "200")], 1):
        zeros = dict.fromkeys(("realised", "unrealised", "fees"), "0")
        given = {"account": "main", "currency": "USDT", "equity": equity, "deposits": deposits, "strategies": {}}
        desk.history.points.append(EquityRow(seq=number, ts=number, **given, **zeros))
    found = desk.asked.curve(since=0, until=0, points=500)
    assert [one["drawdown"] for one in found["items"]] == ["0", "0", "0", "-15"]
    assert (found["drawdown"], found["items"][3]["drawdown_share"]) == ("-15", "-0.068182")  # of 220 at the peak


def test_lots_come_from_all_fills_and_what_was_read_is_not_read_again(desk):
    for row in (("buy", "2", "10", "1"), ("buy", "1", "40"), ("sell", "1", "50", "1"), ("sell", "1", "60")):
        desk.history.add(*row)
    found = desk.asked.lots(LotMethod.FIFO, symbol="")
    assert (found["closed_count"], found["years"][0]["gain"]) == (2, "88")
    assert [one["quantity"] for one in found["open"]] == ["1"]
    before = desk.history.asked
    desk.history.add("sell", "0.5", "70")
    assert desk.asked.lots(LotMethod.LIFO, symbol="")["closed_count"] == 3
    assert desk.history.asked == before + 1
    assert desk.asked.lots(LotMethod.FIFO, symbol="ETHUSDT")["closed_count"] == 0


def test_closed_lots_come_newest_first_and_pages_stand_while_new_ones_come(desk):
    for number in range(4):
        desk.history.add("buy", "1", "10")
        desk.history.add("sell", "1", str(20 + number))
    first, more = desk.asked.closed_lots(LotMethod.FIFO, symbol="", after=0, limit=3)
    desk.history.add("buy", "1", "10")
    desk.history.add("sell", "1", "99")
    second, end = desk.asked.closed_lots(LotMethod.FIFO, symbol="", after=more, limit=3)
    assert [one["proceeds"] for one in (*first, *second)] == ["23", "22", "21", "20"]
    assert end == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_a_text_that_a_spreadsheet_would_calculate_gets_an_apostrophe(text):
    assert cell(text).startswith("'")


def test_numbers_and_harmless_texts_stay_as_they_are():
    assert [cell(value) for value in (D("-1.50"), -3, None, True, "BTC/USDT")] == ["-1.5", "-3", "", "yes", "BTC/USDT"]
    assert sheet(("a", "b"), [("x,y", 'q"')]) == 'a,b\n"x,y","q"""\n'

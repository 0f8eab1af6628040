"""What the venue says it holds stands beside the ledger; a difference is seen, and a person settles it."""

from __future__ import annotations

from decimal import Decimal

from parrot.contracts.commands import AdoptVenue, Side
from parrot.contracts.ledger import BalancesCompared, LedgerPosted
from parrot.contracts.records import DeskOpened, ReduceOnlySet
from parrot.contracts.venue import VenueState
from tests.unit.centers.capital.kept import SECOND, Account, Told


def seen(account: Account, **balances: str):
    totals = {name: Decimal(amount) for name, amount in balances.items()}
    return account.take(VenueState(orders=[], trades=[], balances=totals, ts=account.now + SECOND))


def test_equal_balances_are_noted_once_after_every_opening() -> None:
    account = Account()
    account.deposit("100")
    assert [record.differences for record in seen(account, USDT="100.00")] == [{}]
    assert seen(account, USDT="100") == []
    account.take(Told(DeskOpened(account="main", epoch=2, build="", schema="", config="", clean=False)))
    assert [type(record) for record in seen(account, USDT="100")] == [BalancesCompared]


def test_a_difference_makes_the_account_reduce_only_and_names_both_sides() -> None:
    account = Account()
    account.deposit("100")
    compared, reduced = seen(account, USDT="90", BTC="1")
    assert compared.differences == {"BTC": 1, "USDT": -10}
    assert isinstance(reduced, ReduceOnlySet)
    assert reduced.on
    assert reduced.why == "balances differ: BTC ledger 0, venue 1, USDT ledger 100, venue 90"
    assert seen(account, USDT="90", BTC="1") == []


def test_a_difference_that_goes_away_lets_the_account_trade_again() -> None:
    account = Account()
    account.deposit("100")
    seen(account, USDT="90")
    account.deposit("-10")
    compared, freed = seen(account, USDT="90")
    assert compared.differences == {}
    assert not freed.on


def test_balances_that_agree_again_do_not_free_an_account_that_others_hold() -> None:
    account = Account()
    account.deposit("100")
    seen(account, USDT="90")
    account.take(Told(ReduceOnlySet(account="main", on=True, why="an order that is not ours", by="execution")))
    account.deposit("-10")
    assert [type(record) for record in seen(account, USDT="90")] == [BalancesCompared]


def test_adopting_posts_the_difference_as_an_adjustment() -> None:
    account = Account()
    account.deposit("100")
    seen(account, USDT="90", BTC="1")
    told = account.take(AdoptVenue(by="Ada", reason="sent by hand"))
    assert [record.what for record in told if isinstance(record, LedgerPosted)] == ["adjustment", "adjustment"]
    assert [record.on for record in told if isinstance(record, ReduceOnlySet)] == [False]
    assert {row.currency: row.total for row in account.capital.balances()} == {"USDT": 90, "BTC": 1}
    assert [record.differences for record in seen(account, USDT="90", BTC="1")] == []


def test_an_answer_older_than_a_fill_that_is_posted_proves_nothing() -> None:
    account = Account()
    account.deposit("100")
    seen(account, USDT="100")
    old = VenueState(orders=[], trades=[], balances={"USDT": Decimal(100)}, ts=account.now)
    account.trade("a", "BTCUSDT", Side.BUY, "1", "10")
    assert account.take(old) == []

"""Taking what is offered: it is there once (K3)."""

from __future__ import annotations

import pytest

from tests.unit.engine.tape import ASK, BID, DELTA, SNAPSHOT, play

QUOTES = [(0, 99, 100, 5, 3), (1, 99, 101, 5, 10), (2, 99, 100, 5, 3)]


def test_k3_a_market_order_takes_the_size_shown_and_waits_for_the_next_quote():
    played = play({("quote", 0): lambda s: s.buy(5)}, quotes=QUOTES)
    # Three at 100 are all there is; the other two meet the quote of second 1.
    assert played.fills == [(0, "buy", 3, 100, False), (1, "buy", 2, 101, False)]
    assert played.evidence == [0, 1]


def test_k3_what_one_order_took_another_does_not_get():
    played = play({("quote", 0): lambda s: (s.buy(2), s.buy(2))}, quotes=QUOTES)
    assert played.fills == [
        (0, "buy", 2, 100, False),
        (0, "buy", 1, 100, False),
        (1, "buy", 1, 101, False),
    ]


def test_k3_a_limit_takes_up_to_its_price_and_rests():
    played = play({("quote", 0): lambda s: s.buy(5, limit=100)}, quotes=QUOTES)
    # Three at once as a taker. At second 1 the ask is away; at second 2 three come to 100, of which two fill the rest.
    assert played.fills == [(0, "buy", 3, 100, False), (2, "buy", 2, 100, True)]


def test_k3_quotes_without_sizes_are_unlimited():
    unknown = [(0, 99, 100, float("nan"), float("nan")), (1, 99, 101, float("nan"), float("nan"))]
    played = play({("quote", 0): lambda s: s.buy(50)}, quotes=unknown)
    assert played.fills == [(0, "buy", 50, 100, False)]


@pytest.mark.parametrize(
    ("quantity", "tif", "fills", "order"),
    [
        (5, "IOC", [(0, "buy", 3, 100, False)], ("canceled", 3, "ioc")),
        (5, "FOK", [], ("canceled", 0, "fok")),
        (3, "FOK", [(0, "buy", 3, 100, False)], ("filled", 3, None)),
    ],
)
def test_k3_immediate_orders_take_what_is_there_or_nothing(quantity, tif, fills, order):
    played = play({("quote", 0): lambda s: s.buy(quantity, tif=tif)}, quotes=QUOTES)
    assert played.fills == fills
    assert played.orders == [order]


def test_k3_post_only_never_takes():
    script = {("quote", 0): lambda s: (s.buy(1, limit=100, post_only=True), s.buy(1, limit=99.5, post_only=True))}
    played = play(script, quotes=QUOTES)
    assert played.orders == [("canceled", 0, "post-only would take"), ("expired", 0, "end of data")]


def test_k3_a_stop_takes_the_bid_that_triggers_it():
    tape = [(0, 99.5, 100, 5, 5), (1, 99.1, 100, 5, 5), (2, 98.7, 100, 5, 5)]
    played = play({("quote", 0): lambda s: (s.buy(1), s.sell(1, trigger=99))}, quotes=tape)
    assert played.fills == [(0, "buy", 1, 100, False), (2, "sell", 1, 98.7, False)]


def test_k3_protection_works_on_quotes():
    # Bought at 100 with stop 99 and take-profit 101. The bid comes to 101.5: the take-profit rests, and fills at its
    # own price as a maker; the stop is its one-cancels-other.
    tape = [(0, 99.5, 100, 5, 5), (1, 100, 100.5, 5, 5), (2, 101.5, 102, 5, 5), (3, 98, 99, 5, 5)]
    played = play({("quote", 0): lambda s: s.buy(1, stop=99, take=101)}, quotes=tape)
    assert played.fills == [(0, "buy", 1, 100, False), (2, "sell", 1, 101, True)]
    assert [status for status, _, _ in played.orders] == ["filled", "canceled", "filled"]


BOOK = [
    (0, ASK, 100, 2, SNAPSHOT),
    (0, ASK, 101, 3, SNAPSHOT),
    (0, ASK, 103, 10, SNAPSHOT),
    (0, BID, 99, 5, SNAPSHOT),
    (1, BID, 98, 5, DELTA),
    (2, ASK, 101, 3, DELTA),
    (3, ASK, 103, 10, DELTA),
]


def test_k3_a_taker_walks_the_levels_of_a_book():
    played = play({("book", 0): lambda s: s.buy(4)}, books=BOOK)
    assert played.fills == [(0, "buy", 2, 100, False), (0, "buy", 2, 101, False)]


def test_k3_what_was_taken_is_gone_until_that_level_s_next_update():
    script = {("book", 0): lambda s: s.buy(4), ("book", 1): lambda s: s.buy(2), ("book", 2): lambda s: s.buy(1)}
    played = play(script, books=BOOK)
    assert played.fills == [
        (0, "buy", 2, 100, False),
        (0, "buy", 2, 101, False),
        # The update of second 1 is of another level, so 100 is used up and one is left at 101.
        (1, "buy", 1, 101, False),
        (1, "buy", 1, 103, False),
        # The update of second 2 repeats the size at 101: it stands there again.
        (2, "buy", 1, 101, False),
    ]


def test_k3_a_limit_walks_to_its_price():
    played = play({("book", 0): lambda s: s.buy(10, limit=101)}, books=BOOK[:5])
    assert played.fills == [(0, "buy", 2, 100, False), (0, "buy", 3, 101, False)]
    assert played.orders == [("expired", 5, "end of data")]


@pytest.mark.parametrize(
    ("quantity", "limit", "fills", "order"),
    [
        (4, None, [(0, "buy", 2, 100, False), (0, "buy", 2, 101, False)], ("filled", 4, None)),
        (16, None, [], ("canceled", 0, "fok")),  # 2 + 3 + 10 are on offer
        (5, 101, [(0, "buy", 2, 100, False), (0, "buy", 3, 101, False)], ("filled", 5, None)),
        (6, 101, [], ("canceled", 0, "fok")),
    ],
)
def test_k3_fill_or_kill_counts_the_whole_walk(quantity, limit, fills, order):
    played = play({("book", 0): lambda s: s.buy(quantity, limit=limit, tif="FOK")}, books=BOOK[:5])
    assert played.fills == fills
    assert played.orders == [order]


@pytest.mark.parametrize(
    ("account", "cash", "status"),
    [
        ("cash", 410, "filled"),  # 2 x 100 + 2 x 101 = 402
        ("cash", 401.99, "canceled"),
        ("margin", 330, "filled"),  # 4 x 101 x 80 % = 323.2 at the worst price
        ("margin", 323, "canceled"),
    ],
)
def test_b12_fill_or_kill_is_for_an_account_that_covers_the_whole_walk(account, cash, status):
    script = {("book", 0): lambda s: s.buy(4, tif="FOK")}
    played = play(script, books=BOOK[:5], cash=cash, account=account, initial_margin="80%")
    assert [order[0] for order in played.orders] == [status]
    assert len(played.fills) == (2 if status == "filled" else 0)


def test_k3_a_market_order_that_empties_the_book_waits_for_more():
    played = play({("book", 0): lambda s: s.buy(16)}, books=BOOK)
    # 2, 3 and 10 at once; then the update of second 2 shows three at 101 again, and the last one is bought there.
    assert played.fills == [
        (0, "buy", 2, 100, False),
        (0, "buy", 3, 101, False),
        (0, "buy", 10, 103, False),
        (2, "buy", 1, 101, False),
    ]


def test_k3_a_seller_walks_down_the_bids():
    book = [(0, BID, 99, 2, SNAPSHOT), (0, BID, 97, 5, SNAPSHOT), (0, ASK, 100, 5, SNAPSHOT), (1, ASK, 101, 5, DELTA)]
    played = play({("book", 0): lambda s: s.buy(3), ("book", 1): lambda s: s.sell(3)}, books=book)
    assert played.fills == [
        (0, "buy", 3, 100, False),
        (1, "sell", 2, 99, False),
        (1, "sell", 1, 97, False),
    ]

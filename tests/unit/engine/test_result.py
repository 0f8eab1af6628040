"""What a result shows: round trips (R2), evidence (R1), rows of the curve (R5)."""

from __future__ import annotations

from tests.unit.engine.tape import BUYER, SELLER, at, play

STEPS = [
    (60 * minute, price, price + 1, price - 1, price, 9) for minute, price in enumerate((100, 100, 104, 106, 103, 101))
]


def trips(script: dict, **terms: object) -> list[tuple]:
    """Round trips as (side, quantity, entry and exit price, result, reasons, open)."""
    columns = ("side", "quantity", "entry_price", "exit_price", "pnl", "why_entry", "why_exit", "open")
    return play(script, bars=STEPS, **terms).result.trades.select(columns).rows()


def test_r2_a_trade_goes_from_flat_to_flat():
    script = {
        ("bar", 0): lambda s: s.buy(1, why="begin"),
        ("bar", 1): lambda s: s.buy(1, why="more"),
        ("bar", 2): lambda s: s.sell(1, why="less"),
        ("bar", 3): lambda s: s.sell(1, why="end"),
    }
    # Bought at 100 and 104, sold at 106 and 103: 5. The reasons are those of the first entry and the last exit.
    assert trips(script) == [("long", 2, 102, 104.5, 5, "begin", "end", False)]


def test_r2_a_flip_through_zero_ends_one_trade_and_begins_another():
    script = {
        ("bar", 0): lambda s: s.buy(1, why="up"),
        ("bar", 1): lambda s: s.sell(3, why="down"),
        ("bar", 3): lambda s: s.close(why="enough"),
    }
    # 1 from 100 to 104: 4. Then 2 short from 104 to 103: 2.
    assert trips(script, account="margin") == [
        ("long", 1, 100, 104, 4, "up", "down", False),
        ("short", 2, 104, 103, 2, "down", "enough", False),
    ]


def test_r2_what_is_still_open_has_no_exit():
    result = play({("bar", 1): lambda s: s.buy(2, why="in")}, bars=STEPS).result
    (trade,) = result.trades.to_dicts()
    assert (trade["exit_ts"], trade["exit_price"], trade["why_exit"], trade["open"]) == (None, None, None, True)
    assert trade["pnl"] == 0  # nothing is realised yet
    assert result.stats["trades"] == 1
    assert result.stats["round_trips"] == 0


def test_r2_the_result_of_a_trade_is_after_its_fees():
    script = {("bar", 0): lambda s: s.buy(1), ("bar", 1): lambda s: s.close()}
    result = play(script, bars=STEPS, fees="1%").result
    (trade,) = result.trades.to_dicts()
    # 104 - 100 less 1 and 1.04.
    assert (trade["pnl"], trade["fees"]) == (1.96, 2.04)
    assert result.stats["win_rate"] == 1.0


def test_r1_a_fill_says_which_datum_allowed_it():
    script = {("bar", 0): lambda s: s.buy(1), ("bar", 1): lambda s: s.sell(1, limit=106.5)}
    fills = play(script, bars=STEPS).result.fills
    # At the open of minute 1; inside the bar that opens at minute 3 (high 107), known at its close.
    assert fills["ts"].to_list() == [at(60), at(240)]
    assert fills["evidence_ts"].to_list() == [at(60), at(180)]


def test_r5_the_curve_has_a_row_for_every_close():
    result = play({("bar", 0): lambda s: s.buy(1)}, bars=STEPS).result
    assert result.equity["ts"].to_list() == [at(60 * minute) for minute in range(1, 7)]
    assert result.equity["equity"].to_list() == [10_000, 10_000, 10_004, 10_006, 10_003, 10_001]
    assert result.equity["exposure"][1] == 100 / 10_000
    assert result.equity["drawdown"].to_list()[-1] == 10_001 / 10_006 - 1


def test_r5_without_bars_it_has_one_for_each_second_with_news_and_one_at_the_end():
    tape = [(0.25, 100, 1, BUYER), (0.75, 101, 1, BUYER), (2.5, 103, 1, BUYER), (3.1, 99, 1, SELLER)]
    result = play({("trade", 0): lambda s: s.buy(1)}, trades=tape).result
    # Bought at 101; at the last trade 103 from second 2.5 on, and 99 from 3.1 on. The second from 1 to 2 is quiet
    # and has no row.
    assert result.equity["ts"].to_list() == [at(1), at(3), at(3.1)]
    assert result.equity["equity"].to_list() == [10_000, 10_002, 9_998]


def test_r5_with_quotes_a_position_counts_at_the_middle():
    quotes = [(0, 99, 101, 5, 5), (1.5, 102, 104, 5, 5)]
    result = play({("quote", 0): lambda s: s.buy(1)}, quotes=quotes).result
    # Bought at 101, worth (99 + 101) / 2, then (102 + 104) / 2.
    assert result.equity["equity"].to_list() == [9_999, 10_002]


def test_r5_the_last_moment_counts_where_it_is_a_full_second():
    tape = [(0, 100, 1, BUYER), (2, 101, 1, BUYER)]
    result = play({("trade", 0): lambda s: s.buy(1)}, trades=tape, fees="1%").result
    # The trade of second 2 fills the order, takes the fee and values the position.
    assert result.equity["ts"].to_list() == [at(0), at(2)]
    assert result.equity["cash"].to_list() == [10_000, 10_000 - 101 - 1.01]
    assert result.stats["final_equity"] == 10_000 - 1.01

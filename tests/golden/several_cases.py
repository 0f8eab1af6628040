"""Several symbols at one time."""

from tests.golden.case import Case

CALM = (100, 101, 99, 100)
CHEAP = (10, 11, 9, 10)

CASES = [
    Case(
        "a sale pays for a purchase at the same open",
        "T4 A1",
        "1000 cash buy 10 A at 100; B is declared first and its purchase was decided first, yet A is sold "
        "before it: 100 B at 10",
        {"B": [CHEAP, CHEAP, CHEAP], "A": [CALM, CALM, CALM]},
        [(0, "A", "buy", {"qty": 10}), (1, "B", "buy", {"qty": 100}), (1, "A", "sell", {"qty": 10})],
        ["1 open buy 10 at 100", "A: 2 open sell 10 at 100", "B: 2 open buy 100 at 10"],
        ["market filled", "market filled", "market filled"],
        "1000",
        cash="1000",
    ),
    Case(
        "purchases at one open go by declared order of symbols",
        "T4 A1",
        "1000 cash: B (declared first) takes 60 x 10 = 600, A gets 4 of 5",
        {"B": [CHEAP, CHEAP], "A": [CALM, CALM]},
        [(0, "A", "buy", {"qty": 5}), (0, "B", "buy", {"qty": 60})],
        ["B: 1 open buy 60 at 10", "A: 1 open buy 4 at 100"],
        equity="1000",
        terms={"lot": "1"},
        cash="1000",
    ),
    Case(
        "handlers run in declared order after all closes",
        "T3 O5",
        "at minute 2 A closes at 110 (10 held: equity 10100); target(0.5) of B = 5050 / 10 = 505, although B "
        "is declared first",
        {"B": [CHEAP, CHEAP, CHEAP], "A": [CALM, (100, 111, 99, 110), (110, 111, 109, 110)]},
        [(0, "A", "buy", {"qty": 10}), (1, "B", "target", {"f": "0.5"})],
        ["A: 1 open buy 10 at 100", "B: 2 open buy 505 at 10"],
        equity="10100",
    ),
    Case(
        "equity counts all symbols at their last prices",
        "T3",
        "10 A at 100 and 100 B at 10; A ends at 102, B at 9: + 20 - 100 = - 80",
        {"A": [CALM, (100, 103, 99, 102)], "B": [CHEAP, (10, 11, 8, 9)]},
        [(0, "A", "buy", {"qty": 10}), (0, "B", "buy", {"qty": 100})],
        ["A: 1 open buy 10 at 100", "B: 1 open buy 100 at 10"],
        equity="9920",
        path=["10000", "9920"],
    ),
    Case(
        "margin is one for all symbols",
        "A2 T4",
        "1000 cash at 50 %: 15 A use 750, so B gets 250 / 5 = 50 of 60",
        {"A": [CALM, CALM], "B": [CHEAP, CHEAP]},
        [(0, "A", "buy", {"qty": 15}), (0, "B", "buy", {"qty": 60})],
        ["A: 1 open buy 15 at 100", "B: 1 open buy 50 at 10"],
        equity="1000",
        terms={"account": "margin", "lot": "1"},
        cash="1000",
    ),
    Case(
        "liquidation sells symbol by symbol until equity suffices",
        "A3 T4",
        "10 A at 100 and 100 B at 10 with 1000: at 60 and 6 equity is 200 < 300; A goes first: exposure 600, "
        "200 >= 150: B stays",
        {"A": [CALM, CALM, (60, 60, 60, 60)], "B": [CHEAP, CHEAP, (6, 6, 6, 6)]},
        [(0, "A", "buy", {"qty": 10}), (0, "B", "buy", {"qty": 100})],
        ["A: 1 open buy 10 at 100", "B: 1 open buy 100 at 10", "A: 2 open sell 10 at 60"],
        ["market filled", "market filled", "liquidation filled"],
        "200",
        terms={"account": "margin"},
        cash="1000",
    ),
    Case(
        "OCO names of different symbols are different groups",
        "O1",
        "both limits fill: 98 and 9.5; end at 100 and 10: 2 + 0.5",
        {"A": [CALM, (100, 101, 97, 100)], "B": [CHEAP, CHEAP]},
        [(0, "A", "buy", {"qty": 1, "limit": 98, "oco": "x"}), (0, "B", "buy", {"qty": 1, "limit": "9.5", "oco": "x"})],
        ["A: 1 inside buy 1 at 98 maker", "B: 1 inside buy 1 at 9.5 maker"],
        equity="10002.5",
    ),
]

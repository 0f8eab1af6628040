"""Cases that random runs found: where two readings of the page parted once."""

from tests.golden.case import Case

CALM = (100, 101, 99, 100)

CASES = [
    Case(
        "a stop-limit that rests does not fill as a limit in the bar that triggered it",
        "B6 B9",
        "triggered at 104, limit 102, low 99 came before or after: nobody knows; close 103: it rests",
        [CALM, (100, 105, 99, 103)],
        [(0, "buy", {"qty": 1, "trigger": 104, "limit": 102})],
        [],
        ["stop-limit expired: end of data"],
    ),
    Case(
        "funding inside a bar is charged on the price known then",
        "A7 T3",
        "10 long; half a minute into bar 2 (open 100, close 102): 10 x 100 x 0.001 = 1; ends at 102: + 20",
        [CALM, CALM, (100, 103, 99, 102)],
        [(0, "buy", {"qty": 10})],
        ["1 open buy 10 at 100"],
        equity="10019",
        terms={"account": "margin"},
        events=[("funding", 2, "0.001", "A", 30_000_000_000)],
    ),
    Case(
        "a split divides the levels that an open order carries",
        "A8 O3",
        "buy limit 98 with take 110 becomes 49 with 55: 2 bought at 49, sold at 55: + 12",
        [CALM, (50, 51, 48, 50), (50, 56, 50, 54)],
        [(0, "buy", {"qty": 1, "limit": 98, "take": 110})],
        ["1 inside buy 2 at 49 maker", "2 inside sell 2 at 55 maker"],
        ["limit filled", "take-profit filled"],
        "10012",
        events=[("split", 1, "2")],
    ),
    Case(
        "a split scales what is left of a partly filled order",
        "A8 B12",
        "10 asked, 4 at 100; 6 left become 3 at 200 and the 4 held 2; ends at 201: 2 x 1 + 3 x 1 = 5",
        [CALM, (100, 101, 99, 100, 40), (200, 202, 199, 201, 400)],
        [(0, "buy", {"qty": 10})],
        ["1 open buy 4 at 100", "2 open buy 3 at 200"],
        ["market filled"],
        "10005",
        terms={"participation": "0.1"},
        events=[("split", 2, "0.5")],
    ),
    Case(
        "a split rounds a sell limit up",
        "A8 N3",
        "96.5 / 1.5 = 64.3333..: 64.33333334; 2 become 3, bought at 90: 193.00000002 - 180",
        [(90, 91, 89, 90), (90, 91, 89, 90), (60, 66, 59, 62)],
        [(0, "buy", {"qty": 2}), (1, "sell", {"qty": 2, "limit": "96.5"})],
        ["1 open buy 2 at 90", "2 inside sell 3 at 64.33333334 maker"],
        equity="10013.00000002",
        events=[("split", 2, "1.5")],
    ),
    Case(
        "protection made by a sale waits for older purchases of the same open",
        "T4 O3",
        "long 10; the older purchase of 1 comes in the second pass after the sale of 5 whose stop 105 "
        "is on the wrong side: "
        "that sells all 6 at 100 then",
        [CALM, CALM, CALM],
        [(0, "buy", {"qty": 10}), (1, "buy", {"qty": 1}), (1, "sell", {"qty": 5, "stop": 105})],
        ["1 open buy 10 at 100", "2 open sell 5 at 100", "2 open buy 1 at 100", "2 open sell 6 at 100"],
        ["market filled", "market filled", "market filled", "stop filled"],
        "10000",
    ),
    Case(
        "an optimistic run leaves a wrong-side stop at once too",
        "B13 O3",
        "touched at 98, stop 101 lies above: sold at 98; 0",
        [CALM, (102, 104, 96, 99)],
        [(0, "buy", {"qty": 5, "touch": 98, "stop": 101})],
        ["1 inside buy 5 at 98", "1 inside sell 5 at 98"],
        terms={"bounds": "optimistic"},
    ),
    Case(
        "a liquidation takes what volume gives and looks again at the next open",
        "A3 B12",
        "20 long at 100 with 1000: below 66.67; bar 2 gives 4 at 60, bar 3 nothing, bar 4 the other 16 at 58: "
        "1000 - 160 - 672 = 168",
        [CALM, (100, 101, 99, 100, 400), (60, 61, 59, 60, 40), (60, 61, 59, 60, 0), (58, 59, 57, 58, 400)],
        [(0, "buy", {"qty": 20})],
        ["1 open buy 20 at 100", "2 open sell 4 at 60", "4 open sell 16 at 58"],
        ["market filled", "liquidation filled: participation", "liquidation filled"],
        "168",
        terms={"account": "margin", "participation": "0.1"},
        cash="1000",
    ),
    Case(
        "the liquidation price is that of the position as it was enlarged inside the bar",
        "A3 B10",
        "15 long at 100 (cash - 500) and 5 more at the stop 102 (cash - 1010): 20p - 1010 < 5p below "
        "67.33; tick 1: 67; "
        "the first 15 alone would have held to 44: 1340 - 1010 = 330",
        [CALM, CALM, (100, 103, 40, 45)],
        [(0, "buy", {"qty": 15}), (1, "buy", {"qty": 5, "trigger": 102})],
        ["1 open buy 15 at 100", "2 inside buy 5 at 102", "2 inside sell 20 at 67"],
        ["market filled", "stop filled", "liquidation filled"],
        "330",
        terms={"account": "margin", "tick": "1", "lot": "1"},
        cash="1000",
    ),
    Case(
        "protection lost between two parts of a fill is made again at the same level",
        "O3 B8 B12",
        "4 of 8 bought at 100, trailing level 98; bar 2 opens at 97: sold (- 12), then the other 4 "
        "bought at 97: level 98 again, "
        "beyond the open, but no volume is left; sold at the next open 98: + 4",
        [CALM, (100, 101, 99, 100, 40), (97, 97, 96, 97, 80), (98, 99, 97, 98, 80)],
        [(0, "buy", {"qty": 8, "stop": ("trailing", 2)})],
        ["1 open buy 4 at 100", "2 open sell 4 at 97", "2 open buy 4 at 97", "3 open sell 4 at 98"],
        ["market filled", "trailing-stop filled", "trailing-stop filled"],
        "9992",
        terms={"participation": "0.1"},
    ),
]

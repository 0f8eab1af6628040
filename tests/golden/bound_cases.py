"""The pessimistic and the optimistic reading of a bar."""

from tests.golden.case import Case

CALM = (100, 101, 99, 100)
INSIDE = [(0, "buy", {"qty": 1, "limit": 98, "stop": 95, "take": 100})]
BOTH = [(0, "buy", {"qty": 1, "stop": 97, "take": 103})]

CASES = [
    Case(
        "pessimistic: no take-profit in the bar inside which it was made",
        "B13 B10",
        "bought at 98, close 100 reaches the take-profit, yet it waits; ends at 100: + 2",
        [CALM, (100, 101, 97, 100)],
        INSIDE,
        ["1 inside buy 1 at 98 maker"],
        equity="10002",
        terms={"bounds": "pessimistic"},
    ),
    Case(
        "pessimistic: stop before take-profit, as always",
        "B13 B9",
        "bar 2 spans 96 to 104: sold at 97: - 3",
        [CALM, CALM, (100, 104, 96, 102)],
        BOTH,
        ["1 open buy 1 at 100", "2 inside sell 1 at 97"],
        equity="9997",
        terms={"bounds": "pessimistic"},
    ),
    Case(
        "optimistic: take-profit before stop",
        "B13",
        "bar 2 spans 96 to 104: sold at 103: + 3",
        [CALM, CALM, (100, 104, 96, 102)],
        BOTH,
        ["1 open buy 1 at 100", "2 inside sell 1 at 103 maker"],
        equity="10003",
        terms={"bounds": "optimistic"},
    ),
    Case(
        "optimistic: a touch fills a limit",
        "B13 B4",
        "limit 98 = low 98; ends at 99: + 1",
        [CALM, (100, 101, 98, 99)],
        [(0, "buy", {"qty": 1, "limit": 98})],
        ["1 inside buy 1 at 98 maker"],
        equity="10001",
        terms={"bounds": "optimistic"},
    ),
    Case(
        "optimistic: the take-profit fills inside its entry bar when the range reaches it",
        "B13",
        "bought at 98, the high 100 touches the take-profit 100: + 2, although the close is 96 and the low 94",
        [CALM, (99, 100, 94, 96)],
        INSIDE,
        ["1 inside buy 1 at 98 maker", "1 inside sell 1 at 100 maker"],
        equity="10002",
        terms={"bounds": "optimistic"},
    ),
    Case(
        "optimistic: an entry at the open knows that the low came after it",
        "B13",
        "limit 98 = open 98: bought there, so the low 94 is later than the entry: stopped at 95: - 3",
        [CALM, (98, 99, 94, 97)],
        INSIDE,
        ["1 open buy 1 at 98", "1 inside sell 1 at 95"],
        equity="9997",
        terms={"bounds": "optimistic"},
    ),
    Case(
        "optimistic: an entry inside the bar survives a low that may have come before it",
        "B13",
        "bought at 98 inside; low 94 below the stop 95, close 97 above: still long, - 1",
        [CALM, (99, "99.5", 94, 97)],
        INSIDE,
        ["1 inside buy 1 at 98 maker"],
        equity="9999",
        terms={"bounds": "optimistic"},
    ),
    Case(
        "optimistic: a close beyond the stop ends the entry",
        "B13",
        "bought at 98 inside; close 94.5 below the stop 95: - 3",
        [CALM, (99, "99.5", 94, "94.5")],
        INSIDE,
        ["1 inside buy 1 at 98 maker", "1 inside sell 1 at 95"],
        equity="9997",
        terms={"bounds": "optimistic"},
    ),
]

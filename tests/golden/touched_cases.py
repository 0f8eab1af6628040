"""Market-if-touched and limit-if-touched orders."""

from tests.golden.case import Case

CALM = (100, 101, 99, 100)

CASES = [
    Case(
        "market-if-touched fills at its price, slipped",
        "B7",
        "touched at 98 (low 98): 98.098; ends at 99: + 0.902",
        [CALM, (100, 101, 98, 99)],
        [(0, "buy", {"qty": 1, "touch": 98})],
        ["1 inside buy 1 at 98.098"],
        ["market-if-touched filled"],
        "10000.902",
        terms={"slippage_bp": "10"},
    ),
    Case(
        "market-if-touched gapped through fills at the open",
        "B7",
        "opens at 95, better than 98; ends at 96: + 1",
        [CALM, (95, 97, 94, 96)],
        [(0, "buy", {"qty": 1, "touch": 98})],
        ["1 open buy 1 at 95"],
        ["market-if-touched filled"],
        "10001",
    ),
    Case(
        "a sell market-if-touched",
        "B7",
        "bought at 100, touched at 103 (high 103): + 3",
        [CALM, CALM, (100, 103, 99, 100)],
        [(0, "buy", {"qty": 1}), (1, "sell", {"qty": 1, "touch": 103})],
        ["1 open buy 1 at 100", "2 inside sell 1 at 103"],
        ["market filled", "market-if-touched filled"],
        "10003",
    ),
    Case(
        "limit-if-touched with the limit no worse than the touch fills at the touch",
        "B7 B6",
        "touched at 98, limit 98.5: 98, not slipped; ends at 99: + 1",
        [CALM, (100, 101, 97, 99)],
        [(0, "buy", {"qty": 1, "touch": 98, "limit": "98.5"})],
        ["1 inside buy 1 at 98"],
        ["limit-if-touched filled"],
        "10001",
        terms={"slippage_bp": "10"},
    ),
    Case(
        "limit-if-touched with the limit behind the touch rests unless the close lies through it",
        "B7",
        "touched at 98, limit 97: bar 1 closes at 99 although its low is 96; bar 2 dips to 96: bought at 97, "
        "ends at 99: + 2",
        [CALM, (100, 101, 96, 99), (99, 100, 96, 99)],
        [(0, "buy", {"qty": 1, "touch": 98, "limit": 97})],
        ["2 inside buy 1 at 97 maker"],
        ["limit-if-touched filled"],
        "10002",
    ),
    Case(
        "limit-if-touched fills where the close lies through its limit",
        "B7",
        "touched at 98, limit 97, close 96: bought at 97, ends at 96: - 1",
        [CALM, (100, 101, 95, 96)],
        [(0, "buy", {"qty": 1, "touch": 98, "limit": 97})],
        ["1 inside buy 1 at 97 maker"],
        ["limit-if-touched filled"],
        "9999",
    ),
    Case(
        "limit-if-touched triggered at the open is a limit new at that open",
        "B7 B2",
        "opens at 96 <= touch 98 and <= limit 97: bought at 96, ends at 97: + 1",
        [CALM, (96, 98, 95, 97)],
        [(0, "buy", {"qty": 1, "touch": 98, "limit": 97})],
        ["1 open buy 1 at 96"],
        ["limit-if-touched filled"],
        "10001",
    ),
]

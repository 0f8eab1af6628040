"""Memory that a result adds to its data, and the time of `import parrot`; each in a process of its own."""

from statistics import median

import market
from bench import Bench
from table import EQUAL, Row

TITLE = "Memory of a full result of 1M bars; import"
COUNT = 1_000_000
IMPORTS = 9


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    return [*_memory(bench), *_imports(bench)]


def _memory(bench: Bench) -> list[Row]:
    raw = market.bars(bench.size(COUNT))
    known = market.truth(raw)[0]
    found = bench.fresh("result_memory", bench.store(f"bars_{len(raw['ts'])}", raw))
    if "missing" in found:
        return [Row("memory", None, "MB", checked=f"missing: {found['missing']}")]
    checked = EQUAL if found["fills"] == known else f"differs: {found['fills']:,} fills"
    return [
        Row("resident memory added by run and all frames", found["added"], "MB", 120, checked=checked),
        Row("the most that it took meanwhile", found["peak"], "MB"),
        Row("of which frames", found["frames"], "MB"),
        Row("the data themselves", found["data"], "MB"),
    ]


def _imports(bench: Bench) -> list[Row]:
    answers = [bench.fresh("importing") for _ in range(bench.repeats(IMPORTS) + 1)][1:]
    if any("missing" in found for found in answers):
        return [Row("import", None, "s", checked=f"missing: {answers[0].get('missing')}")]
    return [
        Row("import parrot", median(found["bare"] for found in answers), "s", 0.3),
        Row("import parrot; parrot.backtest", median(found["whole"] for found in answers), "s"),
    ]

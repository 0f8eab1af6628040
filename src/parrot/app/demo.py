"""The demo market: four coins that never were, made from a seed, so that everything can be tried without data."""

from __future__ import annotations

from functools import cache
from typing import Final

from parrot.app.wiring import market_data
from parrot.centers.market_data.generator import Recipe
from parrot.engine.bars import Bars
from parrot.kernel.errors import MissingError

RECIPE: Final = Recipe(
    symbols=("ALDER", "BIRCH", "CEDAR", "MAPLE"),
    bars=3 * 365 * 24,
    seed=11,
    prices=(100.0, 40.0, 2_500.0, 12.0),
    volatility=0.55,
    drift=0.25,
)


@cache
def demo_market() -> dict[str, Bars]:
    """Hourly bars of three years by symbol; the same on every machine."""
    return market_data().demo(RECIPE)


def demo_bars(symbol: str = "") -> Bars:
    """One symbol of the demo market, the first unless named. Raises MissingError for an unknown one."""
    known = demo_market()
    chosen = symbol or RECIPE.symbols[0]
    if chosen not in known:
        raise MissingError(f"the demo market has no {chosen}", expected=" or ".join(f"demo:{name}" for name in known))
    return known[chosen]

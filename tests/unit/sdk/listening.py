"""A strategy that writes down what it hears."""

from __future__ import annotations

import parrot
from parrot.sdk import Strategy
from tests.unit.sdk.markets import closes

TEN = closes(*range(100, 110))


class Recorder(Strategy):
    """Keeps what its handlers hear; the class, not the instance, holds it."""

    heard: tuple = ()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.heard = ()

    def hear(self, *what: object) -> None:
        type(self).heard += (what,)


def heard(strategy: type[Recorder], *arguments: object, **terms: object) -> list:
    strategy.heard = ()
    parrot.backtest(strategy, *arguments, **terms)
    return list(strategy.heard)

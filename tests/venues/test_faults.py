"""A hundred and fifty orders over ccxt while one fault follows another; `make venues-chaos` sends ten thousand."""

from __future__ import annotations

from pathlib import Path

from tests.ports.trading.served import served
from tests.venues.trial import Trial


def test_no_order_is_lost_or_doubled_whatever_the_exchange_does(tmp_path: Path) -> None:
    result = Trial(served(), tmp_path, orders=150, seed=11, rate=60, pause=0.4).run()
    assert not result.wrong
    assert (result.lost, result.doubled) == (0, 0)
    assert result.orders >= 150
    assert result.fills
    assert sum(result.faults.values()) >= 5

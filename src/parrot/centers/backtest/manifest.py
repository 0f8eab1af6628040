"""The way into the back-test center."""

from __future__ import annotations

from parrot.centers.backtest.desk import Backtests, Ports

__all__ = ["NAME", "Backtests", "Ports", "build"]

NAME = "backtest"


def build(ports: Ports) -> Backtests:
    """The center, ready to work."""
    return Backtests(ports)

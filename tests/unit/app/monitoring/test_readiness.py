"""A platform is ready when orders may flow, and says why when they may not."""

from __future__ import annotations

import pytest

from parrot.app.monitoring.readiness import Bounds, Signs, reasons

SECOND = 1_000_000_000
WELL = {"data_ages": {"BTC/USDT": SECOND}, "queues": {"commands": (800, 1000)}, "lag": SECOND}


def test_a_platform_in_which_all_is_well_is_ready() -> None:
    assert reasons(Signs(**WELL)) == []


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ({"data_ages": {}}, "no market data are asked for"),
        ({"data_ages": {"BTC/USDT": None}}, "no market data of BTC/USDT have come yet"),
        ({"data_ages": {"A": 0, "B": 5 * SECOND + 1_000_000}}, "market data of B are 5001 ms old, allowed 5000"),
        ({"lag": SECOND + 1_000_000}, "the order path is 1001 ms behind, allowed 1000"),
        ({"queues": {"commands": (801, 1000)}}, "801 wait in commands, which has room for 1000"),
        ({"line_up": False, "reconciled": False}, "the line to the venue is down"),
        ({"reconciled": False}, "orders and trades have not been compared with the venue yet"),
        ({"strategies_ready": False}, "strategies are being rebuilt"),
        ({"disk_low": True}, "the disk is nearly full"),
        ({"stopped": {"all": "kill by ann (cli)"}}, "orders of all are stopped: kill by ann (cli)"),
        ({"stopped": {"account:main": "reduce-only"}}, "orders of account:main are stopped: reduce-only"),
    ],
)
def test_each_sign_alone_takes_readiness_away(sign, told) -> None:
    assert reasons(Signs(**{**WELL, **sign})) == [told]


def test_one_strategy_stopped_leaves_the_platform_ready() -> None:
    assert reasons(Signs(**WELL, stopped={"strategy:s": "kill by ann (cli)"})) == []


def test_bounds_can_be_set() -> None:
    tight = Bounds(data_age_max=SECOND - 1, lag_max=SECOND - 1, queue_percent_max=79)
    assert len(reasons(Signs(**WELL), tight)) == 3

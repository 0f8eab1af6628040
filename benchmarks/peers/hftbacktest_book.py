"""hftbacktest: a compiled strategy that looks at the best prices every 100 ms of a level-2 stream."""

import sys
from importlib.metadata import version

import numpy as np
from clock import answer, seconds
from hftbacktest import (
    BUY_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    LOCAL_EVENT,
    SELL_EVENT,
    BacktestAsset,
    ROIVectorMarketDepthBacktest,
)
from hftbacktest.types import event_dtype
from numba import njit

LOOK = 100_000_000
TICK = 0.01


@njit
def look(hbt, wait):
    calls, total = 0, 0.0
    if hbt.elapse(wait) == 0:
        while True:
            depth = hbt.depth(0)
            calls += 1
            total += depth.best_bid + depth.best_ask
            if hbt.elapse(LOOK) != 0:
                break
    return calls, total


def events(raw):
    rows = np.zeros(len(raw["ts"]), dtype=event_dtype)
    side = np.where(raw["side"] > 0, BUY_EVENT, SELL_EVENT)
    rows["ev"] = side | DEPTH_EVENT | EXCH_EVENT | LOCAL_EVENT
    rows["exch_ts"] = rows["local_ts"] = raw["ts"]
    rows["px"], rows["qty"] = raw["price"], raw["size"]
    return rows


def main(path, repeats):
    raw = np.load(path)
    rows = events(raw)
    low, high = raw["price"].min() - 1, raw["price"].max() + 1

    def work():
        asset = (
            BacktestAsset()
            .data(rows)
            .linear_asset(1.0)
            .constant_order_latency(0, 0)
            .power_prob_queue_model(2.0)
            .no_partial_fill_exchange()
            .trading_value_fee_model(0.0, 0.0)
            .tick_size(TICK)
            .lot_size(0.001)
            .roi_lb(low)
            .roi_ub(high)
        )
        hbt = ROIVectorMarketDepthBacktest([asset])
        found = look(hbt, LOOK - 1)  # the first row is one nanosecond after a whole 100 ms
        hbt.close()
        return found

    time, (calls, total) = seconds(work, repeats)
    answer(seconds=time, calls=calls, total=total, version=version("hftbacktest"))


main(sys.argv[1], int(sys.argv[2]))

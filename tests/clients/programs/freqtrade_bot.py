"""freqtrade, unmodified and not in its dry run: one entry and one exit, filled at the exchange."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checks import Place, done, equal, place, true

_LATEST_S = 240
STRATEGY = '''
from freqtrade.strategy import IStrategy


class Enter(IStrategy):
    """Buys at once, sells after some seconds."""

    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = -0.5
    startup_candle_count = 20
    process_only_new_candles = False

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "seen enough" if (current_time - trade.open_date_utc).total_seconds() > 5 else None
'''


def config(at: Place, folder: Path) -> dict:
    """What a user would write."""
    addresses = {
        "public": at.rest + "/api/v3",
        "private": at.rest + "/api/v3",
        "sapi": at.rest + "/sapi/v1",
        "ws": {
            "spot": at.socket + "/stream/ws",
            "margin": at.socket + "/stream/ws",
            "ws-api": {"spot": at.socket + "/ws-api/v3"},
        },
    }
    options = {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False, "fetchCurrencies": False}
    prices = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    return {
        "max_open_trades": 1,
        "stake_currency": "USDT",
        "stake_amount": 500,
        "dry_run": False,
        "trading_mode": "spot",
        "timeframe": "1m",
        "cancel_open_orders_on_exit": True,
        "db_url": f"sqlite:///{folder / 'trades.sqlite'}",
        "order_types": {"entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": False},
        "unfilledtimeout": {"entry": 1, "exit": 1, "unit": "minutes"},
        "entry_pricing": prices,
        "exit_pricing": prices,
        "exchange": {
            "name": "binance",
            "key": at.key,
            "secret": at.secret,
            "pair_whitelist": ["BTC/USDT"],
            "ccxt_config": {"urls": {"api": addresses}, "options": options},
            "ccxt_async_config": {"urls": {"api": addresses}, "options": options},
        },
        "pairlists": [{"method": "StaticPairList"}],
        "bot_name": "demo",
        "initial_state": "running",
        "internals": {"process_throttle_secs": 2},
    }


def closed(folder: Path) -> list:
    """Trades that were entered and left."""
    path = folder / "trades.sqlite"
    if not path.exists():
        return []
    try:
        with sqlite3.connect(path) as database:
            rows = "SELECT open_rate, close_rate, amount, exit_reason FROM trades WHERE is_open = 0"
            return database.execute(rows).fetchall()
    except sqlite3.OperationalError:
        return []


def main() -> None:
    at = place()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "strategies").mkdir()
        (folder / "strategies" / "enter.py").write_text(STRATEGY)
        (folder / "config.json").write_text(json.dumps(config(at, folder)))
        program = Path(sys.executable).with_name("freqtrade")
        command = [program, "trade", "-c", folder / "config.json", "--userdir", folder, "-s", "Enter"]
        log = (folder / "log").open("w+")
        bot = subprocess.Popen([*map(str, command)], stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            deadline = time.monotonic() + _LATEST_S
            while not closed(folder) and time.monotonic() < deadline and bot.poll() is None:
                time.sleep(1)
        finally:
            bot.terminate()
            bot.wait(60)
        log.seek(0)
        trades = closed(folder)
        true("entered and left", trades, log.read()[-4000:])
        opened, left, amount, reason = trades[0]
        true("at prices of the market", opened > 0 and left > 0 and amount > 0, trades)
        equal("for its own reason", reason, "seen enough")
    done()


main()

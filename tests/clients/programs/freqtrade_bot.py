"""freqtrade, unmodified and not in its dry run: one entry and one exit, filled at the exchange."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checks import done, equal, place, shown, true

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
        (folder / "config.json").write_text(shown("freqtrade.md", "json", at))
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

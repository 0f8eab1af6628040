"""An exchange to test with."""

from __future__ import annotations

from pathlib import Path

from parrot.engine.matching import Exchange

PAIR = "BTC/USD"


def open_exchange() -> Exchange:
    """Ann and Bob with 10 BTC and 1,000,000 USD each, at an open symbol with fees."""
    return open_in(None)


def open_in(journal: Path | str | None = None) -> Exchange:
    """The same, with a journal."""
    made = Exchange(journal)
    made.add_currency("BTC", decimals=8)
    made.add_currency("USD", decimals=6)
    made.add_symbol(PAIR, "BTC", "USD", price_decimals=2, quantity_decimals=4)
    made.set_fees(maker="2bp", taker="5bp")
    for name in ("ann", "bob"):
        made.add_account(name)
        made.deposit(name, "BTC", 10)
        made.deposit(name, "USD", 1_000_000)
    made.open(PAIR)
    made.core.clear_events()
    return made

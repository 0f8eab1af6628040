"""Importers: market data from files, frames and arrays, checked and made exact."""

from parrot.adapters.importers.bars import read_bars, read_raw_bars
from parrot.adapters.importers.ticks import read_books, read_quotes, read_trades

__all__ = ["read_bars", "read_books", "read_quotes", "read_raw_bars", "read_trades"]

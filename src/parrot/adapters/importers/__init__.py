"""Importers: market data from files, frames and arrays, checked and made exact."""

from parrot.adapters.importers.bars import read_bars

__all__ = ["read_bars"]

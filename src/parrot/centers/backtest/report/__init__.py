"""The report of a back-test: one HTML page that needs nothing else, and an index of several."""

from parrot.centers.backtest.report.data import Candles, IndexEntry, ReportData, Reproduction
from parrot.centers.backtest.report.index import index_page
from parrot.centers.backtest.report.page import render

__all__ = ["Candles", "IndexEntry", "ReportData", "Reproduction", "index_page", "render"]

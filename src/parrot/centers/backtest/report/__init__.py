"""The report of a back-test: one HTML page that needs nothing else, and an index of several."""

from parrot.centers.backtest.report.data import Candles, Feed, IndexEntry, ReportData, Reproduction
from parrot.centers.backtest.report.index import index_page
from parrot.centers.backtest.report.page import render

__all__ = ["Candles", "Feed", "IndexEntry", "ReportData", "Reproduction", "index_page", "render"]

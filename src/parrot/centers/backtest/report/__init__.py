"""The report of a back-test: one HTML page that needs nothing else."""

from parrot.centers.backtest.report.analysis import Analysis, analyse
from parrot.centers.backtest.report.data import Candles, Feed, ReportData, Reproduction
from parrot.centers.backtest.report.figures import GROUPS
from parrot.centers.backtest.report.page import render
from parrot.centers.backtest.report.series import sampled_rows

__all__ = [
    "GROUPS",
    "Analysis",
    "Candles",
    "Feed",
    "ReportData",
    "Reproduction",
    "analyse",
    "render",
    "sampled_rows",
]

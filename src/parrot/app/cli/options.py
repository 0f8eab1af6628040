"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Answer as one JSON document on stdout.")]
StrategyFile = Annotated[str, typer.Argument(metavar="FILE.py[:Class]", help="File of the strategy.")]
DataArguments = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="[SYMBOL=]SOURCE",
        help="A file (parquet, csv, npz, feather, json, zip), demo, demo:SYMBOL or lake:NAME. Again for more symbols.",
    ),
]
Trades = Annotated[
    list[str] | None, typer.Option("--trades", metavar="[SYMBOL=]PATH", help="Recorded trades: they decide the fills.")
]
Quotes = Annotated[
    list[str] | None, typer.Option("--quotes", metavar="[SYMBOL=]PATH", help="Recorded best bids and offers.")
]
Books = Annotated[list[str] | None, typer.Option("--books", metavar="[SYMBOL=]PATH", help="Recorded L2 books.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the strategy. Repeatable.")
]
Cash = Annotated[str, typer.Option(help="Starting cash.")]
FeesRate = Annotated[str, typer.Option("--fees", help='Fee of every fill: "10bp", "0.1%" or 0.001.')]
SlippageRate = Annotated[str, typer.Option("--slippage", help='What market orders lose: "2bp", "1tick".')]
Account = Annotated[str, typer.Option(help="cash (refuses shorts) or margin.")]
Calendar = Annotated[str | None, typer.Option(help="Exchange calendar such as XNYS; without it, always open.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="First moment, ISO 8601, UTC.")]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="End (excluded), ISO 8601, UTC.")]
Timezone = Annotated[str, typer.Option(help="Zone of times that do not say theirs.")]
Timeframe = Annotated[str | None, typer.Option(help="Length of a bar (1m, 1h, 1d) where the data leave it open.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", metavar="NAME=HEADER", help="close=Last: what a column is called.")
]
Adjusted = Annotated[str, typer.Option(help="What prices already contain: none, splits or dividends.")]
Repair = Annotated[bool, typer.Option("--repair", help="Mend what can be mended in the data, and say what.")]
OutputPath = Annotated[Path | None, typer.Option("--report", metavar="PATH", help="Write the report as HTML.")]

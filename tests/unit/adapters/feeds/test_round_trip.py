"""What a live market recorded in the lake plays again as it was: the same ticks, bars and quotes for the desk (I21)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.feeds import Recording, ReplayFeed, generated
from parrot.adapters.lake.files import FileLake
from parrot.app.wiring import market_data
from parrot.centers.market_data.generator import Recipe
from parrot.centers.market_data.live import BarRule, LiveMarket, LiveSettings
from parrot.centers.market_data.live.lake_writer import LakeWriter
from parrot.centers.matching import manifest as matching
from parrot.contracts.commands import Quoted
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import TradeTick
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.ports.lake import SeriesKey

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
RULES = (BarRule("time", SECOND), BarRule("tick", 7), BarRule("volume", 3 * 10**12), BarRule("dollar", 1_000_000))


def played(feed: Any, writer: LakeWriter | None, *, until: int = 0, step: int = 0) -> list[Any]:
    """All that a market says of a feed: from due to due, or in steps until a time."""
    market = LiveMarket(feed.listings(), LiveSettings(bars=RULES, features=3))
    said: list[Any] = []
    now = START
    while now < until if step else feed.due() is not None:
        now = now + step if step else feed.due()
        flow = market.take(feed.poll(now), now)
        for symbol in flow.asks:
            feed.ask_snapshot(symbol, now)
        said += [*flow.messages, *flow.quoted]
        assert not flow.quarantined
        if writer:
            writer.take(flow, now)
            if writer.due(now):
                writer.write(writer.cut(now))
    if writer:
        writer.write(writer.cut(now, last=True))
    return said


def test_a_recorded_market_plays_again_as_it_was(tmp_path: Path) -> None:
    recipe = Recipe(symbols=("ALDER",), bars=40, timeframe=SECOND, start=START, seed=9)
    feed = ReplayFeed(generated(market_data().demo(recipe), seed=2))
    lake = FileLake(tmp_path)
    first = played(feed, LakeWriter(lake, "made", feed.listings(), every=10 * SECOND))
    trades, quotes = (lake.read_ticks(SeriesKey("made", "ALDER", kind)) for kind in ("trades", "quotes"))
    assert isinstance(trades, Trades)
    assert isinstance(quotes, Quotes)
    again = ReplayFeed([Recording("ALDER", trades=trades, quotes=quotes)])
    assert again.listings()[0].tick == feed.listings()[0].tick
    assert played(again, None) == first


def prices(said: list[Any], listing: Listing) -> list[tuple[Decimal, int, int]]:
    """Price, size and side of all trades of a symbol."""
    trades = [tick for tick in said if isinstance(tick, TradeTick) and tick.symbol == listing.symbol]
    return [(Decimal(tick.price).scaleb(-listing.price_decimals), tick.size, tick.side) for tick in trades]


def tops(said: list[Any], symbol: str) -> list[tuple[Decimal, Decimal]]:
    """Bid and ask as the desk was told them at last."""
    return [(told.bid, told.ask) for told in said if isinstance(told, Quoted) and told.symbol == symbol][-1:]


def test_a_simulated_exchange_plays_again_as_it_was(tmp_path: Path) -> None:
    venue = matching.build(matching.Settings(seed=4), None, now=START)
    venue.connect(lambda report: None)
    lake = FileLake(tmp_path)
    writer = LakeWriter(lake, "paper", venue.listings(), every=10 * SECOND)
    first = played(venue, writer, until=START + 20 * SECOND, step=SECOND // 50)
    for listing in venue.listings():
        trades, books = (lake.read_ticks(SeriesKey("paper", listing.symbol, kind)) for kind in ("trades", "l2"))
        assert isinstance(trades, Trades)
        assert isinstance(books, Books)
        feed = ReplayFeed([Recording(listing.symbol, trades=trades, books=books)])
        again = played(feed, None)
        assert len(prices(first, listing)) > 10
        assert prices(again, feed.listings()[0]) == prices(first, listing)
        assert tops(again, listing.symbol) == tops(first, listing.symbol)

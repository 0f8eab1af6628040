"""Prices of the simulated venue: one walk a symbol on its tick grid, with gaps now and then."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from parrot.contracts.commands import Quoted
from parrot.contracts.listing import Listing

SYMBOLS = (
    Listing(
        symbol="BTCUSDT",
        base="BTC",
        quote="USDT",
        tick=Decimal("0.1"),
        lot=Decimal("0.0001"),
        price_decimals=1,
        quantity_decimals=4,
        min_quantity=Decimal("0.0001"),
        min_notional=Decimal(5),
        maker_fee=Decimal("0.0002"),
        taker_fee=Decimal("0.001"),
    ),
    Listing(
        symbol="ETHUSDT",
        base="ETH",
        quote="USDT",
        tick=Decimal("0.01"),
        lot=Decimal("0.001"),
        price_decimals=2,
        quantity_decimals=3,
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(5),
        maker_fee=Decimal("0.0002"),
        taker_fee=Decimal("0.001"),
    ),
)
OPENING = {"BTCUSDT": Decimal("30000.0"), "ETHUSDT": Decimal("2000.00")}
HALF_SPREAD = {"BTCUSDT": Decimal("0.5"), "ETHUSDT": Decimal("0.05")}


class Market:
    """Where each symbol stands. Steps are a few basis points; a gap is up to 0.6 percent."""

    def __init__(self, chance: Random, *, gaps: float = 0.01) -> None:
        self.chance = chance
        self.gaps = gaps
        self.listings = {listing.symbol: listing for listing in SYMBOLS}
        self.middle = dict(OPENING)

    def move(self, symbol: str) -> None:
        span = 60 if self.chance.random() < self.gaps else 4
        self.gap(symbol, self.chance.randint(-span, span))

    def gap(self, symbol: str, points: int) -> None:
        """Moves by so many basis points at once."""
        listing = self.listings[symbol]
        moved = self.middle[symbol] * (10_000 + points) / 10_000
        self.middle[symbol] = max(listing.tick * 100, (moved // listing.tick) * listing.tick)

    def bid(self, symbol: str) -> Decimal:
        return self.middle[symbol] - HALF_SPREAD[symbol]

    def ask(self, symbol: str) -> Decimal:
        return self.middle[symbol] + HALF_SPREAD[symbol]

    def quoted(self, symbol: str, *, ts: int, received: int, valid: bool = True) -> Quoted:
        return Quoted(
            symbol=symbol,
            ts=ts,
            received=received,
            bid=self.bid(symbol),
            ask=self.ask(symbol),
            last=self.middle[symbol],
            bid_size=Decimal(10),
            ask_size=Decimal(10),
            volume=Decimal(100),
            valid=valid,
        )

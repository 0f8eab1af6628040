"""The exchange at its opening: symbols, the crowd's money and ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from parrot.centers.matching.settings import Settings
from parrot.contracts.exchange import MarketKind
from parrot.contracts.listing import Listing
from parrot.engine.matching import Exchange

CROWD: Final = ("maker-1", "maker-2", "noise", "trend")
OWN: Final = "own"
OWN_NUMBER: Final = len(CROWD)
CURRENCY_DECIMALS: Final = 8
_CROWD_WEALTH: Final = Decimal(3_000_000_000)  # in quote units, and as much of each base at its first price
TIERS: Final = (1, 2)  # of fees: for spot symbols, for stocks
_MOST: Final = 2_000_000_000  # of one base, for each of the crowd
_UNITS_MAX: Final = 1 << 53
_BAND: Final = Decimal("0.1")  # how far stocks trade from their reference


def built(settings: Settings) -> Exchange:
    """A new exchange with everybody's money in place and every symbol open."""
    exchange = Exchange()
    for pair in settings.pairs:
        listing = pair.listing
        for currency in (listing.base, listing.quote):
            if currency not in exchange.currencies:
                exchange.add_currency(currency, CURRENCY_DECIMALS)
        _list(exchange, listing, band=pair.kind is MarketKind.STOCK)
    for tier, kind in zip(TIERS, (MarketKind.SPOT, MarketKind.STOCK), strict=True):
        for listing in [pair.listing for pair in settings.pairs if pair.kind is kind][:1]:
            exchange.set_fees(maker=listing.maker_fee, taker=listing.taker_fee, tier=tier)
    for name in CROWD:
        exchange.add_account(name)
        _enrich(exchange, name, settings)
    exchange.add_account(
        OWN, tier=TIERS[0] if any(pair.kind is MarketKind.SPOT for pair in settings.pairs) else TIERS[1]
    )
    for currency, amount in settings.deposits.items():
        if amount:
            exchange.deposit(OWN, currency, amount)
    for symbol in exchange.symbols:
        exchange.open(symbol.name)
    return exchange


def _list(exchange: Exchange, listing: Listing, *, band: bool) -> None:
    limits = {"min_quantity": listing.min_quantity, "min_notional": listing.min_notional}
    if listing.max_quantity.scaleb(listing.quantity_decimals) <= _UNITS_MAX:
        limits["max_quantity"] = listing.max_quantity
    if band:
        limits["band"] = _BAND
    exchange.add_symbol(
        listing.symbol,
        listing.base,
        listing.quote,
        price_decimals=listing.price_decimals,
        quantity_decimals=listing.quantity_decimals,
        tick=listing.tick,
        lot=listing.lot,
        **{name: value for name, value in limits.items() if value},
    )


def _enrich(exchange: Exchange, name: str, settings: Settings) -> None:
    for pair in settings.pairs:
        exchange.deposit(name, pair.listing.base, min(round(_CROWD_WEALTH / pair.price), _MOST))
    for quote in {pair.listing.quote: None for pair in settings.pairs}:
        exchange.deposit(name, quote, _CROWD_WEALTH)

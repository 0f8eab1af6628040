"""The terms of every symbol as the public exchange has them, and how its amounts become the engine's units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec

from parrot.centers.matching.settings import Pair, Settings
from parrot.contracts.exchange import SCALE, MarketKind, PublicMarket
from parrot.engine.matching import Exchange

_DECIMALS: Final = 8
_SHOWN_MAX: Final = 1 << 63
_FARTHEST: Final = 1_000  # times the opening price: the highest price of a symbol
_MARKET_PART: Final = 10  # a market order may have the n-th part of the largest quantity


class Terms(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One symbol; a price in units times `price_scale` is in 10^-8, as are quantities and `quantity_scale`.

    `turnover` is the quote amount in 10^-8 of one price unit times one quantity unit. `desk` says which of an
    account's two owners in the engine trades it.
    """

    number: int
    market: PublicMarket
    base: int
    quote: int
    price_scale: int
    quantity_scale: int
    turnover: int
    desk: int
    opening: int


def market_of(pair: Pair) -> PublicMarket:
    """What clients see of a symbol."""
    listing = pair.listing
    tick, most = _scaled(listing.tick), _scaled(min(listing.max_quantity, Decimal(10) ** 9))
    return PublicMarket(
        symbol=listing.symbol.replace("/", "") if pair.kind is MarketKind.SPOT else listing.base,
        base=listing.base,
        quote=listing.quote,
        kind=pair.kind,
        price_decimals=listing.price_decimals,
        quantity_decimals=listing.quantity_decimals,
        tick=tick,
        step=_scaled(listing.lot),
        min_price=tick,
        max_price=_scaled(pair.price * _FARTHEST) // tick * tick,
        min_quantity=_scaled(max(listing.min_quantity, listing.lot)),
        max_quantity=most,
        market_max_quantity=most // _MARKET_PART // _scaled(listing.lot) * _scaled(listing.lot),
        min_notional=_scaled(listing.min_notional),
        max_notional=9_000_000 * SCALE,
        max_position=_scaled(pair.max_position),
        maker_fee=_scaled(listing.maker_fee),
        taker_fee=_scaled(listing.taker_fee),
    )


def terms_of(settings: Settings, exchange: Exchange) -> Sequence[Terms]:
    """The terms of all symbols by number."""
    found = []
    for number, pair in enumerate(settings.pairs):
        listing = pair.listing
        found.append(
            Terms(
                number=number,
                market=market_of(pair),
                base=exchange.currencies[listing.base].number,
                quote=exchange.currencies[listing.quote].number,
                price_scale=10 ** (_DECIMALS - listing.price_decimals),
                quantity_scale=10 ** (_DECIMALS - listing.quantity_decimals),
                turnover=10 ** (_DECIMALS - listing.price_decimals - listing.quantity_decimals),
                desk=int(pair.kind is MarketKind.STOCK),
                opening=_scaled(pair.price),
            )
        )
    return found


def _scaled(value: Decimal) -> int:
    return int(value.scaleb(_DECIMALS))


def shown(amount: int) -> str:
    """An amount of 10^-8 as people write it."""
    if abs(amount) >= _SHOWN_MAX:
        return "a number beyond 63 bits"
    return f"{Decimal(amount).scaleb(-_DECIMALS).normalize():f}"

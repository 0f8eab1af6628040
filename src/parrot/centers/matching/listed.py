"""Symbols by name: real-looking terms for any that are asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from parrot.centers.matching.settings import Pair, Settings
from parrot.contracts.exchange import MarketKind
from parrot.contracts.listing import Listing
from parrot.kernel.errors import ParameterError

_QUOTES: Final = ("USDT", "USDC", "FDUSD", "TUSD", "BUSD", "DAI", "EUR", "TRY", "BRL", "GBP", "BTC", "ETH", "BNB")
_DOLLARS: Final = {
    "BTC": 60_000.0,
    "ETH": 3_000.0,
    "BNB": 600.0,
    "SOL": 150.0,
    "XRP": 0.6,
    "ADA": 0.45,
    "DOGE": 0.12,
    "TRX": 0.12,
    "DOT": 6.0,
    "LTC": 80.0,
    "LINK": 15.0,
    "AVAX": 30.0,
    "BCH": 400.0,
    "ATOM": 8.0,
    "UNI": 9.0,
    "XMR": 160.0,
    "ETC": 25.0,
    "NEAR": 5.0,
    "EUR": 1.1,
    "GBP": 1.25,
    "TRY": 0.03,
    "BRL": 0.2,
}
_STOCKS: Final = {
    "AAPL": 190.0,
    "MSFT": 420.0,
    "NVDA": 120.0,
    "TSLA": 240.0,
    "AMZN": 185.0,
    "GOOGL": 170.0,
    "META": 500.0,
    "SPY": 550.0,
    "QQQ": 480.0,
}
_UNKNOWN: Final = {MarketKind.SPOT: 10.0, MarketKind.STOCK: 100.0}
_WILD: Final = {"BTC": 0.6, "ETH": 0.8, "SOL": 1.1, "BNB": 0.6, "EUR": 0.1, "GBP": 0.1}
_DOLLAR: Final = {"USDT": 1.0, "USDC": 1.0, "FDUSD": 1.0, "TUSD": 1.0, "BUSD": 1.0, "DAI": 1.0, "USD": 1.0}
_ORDER: Final = 3_000.0  # dollars that a taker usually wants
_NAME_MAX: Final = 20


def public_settings(
    symbols: Sequence[str] = ("BTCUSDT", "ETHUSDT", "SOLUSDT"), stocks: Sequence[str] = (), **more: Any
) -> Settings:
    """Settings of an exchange with these symbols ("BTCUSDT", "AAPL"); `more` are other fields of Settings.

    Raises ParameterError for a name that is none.
    """
    pairs = [spot(name) for name in dict.fromkeys(symbols)] + [stock(name) for name in dict.fromkeys(stocks)]
    fields: dict[str, Any] = {"pairs": tuple(pairs), "deposits": {}, "public": True} | more
    return Settings(**fields)


def spot(name: str) -> Pair:
    """A spot symbol of a known quote currency, "BTCUSDT" or "BTC/USDT"."""
    base, quote = _split(name)
    price = _DOLLARS.get(base, _DOLLAR.get(base, _UNKNOWN[MarketKind.SPOT])) / _worth(quote)
    size = math.floor(math.log10(price))
    decimals = max(2, (4 if quote in _DOLLAR else 3) - size)
    lots = min(max(0, math.ceil(math.log10(price * _worth(quote)))), 5, 8 - decimals)
    least = Decimal(5) if _worth(quote) < 10 else Decimal("0.0001")
    return _pair(base, quote, price, (decimals, lots), least, fee=Decimal("0.001"), kind=MarketKind.SPOT)


def stock(name: str) -> Pair:
    """A stock, traded for dollars in parts of a share, without fees."""
    if not (name.isascii() and name.replace(".", "").isalpha() and name.isupper() and len(name) <= _NAME_MAX):
        raise ParameterError(f"stock {name!r}", expected="capital letters, as in AAPL")
    price = _STOCKS.get(name, _UNKNOWN[MarketKind.STOCK])
    return _pair(name, "USD", price, (2, 6), Decimal(1), fee=Decimal(0), kind=MarketKind.STOCK)


def _worth(quote: str) -> float:
    return _DOLLAR.get(quote, _DOLLARS.get(quote, 1.0))


def _split(name: str) -> tuple[str, str]:
    plain = name.upper()
    parts = plain.split("/")
    if len(parts) == 1:
        parts = next(
            ([plain.removesuffix(quote), quote] for quote in _QUOTES if plain.endswith(quote) and plain != quote), parts
        )
    right = len(parts) == 2 and all(part.isascii() and part.isalnum() for part in parts)
    if not right or len(plain) > _NAME_MAX or parts[0] == parts[1]:
        raise ParameterError(f"symbol {name[:40]!r}", expected=f"a base and one of {', '.join(_QUOTES)}: BTCUSDT")
    return parts[0], parts[1]


def _pair(
    base: str, quote: str, price: float, decimals: tuple[int, int], least: Decimal, *, fee: Decimal, kind: MarketKind
) -> Pair:
    price_decimals, quantity_decimals = decimals
    lot = Decimal(1).scaleb(-quantity_decimals)
    size = Decimal(repr(_ORDER / (price * _worth(quote)))).quantize(lot)
    most = Decimal(9000) if kind is MarketKind.SPOT else Decimal(100_000)
    listing = Listing(
        symbol=f"{base}/{quote}",
        base=base,
        quote=quote,
        tick=Decimal(1).scaleb(-price_decimals),
        lot=lot,
        price_decimals=price_decimals,
        quantity_decimals=quantity_decimals,
        min_quantity=lot,
        max_quantity=max(most, (size * 3000).quantize(Decimal(1))),
        min_notional=least,
        maker_fee=fee,
        taker_fee=fee,
    )
    wild = _WILD.get(base, 1.0) if kind is MarketKind.SPOT else 0.3
    shown = Decimal(repr(price)).quantize(listing.tick)
    return Pair(listing=listing, price=shown, size=max(size, lot), volatility=wild, kind=kind)

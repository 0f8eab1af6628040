"""News for tests."""

from __future__ import annotations

from decimal import Decimal

from parrot.adapters.venues.skeleton.news import OrderNews, TradeNews
from parrot.contracts.commands import Side


def order(client_id="a", status="new", *, filled="0", quantity="1", venue_id="", **fields):
    return OrderNews(
        client_id=client_id,
        venue_id=venue_id or f"v{client_id}",
        symbol="BTC/USDT",
        side=Side.BUY,
        status=status,
        quantity=Decimal(quantity),
        filled=Decimal(filled),
        limit=Decimal(100),
        **{"ts": 1, **fields},
    )


def trade(trade_id="1", client_id="a", *, quantity="1", venue_id="", named=True, ts=1):
    return TradeNews(
        venue_id=venue_id or f"v{client_id}",
        client_id=client_id if named else "",
        symbol="BTC/USDT",
        trade_id=trade_id,
        side=Side.BUY,
        quantity=Decimal(quantity),
        price=Decimal(100),
        fee=Decimal("0.1"),
        fee_currency="USDT",
        maker=False,
        ts=ts,
    )

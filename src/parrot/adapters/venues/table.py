"""What is particular to each venue, as data; docs/reference/venues.md says what a new row needs.

A row holds what ccxt does not know, or knows otherwise than the order path needs it. A venue without a row gets the
default one, which assumes little: requests that may arrive at any later time, ids that are unique among open orders
only, no changes in place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from parrot.adapters.venues.skeleton.weights import Window
from parrot.contracts.listing import Amends, IdScope

_SECOND: Final = 1_000_000_000
_MINUTE: Final = 60 * _SECOND
_DAY: Final = 86_400 * _SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One venue; times in ms.

    `expires`: a request signed at t is not taken after t + `window_ms`. `id_form` is how a client id is written there:
    "text" (at most `id_most` characters behind `id_prefix`), "hex" or "uuid" (128 bits), "none" where none fits: such a
    venue is a feed only. `find_by` is the parameter by which an order is found by client id, empty where orders
    have to be looked through. `stops` None: what ccxt says. `deadline` is the parameter of the last moment at which an
    order may be taken. `dead_man` is whether ccxt can have all orders withdrawn when nothing is heard of us,
    `silence_s_max` the longest silence to ask for. `cost_unit` is how many weights one unit of ccxt's cost is.
    `trades_from` is the parameter that takes a trade id.
    `sockets` are paths of web sockets by their place in ccxt's addresses, for a venue at another address.
    """

    id_scope: IdScope = IdScope.OPEN
    id_form: str = "text"
    id_prefix: str = ""
    id_most: int = 36
    find_by: str = ""
    expires: bool = False
    window_ms: int = 5_000
    lag_ms: int = 2_000
    timeout_ms: int = 5_000
    stops: bool | None = None
    amends: Amends = Amends.NONE
    deadline: str = ""
    dead_man: bool = False
    silence_s_max: int = 600
    weights: tuple[Window, ...] = ()
    orders: tuple[Window, ...] = ()
    cost_unit: int = 1
    trades_from: str = ""
    options: dict[str, object] = field(default_factory=dict)
    sockets: dict[str, str] = field(default_factory=dict)


DEFAULT: Final = Row()

ROWS: Final[dict[str, Row]] = {
    "binance": Row(
        find_by="origClientOrderId",
        expires=True,
        lag_ms=1_000,
        stops=True,
        amends=Amends.SMALLER,
        weights=(Window(6_000, _MINUTE),),
        orders=(Window(100, 10 * _SECOND), Window(200_000, _DAY)),
        cost_unit=5,
        trades_from="fromId",
        options={
            "fetchMarkets": {"types": ["spot"]},
            "fetchMargins": False,
            "fetchCurrencies": False,
            "defaultType": "spot",
        },
        sockets={"spot": "/stream/ws", "margin": "/stream/ws", "ws-api.spot": "/ws-api/v3"},
    ),
    "bybit": Row(
        find_by="orderLinkId",
        expires=True,
        amends=Amends.ANY,
        weights=(Window(600, 5 * _SECOND),),
        orders=(Window(20, _SECOND),),
    ),
    "okx": Row(
        find_by="clOrdId",
        id_most=32,
        expires=True,
        window_ms=30_000,
        amends=Amends.ANY,
        orders=(Window(60, 2 * _SECOND),),
        dead_man=True,
        silence_s_max=120,
    ),
    "kraken": Row(id_form="uuid", find_by="cl_ord_id", expires=True, deadline="deadline", dead_man=True),
    "coinbase": Row(id_scope=IdScope.FOREVER, expires=True, window_ms=120_000),
    "gate": Row(id_prefix="t-", id_most=28, find_by="clientOrderId", expires=True, window_ms=60_000, amends=Amends.ANY),
    "kucoin": Row(id_most=40, find_by="clientOid", expires=True),
    "bitget": Row(find_by="clientOid", expires=True, window_ms=30_000),
    "mexc": Row(id_most=32, find_by="origClientOrderId", expires=True, weights=(Window(500, 10 * _SECOND),)),
    "htx": Row(id_most=64, find_by="clientOrderId", expires=True, window_ms=300_000, dead_man=True),
    "bitfinex": Row(id_form="none"),
    "bitstamp": Row(id_scope=IdScope.FOREVER, find_by="client_order_id", expires=True, window_ms=150_000),
    "hyperliquid": Row(id_form="hex", find_by="clientOrderId", dead_man=True),
    "alpaca": Row(
        id_scope=IdScope.FOREVER,
        id_most=128,
        find_by="client_order_id",
        stops=True,
        amends=Amends.NONE,
        weights=(Window(200, _MINUTE),),
    ),
}


def row(venue: str) -> Row:
    """The row of a venue, the default one where there is none."""
    return ROWS.get(venue, DEFAULT)

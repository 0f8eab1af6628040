"""What a public exchange and its clients say to one another, whatever protocol carries it.

Every price, quantity and amount is an integer in units of 10^-8 of its currency (`SCALE`), every time ns UTC.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from parrot.contracts.commands import Side

SCALE: Final = 10**8


class Kind(StrEnum):
    """How an order waits for its price; a touch is what venues call take profit or market if touched."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TOUCH = "touch"
    TOUCH_LIMIT = "touch_limit"


class Lifetime(StrEnum):
    """How long an order lives; `OPEN` and `CLOSE` are for the auctions, `DAY` ends with the session."""

    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"
    DAY = "day"
    OPEN = "open"
    CLOSE = "close"


class SelfTrade(StrEnum):
    """What happens where an order would meet one of the same account; the taker's mode decides."""

    NONE = "none"
    EXPIRE_TAKER = "expire_taker"
    EXPIRE_MAKER = "expire_maker"
    EXPIRE_BOTH = "expire_both"
    DECREMENT = "decrement"


class Stage(StrEnum):
    """How an order stands."""

    PENDING = "pending"  # of a list, its turn has not come
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    REPLACED = "replaced"
    EXPIRED = "expired"
    EXPIRED_IN_MATCH = "expired_in_match"  # by self-trade prevention


class Why(StrEnum):
    """Why the exchange refused: the `reason` of Refused."""

    SYMBOL = "symbol"
    PRICE_FILTER = "price_filter"
    PERCENT_PRICE = "percent_price"
    LOT_SIZE = "lot_size"
    MARKET_LOT_SIZE = "market_lot_size"
    NOTIONAL = "notional"
    ICEBERG_PARTS = "iceberg_parts"
    TRAILING_DELTA = "trailing_delta"
    MAX_ORDERS = "max_orders"
    MAX_STOPS = "max_stops"
    MAX_ICEBERGS = "max_icebergs"
    MAX_LISTS = "max_lists"
    MAX_AMENDS = "max_amends"
    MAX_POSITION = "max_position"
    BALANCE = "balance"
    WOULD_TAKE = "would_take"
    WOULD_TRIGGER = "would_trigger"
    NO_PRICE = "no_price"  # nothing was traded yet, and the order needs a last price
    DUPLICATE_ID = "duplicate_id"
    CLOSED = "closed"  # not now: the session is over, or trading is halted
    COMBINATION = "combination"  # fields that do not go together
    UNKNOWN_ORDER = "unknown_order"
    NOT_OPEN = "not_open"  # known, and ended
    AMEND = "amend"  # an amendment that would enlarge, or change nothing
    LIST = "list"  # orders that form no list
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_ASSET = "unknown_asset"


class MarketKind(StrEnum):
    """What a symbol is."""

    SPOT = "spot"
    STOCK = "stock"


class PublicMarket(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol as its clients see it; limits of 0 are none.

    `symbol` is the exchange's own name ("BTCUSDT", "AAPL"). Multipliers of the price bands in 10^-8 of the reference.
    """

    symbol: str
    base: str
    quote: str
    kind: MarketKind = MarketKind.SPOT
    price_decimals: int
    quantity_decimals: int
    tick: int
    step: int
    min_price: int
    max_price: int
    min_quantity: int
    max_quantity: int
    market_max_quantity: int
    min_notional: int
    max_notional: int
    band_down: int = 20_000_000
    band_up: int = 500_000_000
    min_trailing_bips: int = 10
    max_trailing_bips: int = 2_000
    max_orders: int = 200
    max_stops: int = 5
    max_icebergs: int = 10
    max_iceberg_parts: int = 100
    max_lists: int = 20
    max_amends: int = 10
    max_position: int = 0
    maker_fee: int = 100_000  # 10^-8: 0.1 %
    taker_fee: int = 100_000


class NewOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as a client asks for it.

    `quantity` in base units, or `quote_quantity` for a market order by amount. `trail_bips` makes a stop or touch
    follow the best price, from `trigger` on where that is given; `trail` the same by an amount. `display` is an
    iceberg's visible part. `client_id` is the client's own name of it, unique among the account's open orders; the
    exchange makes one where it is empty. `flags` are marks of the protocol that it came by, which the exchange keeps.
    """

    symbol: str
    side: Side
    kind: Kind
    quantity: int = 0
    quote_quantity: int = 0
    limit: int = 0
    trigger: int = 0
    trail_bips: int = 0
    display: int = 0
    lifetime: Lifetime = Lifetime.GTC
    post_only: bool = False
    self_trade: SelfTrade = SelfTrade.EXPIRE_MAKER
    client_id: str = ""
    strategy_id: int = 0
    strategy_type: int = 0
    trail: int = 0
    flags: int = 0


class ListForm(StrEnum):
    """How the orders of a list hang together; `OTOCO` is a first order and two of which one cancels the other."""

    OCO = "oco"
    OTO = "oto"
    OTOCO = "otoco"


class NewOrderList(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Orders that belong together: two of an OCO, first and second of an OTO, first and two more of an OTOCO."""

    form: ListForm
    orders: tuple[NewOrder, ...]
    client_id: str = ""


class Execution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One fill of an order; `trade_id` counts the public trades of the symbol, `fee` in `fee_asset`.

    `list_id` is the list of the order, -1 for one by itself. Fills may be known longer than their orders.
    """

    order_id: int
    symbol: str
    trade_id: int
    side: Side
    price: int
    quantity: int
    fee: int
    fee_asset: str
    maker: bool
    ts: int
    list_id: int = -1


class OrderState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as it stands at one moment.

    `quote_filled` is the sum of price times quantity of its fills. `working_since` 0 while a stop waits. `expiry` says
    why it ended where nobody asked for that. `executions` are the fills of the request that this answers, else empty.
    """

    order_id: int
    account: str
    order: NewOrder
    client_id: str
    stage: Stage
    quantity: int
    filled: int = 0
    quote_filled: int = 0
    limit: int = 0
    list_id: int = -1
    created: int
    updated: int
    working_since: int = 0
    triggered: bool = False
    prevented: int = 0
    expiry: str = ""
    replaces: int = 0
    replaced_by: int = 0
    amends: int = 0
    executions: tuple[Execution, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it may still trade."""
        return self.stage in (Stage.PENDING, Stage.NEW, Stage.PARTIALLY_FILLED)


class OrderListState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A list as it stands; `done` once none of its orders is open."""

    list_id: int
    account: str
    symbol: str
    form: ListForm
    client_id: str
    orders: tuple[OrderState, ...]
    done: bool
    ts: int


class Held(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an account has of one asset."""

    asset: str
    free: int
    locked: int


class PublicTrade(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One trade of a symbol as everybody sees it; `id` counts from 1 without gaps."""

    symbol: str
    id: int
    price: int
    quantity: int
    ts: int
    buyer_is_maker: bool
    buyer_order: int = 0
    seller_order: int = 0


class Candle(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One bar from `open_ts` up to `close_ts` (its last ns), `taker_*` the part that buyers took."""

    symbol: str
    interval: str
    open_ts: int
    close_ts: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    quote_volume: int
    trades: int
    taker_volume: int
    taker_quote_volume: int
    first_trade: int = -1
    last_trade: int = -1
    closed: bool = True


class Depth(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The best levels of a book, best first, as of update `last`: (price, quantity)."""

    symbol: str
    last: int
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]


class Statistics(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A symbol over a rolling window from `open_ts` to `close_ts`; ids are -1 without trades."""

    symbol: str
    open_ts: int
    close_ts: int
    open: int
    high: int
    low: int
    last: int
    last_quantity: int
    previous_close: int
    volume: int
    quote_volume: int
    trades: int
    first_trade: int
    last_trade: int
    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int


# -- events, in the order in which things happened ---------------------------------------------------------------------


class Change(StrEnum):
    """What happened to an order."""

    NEW = "new"
    TRADE = "trade"
    CANCELED = "canceled"
    REPLACED = "replaced"  # amended in place, or ended by its successor
    TRIGGERED = "triggered"
    EXPIRED = "expired"
    PREVENTED = "prevented"  # self-trade prevention took quantity away


class OrderChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One change of an account's order, the order as it stands after it.

    `request_id` is the client's own name of the request that caused it (a cancel has one), empty otherwise.
    `id` counts the changes of all orders of the exchange, 0 where nobody counts.
    """

    change: Change
    order: OrderState
    id: int = 0
    execution: Execution | None = None
    request_id: str = ""
    against: int = 0  # PREVENTED: the order of the same account that it would have met
    prevented: int = 0
    took: bool = False  # PREVENTED: whether it is the one that came, not the one that stood
    ts: int


class ListChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A list was made, or is done."""

    state: OrderListState
    ts: int


class BalancesChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an account has now of the assets that changed; it follows the order changes that caused it."""

    account: str
    held: tuple[Held, ...]
    ts: int


class Deposited(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An amount came to an account from outside (below zero: it left)."""

    account: str
    asset: str
    amount: int
    ts: int


class Traded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A public trade."""

    trade: PublicTrade


class DepthChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Levels of a book that changed in updates `first` to `last`, quantity 0 removes; `first` = the last `last` + 1."""

    symbol: str
    first: int
    last: int
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    ts: int


class TopChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The best bid and ask of a symbol, 0 where a side is empty, as of update `last` of the book."""

    symbol: str
    last: int
    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int
    ts: int


class SessionChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A symbol's trading phase: "closed", "opening", "continuous", "closing" or "halted"."""

    symbol: str
    phase: str
    ts: int


AccountEvent = OrderChanged | ListChanged | BalancesChanged | Deposited
MarketEvent = Traded | DepthChanged | TopChanged | SessionChanged


class Mood(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the crowd of a symbol is like: `volatility` a year (0.6 is 60 %), `pace` takers a second, `spread_bps` the
    makers' distance between bid and ask, `shocks` sudden moves an hour, `size` the usual order (base), `fair` the value
    that the crowd sees (10^-8 of the quote)."""

    symbol: str
    volatility: float
    pace: float
    spread_bps: float
    shocks: float
    size: int
    fair: int


class CrowdMember(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of the crowd in one symbol; makers have an inventory (base, from its trades on) and orders that stand."""

    name: str
    kind: str
    symbol: str
    inventory: int
    standing: int

"""The exchange port: a whole exchange with many accounts, as the protocols that speak for it need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from parrot.contracts.exchange import (
    AccountEvent,
    Candle,
    CrowdMember,
    Depth,
    Execution,
    Held,
    MarketEvent,
    Mood,
    NewOrder,
    NewOrderList,
    OrderListState,
    OrderState,
    PublicMarket,
    PublicTrade,
    Statistics,
)
from parrot.ports.secrets import Secret

T = TypeVar("T")
Listener = Callable[[Sequence[AccountEvent | MarketEvent]], None]


class PublicExchange(Protocol):
    """Synchronous and owned by one thread; its own time is `now`, moved by `turn`.

    What an operation did is durable (where the exchange keeps a journal) before the call returns and before listeners
    hear of it. A refusal raises Refused with a `Why` as its reason, and nothing has changed.
    """

    now: int

    def turn(self, now: int) -> None:
        """Lets time go on to `now`, ns UTC: others trade, sessions open and close, listeners hear of it."""

    def due(self) -> int | None:
        """When something happens next without being asked, ns UTC."""

    def listen(self, listener: Listener) -> None:
        """Has everything that happens told to `listener`, in order, in the exchange's own thread, within calls."""

    # -- accounts ------------------------------------------------------------------------------------------------------

    def open_account(self, account: str) -> None:
        """Opens an account; one that is there already stays as it is."""

    def accounts(self) -> Sequence[str]:
        """The names of all accounts that were opened."""

    def deposit(self, account: str, asset: str, amount: int, ref: str = "") -> None:
        """Brings an amount in, below zero takes it out; one with a `ref` happens once."""

    def reserve(self, account: str, asset: str, amount: int, ref: str) -> None:
        """Sets an amount aside until it is settled: locked, so that it cannot be spent.

        A `ref` that is set aside already, or was paid, does nothing.
        """

    def settle(self, account: str, ref: str, *, paid: bool) -> bool:
        """What was set aside leaves the exchange, or comes back; False when nothing is there under that name."""

    def reserved(self, account: str) -> Mapping[str, tuple[str, int]]:
        """Asset and amount of all that is set aside, by name."""

    def held(self, account: str) -> Sequence[Held]:
        """What the account has of every asset of the exchange, zeros too."""

    def fees(self, account: str) -> Mapping[str, int]:
        """What all fills of the account ever paid, by asset."""

    def cost(self, account: str, symbol: str) -> tuple[int, int]:
        """Position in base units from the fills of a symbol, and its average entry price (0 without a position)."""

    # -- orders --------------------------------------------------------------------------------------------------------

    def check(self, account: str, order: NewOrder) -> None:
        """Raises as `submit` would before the book is met; changes nothing."""

    def submit(self, account: str, order: NewOrder) -> OrderState:
        """Sends an order; the answer holds the fills that it met."""

    def submit_list(self, account: str, orders: NewOrderList) -> OrderListState:
        """Sends orders that belong together, all or none."""

    def cancel(self, account: str, order_id: int, request_id: str = "") -> OrderState:
        """Ends an open order; of a list the others end as well."""

    def amend(
        self, account: str, order_id: int, *, quantity: int = 0, limit: int = 0, trigger: int = 0, request_id: str = ""
    ) -> OrderState:
        """Changes an open order in place; 0 leaves a field. Only a smaller quantity keeps its place in the queue."""

    def replace(self, account: str, order_id: int, order: NewOrder, request_id: str = "") -> OrderState:
        """Ends an open order and sends another in its stead, both or neither; what the old one held is free for it."""

    def order(self, account: str, order_id: int) -> OrderState:
        """One order of the account, open or ended."""

    def order_named(self, account: str, client_id: str, symbol: str = "") -> OrderState:
        """The newest order of that client id, of a symbol where one is named."""

    def open_orders(self, account: str, symbol: str = "") -> Sequence[OrderState]:
        """Open orders by id, of all symbols where none is named."""

    def orders(
        self, account: str, symbol: str = "", *, from_id: int = 0, since: int = 0, until: int = 0, limit: int = 500
    ) -> Sequence[OrderState]:
        """Orders by id, open or ended: the first `limit` from an id or time on, else the newest."""

    def order_list(self, account: str, list_id: int = -1, client_id: str = "") -> OrderListState:
        """One list by its number or name."""

    def order_lists(
        self, account: str, *, open_only: bool = False, from_id: int = 0, limit: int = 500
    ) -> Sequence[OrderListState]:
        """Lists by number."""

    def executions(
        self,
        account: str,
        symbol: str = "",
        *,
        order_id: int = 0,
        from_id: int = -1,
        since: int = 0,
        until: int = 0,
        limit: int = 500,
    ) -> Sequence[Execution]:
        """The account's fills by trade id: the first `limit` from an id or time on, else the newest."""

    def preventions(self, account: str, symbol: str, *, order_id: int = 0, limit: int = 500) -> Sequence[AccountEvent]:
        """What self-trade prevention took away, oldest first."""

    # -- market data ---------------------------------------------------------------------------------------------------

    def markets(self) -> Sequence[PublicMarket]:
        """What may be traded."""

    def phase(self, symbol: str) -> str:
        """The trading phase: "closed", "opening", "continuous", "closing" or "halted"."""

    def depth(self, symbol: str, limit: int) -> Depth:
        """The best levels, on the same counter as DepthChanged, as of all that listeners were told."""

    def trades(
        self, symbol: str, *, from_id: int = -1, since: int = 0, until: int = 0, limit: int = 500
    ) -> Sequence[PublicTrade]:
        """Public trades by id: the first `limit` from an id or time on, else the newest."""

    def candles(
        self, symbol: str, interval: str, *, since: int = 0, until: int = 0, limit: int = 500
    ) -> Sequence[Candle]:
        """Bars, oldest first: the first `limit` from `since` on, else the newest; the last may not be closed."""

    def statistics(self, symbol: str, window: int) -> Statistics:
        """A symbol over the last `window` ns."""

    def average_price(self, symbol: str, minutes: int) -> int:
        """Volume-weighted price of the last minutes, the last price without trades."""


class SandboxExchange(PublicExchange, Protocol):
    """An exchange that is simulated: whoever owns it says how its crowd is, and halts what it likes."""

    def set_phase(self, symbol: str, phase: str) -> None:
        """Puts a symbol into another phase, durable; the same again does nothing. Raises ParameterError for none."""

    def moods(self) -> Sequence[Mood]:
        """What the crowd of each symbol is like now."""

    def crowd(self) -> Sequence[CrowdMember]:
        """Who is in the crowd, by symbol."""

    def tune(self, symbol: str, *, volatility: float, pace: float, spread_bps: float, shocks: float) -> None:
        """Makes the crowd of a symbol another until the process ends. Raises ParameterError."""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to an API key."""

    key: str
    secret: Secret
    account: str
    may_trade: bool = True
    may_withdraw: bool = False


class KeyRing(Protocol):
    """The API keys of an exchange."""

    def find(self, key: str) -> Credential | None:
        """The credential of a key, None for an unknown one."""

    def add(self, account: str, *, may_trade: bool = True) -> Credential:
        """A new random key for an account; its secret is told here and never again."""

    def remove(self, key: str) -> bool:
        """Takes a key away; False where there is none."""

    def names(self) -> Sequence[tuple[str, str]]:
        """(key, account) of all, without secrets."""


class Owner(Protocol):
    """Runs work in the thread that owns an exchange, so that protocols need not know which one that is."""

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, or the error that it raises; time has gone on before it is called."""

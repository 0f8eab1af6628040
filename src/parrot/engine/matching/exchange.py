"""An exchange for people: orders with names and decimals, books, events, snapshots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, cast

import numpy as np
from numpy.typing import NDArray

from parrot import _core
from parrot.contracts.market import rate
from parrot.engine.matching import durable, guards, listing
from parrot.engine.matching.amounts import Amount, Moment, amount, is_whole, nanoseconds, units
from parrot.engine.matching.names import Account, Currency, Symbol, word
from parrot.engine.matching.orders import Order, as_commands, flags_of, tif_of, type_of
from parrot.engine.matching.refusals import refusal
from parrot.engine.matching.venue import Venue
from parrot.engine.matching.words import EVERY_SYMBOL, ListKind, OrderType, Reason, SelfTrade, Side, TimeInForce
from parrot.kernel.errors import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

_MAGIC: Final = b"PARROT-EXCHANGE-1\n"
_BASIS_POINTS: Final = 4
_KINDS: Final[dict[type, str]] = {Currency: "currencies", Symbol: "symbols", Account: "accounts"}


class Level(NamedTuple):
    """One price of a book: what is visible there, in how many orders."""

    price: Decimal
    quantity: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class Book:
    """The levels of a symbol, best first."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class Indicative(NamedTuple):
    """What an auction would come to now; `imbalance` is buys minus sells at that price."""

    price: Decimal
    volume: Decimal
    imbalance: Decimal


class Exchange(Venue):
    """An exchange: add currencies, symbols and accounts, deposit, open, trade.

    Amounts go in as Decimal, text, int or float (its shortest decimal) and come out as Decimal; nothing is rounded.
    What happens is written in docs/reference/matching.md. A command that is refused changes nothing and raises Refused
    with the `reason`. Events collect until `events()` takes them. One thread at a time may use an exchange.
    """

    def __init__(self, journal: str | Path | None = None) -> None:
        """An empty exchange, or with `journal` the one of that folder, which is made when it is missing.

        Then every command is on the disk before its call returns, and opening the folder again, after a crash too,
        goes on behind the last one; "~" is your home. Raises ParameterError for no path, StorageError when the folder
        cannot be used or is open elsewhere, DataError when what it holds is damaged. A command whose call raises
        StorageError may have been carried out.
        """
        super().__init__()
        self._origin = object()
        self._last_id = 0
        self._sessions = 0
        self._submit = self.core.submit
        if journal is not None:
            core, about = durable.opened(journal)
            self._take(core, about)
            self._sessions = about["sessions"]

    def order(
        self,
        account: str,
        symbol: str,
        side: Side | str,
        quantity: Amount,
        price: Amount | None = None,
        *,
        order_type: OrderType | str | None = None,
        tif: TimeInForce | str | None = None,
        trigger: Amount | None = None,
        trail: Amount | None = None,
        offset: Amount | None = None,
        display: Amount | None = None,
        minimum: Amount | None = None,
        expiry: Moment | None = None,
        self_trade: SelfTrade | str = SelfTrade.NONE,
        client_id: int | None = None,
        post_only: bool = False,
        slide: bool = False,
        reduce_only: bool = False,
        quote: bool = False,
        on_disconnect: bool = False,
    ) -> Order:
        """An order that is not sent yet, for `submit_list`, `submit_many` or `core.submit(*order)`.

        Without `order_type` it is TRAILING with a trail, STOP or STOP_LIMIT with a trigger, LIMIT with a price, else
        MARKET. Without `tif` it is GTD with an expiry, IOC for a MARKET order, else GTC. `price` is the limit (of a peg
        its cap), `trail` a distance ("1.5") or a part of the price ("0.5%", "50bp"), `offset` a primary peg's distance;
        with `quote` the quantity is an amount of the quote currency. `expiry` is ns UTC or a datetime. `client_id` is
        your own number (the next when None). Raises MissingError, ParameterError.
        """
        known, distance = self.symbols[symbol], offset if trail is None else trail
        kind = type_of(price is not None, trigger is not None, trail is not None)
        kind = kind if order_type is None else word(OrderType, order_type, "order_type")
        lives = tif_of(kind, expiry is not None) if tif is None else word(TimeInForce, tif, "tif")
        percent = isinstance(trail, str) and trail.strip().endswith(("%", "bp", "bps"))
        number = self._client_id(client_id, quote)
        return Order(
            symbol=known.number,
            owner=self.accounts[account].number,
            side=word(Side, side, "side"),
            price=_optional(price, known.price_decimals, "price"),
            quantity=units(quantity, known.quote.decimals if quote else known.quantity_decimals, "quantity"),
            id=number,
            order=kind,
            tif=lives,
            stp=word(SelfTrade, self_trade, "self_trade"),
            flags=flags_of(
                post_only=post_only,
                slide=slide,
                reduce_only=reduce_only,
                quote=quote,
                percent=percent,
                on_disconnect=on_disconnect,
            ),
            display=_optional(display, known.quantity_decimals, "display"),
            minimum=_optional(minimum, known.quantity_decimals, "minimum"),
            trigger=_optional(trigger, known.price_decimals, "trigger"),
            trail=_basis_points(str(distance)) if percent else _optional(distance, known.price_decimals, "trail"),
            expiry=0 if expiry is None else nanoseconds(expiry, "expiry"),
        ).of(self._origin)

    def _client_id(self, given: int | None, quote: bool) -> int:
        """The number of an order; those in the quote currency are remembered, because their events do not tell."""
        number = self._next_id() if given is None else self._checked_id(given)
        if quote:
            self.in_quote.add(number)
        elif number in self.in_quote:
            self.in_quote.remove(number)
        return number

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    @staticmethod
    def _checked_id(given: int) -> int:
        if not is_whole(given) or not 0 <= given < 1 << 64:
            raise ParameterError(f"client_id is {given!r}", expected="a whole number from 0 to 2^64 - 1")
        return int(given)

    def submit(self, account: str, symbol: str, side: Side | str, quantity: Amount, *more: Any, **terms: Any) -> int:
        """Send an order, with the arguments of `order`; returns its handle, 0 when nothing of it is kept.

        Raises MissingError, ParameterError, Refused.
        """
        order = self.order(account, symbol, side, quantity, *more, **terms)
        handle = self._submit(*order)
        if handle < 0:
            known = self.symbols[symbol]
            money = known.quote if order.side == Side.BUY else known.base
            raise refusal(-handle, f"{symbol}: order of {account}", self._free(account, money.name))
        return handle

    def submit_units(
        self,
        symbol: int,
        owner: int,
        side: int,
        price: int,
        quantity: int,
        id: int = 0,  # noqa: A002  the field's name, as in the records
        order: int = 0,
        tif: int = 0,
        stp: int = 0,
        flags: int = 0,
        display: int = 0,
        minimum: int = 0,
        trigger: int = 0,
        trail: int = 0,
        expiry: int = 0,
    ) -> int:
        """Send an order in the engine's numbers and units (fields of `Order`): the fast way; returns its handle or 0.

        Raises ParameterError for a number that does not fit its field, Refused.
        """
        try:
            handle = self._submit(
                symbol,
                owner,
                side,
                price,
                quantity,
                id,
                order,
                tif,
                stp,
                flags,
                display,
                minimum,
                trigger,
                trail,
                expiry,
            )
        except (OverflowError, TypeError) as problem:
            raise ParameterError(f"order in units: {problem}", expected="whole numbers that fit their fields") from None
        if handle < 0:
            raise refusal(-handle, f"symbol {symbol}: order of owner {owner}")
        return handle

    def submit_many(self, orders: Sequence[Order]) -> NDArray[np.int64]:
        """Send orders one after the other in one call; a handle (or 0) each, or minus the code of its Reason.

        Raises ParameterError for what is no Order, or one of another exchange.
        """
        return self.core.execute(as_commands(guards.orders_of(orders, self._origin)))

    def submit_list(self, kind: ListKind | str, orders: Sequence[Order]) -> list[int]:
        """Send an OCO (2 orders), OTO (parent, child) or BRACKET (parent, two children): all or none; returns handles.

        Raises ParameterError, Refused with the reason of the leg that cannot be.
        """
        code = word(ListKind, kind, "kind")
        legs = guards.orders_of(orders, self._origin)
        if not legs:
            raise ParameterError("a list without orders", expected="2 orders, of a BRACKET 3")
        results = [int(result) for result in self.core.execute(as_commands(legs, code))]
        wrong = [-result for result in results if result < 0]
        if wrong:
            own = [reason for reason in wrong if reason != Reason.LIST_MEMBER]
            raise refusal((own or wrong)[0], f"{code.name} list")
        return results

    def execute(self, commands: NDArray[np.void]) -> NDArray[np.int64]:
        """Execute COMMAND records in one call without the interpreter's lock; one result each.

        A result is the handle of what is kept (0: nothing), or minus the code of the Reason. Legs of a list are
        consecutive. Raises ParameterError when the array is no contiguous one of COMMAND records, and for records that
        add a currency, symbol or account: these have names, so `add_currency` and the others add them.
        """
        try:
            return self.core.execute(guards.without_names(commands))
        except (TypeError, ValueError) as problem:
            raise ParameterError(str(problem), expected="a contiguous array of dtype COMMAND") from None

    def cancel(self, handle: int, account: str | None = None) -> None:
        """Cancel an order; with `account` only if it is that account's.

        Raises MissingError, ParameterError, Refused.
        """
        owner, _ = self._owner_of(handle, account)
        result = self.core.cancel(handle, owner)
        if result < 0:
            raise refusal(-result, f"cancel of {handle}")

    def amend(
        self,
        handle: int,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        trigger: Amount | None = None,
        self_trade: SelfTrade | str = SelfTrade.NONE,
        account: str | None = None,
    ) -> None:
        """Change price, whole quantity or trigger of an order; what is None stays (rules M38, M39).

        Raises MissingError, ParameterError, Refused.
        """
        owner, symbol = self._owner_of(handle, account)
        result = self.core.amend(
            handle,
            owner,
            _changed(price, symbol.price_decimals, "price"),
            _changed(quantity, symbol.quantity_decimals, "quantity"),
            _changed(trigger, symbol.price_decimals, "trigger"),
            word(SelfTrade, self_trade, "self_trade"),
        )
        if result < 0:
            raise refusal(-result, f"{symbol.name}: amend of {handle}")

    def _owner_of(self, handle: int, account: str | None) -> tuple[int, Symbol]:
        if not is_whole(handle):
            raise ParameterError(f"handle is {handle!r}", expected="a whole number, as submit(...) gave it")
        found = self.core.order_of(handle) if 0 <= handle < 1 << 64 else None
        if found is None:
            raise refusal(Reason.UNKNOWN_ORDER, f"order {handle}")
        owner, symbol = found
        return owner if account is None else self.accounts[account].number, self.symbols.numbered(symbol)

    def mass_cancel(self, account: str, symbol: str | None = None, side: Side | str = Side.BOTH) -> int:
        """Cancel the orders of an account (of a symbol, of a side) and say how many; raises MissingError."""
        number = EVERY_SYMBOL if symbol is None else self.symbols[symbol].number
        owner = self.accounts[account].number
        return self._counted(self.core.mass_cancel(owner, number, word(Side, side, "side")), account)

    def disconnect(self, account: str) -> int:
        """Cancel the orders that were sent with `on_disconnect` and say how many; raises MissingError."""
        return self._counted(self.core.disconnect(self.accounts[account].number), account)

    @staticmethod
    def _counted(result: int, account: str) -> int:
        if result < 0:
            raise refusal(-result, f"cancel of the orders of {account}")
        return result

    def advance(self, to: Moment) -> None:
        """Set the time (ns UTC, or a datetime with its zone); orders expire. Raises ParameterError, Refused."""
        result = self.core.advance(nanoseconds(to, "time"))
        if result < 0:
            raise refusal(-result, f"time {to}")

    def book(self, symbol: str, depth: int | None = None) -> Book:
        """The best `depth` levels of both sides (all when None), exactly; raises MissingError, ParameterError."""
        known = self.symbols[symbol]
        most = guards.depth_of(depth)
        bids, asks = (self.levels(symbol, side)[:most].tolist() for side in (Side.BUY, Side.SELL))
        return Book(_levels(known, bids), _levels(known, asks))

    def levels(self, symbol: str, side: Side | str) -> NDArray[np.int64]:
        """Levels of a side as an array (n, 3) of price, visible quantity (units of the symbol) and orders, best first.

        Raises MissingError, ParameterError.
        """
        return self.core.levels(self.symbols[symbol].number, _one_side(side))

    def orders(self, symbol: str, side: Side | str) -> NDArray[np.void]:
        """Orders of a side in the book as ORDER records in priority; raises MissingError, ParameterError."""
        return self.core.orders(self.symbols[symbol].number, _one_side(side))

    def indicative(self, symbol: str) -> Indicative | None:
        """What an auction would come to now, None without a price; raises MissingError."""
        known = self.symbols[symbol]
        found = self.core.indicative(known.number)
        if found is None:
            return None
        price, volume, imbalance = found
        quantities = (amount(value, known.quantity_decimals) for value in (volume, imbalance))
        return Indicative(amount(price, known.price_decimals), *quantities)

    def events(self) -> NDArray[np.void]:
        """Take the events since the last call, as EVENT records in the engine's numbers and units."""
        return self.core.events()

    def reports(self, account: str, events: NDArray[np.void]) -> NDArray[np.void]:
        """Those of `events` that concern an account, as maker, taker or sender.

        Raises MissingError, ParameterError when they are no EVENT records.
        """
        return guards.events_of(events)[listing.concerns(events, self.accounts[account].number)]

    def rows(self, events: NDArray[np.void] | None = None) -> list[dict[str, Any]]:
        """Events with names and exact Decimals, one dict each; without `events` it takes those of `events()`."""
        return listing.rows(self, self.events() if events is None else guards.events_of(events))

    def events_frame(self, events: NDArray[np.void] | None = None) -> pl.DataFrame:
        """Events with names as a frame: numbers Float64 for reading, exact units (Int64) beside them.

        Without `events` it takes those of `events()`. `ts` is ns UTC.
        """
        return listing.frame(self, self.events() if events is None else guards.events_of(events))

    def hash(self) -> int:
        """A hash of the whole state: equal for equal commands, on any machine."""
        return self.core.hash()

    def checkpoint(self) -> None:
        """Write a snapshot into the journal's folder and begin a new journal behind it, so that opening is quick.

        The old one stays as `journal-1`, `journal-2` ... and is not needed any more. Raises StorageError.
        """
        self.core.checkpoint()

    def leave(self) -> None:
        """Give the journal's folder back, for others to open; what follows is refused, reading goes on.

        `with Exchange(folder) as exchange` does it at the end. Without a journal there is nothing to give back.
        """
        self.core.leave()
        if self._sessions:
            self.core = cast("_core.Matching", durable.Left(self.core))
            self._submit = self.core.submit
            self._sessions = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def __repr__(self) -> str:
        counts = f"{len(self.currencies)} currencies, {len(self.symbols)} symbols, {len(self.accounts)} accounts"
        return f"<Exchange: {counts}>"

    def snapshot(self) -> bytes:
        """The whole exchange, names too; `Exchange.restore` goes on from it."""
        text = json.dumps(self._about()).encode()
        return _MAGIC + len(text).to_bytes(8, "little") + durable.seal(text) + text + self.core.snapshot()

    def _about(self) -> dict[str, Any]:
        return {
            "currencies": [_entry(currency) for currency in self.currencies],
            "symbols": [_entry(symbol) for symbol in self.symbols],
            "accounts": [_entry(account) for account in self.accounts],
            "fee_currency": None if self.fee_currency is None else self.fee_currency.name,
            "last_id": self._last_id,
            "in_quote": sorted(self.in_quote),
        }

    def _write_down(self, made: Currency | Symbol | Account) -> None:
        if self._sessions:
            about = self._about() | {"sessions": self._sessions}
            about[_KINDS[type(made)]].append(_entry(made))
            durable.write(self.core, about)

    @classmethod
    def restore(cls, data: bytes | bytearray | memoryview) -> Self:
        """The exchange of a snapshot, without events; raises DataError when it is none, ParameterError for no bytes."""
        data = guards.bytes_of(data)
        sealed = len(_MAGIC) + 8
        start = sealed + durable.SEAL
        end = start + int.from_bytes(data[len(_MAGIC) : sealed], "little")
        if not data.startswith(_MAGIC) or end > len(data) or durable.seal(data[start:end]) != data[sealed:start]:
            raise DataError("these bytes are no snapshot", expected="what Exchange.snapshot() gave, all of it")
        made = cls()
        try:
            made._take(_core.Matching.restore(data[end:]), json.loads(data[start:end]))
        except (ValueError, LookupError, TypeError) as problem:
            raise DataError(
                f"the snapshot cannot be read: {problem}", expected="what Exchange.snapshot() gave"
            ) from None
        return made

    def _take(self, core: _core.Matching, about: dict[str, Any]) -> None:
        self.core, self._submit, self._last_id = core, core.submit, about["last_id"]
        for name, number, decimals in about["currencies"]:
            self.currencies.add(Currency(name, number, decimals))
        for number, (name, base, quote, price, quantity) in enumerate(about["symbols"]):
            self.symbols.add(Symbol(name, number, self.currencies[base], self.currencies[quote], price, quantity))
        for number, name in enumerate(about["accounts"]):
            self.accounts.add(Account(name, number))
        self.in_quote = set(about["in_quote"])
        fee_currency = about["fee_currency"]
        self.fee_currency = None if fee_currency is None else self.currencies[fee_currency]


def _entry(made: Currency | Symbol | Account) -> Any:
    if isinstance(made, Symbol):
        return (made.name, made.base.name, made.quote.name, made.price_decimals, made.quantity_decimals)
    return astuple(made) if isinstance(made, Currency) else made.name


def _optional(value: Amount | None, decimals: int, name: str) -> int:
    return 0 if value is None else units(value, decimals, name)


def _changed(value: Amount | None, decimals: int, name: str) -> int:
    """0 keeps what is there, so nobody may ask for 0."""
    found = _optional(value, decimals, name)
    if value is not None and found == 0:
        raise ParameterError(
            f"{name} is {value}", expected="more than 0, or None to leave it", fix="cancel(...) ends it"
        )
    return found


def _basis_points(trail: str) -> int:
    return units(rate(trail, "trail"), _BASIS_POINTS, "trail")


def _one_side(side: Side | str) -> Side:
    found = word(Side, side, "side")
    if found is Side.BOTH:
        raise ParameterError("side is BOTH", expected="BUY or SELL")
    return found


def _levels(symbol: Symbol, rows: list[list[int]]) -> tuple[Level, ...]:
    price, quantity = symbol.price_decimals, symbol.quantity_decimals
    return tuple(Level(amount(row[0], price), amount(row[1], quantity), row[2]) for row in rows)

"""The floor: the exchange and everybody's accounts, moved by operations that can be done again to the last digit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from parrot.centers.matching import commands as records
from parrot.centers.matching import operations, orders
from parrot.centers.matching.account import Account, Event, Own, balances_of
from parrot.centers.matching.membership.members import Members
from parrot.centers.matching.opening import OWN_NUMBER, built
from parrot.centers.matching.operations import Act, Begun, Changed, Ended, Image, Moved, Placed
from parrot.centers.matching.settings import Settings
from parrot.contracts.listing import Listing
from parrot.contracts.venue import PlaceOrder, ReplacePlaced, Report
from parrot.engine.matching import EventKind, Exchange, Reason
from parrot.engine.matching.refusals import refusal
from parrot.kernel.decimals import multiply, plain
from parrot.kernel.errors import DataError, Refused

_TRADE: Final = int(EventKind.TRADE)

Batch = tuple[NDArray[np.void], int]
Outcome = tuple[list[Event], list[Report]]
"""Events, and the reports of those that are ours."""


class Floor:
    """Carries out what the crowd, we and the members want, and keeps what has to be journalled.

    `done` are the operations since they were last taken. `watchers` are given the events of each operation, `tapes` the
    same as records with their time; `tell` what happened to our orders without our asking.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.listings = [pair.listing for pair in settings.pairs]
        self.exchange = built(settings)
        self.account = self._account()
        self.session = 0
        self.now = 0
        self.done: list[operations.Operation] = []
        self.watchers: list[Callable[[list[Event]], None]] = []
        self.tapes: list[Callable[[Batch], None]] = []
        self.tell: Callable[[list[Report]], None] = lambda reports: None
        self._numbers = {listing.symbol: number for number, listing in enumerate(self.listings)}
        self._core = self.exchange.core
        self._core.clear_events()
        self.members = Members(settings, self.exchange)

    def _account(self) -> Account:
        kept = self.settings
        return Account(self.listings, orders_kept=kept.orders_kept, trades_kept=kept.trades_kept)

    def begin(self, now: int) -> int:
        """A new session at `now`: the crowd's old orders go. Returns the number of the exchange's last event."""
        self.session += 1
        self.done.append(Begun(self.session))
        gone = records.packed([records.mass_cancel(owner) for owner in range(OWN_NUMBER)])
        self._done(Moved(max(now, self.now + 1), gone))
        events, reports = self._absorb()
        self.tell(reports)
        return max(event[0] for event in events)

    def _done(self, operation: Moved) -> Sequence[int]:
        self.done.append(operation)
        return self._move(operation)

    def move(self, now: int, commands: bytes = b"") -> Sequence[int]:
        """Lets time go on (never back) and carries out the crowd's commands; returns their results."""
        if now <= self.now and not commands:
            return ()
        results = self._done(Moved(max(now, self.now), commands))
        self.tell(self._absorb()[1])
        return results

    def _move(self, operation: Moved) -> Sequence[int]:
        if operation.ts > self.now:
            self._core.advance(operation.ts)
            self.now = operation.ts
        self.members.ledger.chart.begin(self.now)
        if not operation.commands:
            return ()
        results: list[int] = self._core.execute(records.records(operation.commands)).tolist()
        return results

    def place(self, request: PlaceOrder) -> Outcome:
        """Sends our order; raises Refused, and then nothing has changed."""
        orders.check_id(request.client_id)
        symbol = self._numbers.get(request.symbol)
        if symbol is None:
            raise orders.refused("UNKNOWN_SYMBOL", request.symbol[:40], ", ".join(self._numbers))
        number = self.account.next_number
        arguments = orders.translated(
            request,
            self.listings[symbol],
            symbol,
            number=number,
            now=self.now,
            self_trade=self.settings.self_trade,
        )
        operation = Placed(number, arguments, request)
        code = self._place(operation)
        if code < 0:
            self._core.clear_events()
            what = f"{request.symbol}: order {request.client_id}"
            raise refusal(-code, what, self._free(request, symbol), self._worth(request, symbol))
        self.done.append(operation)
        return self._absorb()

    def _place(self, operation: Placed) -> int:
        handle = self._core.submit(*operation.order)
        if handle >= 0:
            own = Own(
                number=operation.number,
                request=operation.request,
                symbol=operation.order[0],
                handle=handle,
                quantity=operation.order[4],
                limit=operation.request.limit,
            )
            self.account.add(own)
        return handle

    def _free(self, request: PlaceOrder, symbol: int) -> str:
        listing = self.listings[symbol]
        currency = listing.quote if request.side == "buy" else listing.base
        return f"{self.exchange.balance('own', currency).free:f} {currency}"

    def _worth(self, request: PlaceOrder, symbol: int) -> str:
        listing = self.listings[symbol]
        last = Decimal(self._core.last(symbol) or 0).scaleb(-listing.price_decimals)
        price = request.limit or request.trigger or last
        worth = f"{plain(request.quantity)} at {plain(price)} is {plain(multiply(request.quantity, price))}"
        return f"{worth} {listing.quote}, the smallest is {plain(listing.min_notional)} {listing.quote}"

    def end(self, client_id: str) -> Outcome:
        """Cancels our order; raises Refused."""
        operation = Ended(self._open(client_id).number)
        self._end(operation)
        self.done.append(operation)
        return self._absorb()

    def _end(self, operation: Ended) -> None:
        own = self.account.numbered(operation.number)
        code = self._core.cancel(own.handle, OWN_NUMBER) if own is not None else -Reason.UNKNOWN_ORDER
        if code < 0:
            self._core.clear_events()
            raise refusal(-code, f"cancel of order {operation.number}")

    def change(self, request: ReplacePlaced) -> Outcome:
        """Gives our order another quantity or limit; raises Refused."""
        own = self._open(request.client_id)
        listing = self.listings[own.symbol]
        operation = Changed(
            own.number,
            orders.units(request.limit, listing.price_decimals, "PRICE_TICK", "limit"),
            orders.units(request.quantity, listing.quantity_decimals, "QUANTITY_LOT", "quantity"),
            own.limit if request.limit is None else request.limit,
        )
        self._change(operation)
        self.done.append(operation)
        return self._absorb()

    def _change(self, operation: Changed) -> None:
        own = self.account.numbered(operation.number)
        stp = int(self.settings.self_trade)
        code = -Reason.UNKNOWN_ORDER
        if own is not None:
            code = self._core.amend(own.handle, OWN_NUMBER, operation.price, operation.quantity, 0, stp)
        if own is None or code < 0:
            self._core.clear_events()
            raise refusal(-code, f"change of order {operation.number}")
        own.limit = operation.limit

    def _open(self, client_id: str) -> Own:
        own = self.account.open_with(client_id)
        if own is None:
            raise orders.refused("UNKNOWN_ORDER", f"no open order {client_id[:50]}", "the client id of an open order")
        return own

    def act(self, operation: Act) -> int:
        """What a member asks for; below zero (minus a Reason): refused, and nothing but time has changed."""
        moved = operation.ts > self.now
        code = self._act(operation)
        if code >= 0:
            self.done.append(operation)
        elif moved:
            self.done.append(Moved(operation.ts, b""))
        else:
            self._core.clear_events()
            return code
        self.tell(self._absorb()[1])
        return code

    def _act(self, operation: Act) -> int:
        if operation.ts > self.now:
            self._core.advance(operation.ts)
            self.now = operation.ts
        return self.members.carry_out(operation)

    def _absorb(self) -> Outcome:
        """Takes the events that are new; reports are ours."""
        rows: list[Event] = []
        reports: list[Report] = []
        while True:
            events = self._core.events()
            for tape in self.tapes:
                tape((events, self.now))
            found: list[Event] = events.tolist()
            reports += self._take(found)
            rows += found
            if not self.members.follow(self.now):
                break
        for watcher in self.watchers:
            watcher(rows)
        self.members.settle(self.now)
        return rows, reports

    def _take(self, rows: Sequence[Event]) -> list[Report]:
        """Everybody hears of what happened to the own orders."""
        reports: list[Report] = []
        members, account = self.members, self.account
        for row in rows:
            owner, taker = row[11], row[12]
            if row[14] == _TRADE:
                members.traded(row)
            elif owner > OWN_NUMBER:
                members.take(row)
            if owner == OWN_NUMBER or taker == OWN_NUMBER:
                reports += account.take(row)
        return reports

    def balances(self) -> dict[str, Decimal]:
        """What we own of each currency, locked or not."""
        core = self._core
        return balances_of(
            [(known.name, *core.balance(OWN_NUMBER, known.number)) for known in self.exchange.currencies]
        )

    def last_price(self, symbol: int) -> int | None:
        """The price of the last trade in units."""
        return self._core.last(symbol)

    def image(self) -> Image:
        """The whole floor, to go on from."""
        kept = self.exchange.snapshot(), self.account.keep(), self.members.keep()
        return Image(self.terms, self.session, self.now, *kept)

    @property
    def terms(self) -> str:
        """What must be the same when a folder is opened again."""
        return ";".join(msgspec.json.encode(listing).decode() for listing in self.listings)

    def load(self, image: Image) -> None:
        """Goes on from an image; raises DataError when it is of other symbols or another version."""
        if image.terms != self.terms:
            raise DataError(
                "the folder of the exchange was made with other symbols or fees",
                expected=f"the symbols that it was made with, and their terms: {_symbols(image.terms)}",
                fix=f"ask for these, or give an empty folder to {_symbols(self.terms)}",
            )
        self.exchange = Exchange.restore(image.exchange)
        self._core = self.exchange.core
        self.account = self._account()
        self.members = Members(self.settings, self.exchange)
        try:
            self.account.load(image.account)
            self.members.load(image.members)
        except msgspec.MsgspecError as fault:
            raise DataError(f"the paper venue's account cannot be read: {fault}") from None
        self.session, self.now = image.session, image.now

    def again(self, operation: operations.Operation) -> None:
        """Does an operation of the journal again. Raises DataError when it cannot be: the engine is another one."""
        actions: dict[type, Callable[[Any], Any]] = {
            Image: self.load,
            Begun: self._begun,
            Moved: self._move,
            Placed: self._placed,
            Ended: self._end,
            Changed: self._change,
        }
        action = actions.get(type(operation), self._acted if isinstance(operation, Act) else None)
        if action is None:
            return
        try:
            action(operation)
        except Refused as fault:
            raise DataError(f"the paper venue's journal cannot be done again: {fault}") from None
        self._reabsorb()

    def _acted(self, operation: Act) -> None:
        code = self._act(operation)
        if code < 0:
            raise refusal(-code, "what a member asked for")

    def _begun(self, operation: Begun) -> None:
        self.session = operation.session

    def _placed(self, operation: Placed) -> None:
        code = self._place(operation)
        if code < 0:
            raise refusal(-code, f"order {operation.number}")

    def _reabsorb(self) -> None:
        """As when it was done, but nobody is told."""
        while True:
            events = self._core.events()
            ours = (events["owner"] >= OWN_NUMBER) | (events["taker_owner"] >= OWN_NUMBER)
            self._take(events[ours | (events["kind"] == _TRADE)].tolist())
            if not self.members.follow(self.now):
                break
        self.members.forget()


def _symbols(terms: str) -> str:
    """The symbols in the terms of an image."""
    try:
        return ", ".join(msgspec.json.decode(text, type=Listing).symbol for text in terms.split(";"))
    except msgspec.MsgspecError:
        return "others"

"""The public exchange: many accounts on one floor, as the protocols that speak for it need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parrot.centers.matching import conducting
from parrot.centers.matching.admission import Admission, check_price, check_quantity, refuse, why_of
from parrot.centers.matching.foresight import foresee
from parrot.centers.matching.house import House
from parrot.centers.matching.looking import Looking
from parrot.centers.matching.membership.acting import PHASES
from parrot.centers.matching.membership.fields import MODES, fields_of
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.operations import (
    Act,
    Amended,
    Deposit,
    Listed,
    Opened,
    Rang,
    Referred,
    Reserved,
    Sent,
    Settled,
    Succeeded,
    Withdrew,
)
from parrot.centers.matching.sessions import Bell, Timetable
from parrot.centers.matching.terms import Terms, shown
from parrot.contracts.commands import Side
from parrot.contracts.exchange import (
    CrowdMember,
    MarketKind,
    Mood,
    NewOrder,
    NewOrderList,
    OrderListState,
    OrderState,
    Why,
)
from parrot.engine.matching import Phase
from parrot.engine.matching.refusals import refusal
from parrot.kernel.errors import ParameterError, Refused, StorageError
from parrot.ports.exchange import Listener

_SPREAD: Final = 0x9E3779B97F4A7C15F39CC1  # odd, so that no two numbers have one name
_NAMES: Final = 1 << 88
_AMOUNT_MAX: Final = 1 << 62
_NAME_LONGEST: Final = 128
_TOGETHER: Final = 500_000  # ns for which market data are gathered: many orders then cost one update


class SimulatedExchange(Looking):
    """A PublicExchange on a floor with a crowd. Nothing happens but within its calls.

    Market data of what a call did are told with the next `turn`, or as soon as somebody asks for them. Raises
    StorageError once the journal has failed; what was not told by then did not happen for anybody.
    """

    def __init__(self, house: House, *, now: int) -> None:
        """To be made before the house lets the crowd in; else depth begins with the next change."""
        self.now = now
        house.floor.members.forget()
        super().__init__(house)
        self._listeners: list[Listener] = []
        self._admission = Admission(self._average, self._ledger.balance)
        self._turning = False
        self._published = 0
        if house.settings.stock_days:
            self._keep_hours(house, now)

    def _keep_hours(self, house: House, now: int) -> None:
        stocks = [terms.market.symbol for terms in self._terms if terms.market.kind is MarketKind.STOCK]
        bell = Bell(Timetable(house.settings.stock_days), stocks, self)
        bell.begin(now, last=house.before)
        self._toll(bell)

    def _toll(self, bell: Bell) -> None:
        """The bell rings in the house's time."""
        bell.run(self._house.agenda.now)
        due = bell.due()
        if due is not None:
            self._house.agenda.at(due, self._toll, bell)

    # -- time ----------------------------------------------------------------------------------------------------------

    def turn(self, now: int) -> None:
        """Lets time go on to `now`: the crowd trades, listeners hear of it; a turn to the same time tells all."""
        stands = now <= self.now
        self._turning = True
        try:
            self._house.run(now)
        finally:
            self._turning = False
        self.now = max(self.now, now)
        if self._ledger.told:
            self._release()
        else:
            self._house.write_behind()
        if stands or self.now >= self._published + _TOGETHER:
            self._publish()

    def due(self) -> int | None:
        """When something happens next without being asked."""
        if self._ledger.told:
            return self.now
        due = self._house.agenda.due()
        if not self._board.waiting:
            return due
        soon = max(self.now, self._published + _TOGETHER)
        return soon if due is None else min(due, soon)

    def listen(self, listener: Listener) -> None:
        """Has everything that happens told to `listener`."""
        self._listeners.append(listener)

    def _publish(self) -> None:
        self._published = self.now
        if self._board.waiting:
            self._house.write()  # numbers of trades and books that were told are not given again
        told = self._board.publish(self.now)
        if told:
            for listener in self._listeners:
                listener(told)

    def _release(self) -> None:
        """Durable first, then told."""
        ledger = self._ledger
        try:
            self._house.write()
        except StorageError:
            ledger.told.clear()
            raise
        if ledger.told:
            told, ledger.told = ledger.told, []
            for listener in self._listeners:
                listener(told)

    def _act(self, operation: Act, what: str) -> None:
        if self._house.failed:
            raise StorageError(self._house.failed, fix="mend the storage, then begin again")
        code = self._floor.act(operation)
        if code < 0:
            if self._ledger.told:
                self._release()
            fault = refusal(-code, what)
            raise Refused(fault.problem, reason=why_of(-code), expected=fault.expected)
        self._release()

    def close(self) -> None:
        """Writes down what is left and lets go of the journal."""
        self._house.close()

    # -- accounts ------------------------------------------------------------------------------------------------------

    def open_account(self, account: str) -> None:
        """Opens an account; one that is there already stays as it is."""
        if account not in self._ledger.accounts:
            self._act(Opened(self._time(), account), f"account {account}")

    def deposit(self, account: str, asset: str, amount: int, ref: str = "") -> None:
        """Brings an amount in, below zero takes it out; one with a `ref` happens once."""
        member = self._member(account)
        self._check_amount(asset, amount)
        if amount and ref not in member.booked:
            self._act(Deposit(self._time(), member.number, asset, amount, ref), f"{shown(amount)} {asset} to {account}")

    def reserve(self, account: str, asset: str, amount: int, ref: str) -> None:
        """Sets an amount aside until it is settled: locked, so that it cannot be spent. The same `ref` does nothing."""
        member = self._member(account)
        self._check_amount(asset, amount)
        if amount <= 0 or not ref:
            raise refuse(Why.BALANCE, f"{shown(amount)} {asset}", "an amount above zero, and a name for it")
        if ref not in member.pending and ref not in member.booked:
            self._act(Reserved(self._time(), member.number, asset, amount, ref), f"{shown(amount)} {asset}")

    def settle(self, account: str, ref: str, *, paid: bool) -> bool:
        """What was set aside leaves the exchange, or comes back; False when nothing is there under that name."""
        member = self._member(account)
        if ref not in member.pending:
            return False
        self._act(Settled(self._time(), member.number, ref, paid), f"settling {ref}")
        return True

    def _check_amount(self, asset: str, amount: int) -> None:
        if asset not in self._floor.exchange.currencies:
            raise refuse(Why.UNKNOWN_ASSET, f"asset {asset[:40]!r}", ", ".join(self._ledger.names))
        if abs(amount) > _AMOUNT_MAX:
            raise refuse(Why.BALANCE, f"{shown(amount)} {asset}", f"at most {shown(_AMOUNT_MAX)}")

    # -- orders --------------------------------------------------------------------------------------------------------

    def check(self, account: str, order: NewOrder) -> None:
        """Raises as `submit` would before the book is met; changes nothing."""
        self._admission.check(self._member(account), self._of(order.symbol), order)

    def submit(self, account: str, order: NewOrder) -> OrderState:
        """Sends an order; the answer holds the fills that it met."""
        member, terms = self._member(account), self._of(order.symbol)
        self._admission.check(member, terms, order)
        if order.quote_quantity:
            foresee(self._ledger, member, terms, order)
        number, fields = self._fields(member, terms, order)
        self._act(
            Sent(self._time(), member.number, number, order.client_id or made(number), fields, order), order.symbol
        )
        return member.orders[number].state(account, tuple(self._ledger.fills))

    def _fields(self, member: Member, terms: Terms, order: NewOrder) -> tuple[int, tuple[int, ...]]:
        """The number of a new order and what the engine is asked for."""
        number, phase = self._ledger.next_number, self._ledger.core.phase(terms.number)
        return number, fields_of(order, terms, member.owners[terms.desk], number, phase=phase)

    def submit_list(self, account: str, orders: NewOrderList) -> OrderListState:
        """Sends orders that belong together, all or none."""
        member = self._member(account)
        terms = self._admission.check_list(member, orders, self._of)
        first, count = self._ledger.next_number, len(orders.orders)
        numbers = tuple(range(first, first + count))
        names = tuple(order.client_id or made(number) for order, number in zip(orders.orders, numbers, strict=True))
        number = self._lists.next_number
        name = orders.client_id or made(-number)
        operation = Listed(self._time(), member.number, number, orders.form, name, numbers, names, orders.orders)
        self._act(operation, f"{terms.market.symbol}: a list")
        return self._lists.state(member.lists[number])

    def replace(self, account: str, order_id: int, order: NewOrder, request_id: str = "") -> OrderState:
        """Ends an open order and sends another in its stead, both or neither; what the old one held is free for it."""
        _check_request(request_id)
        member, terms = self._member(account), self._of(order.symbol)
        old = self._open(member, order_id)
        if old.list_id >= 0 or not old.handle:
            raise refuse(Why.LIST, f"order {order_id} is one of a list, or sleeps", "an order by itself")
        self._admission.check(member, terms, order, gives=old)
        foresee(self._ledger, member, terms, order, gives=old)
        number, fields = self._fields(member, terms, order)
        name = order.client_id or made(number)
        operation = Succeeded(self._time(), order_id, member.number, number, name, fields, order, request_id)
        self._act(operation, f"order for {order_id}")
        if number not in member.orders:
            raise refuse(Why.BALANCE, f"{order.symbol}: order for {order_id}", "what the market still allows")
        return member.orders[number].state(account, tuple(self._ledger.fills))

    def cancel(self, account: str, order_id: int, request_id: str = "") -> OrderState:
        """Ends an open order; of a list the others end as well."""
        _check_request(request_id)
        member = self._member(account)
        standing = self._open(member, order_id)
        self._act(Withdrew(self._time(), order_id, request_id), f"cancel of {order_id}")
        return standing.state(account)

    def amend(
        self, account: str, order_id: int, *, quantity: int = 0, limit: int = 0, trigger: int = 0, request_id: str = ""
    ) -> OrderState:
        """Changes an open order in place; 0 leaves a field. Only a smaller quantity keeps its place in the queue."""
        _check_request(request_id)
        member = self._member(account)
        standing = self._open(member, order_id)
        if not standing.handle:
            raise refuse(Why.AMEND, f"order {order_id} is not in the market yet", "one that works")
        if request_id and member.uses(request_id, standing):
            raise refuse(Why.DUPLICATE_ID, f"client id {request_id} is of an open order", "another one")
        terms = self._terms[standing.symbol]
        limit = 0 if limit == standing.limit and quantity else limit
        self._check_amend(standing, terms, quantity=quantity, limit=limit, trigger=trigger)
        whole = quantity - standing.prevented if quantity else 0  # what was prevented is gone for the engine
        units = limit // terms.price_scale, whole // terms.quantity_scale, trigger // terms.price_scale
        operation = Amended(self._time(), order_id, *units, MODES[standing.order.self_trade], request_id)
        self._act(operation, f"amendment of {order_id}")
        return standing.state(account, tuple(self._ledger.fills))

    def _check_amend(self, standing: Standing, terms: Terms, *, quantity: int, limit: int, trigger: int) -> None:
        market = terms.market
        if min(quantity, limit, trigger) < 0:
            raise refuse(Why.AMEND, f"order {standing.order_id}: below zero", "amounts above zero")
        same = quantity in (0, standing.quantity) and limit in (0, standing.limit)
        if (same and trigger in (0, standing.order.trigger)) or 0 < quantity <= standing.filled + standing.prevented:
            problem = f"order {standing.order_id}: quantity {shown(quantity)}, limit {shown(limit)}"
            gone = shown(standing.filled + standing.prevented)
            raise refuse(Why.AMEND, problem, f"something new, and more than the {gone} that is done")
        for price in (limit, trigger):
            check_price(market, price)
        check_quantity(market, quantity)
        if limit:
            self._admission.check_band(terms, limit)
        if quantity > standing.quantity and standing.order.side is Side.BUY:
            left = quantity - standing.filled - standing.prevented
            self._admission.check_position(self._ledger.all[standing.member], terms, left, gives=standing)
        stays = 0 < quantity < standing.quantity and not (limit or trigger)  # others go to the end of the queue
        if stays and market.max_amends and standing.amends >= market.max_amends:
            raise refuse(Why.MAX_AMENDS, f"order {standing.order_id}: {standing.amends} amendments", "fewer")

    def _open(self, member: Member, order_id: int) -> Standing:
        standing = member.orders.get(order_id)
        if standing is None:
            raise refuse(Why.UNKNOWN_ORDER, f"order {order_id}", "an order of the account")
        if standing.ended:
            raise refuse(Why.NOT_OPEN, f"order {order_id} is {standing.stage.value}", "an open order")
        return standing

    def set_phase(self, symbol: str, phase: str) -> None:
        """Puts a symbol into another phase; the same again does nothing. Raises ParameterError for none."""
        terms = self._of(symbol)
        if phase not in PHASES.values():
            raise ParameterError(f"phase {phase[:20]!r}", expected=", ".join(PHASES.values()))
        if self.phase(symbol) != phase:
            self._ring(Rang(self._time(), terms.number, Phase[phase.upper()]))

    def set_reference(self, symbol: str) -> None:
        """Makes the last price the one that price bands and auctions go by."""
        terms = self._of(symbol)
        price = self._floor.last_price(terms.number) or terms.opening // terms.price_scale
        self._ring(Referred(self._time(), terms.number, price))

    def moods(self) -> Sequence[Mood]:
        """What the crowd of each symbol is like now."""
        return conducting.moods(self._house, self._terms)

    def crowd(self) -> Sequence[CrowdMember]:
        """Who is in the crowd, by symbol."""
        return conducting.members(self._house, self._terms)

    def tune(self, symbol: str, *, volatility: float, pace: float, spread_bps: float, shocks: float) -> None:
        """Makes the crowd of a symbol another until the process ends. Raises ParameterError."""
        wanted = {"volatility": volatility, "pace": pace, "spread_bps": spread_bps, "shocks": shocks}
        conducting.tune(self._house, self._of(symbol), wanted)

    def _time(self) -> int:
        return max(self.now, self._house.agenda.now)

    def _ring(self, operation: Act) -> None:
        """As other operations, but within a turn it is told with the rest of the turn."""
        if self._turning:
            self._floor.act(operation)
        else:
            self._act(operation, "a phase")

    def _average(self, symbol: int) -> int:
        return self._chart.bars[symbol].average()


def _check_request(name: str) -> None:
    if len(name) > _NAME_LONGEST or not name.isascii():
        raise refuse(Why.COMBINATION, f"request {name[:40]!r}", f"at most {_NAME_LONGEST} ASCII characters")


def made(number: int) -> str:
    """A name of the exchange's own making for an order or list."""
    return f"{number * _SPREAD % _NAMES:022x}"

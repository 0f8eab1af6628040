"""Clients as the gateway asks for them: records about people, and the accounts of the simulated exchange."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from parrot.app.platform.funds import Funds, from_units
from parrot.app.platform.questions.shown import shown
from parrot.centers.clients.manifest import Clients
from parrot.contracts.approvals import ApprovalKept, ApprovalKind, Person
from parrot.contracts.clients import ClientKept, ClientStatus, Contact
from parrot.contracts.exchange import SCALE, Execution, OrderState
from parrot.kernel.decimals import ZERO, add, multiply, plain, share
from parrot.kernel.errors import InputError, MissingError
from parrot.ports.exchange import PublicExchange

T = TypeVar("T", OrderState, Execution)
_MORE: Final = 500  # rows of one time that a page may have to hold
_MINUTES: Final = 5


class ClientQuestions:
    """Answers of one running platform (gateway.rest.ports.clients.ClientsDoor). `currency` is what worth is in."""

    def __init__(self, clients: Clients, funds: Funds, currency: str, now: Callable[[], int]) -> None:
        self._clients = clients
        self._funds = funds
        self._currency = currency
        self._now = now

    # -- people ----------------------------------------------------------------------------------------------------

    def clients(self) -> list[ClientKept]:
        """All clients."""
        return self._clients.all()

    def client(self, number: str) -> ClientKept:
        """One client."""
        return self._clients.get(number)

    def make(self, name: str, contact: Contact, notes: str, *, who: str) -> ClientKept:
        """A new client."""
        return self._clients.make(name, contact, notes, who=who, now=self._now())

    def change(
        self, number: str, version: int, *, name: str, status: ClientStatus, contact: Contact, notes: str, who: str
    ) -> ClientKept:
        """Other data for a client."""
        now = self._now()
        return self._clients.change(
            number, version, name=name, status=status, contact=contact, notes=notes, who=who, now=now
        )

    def erase(self, number: str, *, who: str) -> ClientKept:
        """Takes personal data away."""
        return self._clients.erase(number, who=who, now=self._now())

    def open_account(self, number: str, account: str, *, who: str) -> ClientKept:
        """Opens an account for a client; an account that is there and has no client becomes theirs."""
        client = self._clients.get(number)
        if client.status is not ClientStatus.ACTIVE:
            raise InputError(f"client {number} is {client.status.value}", expected="an active client")
        if self._clients.owner(account) not in ("", number):
            raise InputError(f"account {account} has another client", expected="an account without one")
        self._funds.run(lambda exchange: exchange.open_account(account))
        return self._clients.tie(number, account, who=who, now=self._now())

    def activity(self, number: str, *, before: int, limit: int) -> list[dict[str, Any]]:
        """What was done for a client, newest first."""
        return [
            {"number": place, "ts": act.ts, "who": act.who, "what": act.what, "about": act.about}
            for place, act in self._clients.acts(number, before=before, limit=limit)
        ]

    # -- accounts --------------------------------------------------------------------------------------------------

    def is_account(self, account: str) -> bool:
        """Whether the exchange has that account."""
        return bool(self._funds.run(lambda exchange: account in exchange.accounts()))

    def accounts(self, wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
        """Accounts that `wanted` agrees to."""

        def look(exchange: PublicExchange) -> list[dict[str, Any]]:
            prices = _prices(exchange, self._currency)
            return [_account(exchange, name, prices) for name in exchange.accounts() if wanted(name)]

        try:
            rows = self._funds.run(look)
        except MissingError:
            return []  # the venue is a real one: nobody has accounts here
        return [self._owned(row) for row in rows]

    def account(self, account: str) -> dict[str, Any]:
        """One account, with its positions."""

        def look(exchange: PublicExchange) -> dict[str, Any]:
            _require(exchange, account)
            row = _account(exchange, account, _prices(exchange, self._currency))
            return row | {"positions": _positions(exchange, account), "symbols": [m.symbol for m in exchange.markets()]}

        return self._owned(self._funds.run(look))

    def _owned(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"client": self._clients.owner(row["account"]), "currency": self._currency}

    def orders(self, account: str, *, symbol: str, until: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Orders of an account, newest first."""

        def look(exchange: PublicExchange) -> Sequence[OrderState]:
            _require(exchange, account)
            return exchange.orders(account, symbol, until=until, limit=limit + _MORE)

        rows, end = _page(self._funds.run(look), limit, lambda order: order.created)
        return [_order(order) for order in rows], end

    def trades(self, account: str, *, symbol: str, until: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Fills of an account, newest first."""

        def look(exchange: PublicExchange) -> Sequence[Execution]:
            _require(exchange, account)
            return exchange.executions(account, symbol, until=until, limit=limit + _MORE)

        rows, end = _page(self._funds.run(look), limit, lambda fill: fill.ts)
        return [_trade(fill) for fill in rows], end

    # -- money -----------------------------------------------------------------------------------------------------

    def ask(
        self, kind: ApprovalKind, account: str, asset: str, amount: Decimal, *, by: Person, reason: str
    ) -> ApprovalKept:
        """Asks for a deposit or a withdrawal; of an account whose client is active, or that has none."""
        self._require_active(account)
        return self._told(self._funds.ask(kind, account, asset, amount, by=by, reason=reason), by, "request")

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        """Agrees to it, while the client is active."""
        self._require_active(self._funds.subject(number))
        return self._told(self._funds.approve(number, by=by), by, "approve")

    def decline(self, number: str, *, by: Person, text: str) -> ApprovalKept:
        """Refuses it."""
        return self._told(self._funds.decline(number, by=by, text=text), by, "decline")

    def withdraw(self, number: str, *, by: Person) -> ApprovalKept:
        """Takes it back."""
        return self._told(self._funds.withdraw(number, by=by), by, "withdraw")

    def _require_active(self, account: str) -> None:
        number = self._clients.owner(account)
        status = self._clients.get(number).status if number else ClientStatus.ACTIVE
        if status is not ClientStatus.ACTIVE:
            raise InputError(f"the client of {account} is {status.value}", expected="an active client")

    def _told(self, request: ApprovalKept, by: Person, what: str) -> ApprovalKept:
        number = self._clients.owner(request.subject)
        if number:
            about = {"request": request.id, **request.terms}
            self._clients.note(number, who=by.name, what=f"{request.kind.value} {what}", about=about, now=self._now())
        return request


def _require(exchange: PublicExchange, account: str) -> None:
    if account not in exchange.accounts():
        raise MissingError(f"there is no account {account}")


def _page(found: Sequence[T], limit: int, time: Callable[[T], int]) -> tuple[list[T], int]:
    """The newest `limit` rows and all others of the last one's time, newest first; the time before it, 0 at the end."""
    rows = list(found)[::-1]
    if len(rows) <= limit:
        return rows, 0
    last = time(rows[limit - 1])
    kept = [row for place, row in enumerate(rows) if place < limit or time(row) == last]
    return kept, last - 1 if len(kept) < len(rows) else 0


def _prices(exchange: PublicExchange, currency: str) -> dict[str, Decimal]:
    """What one unit of each asset is worth, where a market in `currency` says so."""
    found = {currency: Decimal(1)}
    for market in exchange.markets():
        if market.quote == currency:
            price = exchange.average_price(market.symbol, _MINUTES)
            if price:
                found[market.base] = Decimal(from_units(price))
    return found


def _account(exchange: PublicExchange, account: str, prices: dict[str, Decimal]) -> dict[str, Any]:
    worth, balances = ZERO, []
    for held in exchange.held(account):
        total = Decimal(from_units(held.free + held.locked))
        value = multiply(total, prices[held.asset]) if held.asset in prices else None
        worth = add(worth, value or ZERO)
        balances.append(
            {
                "asset": held.asset,
                "free": from_units(held.free),
                "locked": from_units(held.locked),
                "value": shown(value),
            }
        )
    waiting = [
        {"request": ref.rpartition(":")[2], "asset": asset, "amount": from_units(amount)}
        for ref, (asset, amount) in exchange.reserved(account).items()
    ]
    return {
        "account": account,
        "worth": plain(worth),
        "balances": balances,
        "waiting": waiting,
        "fees": {asset: from_units(amount) for asset, amount in exchange.fees(account).items()},
        "open_orders": len(exchange.open_orders(account)),
    }


def _positions(exchange: PublicExchange, account: str) -> list[dict[str, Any]]:
    """What fills of each symbol left, at their average price."""
    found = []
    for market in exchange.markets():
        position, price = exchange.cost(account, market.symbol)
        if position:
            quantity, average = from_units(position), from_units(price)
            found.append({"symbol": market.symbol, "quantity": quantity, "average": average, "quote": market.quote})
    return found


def _order(order: OrderState) -> dict[str, Any]:
    asked = order.order
    filled, spent = Decimal(order.filled), Decimal(order.quote_filled)
    average = share(spent, part=Decimal(1), of=filled, step=Decimal(1) / SCALE) if filled else None
    return {
        "order_id": order.order_id,
        "client_id": order.client_id,
        "symbol": asked.symbol,
        "side": asked.side.value,
        "kind": asked.kind.value,
        "lifetime": asked.lifetime.value,
        "stage": order.stage.value,
        "quantity": from_units(order.quantity),
        "filled": from_units(order.filled),
        "average": shown(average),
        "limit": from_units(order.limit) if order.limit else None,
        "trigger": from_units(asked.trigger) if asked.trigger else None,
        "expiry": order.expiry,
        "ts": order.created,
        "updated": order.updated,
    }


def _trade(fill: Execution) -> dict[str, Any]:
    return {
        "trade_id": fill.trade_id,
        "order_id": fill.order_id,
        "symbol": fill.symbol,
        "side": fill.side.value,
        "quantity": from_units(fill.quantity),
        "price": from_units(fill.price),
        "fee": from_units(fill.fee),
        "fee_currency": fill.fee_asset,
        "maker": fill.maker,
        "ts": fill.ts,
    }

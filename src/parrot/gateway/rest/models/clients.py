"""The broker's view: clients, accounts of the simulated exchange, orders, trades, money that comes and leaves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.contracts.clients import ClientStatus
from parrot.gateway.rest.bodies import Amount, Body, Text
from parrot.gateway.rest.models.markets import Decimals

AccountName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Asset = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Z0-9]+$")]
ClientName = Annotated[str, Field(min_length=1, max_length=120)]
Notes = Annotated[str, Field(max_length=4_000)]
Email = Annotated[str, Field(max_length=254, pattern=r"^([^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+)?$")]


class ContactBody(Body):
    """Personal data."""

    email: Email = ""
    phone: Annotated[str, Field(max_length=40, pattern=r"^[0-9+()/ .-]*$")] = ""
    address: Annotated[str, Field(max_length=500)] = ""


class ClientBody(Body):
    """A new client."""

    name: ClientName
    contact: ContactBody = ContactBody()
    notes: Notes = ""


class ChangeBody(ClientBody):
    """A client as it is to be; `version` is the one that was looked at."""

    status: ClientStatus
    version: Annotated[int, Field(ge=1)]


class AccountBody(Body):
    """An account for a client."""

    account: AccountName


class FundsBody(Body):
    """Money or coins that are to come or to leave."""

    asset: Asset
    amount: Amount
    reason: Text = ""


class Client(Body):
    """A client; `contact` and `notes` are null for who may not change clients."""

    id: str
    name: str
    status: ClientStatus
    accounts: list[str]
    contact: ContactBody | None
    notes: str | None
    created: int
    updated: int
    version: int
    erased: bool


class ClientPage(Body):
    """A page of clients by number."""

    items: list[Client]
    next: str | None


class AssetBalance(Body):
    """One asset of an account; `value` is in the account's currency, null without a price."""

    asset: str
    free: Decimals
    locked: Decimals
    value: Decimals | None


class Waiting(Body):
    """What is set aside for a withdrawal that waits; it is among what is locked."""

    request: str
    asset: str
    amount: Decimals


class ExchangeAccount(Body):
    """An account of the simulated exchange; `fees` are what all its fills ever paid to the house."""

    account: str
    client: str
    currency: str
    worth: Decimals
    balances: list[AssetBalance]
    waiting: list[Waiting]
    fees: dict[str, Decimals]
    open_orders: int


class AccountPage(Body):
    """Accounts that one may see."""

    items: list[ExchangeAccount]


class FillPosition(Body):
    """What fills of a symbol left, at their average price in `quote`."""

    symbol: str
    quantity: Decimals
    average: Decimals
    quote: str


class AccountDetail(ExchangeAccount):
    """One account with its positions and the symbols that it may trade."""

    positions: list[FillPosition]
    symbols: list[str]


class ClientOrder(Body):
    """An order of an account."""

    order_id: int
    client_id: str
    symbol: str
    side: str
    kind: str
    lifetime: str
    stage: str
    quantity: Decimals
    filled: Decimals
    average: Decimals | None
    limit: Decimals | None
    trigger: Decimals | None
    expiry: str
    ts: int
    updated: int


class ClientOrderPage(Body):
    """Orders, newest first."""

    items: list[ClientOrder]
    next: str | None


class ClientTrade(Body):
    """A fill of an account; `fee` is what the house earned."""

    trade_id: int
    order_id: int
    symbol: str
    side: str
    quantity: Decimals
    price: Decimals
    fee: Decimals
    fee_currency: str
    maker: bool
    ts: int


class ClientTradePage(Body):
    """Fills, newest first."""

    items: list[ClientTrade]
    next: str | None


class ClientAct(Body):
    """What somebody did for a client."""

    number: int
    ts: int
    who: str
    what: str
    about: dict[str, str]


class ClientActPage(Body):
    """What was done, newest first."""

    items: list[ClientAct]
    next: str | None

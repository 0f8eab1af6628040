"""The broker's view over the accounts of the simulated exchange. Accounts are seen by who has `exchange:NAME`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, status

from parrot.contracts.access import EVERY_ACCOUNT, Permission, Principal
from parrot.contracts.approvals import ApprovalKind
from parrot.contracts.clients import ClientKept, Contact
from parrot.gateway.rest import approving
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.cursors import After, cursor, place
from parrot.gateway.rest.models import clients as models
from parrot.gateway.rest.models.risk import DecisionBody, Request
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.clients import ClientsDoor
from parrot.gateway.rest.ports.risk import ApprovalsDoor
from parrot.kernel.errors import MissingError

Reader = Annotated[Principal, allowed(Permission.CLIENTS_READ)]
Writer = Annotated[Principal, allowed(Permission.CLIENTS_WRITE)]
Eraser = Annotated[Principal, allowed(Permission.CLIENTS_WRITE, fresh=True)]
Asker = Annotated[Principal, allowed(Permission.FUNDS_REQUEST)]
Approver = Annotated[Principal, allowed(Permission.FUNDS_APPROVE, fresh=True)]
Number = Annotated[str, Path(pattern=r"^\d{6}$")]
Account = Annotated[str, Path(min_length=1, max_length=60)]
Symbol = Annotated[str, Query(max_length=40)]


def routes(clients: ClientsDoor, approvals: ApprovalsDoor) -> APIRouter:
    """The routes of clients."""
    router = APIRouter(tags=["clients"])
    _accounts(router, clients)
    _clients(router, clients)
    _one(router, clients)
    _requests(router, clients)
    _deciding(router, clients, approvals)
    return router


def _accounts(router: APIRouter, clients: ClientsDoor) -> None:
    @router.get("/clients/accounts", operation_id="list_exchange_accounts", response_model=models.AccountPage)
    def accounts(who: Reader) -> Any:
        """Accounts of the exchange with balances, worth, fees earned and open orders."""
        return {"items": clients.accounts(lambda name: who.sees(approving.exchange_account(name)))}

    @router.get("/clients/accounts/{account}", operation_id="exchange_account", response_model=models.AccountDetail)
    def account(account: Account, who: Reader) -> Any:
        """One account."""
        _require(who, account)
        return clients.account(account)

    @router.get(
        "/clients/accounts/{account}/orders", operation_id="list_client_orders", response_model=models.ClientOrderPage
    )
    def orders(account: Account, who: Reader, symbol: Symbol = "", limit: Limit = 100, after: After = None) -> Any:
        """Orders of an account, newest first."""
        _require(who, account)
        items, end = clients.orders(account, symbol=symbol, until=place(after), limit=limit)
        return {"items": items, "next": cursor(end)}

    @router.get(
        "/clients/accounts/{account}/trades", operation_id="list_client_trades", response_model=models.ClientTradePage
    )
    def trades(account: Account, who: Reader, symbol: Symbol = "", limit: Limit = 100, after: After = None) -> Any:
        """Fills of an account, newest first."""
        _require(who, account)
        items, end = clients.trades(account, symbol=symbol, until=place(after), limit=limit)
        return {"items": items, "next": cursor(end)}


def _clients(router: APIRouter, clients: ClientsDoor) -> None:
    @router.get("/clients", operation_id="list_clients")
    def listed(who: Reader, limit: Limit = 100, after: After = None) -> models.ClientPage:
        """Clients that one may see, by number."""
        seen = [client for client in clients.clients() if _sees(who, client) and int(client.id) > place(after)]
        more = cursor(int(seen[limit - 1].id)) if len(seen) > limit else None
        return models.ClientPage(items=[_told(who, client) for client in seen[:limit]], next=more)

    @router.post("/clients", operation_id="make_client", status_code=status.HTTP_201_CREATED)
    def make(body: models.ClientBody, who: Writer) -> models.Client:
        """A new client, active, without accounts."""
        _require_all(who)
        return _told(who, clients.make(body.name, _contact(body), body.notes, who=who.name))


def _one(router: APIRouter, clients: ClientsDoor) -> None:
    @router.get("/clients/{number}", operation_id="client")
    def one(number: Number, who: Reader) -> models.Client:
        """One client."""
        return _told(who, _found(who, clients, number))

    @router.put("/clients/{number}", operation_id="change_client")
    def change(number: Number, body: models.ChangeBody, who: Writer) -> models.Client:
        """Other data for a client; refused when somebody changed it meanwhile."""
        _found(who, clients, number)
        given = {"name": body.name, "notes": body.notes, "who": who.name}
        changed = clients.change(number, body.version, status=body.status, contact=_contact(body), **given)
        return _told(who, changed)

    @router.post("/clients/{number}/erase", operation_id="erase_client")
    def erase(number: Number, who: Eraser) -> models.Client:
        """Takes all personal data of a client away, for good; accounts and what was done stay."""
        _found(who, clients, number)
        return _told(who, clients.erase(number, who=who.name))

    @router.post("/clients/{number}/accounts", operation_id="open_client_account", status_code=status.HTTP_201_CREATED)
    def open_account(number: Number, body: models.AccountBody, who: Writer) -> models.Client:
        """Opens an account for a client; one that is there already and has no client becomes theirs."""
        _found(who, clients, number)
        if clients.is_account(body.account):
            _require(who, body.account)
        return _told(who, clients.open_account(number, body.account, who=who.name))

    @router.get("/clients/{number}/activity", operation_id="client_activity", response_model=models.ClientActPage)
    def activity(number: Number, who: Reader, limit: Limit = 100, after: After = None) -> Any:
        """What was done for a client, newest first."""
        _found(who, clients, number)
        rows = clients.activity(number, before=place(after), limit=limit)
        more = cursor(rows[-1]["number"]) if len(rows) == limit and rows[-1]["number"] > 1 else None
        return {"items": rows, "next": more}


def _requests(router: APIRouter, clients: ClientsDoor) -> None:
    def ask(kind: ApprovalKind, account: str, body: models.FundsBody, who: Principal) -> Request:
        _require(who, account)
        by = approving.person(who)
        return approving.told(who, clients.ask(kind, account, body.asset, body.amount, by=by, reason=body.reason))

    @router.post(
        "/clients/accounts/{account}/deposits", operation_id="ask_deposit", status_code=status.HTTP_202_ACCEPTED
    )
    def deposit(account: Account, body: models.FundsBody, who: Asker) -> Request:
        """Asks for a deposit; another person has to agree before it is there."""
        return ask(ApprovalKind.DEPOSIT, account, body, who)

    @router.post(
        "/clients/accounts/{account}/withdrawals", operation_id="ask_withdrawal", status_code=status.HTTP_202_ACCEPTED
    )
    def withdrawal(account: Account, body: models.FundsBody, who: Asker) -> Request:
        """Asks for a withdrawal; the amount is set aside until another person agrees or refuses."""
        return ask(ApprovalKind.WITHDRAWAL, account, body, who)


def _deciding(router: APIRouter, clients: ClientsDoor, approvals: ApprovalsDoor) -> None:
    def found(who: Principal, number: str) -> None:
        approving.require(who, approvals.get(number), ApprovalKind.DEPOSIT, ApprovalKind.WITHDRAWAL)

    @router.post("/funds/{number}/approve", operation_id="approve_funds")
    def approve(number: str, who: Approver) -> Request:
        """Agrees to a deposit or withdrawal that somebody else asked for; the money moves."""
        found(who, number)
        return approving.told(who, clients.approve(number, by=approving.person(who)))

    @router.post("/funds/{number}/decline", operation_id="decline_funds")
    def decline(number: str, body: DecisionBody, who: Approver) -> Request:
        """Refuses it; what was set aside comes back."""
        found(who, number)
        return approving.told(who, clients.decline(number, by=approving.person(who), text=body.text))

    @router.post("/funds/{number}/withdraw", operation_id="withdraw_funds")
    def withdraw(number: str, who: Asker) -> Request:
        """Takes one's own request back."""
        found(who, number)
        return approving.told(who, clients.withdraw(number, by=approving.person(who)))


def _require(who: Principal, account: str) -> None:
    if not who.sees(approving.exchange_account(account)):
        raise MissingError(f"there is no account {account}")


def _require_all(who: Principal) -> None:
    """A client without accounts belongs to nobody's list yet: only who sees all may make one."""
    if EVERY_ACCOUNT not in who.accounts:
        raise MissingError("there are no clients", expected="every account")


def _sees(who: Principal, client: ClientKept) -> bool:
    return EVERY_ACCOUNT in who.accounts or any(who.sees(approving.exchange_account(one)) for one in client.accounts)


def _found(who: Principal, clients: ClientsDoor, number: str) -> ClientKept:
    found = clients.client(number)
    if not _sees(who, found):
        raise MissingError(f"there is no client {number}")
    return found


def _contact(body: models.ClientBody) -> Contact:
    return Contact(**body.contact.model_dump())


def _told(who: Principal, client: ClientKept) -> models.Client:
    """Personal data only for who may change them; of the accounts those that one may see."""
    writes = who.may(Permission.CLIENTS_WRITE)
    contact = client.contact
    shown = models.ContactBody(email=contact.email, phone=contact.phone, address=contact.address)
    return models.Client(
        id=client.id,
        name=client.name,
        status=client.status,
        accounts=[name for name in client.accounts if who.sees(approving.exchange_account(name))],
        contact=shown if writes else None,
        notes=client.notes if writes else None,
        created=client.created,
        updated=client.updated,
        version=client.version,
        erased=client.erased,
    )

"""The simulated exchange over HTTP: its crowd, halts, faults, keys, test funds, and the port for other clients."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from parrot.contracts.access import Permission, Principal
from parrot.gateway.binance_api.faults import EVENTS, REQUESTS, SOCKETS, FaultKind
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.exchange import (
    Cleared,
    ExchangeState,
    FaucetBody,
    Fault,
    FaultBody,
    Faults,
    Holding,
    KeyBody,
    Keys,
    MadeKey,
    MoodBody,
    PhaseBody,
    PortBody,
)
from parrot.gateway.rest.ports.exchange import ExchangeDoor

Reader = Annotated[Principal, allowed(Permission.EXCHANGE_READ)]
Writer = Annotated[Principal, allowed(Permission.EXCHANGE_WRITE)]
FreshWriter = Annotated[Principal, allowed(Permission.EXCHANGE_WRITE, fresh=True)]
KeyName = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
Number = Annotated[int, Path(ge=1, lt=1 << 53)]


def routes(exchange: ExchangeDoor) -> APIRouter:
    """The routes of the simulated exchange."""
    router = APIRouter(tags=["exchange"])
    _faults(router, exchange)
    _keys(router, exchange)

    @router.get("/exchange", operation_id="exchange_state", response_model=ExchangeState)
    def state(who: Reader) -> Any:
        """The exchange: symbols with their phase and their last day, the crowd, the port for other clients."""
        return exchange.state(who)

    @router.put("/exchange/port", operation_id="set_exchange_port", response_model=ExchangeState)
    def port(body: PortBody, who: Writer) -> Any:
        """Opens the port for other clients until the platform ends, or closes it."""
        exchange.port(who, opened=body.open, port=body.port)
        return exchange.state(who)

    @router.put("/exchange/phase", operation_id="set_phase", response_model=ExchangeState)
    def phase(body: PhaseBody, who: Writer) -> Any:
        """Halts a symbol for everybody, or lets it trade again; durable."""
        exchange.phase(who, body.symbol, body.phase, body.reason)
        return exchange.state(who)

    @router.put("/exchange/crowd", operation_id="tune_crowd", response_model=ExchangeState)
    def crowd(body: MoodBody, who: Writer) -> Any:
        """Makes a symbol's crowd wilder, calmer, busier or quieter until the platform ends."""
        exchange.tune(who, body.symbol, body.model_dump(exclude={"symbol"}))
        return exchange.state(who)

    @router.post("/exchange/faucet", operation_id="exchange_faucet", response_model=Holding)
    def faucet(body: FaucetBody, who: Writer) -> Any:
        """Brings test funds into an account."""
        return exchange.faucet(who, body.account, body.asset, body.amount)

    return router


def _faults(router: APIRouter, exchange: ExchangeDoor) -> None:
    @router.get("/exchange/faults", operation_id="list_faults", response_model=Faults)
    def faults(_: Reader) -> Any:
        """Faults that are set on the port for other clients, and the kinds that there are."""
        kinds = [{"kind": kind, "to": _to(kind)} for kind in FaultKind]
        return {"items": exchange.faults(), "kinds": kinds}

    @router.post("/exchange/faults", operation_id="add_fault", status_code=201, response_model=Fault)
    def add(body: FaultBody, who: Writer) -> Any:
        """Makes something go wrong for clients on purpose."""
        return exchange.add_fault(who, body.model_dump(mode="json"))

    @router.delete("/exchange/faults/{number}", operation_id="clear_fault", response_model=Cleared)
    def clear_one(number: Number, who: Writer) -> Any:
        """Takes one fault away; what it held back is told."""
        return {"cleared": exchange.clear_faults(who, number)}

    @router.delete("/exchange/faults", operation_id="clear_faults", response_model=Cleared)
    def clear(who: Writer) -> Any:
        """Takes all faults away."""
        return {"cleared": exchange.clear_faults(who, None)}


def _keys(router: APIRouter, exchange: ExchangeDoor) -> None:
    @router.get("/exchange/keys", operation_id="list_exchange_keys", response_model=Keys)
    def keys(who: Reader) -> Any:
        """Keys by which others trade on the exchange; secrets are never shown."""
        return {"items": exchange.keys(who)}

    @router.post("/exchange/keys", operation_id="make_exchange_key", status_code=201, response_model=MadeKey)
    def make(body: KeyBody, who: FreshWriter) -> Any:
        """Makes a key; its secret is in this answer and never again."""
        return exchange.add_key(who, body.account, may_trade=body.may_trade)

    @router.delete("/exchange/keys/{key}", operation_id="remove_exchange_key", response_model=Keys)
    def remove(key: KeyName, who: FreshWriter) -> Any:
        """Takes a key away; who uses it is refused at once."""
        exchange.remove_key(who, key)
        return {"items": exchange.keys(who)}


def _to(kind: FaultKind) -> str:
    if kind in REQUESTS:
        return "requests"
    if kind in EVENTS:
        return "events"
    return "sockets" if kind in SOCKETS else "all"

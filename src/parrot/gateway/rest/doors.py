"""What the routes ask of the house, one door an area; the composition root opens them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parrot.gateway.rest.ports.alerts import AlertsDoor
from parrot.gateway.rest.ports.audit import AuditDoor
from parrot.gateway.rest.ports.backtests import BacktestsDoor
from parrot.gateway.rest.ports.clients import ClientsDoor
from parrot.gateway.rest.ports.data import DataDoor
from parrot.gateway.rest.ports.exchange import ExchangeDoor
from parrot.gateway.rest.ports.history import HistoryDoor
from parrot.gateway.rest.ports.markets import MarketsDoor
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.gateway.rest.ports.portfolio import PortfolioDoor
from parrot.gateway.rest.ports.push import PushDoor
from parrot.gateway.rest.ports.receipts import Receipts
from parrot.gateway.rest.ports.risk import ApprovalsDoor, RiskDoor
from parrot.gateway.rest.ports.settings import SettingsDoor
from parrot.gateway.rest.ports.statements import StatementsDoor
from parrot.gateway.rest.ports.strategies import StrategiesDoor
from parrot.gateway.rest.ports.tickets import TicketsDoor
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.stream.endpoint import StreamDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Every area's door. All are thread-safe and raise errors of the tree. `now` is the time, ns UTC."""

    now: Callable[[], int]
    platform: RunningPlatform
    markets: MarketsDoor
    receipts: Receipts
    users: UsersDoor
    history: HistoryDoor
    tickets: TicketsDoor
    backtests: BacktestsDoor
    audit: AuditDoor
    exchange: ExchangeDoor
    data: DataDoor
    push: PushDoor
    settings: SettingsDoor
    strategies: StrategiesDoor
    risk: RiskDoor
    approvals: ApprovalsDoor
    portfolio: PortfolioDoor
    statements: StatementsDoor
    clients: ClientsDoor
    stream: StreamDoor
    alerts: AlertsDoor

"""The doors of a running platform: what the gateway's routes ask."""

from __future__ import annotations

from contextlib import ExitStack

from parrot.adapters.lake.files import FileLake
from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.assemble import House
from parrot.app.platform.candle_history import CandleHistory
from parrot.app.platform.deciding import Deciding
from parrot.app.platform.exchange_port import ExchangePort
from parrot.app.platform.forgetting import forget_the_erased
from parrot.app.platform.history import History
from parrot.app.platform.platform import Platform
from parrot.app.platform.pushing import pushing
from parrot.app.platform.questions.acts import noting
from parrot.app.platform.questions.alerts import AlertQuestions
from parrot.app.platform.questions.audit import AuditQuestions, AuditTrail
from parrot.app.platform.questions.backtests import BacktestQuestions
from parrot.app.platform.questions.clients import ClientQuestions
from parrot.app.platform.questions.data import DataQuestions
from parrot.app.platform.questions.exchange import ExchangeQuestions
from parrot.app.platform.questions.history import HistoryQuestions
from parrot.app.platform.questions.markets import MarketQuestions
from parrot.app.platform.questions.portfolio import PortfolioQuestions
from parrot.app.platform.questions.risk import ApprovalQuestions, RiskQuestions
from parrot.app.platform.questions.settings import SettingsQuestions
from parrot.app.platform.questions.statements import StatementQuestions
from parrot.app.platform.questions.strategies import StrategyQuestions
from parrot.app.platform.questions.tickets import TicketQuestions
from parrot.app.platform.receipts import KeptReceipts
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.streams import Streams
from parrot.app.platform.trading import home_currency
from parrot.app.wiring import home
from parrot.centers.clients.manifest import Clients
from parrot.centers.users.manifest import Users
from parrot.gateway.rest import Doors
from parrot.gateway.stream.endpoint import StreamDoor


def open_doors(
    house: House,
    platform: Platform,
    history: History,
    users: Users,
    jobs: Jobs,
    *,
    port: ExchangePort | None,
    settings: PlatformSettings,
    requests: Deciding,
    until: ExitStack,
) -> Doors:
    """Every area's door on one running platform; `port` is that of the simulated venue, None on a real one.

    What is begun here ends with `until`.
    """
    note = noting(platform)
    places = JobPlaces(platform.folder)
    backtests = BacktestQuestions(jobs, places, house.clock.now_ns)
    candles = CandleHistory(FileLake(platform.folder.lake), house.terms.name)
    past, now, currency = HistoryQuestions(history), house.clock.now_ns, home_currency(house.terms.listings)
    streams = Streams(platform, history, users, house.clock.now_ns)
    alerts = AlertQuestions(platform, history, house.records, note)
    streams.watch_alerts(alerts)
    house.desk.watchers.append(streams.heard)
    streams.offer("jobs", backtests.jobs)
    jobs.watch(lambda job: streams.tell("jobs", backtests.job_row(job)))
    push = until.enter_context(pushing(house, platform.folder, users, alerts, note))
    receipts = KeptReceipts(house.records, house.clock.now_ns)
    forget_the_erased(users, (push.forget, receipts.forget), house.scrub)
    return Doors(
        now=house.clock.now_ns,
        platform=platform,
        receipts=receipts,
        users=users,
        markets=MarketQuestions(platform, candles),
        history=past,
        tickets=TicketQuestions(platform),
        exchange=ExchangeQuestions(platform, port, note),
        push=push,
        data=DataQuestions(jobs, places, note, house.clock.now_ns),
        settings=SettingsQuestions(settings, platform.folder, home(), note),
        audit=AuditQuestions(AuditTrail(platform.folder.audit), jobs, note),
        backtests=backtests,
        strategies=StrategyQuestions(platform, jobs, backtests, house.records),
        risk=RiskQuestions(platform, requests.limits, past, now),
        approvals=ApprovalQuestions(requests.approvals, now),
        portfolio=PortfolioQuestions(platform, past, now),
        statements=StatementQuestions(platform, jobs, places, now),
        clients=ClientQuestions(Clients(house.records), requests.funds, currency, now),
        alerts=alerts,
        stream=StreamDoor(streams.hub, house.clock.now_ns, streams.came),
    )

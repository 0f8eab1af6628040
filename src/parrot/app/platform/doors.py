"""The doors of a running platform: what the gateway's routes ask."""

from __future__ import annotations

from parrot.adapters.lake.files import FileLake
from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.assemble import House
from parrot.app.platform.candle_history import CandleHistory
from parrot.app.platform.history import History
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.backtests import BacktestQuestions
from parrot.app.platform.questions.history import HistoryQuestions
from parrot.app.platform.questions.markets import MarketQuestions
from parrot.app.platform.questions.tickets import TicketQuestions
from parrot.centers.users.manifest import Users
from parrot.gateway.rest import Doors


def open_doors(house: House, platform: Platform, history: History, users: Users, jobs: Jobs) -> Doors:
    """Every area's door on one running platform."""
    candles = CandleHistory(FileLake(platform.folder.lake), house.terms.name)
    return Doors(
        now=house.clock.now_ns,
        platform=platform,
        users=users,
        markets=MarketQuestions(platform, candles),
        history=HistoryQuestions(history),
        tickets=TicketQuestions(platform),
        backtests=BacktestQuestions(jobs, JobPlaces(platform.folder), house.clock.now_ns),
    )

"""The doors of a running platform: what the gateway's routes ask."""

from __future__ import annotations

from collections.abc import Callable

from parrot.adapters.lake.files import FileLake
from parrot.app.platform.assemble import House
from parrot.app.platform.candle_history import CandleHistory
from parrot.app.platform.history import History
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.history import HistoryQuestions
from parrot.app.platform.questions.markets import MarketQuestions
from parrot.contracts.access import Principal
from parrot.contracts.signing import SignedRequest
from parrot.gateway.rest import Doors
from parrot.kernel.errors import AccessError


def open_doors(house: House, platform: Platform, history: History) -> Doors:
    """Every area's door on one running platform."""
    candles = CandleHistory(FileLake(platform.folder.lake), house.terms.name)
    return Doors(
        now=house.clock.now_ns,
        platform=platform,
        users=_Nobody(),
        markets=MarketQuestions(platform, candles),
        history=HistoryQuestions(history),
    )


class _Nobody:
    """A house without users: only the token of the data directory opens it."""

    def is_set_up(self) -> bool:
        return False

    def by_session(self, token: str, *, passive: bool = False) -> Principal | None:
        return None

    def by_key(self, signed: SignedRequest) -> Principal:
        raise AccessError("there are no keys", reason="signed_out")

    def csrf(self, who: Principal) -> str:
        raise AccessError("there are no sessions", reason="signed_out")

    def stands(self, who: Principal) -> Principal | None:
        return who

    def watch(self, told: Callable[[str], None]) -> None:
        return None

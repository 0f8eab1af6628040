"""The crowd as a whole: when each agent looks, what its commands became, and who traded with whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from parrot.centers.matching.account import Event
from parrot.centers.matching.agenda import Agenda
from parrot.centers.matching.agents import Agent, Maker, Noise, Place, Trend
from parrot.centers.matching.commands import packed
from parrot.centers.matching.floor import Floor
from parrot.centers.matching.opening import CROWD
from parrot.engine.matching import EventKind, Mark, Phase

_MAKERS: Final = tuple(number for number, name in enumerate(CROWD) if name.startswith("maker"))
_TRADE: Final = int(EventKind.TRADE)
_MAKER_DONE: Final = int(Mark.MAKER_DONE)
_NOISE: Final = CROWD.index("noise")
_TREND: Final = CROWD.index("trend")


class Crowd:
    """Agents of all symbols on one floor; in a symbol that is not in continuous trading they wait."""

    def __init__(self, floor: Floor, agenda: Agenda, resting: Callable[[], int]) -> None:
        """`resting` tells until when nobody trades, 0 when everybody may."""
        self._floor = floor
        self._agenda = agenda
        self._resting = resting
        self._patience = floor.settings.patience
        self._until = 0
        self._present = False
        self._unseen: list[list[Event]] = []
        self._places: list[Place] = []
        self._makers: dict[tuple[int, int], Maker] = {}
        self._agents: list[tuple[int, Agent]] = []
        floor.watchers.append(self.watch)
        for number in range(len(floor.listings)):
            self._settle(number)

    def _settle(self, number: int) -> None:
        settings = self._floor.settings
        pair, listing = settings.pairs[number], self._floor.listings[number]
        rng = np.random.default_rng((settings.seed, self._floor.session, number))
        price = self._floor.last_price(number) or int(pair.price.scaleb(listing.price_decimals))
        place = Place(number, pair, rng, price)
        self._places.append(place)
        for owner in _MAKERS:
            self._makers[number, owner] = maker = Maker(place, owner)
            self._agents.append((number, maker))
        self._agents += ((number, Noise(place, _NOISE)), (number, Trend(place, _TREND)))

    def begin(self, now: int) -> None:
        """Everybody comes at once, so that there is a book from the first moment; then each at its own pace."""
        self._present = True
        for number, agent in self._agents:
            if self._trades(number) or self._gathers(number, agent):
                self._act(agent)
            self._agenda.at(now + agent.gap(), self._wake, number, agent)

    def places(self) -> Sequence[Place]:
        """What each symbol's agents share, in the order of symbols."""
        return self._places

    def makers(self) -> Mapping[tuple[int, int], Maker]:
        """Makers by symbol and number in the crowd."""
        return self._makers

    def _gathers(self, number: int, agent: Agent) -> bool:
        """Before an auction makers show once where they stand."""
        return isinstance(agent, Maker) and self._floor.exchange.core.phase(number) == Phase.OPENING

    def _trades(self, number: int) -> bool:
        return self._floor.exchange.core.phase(number) == Phase.CONTINUOUS

    def hurry(self, until: int) -> None:
        """Time goes on to `until`: who has fallen behind by more than the patience catches up by leaving out."""
        self._until = until

    def _wake(self, number: int, agent: Agent) -> None:
        now = max(self._agenda.now, self._floor.now)
        rests, behind = self._resting(), self._until - self._patience
        if rests > now:
            self._agenda.at(rests, self._wake, number, agent)
        elif behind > now:
            self._agenda.at(behind + agent.gap(), self._wake, number, agent)
        else:
            if self._trades(number):
                self._act(agent)
            self._agenda.at(now + agent.gap(), self._wake, number, agent)

    def _act(self, agent: Agent) -> None:
        self._see()
        now = max(self._agenda.now, self._floor.now)
        commands = agent.act(now)
        if not commands:
            return
        agent.done(self._floor.move(now, packed(commands)))

    def watch(self, events: list[Event]) -> None:
        """Events of what anybody did; whoever looks next knows of them."""
        if events and self._present:
            self._unseen.append(events)

    def _see(self) -> None:
        """Lets makers and fair prices know of trades."""
        for events in self._unseen:
            for event in events:
                if event[14] == _TRADE:
                    self._traded(event)
        self._unseen.clear()

    def _traded(self, event: Event) -> None:
        handle, price, quantity, symbol, side = event[4], event[5], event[6], event[13], event[15]
        self._places[symbol].fair.traded(quantity if side else -quantity)
        maker = self._makers.get((symbol, event[11]))
        if maker is not None:
            maker.traded(side, quantity)
            if event[17] & _MAKER_DONE:
                maker.gone(side, price, handle)
        taker = self._makers.get((symbol, event[12]))
        if taker is not None:
            taker.traded(1 - side, quantity)

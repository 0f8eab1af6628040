"""All accounts of the public exchange: what they ask for is carried out, what the engine tells is booked."""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from parrot.centers.matching.membership.acting import Acting
from parrot.centers.matching.membership.booking import Booking
from parrot.centers.matching.membership.entrance import Entrance
from parrot.centers.matching.membership.fields import fields_of
from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.lists import Lists
from parrot.centers.matching.membership.member import KeptMember
from parrot.centers.matching.membership.sleeping import Sleeping
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.settings import Settings
from parrot.contracts.exchange import Change, Stage
from parrot.engine.matching import Exchange

_KEEPER: Final = msgspec.msgpack.Encoder()


class Kept(msgspec.Struct, kw_only=True):
    """All members as a snapshot holds them."""

    next_number: int
    next_list: int
    changes: int
    chart: bytes
    members: list[KeptMember]


class Members:
    """Owners of the engine above our own, and all that follows from what happens to their orders."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.ledger = Ledger(settings, exchange)
        self._next: deque[Standing] = deque()
        self._sleeping = Sleeping(self.ledger, self._next.append)
        numbers = {terms.market.symbol: terms.number for terms in self.ledger.terms}
        entrance = Entrance(self.ledger, self._sleeping, numbers)
        self.lists = Lists(self.ledger, entrance)
        self._entrance = entrance
        self._acting = Acting(self.ledger, entrance, self.lists, self._sleeping)
        self._booking = booking = Booking(self.ledger, self._sleeping, self._next.append)
        self.carry_out = self._acting.carry_out
        self.take = booking.take
        self.traded = booking.traded

    def follow(self, ts: int) -> bool:
        """Does one thing that follows from what was told; True when there may be more to be taken from the engine."""
        if self.lists.entering:
            self.lists.follow(ts)
        elif self._next:
            self._go_on(self._next.popleft(), ts)
        else:
            return False
        return True

    def _go_on(self, standing: Standing, ts: int) -> None:
        """One that slept wakes; one that must not stand is taken back."""
        ledger = self.ledger
        if standing.ended:
            return
        if not standing.aside:
            ledger.core.cancel(standing.handle, ledger.owner(standing))
            return
        self._sleeping.leave(standing)
        terms, phase = ledger.terms[standing.symbol], ledger.core.phase(standing.symbol)
        fields = fields_of(standing.order, terms, ledger.owner(standing), standing.order_id, phase=phase)
        if self._entrance.send(standing, fields) < 0:
            standing.stage, standing.expiry, standing.updated = Stage.EXPIRED, "rejected", ts
            ledger.tell(standing, Change.EXPIRED, ts)
            ledger.end(standing)

    def settle(self, ts: int) -> None:
        """Tells what has changed of legs, lists and balances."""
        self._booking.settle()
        self.lists.settle(ts)
        self.ledger.settle(ts)

    def forget(self) -> None:
        """Nobody is to be told of what was done."""
        self._booking.settle()
        self.lists.forget()
        self.ledger.learn()
        self.ledger.told.clear()

    def keep(self) -> bytes:
        """All members for a snapshot."""
        ledger = self.ledger
        kept = Kept(
            next_number=ledger.next_number,
            next_list=self.lists.next_number,
            changes=ledger.changes,
            chart=ledger.chart.keep(),
            members=[member.keep() for member in ledger.all],
        )
        return _KEEPER.encode(kept)

    def load(self, data: bytes) -> None:
        """Goes on from what `keep` gave. Raises msgspec.MsgspecError for other bytes."""
        if not data:
            return
        kept = msgspec.msgpack.decode(data, type=Kept)
        ledger = self.ledger
        ledger.chart.load(kept.chart)
        for found in kept.members:
            member = ledger.admit(found.account, found.owners)
            member.load(found)
            for order in member.all_open():
                ledger.live[order.order_id] = order
                if order.aside:
                    self._sleeping.load(order)
            for group in found.lists:
                self.lists.add(group)
        ledger.next_number, ledger.changes = kept.next_number, kept.changes
        self.lists.next_number = kept.next_list
        self.forget()

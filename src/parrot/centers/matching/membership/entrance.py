"""How orders come into the engine: by themselves, two as an OCO, or to sleep first."""

from __future__ import annotations

from typing import Final

import numpy as np

from parrot.centers.matching.membership.fields import NAMES, fields_of, trails
from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.sleeping import Sleeping
from parrot.centers.matching.membership.standing import Standing
from parrot.contracts.exchange import NewOrder
from parrot.engine.matching import COMMAND, CommandKind, ListKind, Reason

_PLACES: Final = {name: place for place, name in enumerate(NAMES)}


class Entrance:
    """Below zero is minus the Reason of a refusal, and nothing has changed."""

    def __init__(self, ledger: Ledger, sleeping: Sleeping, numbers: dict[str, int]) -> None:
        """`numbers` are symbols by their public names."""
        self._ledger = ledger
        self._sleeping = sleeping
        self._numbers = numbers

    def standing(self, number: int, member: int, order: NewOrder, client_id: str, ts: int) -> Standing:
        """An order before it enters."""
        return Standing(
            order_id=number,
            member=member,
            symbol=self._numbers[order.symbol],
            order=order,
            client_id=client_id,
            quantity=order.quantity,
            limit=order.limit,
            created=ts,
            updated=ts,
        )

    def one(self, standing: Standing) -> int:
        """An order by itself."""
        if standing.order.trigger and trails(standing.order):
            return self._sleeping.enter(standing)
        return self.send(standing, self._fields(standing))

    def send(self, standing: Standing, fields: tuple[int, ...]) -> int:
        """An order whose fields are known."""
        code = self._ledger.core.submit(*fields)
        if code > 0:
            standing.handle = code
        return code

    def both(self, one: Standing, other: Standing) -> int:
        """Two orders of which one cancels the other."""
        records = np.zeros(2, COMMAND)
        records["kind"], records["list"] = CommandKind.ORDER, ListKind.OCO
        fields = [self._fields(standing) for standing in (one, other)]
        for name, place in _PLACES.items():
            records[name] = [row[place] for row in fields]
        codes = [int(code) for code in self._ledger.core.execute(records)]
        wrong = [code for code in codes if code < 0]
        if wrong:
            return next((code for code in wrong if code != -Reason.LIST_MEMBER), wrong[0])
        one.handle, other.handle = codes
        return 0

    def _fields(self, standing: Standing) -> tuple[int, ...]:
        ledger = self._ledger
        terms, owner = ledger.terms[standing.symbol], ledger.owner(standing)
        return fields_of(standing.order, terms, owner, standing.order_id, phase=ledger.core.phase(standing.symbol))

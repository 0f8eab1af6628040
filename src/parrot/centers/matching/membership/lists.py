"""Orders that belong together: lists, and what enters when the first of them is filled."""

from __future__ import annotations

from parrot.centers.matching.membership.entrance import Entrance
from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.member import Group
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.operations import Listed
from parrot.contracts.exchange import Change, ListChanged, ListForm, OrderListState, Stage


class Lists:
    """Open groups by number. An OCO is the engine's own list; orders that wait for a first one wait here."""

    def __init__(self, ledger: Ledger, entrance: Entrance) -> None:
        self._ledger = ledger
        self._entrance = entrance
        self._changed: dict[int, Group] = {}
        self.groups: dict[int, Group] = {}
        self.next_number = 1
        self.entering: list[Group] = []
        ledger.ended, ledger.accepted = self._ended, self._accepted

    def enter(self, operation: Listed) -> int:
        """Sends a list, all of it or nothing."""
        ledger = self._ledger
        standings = [
            self._entrance.standing(number, operation.member, order, name, operation.ts)
            for number, order, name in zip(operation.numbers, operation.orders, operation.names, strict=True)
        ]
        for standing in standings:
            standing.list_id = operation.list_id
        group = Group(
            list_id=operation.list_id,
            member=operation.member,
            form=operation.form,
            client_id=operation.client_id,
            orders=operation.numbers,
            ts=operation.ts,
        )
        first = standings if operation.form is ListForm.OCO else standings[:1]
        waiting = standings[len(first) :]
        code = self._entrance.both(*first) if len(first) > 1 else self._entrance.one(first[0])
        if code < 0:
            return code
        ledger.begin(standings[0].order_id)
        group.waiting = [standing.order_id for standing in waiting]
        self.add(group)
        for standing in standings:
            ledger.add(standing)
        for standing in waiting:
            standing.stage = Stage.PENDING
        self._asleep(first, operation.ts)
        return 0

    def _asleep(self, standings: list[Standing], ts: int) -> None:
        """The engine does not tell of those that sleep."""
        for standing in standings:
            if standing.aside:
                self._ledger.accept(standing, ts)

    def add(self, group: Group) -> None:
        """A list that was taken, or that was there before."""
        if not group.done:
            self.groups[group.list_id] = group
        self._ledger.all[group.member].lists[group.list_id] = group
        self.next_number = max(self.next_number, group.list_id + 1)
        self._changed[group.list_id] = group

    def _accepted(self, standing: Standing) -> None:
        """Those that wait are told of right after the first."""
        group = self.groups[standing.list_id]
        if standing.order_id == group.orders[0]:
            for number in group.waiting:
                self._ledger.tell(self._ledger.live[number], Change.NEW, standing.created)

    def target(self, standing: Standing) -> Standing:
        """The order whose end ends the whole list of `standing`."""
        group = self.groups.get(standing.list_id)
        if group is None or not group.waiting:
            return standing
        return self._ledger.live[group.orders[0]]

    def _ended(self, standing: Standing) -> None:
        group = self.groups.get(standing.list_id)
        if group is None:
            return
        if group.waiting and standing.order_id == group.orders[0]:
            if standing.stage is Stage.FILLED:
                self.entering.append(group)
            else:
                stage = Stage.CANCELED if standing.stage is Stage.CANCELED else Stage.EXPIRED
                self._drop(group, stage, "" if stage is Stage.CANCELED else "oto", standing.updated)
        if not group.waiting and not any(number in self._ledger.live for number in group.orders):
            self._finish(group, standing.updated)

    def _finish(self, group: Group, ts: int) -> None:
        group.done, group.ts = True, ts
        self._changed[group.list_id] = group
        self.groups.pop(group.list_id, None)

    def _drop(self, group: Group, stage: Stage, expiry: str, ts: int) -> None:
        waiting, group.waiting = group.waiting, []
        for number in waiting:
            standing = self._ledger.live[number]
            standing.stage, standing.expiry, standing.updated = stage, expiry, ts
            change = Change.CANCELED if stage is Stage.CANCELED else Change.EXPIRED
            self._ledger.tell(standing, change, ts)
            self._ledger.end(standing)

    def follow(self, ts: int) -> None:
        """The first was filled: the others enter."""
        group = self.entering.pop(0)
        standings = [self._ledger.live[number] for number in group.waiting]
        code = self._entrance.both(*standings) if len(standings) > 1 else self._entrance.one(standings[0])
        if code < 0:
            self._drop(group, Stage.EXPIRED, "rejected", ts)
            return
        group.waiting = []
        self._asleep(standings, ts)

    def settle(self, ts: int) -> None:
        """Tells the lists that are new or done."""
        for group in self._changed.values():
            self._ledger.told.append(ListChanged(state=self.state(group), ts=ts))
        self._changed.clear()

    def state(self, group: Group) -> OrderListState:
        """A list as it stands."""
        member = self._ledger.all[group.member]
        found = [member.orders[number] for number in group.orders if number in member.orders]
        return OrderListState(
            list_id=group.list_id,
            account=member.account,
            symbol=found[0].order.symbol if found else "",
            form=group.form,
            client_id=group.client_id,
            orders=tuple(standing.state(member.account) for standing in found),
            done=group.done,
            ts=group.ts,
        )

    def forget(self) -> None:
        """Nobody is to be told."""
        self._changed.clear()

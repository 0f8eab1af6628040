"""Groups as a part of the desk: which message goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.centers.execution.fields import text_fault
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.groups import work
from parrot.centers.execution.groups.group import Group
from parrot.centers.execution.groups.plan import plan_fault
from parrot.centers.execution.scopes import covers
from parrot.contracts import commands, groups, records
from parrot.contracts.commands import SubmitOrder
from parrot.contracts.message import Entry
from parrot.kernel.decimals import ZERO, plain

_KEPT: Final = 1_000
_OPEN_MAX: Final = 100
Answers = Iterable[Any]


@dataclass(frozen=True, slots=True)
class _Place:
    group_id: int
    rung: int


class Groups:
    """The groups of one account (ports.component.Component); it works with the orders of execution's floor."""

    name = "groups"

    def __init__(self, floor: Floor, account: str) -> None:
        self._floor = floor
        self._account = account
        self._all: dict[int, Group] = {}
        self._open: dict[int, Group] = {}
        self._places: dict[int, _Place] = {}
        self.receives: Mapping[type, Callable[[Any, int], Answers]] = {
            groups.PlaceGroup: self._place,
            groups.AmendGroup: self._amend,
            groups.CancelGroup: self._cancel,
            commands.CancelOrder: self._cancel_order,
            commands.CancelAll: self._cancel_all,
            commands.Beat: self._beat,
        }
        self.answers: Mapping[type, Callable[[Entry, int], Answers]] = {
            records.KillEngaged: self._killed,
            records.BreakerTripped: self._killed,
            records.StrategyStopped: self._strategy_stopped,
        }
        self.follows: Mapping[type, Callable[[Entry], None]] = {
            groups.GroupPlaced: self._placed,
            groups.GroupAmended: self._amended,
            groups.GroupEnding: self._ending,
            groups.GroupRungStopped: self._rung_stopped,
            groups.GroupTurned: lambda entry: self._all[entry.record.group_id].turn(),
            groups.GroupEnded: self._ended,
            records.OrderReceived: self._received,
            records.OrderFilled: self._filled,
            records.OrderCanceled: self._order_ended,
            records.OrderExpired: self._order_ended,
            records.OrderRejected: self._order_ended,
            records.OrderRefused: self._order_ended,
        }

    def group(self, group_id: int) -> Group | None:
        """One group as it stands, None where it is unknown or long forgotten."""
        return self._all.get(group_id)

    def rows(self) -> list[dict[str, Any]]:
        """Groups as people look at them, newest first."""
        return [self._row(group) for group in reversed(self._all.values())]

    # -- commands ------------------------------------------------------------------------------------------------------

    def _place(self, command: groups.PlaceGroup, now: int) -> Iterator[Any]:
        known = next((one for one in self._all.values() if _same_key(one.asked, command)), None)
        if known is not None and known.asked == command:
            return
        reference = self._floor.last(command.plan.symbol) or ZERO
        fault = self._fault(command, reference)
        if known is not None:
            fault = f"key {command.key!r} belongs to group {known.id}, which is another one; expected: a new key"
        if fault:
            yield records.CommandRefused(command="PlaceGroup", text=fault, user=command.user[:200])
        else:
            yield groups.GroupPlaced(asked=command, reference=reference)

    def _fault(self, command: groups.PlaceGroup, reference: Decimal) -> str:
        listing = self._floor.listings.get(command.plan.symbol)
        if command.account != self._account:
            return f"account is {command.account[:40]!r}; expected: {self._account!r}"
        if listing is None:
            return f"symbol is {command.plan.symbol[:40]!r}; expected: {', '.join(self._floor.listings)}"
        if fault := _text_fault(command):
            return fault
        if killed := self._floor.orders.kills.over(_as_order(command)):
            fix = f"`parrot rearm` for {killed[0]}, then place it"
            return f"the kill switch of {killed[0]} is engaged; expected: no kill over the group; fix: {fix}"
        if len(self._open) >= _OPEN_MAX:
            return f"{_OPEN_MAX} groups are open; expected: fewer; fix: end some"
        if not reference:
            return f"{command.plan.symbol} has no valid price yet; expected: market data; fix: try again"
        return plan_fault(command.plan, listing, reference)

    def _amend(self, command: groups.AmendGroup, now: int) -> Iterator[Any]:
        group = self._open.get(command.group_id)
        fault = _amend_fault(group, command)
        if not fault and group is not None:
            fault = plan_fault(command.plan, self._floor.listings[command.plan.symbol], group.reference)
        if fault:
            yield records.CommandRefused(command="AmendGroup", text=fault, user=command.user[:200])
        elif group is not None and group.plan != command.plan:
            yield groups.GroupAmended(group_id=command.group_id, plan=command.plan, by=command.user)

    def _cancel(self, command: groups.CancelGroup, now: int) -> Iterator[Any]:
        group = self._open.get(command.group_id)
        if group is None:
            text = f"group {command.group_id} is not open; expected: an open group; fix: look at the groups"
            yield records.CommandRefused(command="CancelGroup", text=text, user=command.user[:200])
        elif not group.ending:
            yield from self._end([group], command.user or "user", command.why or "asked for", now)

    def _cancel_order(self, command: commands.CancelOrder, now: int) -> Iterator[Any]:
        place = self._places.get(command.order_id)
        group = self._open.get(place.group_id) if place is not None else None
        if place is not None and group is not None and group.rung(place.rung).order_id == command.order_id:
            why = command.why or "its order was withdrawn"
            yield groups.GroupRungStopped(group_id=group.id, rung=place.rung, why=why)

    def _cancel_all(self, command: commands.CancelAll, now: int) -> Iterator[Any]:
        found = [
            group
            for group in self._open.values()
            if command.strategy in ("", group.asked.strategy) and command.symbol in ("", group.plan.symbol)
        ]
        yield from self._end(found, command.user or "user", command.why or "asked for", now)

    def _end(self, found: Iterable[Group], by: str, why: str, now: int) -> Iterator[Any]:
        for group in list(found):
            if not group.ending:
                yield groups.GroupEnding(group_id=group.id, by=by, why=why)

    def _beat(self, _: commands.Beat, now: int) -> Iterator[Any]:
        for group in list(self._open.values()):
            yield from work.go_on(self._floor, group, now)

    # -- what others did -----------------------------------------------------------------------------------------------

    def _killed(self, entry: Entry, now: int) -> Iterator[Any]:
        scope = entry.record.scope
        found = [group for group in self._open.values() if covers(scope, _as_order(group.asked))]
        yield from self._end(found, "desk", f"kill switch of {scope}", now)

    def _strategy_stopped(self, entry: Entry, now: int) -> Iterator[Any]:
        found = [group for group in self._open.values() if group.asked.strategy == entry.record.strategy]
        yield from self._end(found, "desk", f"strategy stopped: {entry.record.reason}", now)

    # -- fold ----------------------------------------------------------------------------------------------------------

    def _placed(self, entry: Entry) -> None:
        asked: groups.PlaceGroup = entry.record.asked
        group = Group(id=entry.seq, asked=asked, plan=asked.plan, reference=entry.record.reference, placed=entry.ts)
        self._all[group.id] = self._open[group.id] = group

    def _amended(self, entry: Entry) -> None:
        self._all[entry.record.group_id].plan = entry.record.plan

    def _ending(self, entry: Entry) -> None:
        self._all[entry.record.group_id].ending = entry.record.why or "asked for"

    def _rung_stopped(self, entry: Entry) -> None:
        self._all[entry.record.group_id].rung(entry.record.rung).stopped = entry.record.why

    def _ended(self, entry: Entry) -> None:
        group_id = entry.record.group_id
        self._all[group_id].ended = entry.record.why or "asked for"
        self._open.pop(group_id, None)
        self._places = {order: place for order, place in self._places.items() if place.group_id != group_id}
        while len(self._all) > _KEPT:
            oldest = next(iter(group for group in self._all.values() if group.ended), None)
            if oldest is None:
                return
            del self._all[oldest.id]

    def _received(self, entry: Entry) -> None:
        record: records.OrderReceived = entry.record
        if record.group_id in self._open:
            rung = self._open[record.group_id].rung(record.rung)
            rung.order_id, rung.turns = entry.seq, rung.turns + 1
            self._places[entry.seq] = _Place(record.group_id, record.rung)
        elif place := self._places.get(record.parent):
            self._places[entry.seq] = place  # protection of what a place has opened

    def _filled(self, entry: Entry) -> None:
        place = self._places.get(entry.record.order_id)
        if place is None:
            return
        group = self._all[place.group_id]
        group.fill(place.rung, entry.record.fill, self._floor.listings[group.plan.symbol])
        if not entry.record.left:
            group.end(entry.record.order_id, place.rung, entry.ts, failed="")

    def _order_ended(self, entry: Entry) -> None:
        place = self._places.get(entry.record.order_id)
        if place is not None:
            why = getattr(entry.record, "reason", "") or getattr(entry.record, "text", "") or "it ended"
            self._all[place.group_id].end(entry.record.order_id, place.rung, entry.ts, failed=why)

    # -- state ---------------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Plain values, equal for equal records."""
        found = [msgspec.to_builtins(one, builtin_types=(Decimal,), str_keys=True) for one in self._all.values()]
        places = [[order, place.group_id, place.rung] for order, place in self._places.items()]
        return {"groups": found, "places": places}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of replaying every record up to a snapshot."""
        found = msgspec.convert(state["groups"], list[Group], strict=False)
        self._all = {group.id: group for group in found}
        self._open = {group.id: group for group in found if not group.ended}
        self._places = {order: _Place(group_id, rung) for order, group_id, rung in state["places"]}

    def _row(self, group: Group) -> dict[str, Any]:
        plan: dict[str, Any] = msgspec.to_builtins(group.plan)
        stopped = {str(number): rung.stopped for number, rung in sorted(group.rungs.items()) if rung.stopped}
        return {
            "group_id": group.id,
            "ts": group.placed,
            "strategy": group.asked.strategy,
            "key": group.asked.key,
            "symbol": group.plan.symbol,
            "form": plan["type"],
            "status": "ended" if group.ended else "ending" if group.ending else "working",
            "reason": group.ended or group.ending,
            "plan": plan,
            "round": group.round,
            "fills": group.fills,
            "held": plain(group.held),
            "cash": plain(group.cash),
            "orders": sorted(rung.order_id for rung in group.rungs.values() if rung.order_id),
            "stopped": stopped,
        }


def _same_key(one: groups.PlaceGroup, other: groups.PlaceGroup) -> bool:
    return (one.strategy, one.key) == (other.strategy, other.key)


def _as_order(asked: groups.PlaceGroup) -> SubmitOrder:
    """What scopes look at."""
    return SubmitOrder(
        strategy=asked.strategy,
        key=asked.key,
        symbol=asked.plan.symbol,
        side=commands.Side.BUY,
        quantity=asked.plan.quantity,
        account=asked.account,
        user=asked.user,
    )


def _text_fault(command: groups.PlaceGroup) -> str:
    as_order = SubmitOrder(
        strategy=command.strategy,
        key=f"{command.key}{' ' * 30}" if command.key else "",  # room for what its orders add to it
        symbol=command.plan.symbol,
        side=commands.Side.BUY,
        quantity=command.plan.quantity,
        account=command.account,
        user=command.user,
        why=command.why,
    )
    fault = text_fault(as_order)
    return fault.text if fault is not None else ""


def _amend_fault(group: Group | None, command: groups.AmendGroup) -> str:
    if group is None or group.ending:
        return f"group {command.group_id} is not open; expected: an open group; fix: look at the groups"
    fixed = ("symbol", "levels", "start", "side", "safety_orders", "limit", "stop")
    if type(command.plan) is not type(group.plan):
        return "a grid stays a grid, and a ladder a ladder; expected: a plan of the same form"
    for name in fixed:
        if getattr(command.plan, name, None) != getattr(group.plan, name, None):
            return f"{name} cannot be changed; expected: {getattr(group.plan, name)}; fix: end the group, place another"
    return ""

"""Risk as the gateway asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.app.platform.assemble import House
from parrot.app.platform.limit_changes import LimitChanges
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.shown import shown
from parrot.centers.approvals.manifest import Approvals
from parrot.centers.risk.manifest import RULES, TOLD, read_limits
from parrot.contracts import records
from parrot.contracts.approvals import ApprovalKept, Person
from parrot.contracts.commands import CancelAll, EngageKill, OrderKind, RearmKill, Side, SubmitOrder
from parrot.contracts.history import ActivityRow
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.gateway.rest.ports.history import HistoryDoor
from parrot.kernel.decimals import EXACT, ONE, down, multiply, share, up
from parrot.kernel.errors import InputError
from parrot.ports.history import Wanted

DRILL: Final = "drill"
MAIN: Final = "main"
_SCOPE: Final = f"strategy:{DRILL}"
_PAST: Final = ("kill_engaged", "kill_rearmed", "breaker_tripped", "limits_set")
_ROW: Final = msgspec.json.Decoder(ActivityRow)
_HALF: Final = Decimal("0.5")


def tree_of(house: House) -> dict[str, Any]:
    """The scopes with their limits, and what is stopped, as a question."""
    risk, now = house.components.risk, house.clock.now_ns()
    stopped = risk.stopped()
    told = [{"scope": scope, "reason": reason} for scope, reason in sorted(stopped.items())]
    return {"ts": now, "scopes": risk.sight.scopes(stopped, now), "stopped": told}


def exposures_of(house: House) -> Any:
    """What is held, as a question."""
    return house.components.risk.sight.exposures()


def stress_of(house: House) -> Any:
    """What a fall would cost, as a question."""
    return house.components.risk.sight.stress()


class RiskQuestions:
    """Answers of one running platform (gateway.rest.ports.risk.RiskDoor)."""

    def __init__(self, platform: Platform, changes: LimitChanges, history: HistoryDoor, now: Callable[[], int]) -> None:
        self._platform = platform
        self._changes = changes
        self._history = history
        self._now = now

    # -- looking ---------------------------------------------------------------------------------------------------

    def tree(self) -> dict[str, Any]:
        """The tree of scopes with their limits, what is stopped, and the rules that there are."""
        found: dict[str, Any] = shown(self._platform.read(tree_of))
        return found | {"rules": [{"rule": rule, "words": TOLD[rule]} for rule in RULES]}

    def exposures(self) -> dict[str, Any]:
        """What is held, by symbol, strategy and currency."""
        found: dict[str, Any] = shown(self._platform.read(exposures_of))
        return found

    def stress(self) -> dict[str, Any]:
        """What a fall of prices would cost."""
        found: dict[str, Any] = shown(self._platform.read(stress_of))
        return found

    def past(self, *, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Kills, breakers, re-arming and limits set, newest first; and where the next page begins, 0: nowhere."""
        rows: list[ActivityRow] = []
        for kind in _PAST:
            page = self._history.activity(Wanted(account=MAIN, kind=kind, after=after, limit=limit + 1))
            rows += [_ROW.decode(body) for body in page.rows]
        rows.sort(key=lambda row: -row.seq)
        more = len(rows) > limit
        return [shown(row) for row in rows[:limit]], rows[limit - 1].seq if more else 0

    # -- the kill switch's drill -----------------------------------------------------------------------------------

    def drill(self, *, by: str, source: str) -> dict[str, Any]:
        """Engages the kill switch on a strategy that does not exist, sends an order of it, and re-arms.

        Nothing else is stopped meanwhile. The order is one that could not be filled if the switch failed to hold it: a
        buy far below the market that may only rest; it is withdrawn then, and the drill has failed.
        """
        begun = self._now()
        steps = [self._step("engage", begun, self._ask(EngageKill(scope=_SCOPE, by=by, source=source, reason=DRILL)))]
        held = self._platform.read(lambda house: _SCOPE in house.components.risk.stopped())
        steps.append({"step": "hold", "passed": held, "text": f"{_SCOPE} is stopped" if held else "nothing is stopped"})
        steps.append(self._try_order(by))
        before = self._now()
        steps.append(self._step("re-arm", before, self._ask(RearmKill(scope=_SCOPE, by=by, reason=DRILL))))
        free = self._platform.read(lambda house: _SCOPE not in house.components.risk.stopped())
        steps.append({"step": "free", "passed": free, "text": f"{_SCOPE} may trade again" if free else "still stopped"})
        passed = all(step["passed"] for step in steps)
        return {
            "passed": passed,
            "scope": _SCOPE,
            "by": by,
            "ts": begun,
            "took_ns": self._now() - begun,
            "steps": steps,
        }

    def _try_order(self, by: str) -> dict[str, Any]:
        order = self._platform.read(lambda house: _harmless(house, by))
        if order is None:
            return {"step": "order", "passed": True, "text": "no order was tried: no price is known yet"}
        entries = self._ask(order)
        refusal = next((one.record for one in entries if isinstance(one.record, records.OrderRefused)), None)
        if refusal is not None and refusal.rule == "kill" and refusal.scope == _SCOPE:
            return {"step": "order", "passed": True, "text": f"an order was refused: {refusal.text}"}
        self._ask(CancelAll(strategy=DRILL, user=by, why=DRILL))
        told = refusal.text if refusal is not None else "an order left"
        return {"step": "order", "passed": False, "text": f"the switch did not hold it: {told}"}

    def _step(self, name: str, since: int, entries: list[Entry]) -> dict[str, Any]:
        refused = next((one.record.text for one in entries if isinstance(one.record, records.CommandRefused)), "")
        text = refused or f"durable after {(self._now() - since) // 1_000_000} ms"
        return {"step": name, "passed": not refused, "text": text}

    def _ask(self, command: Any) -> list[Entry]:
        return self._platform.ask(command)

    # -- limits ----------------------------------------------------------------------------------------------------

    def preview(self, scope: str, limits: Mapping[str, str]) -> dict[str, Any]:
        """What a change of limits would mean, and by rule what cannot be read: people ask while they type."""
        problems = _problems(scope, limits)
        if "scope" in problems:
            return {"scope": scope, "version": 0, "changes": [], "uses": [], "second": False, "problems": problems}
        readable = {rule: text for rule, text in limits.items() if rule not in problems}
        changes, uses, version = self._changes.preview(scope, readable)
        told = [change for change in changes if change.rule not in problems]
        return {
            "scope": scope,
            "version": version,
            "changes": [change._asdict() for change in told],
            "uses": shown(uses),
            "second": any(change.second for change in told),
            "problems": problems,
        }

    def put_limits(
        self, scope: str, limits: Mapping[str, str], *, by: Person, reason: str, version: int | None, alone: bool
    ) -> ApprovalKept | None:
        """Binds limits, or gives the request that waits for another person."""
        return self._changes.put(scope, limits, by=by, reason=reason, version=version, alone=alone)

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        """Agrees to a request about limits."""
        return self._changes.approve(number, by=by)

    def decline(self, number: str, *, by: Person, text: str) -> ApprovalKept:
        """Refuses it."""
        return self._changes.decline(number, by=by, text=text)

    def withdraw(self, number: str, *, by: Person) -> ApprovalKept:
        """Takes it back."""
        return self._changes.withdraw(number, by=by)


class ApprovalQuestions:
    """Requests of every kind (gateway.rest.ports.risk.ApprovalsDoor)."""

    def __init__(self, approvals: Approvals, now: Callable[[], int]) -> None:
        self._approvals = approvals
        self._now = now

    def get(self, number: str) -> ApprovalKept:
        """One request."""
        return self._approvals.get(number, self._now())

    def open(self) -> list[ApprovalKept]:
        """Those that wait, oldest first."""
        return self._approvals.open(self._now())

    def newest(self, *, before: str, limit: int) -> list[ApprovalKept]:
        """Newest first."""
        return self._approvals.newest(self._now(), before=before, limit=limit)


def _problems(scope: str, limits: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each rule, or with the scope."""
    found: dict[str, str] = {}
    try:
        read_limits(scope, {})
    except InputError as fault:
        found["scope"] = f"{fault.problem}; expected: {fault.expected}"
    for rule, text in limits.items():
        try:
            read_limits("firm", {rule: text})
        except InputError as fault:
            found[rule] = f"{fault.problem}; expected: {fault.expected}"
    return found


def _harmless(house: House, by: str) -> SubmitOrder | None:
    """The smallest order at half the price that may only rest; None while no price is known."""
    for listing in house.trading.venue.listings():
        mark = house.components.capital.price(listing.symbol)
        if mark is not None and mark > listing.tick:
            return _order(listing, mark, by, house.clock.now_ns())
    return None


def _order(listing: Listing, mark: Decimal, by: str, now: int) -> SubmitOrder:
    limit = max(down(multiply(mark, _HALF), listing.tick), listing.tick)
    least = share(listing.min_notional, part=ONE, of=limit, step=listing.lot) if listing.min_notional else listing.lot
    return SubmitOrder(
        strategy=DRILL,
        key=f"{DRILL}:{now}",
        symbol=listing.symbol,
        side=Side.BUY,
        quantity=up(max(EXACT.add(least, listing.lot), listing.min_quantity), listing.lot),
        kind=OrderKind.LIMIT,
        limit=limit,
        post_only=True,
        user=by,
        why="drill of the kill switch",
    )

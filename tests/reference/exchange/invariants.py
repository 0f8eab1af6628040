"""What must hold whatever happens: watched on events and state after every command."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.model import Model
from tests.reference.exchange.rows import EventRow, Row

E, K = w.Event, w.Mark
VISIBLE = (E.RESTED, E.TRADE, E.REFRESHED, E.REDUCED, E.PREVENTED, E.SHRUNK, E.AMENDED)


class Watch:
    """Follows one exchange's events; `look` raises AssertionError when a promise is broken. Ids must be unique."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rows: dict[int, Row] = {}
        self.accepted: set[int] = set()
        self.ended: set[int] = set()
        self.filled: dict[int, int] = {}
        self.positions: dict[tuple[int, int], int] = {}
        self.feed: dict[int, tuple[int, int, int, int]] = {}  # by handle: symbol, side, price, visible
        self.seq = 0

    def look(self, rows: list[Row], events: list[EventRow]) -> None:
        """After each command: its rows and the events that came."""
        self.rows.update({row.id: row for row in rows if row.kind == w.Command.ORDER})
        self.one_outcome(events)
        for event in events:
            if event.kind != E.REJECTED:
                self.seq += 1
                assert event.seq == self.seq, "M3: events are numbered without a gap"
                self.follow(event)
        self.money()
        self.books()

    def one_outcome(self, events: list[EventRow]) -> None:
        refused = sum(event.kind == E.REJECTED for event in events)
        assert refused == sum(result < 0 for result in self.model.results), "M2: a refusal is an event and a result"
        if refused == len(self.model.results):
            assert len(events) == refused, "M2: a refused command changes nothing"
        else:
            assert len(events) > refused, "M2: every command has an outcome"

    def follow(self, event: EventRow) -> None:
        if event.kind == E.ACCEPTED:
            assert event.id not in self.accepted, "M3: accepted twice"
            self.accepted.add(event.id)
        if event.kind in (E.FILLED, E.CANCELLED, E.EXPIRED) or (event.flags & K.MAKER_DONE and event.kind == E.TRADE):
            self.end(event.id)
        if event.kind == E.TRADE:
            if event.flags & K.TAKER_DONE:
                self.end(event.taker)
            self.traded(event)
        if event.kind in VISIBLE and self.rows[event.id].display:
            assert event.left <= self.rows[event.id].display, "M20: an iceberg shows more than its display"
        self.update_feed(event)

    def end(self, order: int) -> None:
        assert order in self.accepted, "M3: an order ended that was not accepted"
        assert order not in self.ended, "M3: an order ended twice"
        self.ended.add(order)
        row = self.rows[order]
        if row.tif == w.Tif.FOK:
            assert self.filled.get(order, 0) in (0, row.quantity), "M17: fill-or-kill filled in part"

    def traded(self, event: EventRow) -> None:
        maker, taker = self.rows[event.id], self.rows[event.taker]
        self.filled[event.id] = self.filled.get(event.id, 0) + event.quantity
        self.filled[event.taker] = self.filled.get(event.taker, 0) + event.quantity
        if not event.flags & K.AUCTION:
            self.in_turn(event)
            assert not taker.flags & (w.Flag.POST_ONLY | w.Flag.SLIDE), "M22: a post-only order took"
        signed = event.quantity if event.side == w.BUY else -event.quantity
        before = {owner: self.positions.get((owner, event.symbol), 0) for owner in (event.owner, event.taker_owner)}
        for owner, change in ((event.owner, signed), (event.taker_owner, -signed)):
            self.positions[owner, event.symbol] = self.positions.get((owner, event.symbol), 0) + change
        for row, owner in ((maker, event.owner), (taker, event.taker_owner)):
            after = self.positions[owner, event.symbol]
            if row.flags & w.Flag.REDUCE_ONLY:
                low, high = sorted((0, before[owner]))
                assert low <= after <= high, "M32: a reduce-only order flipped or grew a position"

    def in_turn(self, event: EventRow) -> None:
        """Whoever trades stands first at the best price."""
        queue = [(p, handle) for handle, (s, d, p, _) in self.feed.items() if (s, d) == (event.symbol, event.side)]
        best = (max if event.side == w.BUY else min)(price for price, _ in queue)
        assert (event.price, event.handle) == next(entry for entry in queue if entry[0] == best), "M16: out of turn"

    def update_feed(self, event: EventRow) -> None:
        """Rebuilds the book from events alone (M46)."""
        if event.kind == E.PHASE or not event.flags & K.IN_BOOK:
            return
        if event.kind in (E.RESTED, E.REFRESHED):
            self.feed.pop(event.handle, None)
            self.feed[event.handle] = (event.symbol, event.side, event.price, event.left)
        elif event.kind in (E.TRADE, E.REDUCED, E.PREVENTED, E.SHRUNK) or event.flags & K.KEPT:
            del_or_set(self.feed, event)
        else:
            self.feed.pop(event.handle, None)
        level = sum(v for s, d, p, v in self.feed.values() if (s, d, p) == (event.symbol, event.side, event.price))
        assert event.level == level, "M46: the level is not what the orders come to"

    def money(self) -> None:
        world = self.model.world
        for currency in range(world.currencies):
            held = sum(sum(self.model.balance(owner.number, currency)) for owner in world.owners)
            assert held + self.model.fees(currency) == world.supply.get(currency, 0), "M5: money came or went"
        locked: dict[tuple[int, int], int] = {}
        for lock in {id(order.lock): order.lock for order in world.live.values() if order.lock}.values():
            place = lock.orders[0].owner.number, lock.orders[0].gives
            locked[place] = locked.get(place, 0) + lock.amount
        for owner in world.owners:
            for currency, amount in owner.locked.items():
                assert amount == locked.get((owner.number, currency), 0), "M6: locked is not what the orders lock"
            for symbol, position in owner.positions.items():
                assert position == self.positions.get((owner.number, symbol), 0), "M10: positions are not the fills"
        assert {order.id for order in world.live.values()} == self.accepted - self.ended, "M3: an order got lost"

    def books(self) -> None:
        for symbol in self.model.world.symbols:
            bid, ask = symbol.best(w.BUY), symbol.best(w.SELL)
            if symbol.phase == w.Phase.CONTINUOUS and bid is not None and ask is not None:
                assert bid < ask, "M16: crossed in continuous trading"
            for side in (w.BUY, w.SELL):
                ours = [(order.handle, order.at, order.visible) for order in self.model.orders(symbol.number, side)]
                fed = [(h, p, v) for h, (s, d, p, v) in self.feed.items() if (s, d) == (symbol.number, side)]
                fed.sort(key=lambda entry: -entry[1] if side == w.BUY else entry[1])
                assert ours == fed, "M46: the feed rebuilds another book"


def del_or_set(feed: dict[int, tuple[int, int, int, int]], event: EventRow) -> None:
    """Sets what is visible of an order; at zero it is gone."""
    if event.left:
        feed[event.handle] = (event.symbol, event.side, event.price, event.left)
    else:
        feed.pop(event.handle, None)

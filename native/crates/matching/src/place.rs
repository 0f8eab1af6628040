//! Where an order is kept: into a level, out of it, aside, and its end.

use crate::engine::Engine;
use crate::records::Event;
use crate::slab::{NIL, State, Terms};
use crate::symbol::Level;
use crate::taker::Taker;
use crate::words::{BUY, EventKind, Reason, TimeInForce, mark};

impl Engine {
    /// What is left of an order, visible and hidden.
    #[inline]
    pub(crate) fn left(&self, slot: u32) -> i64 {
        let order = &self.orders[slot];
        order.visible.saturating_add(if order.terms == NIL { 0 } else { self.terms[order.terms].hidden })
    }

    /// The terms of an order; a plain limit order's where it has none of its own.
    pub(crate) fn terms_of(&self, slot: u32) -> Terms {
        let order = &self.orders[slot];
        if order.terms == NIL { Terms { lock: order.price, ..Terms::default() } } else { self.terms[order.terms] }
    }

    /// Gives a taker a slot of its own; it counts as an open order from now on.
    #[inline]
    pub(crate) fn keep(&mut self, taker: &mut Taker, state: State) -> u32 {
        let slot = self.orders.take();
        let order = &mut self.orders[slot];
        order.price = taker.limit;
        order.visible = taker.left;
        order.id = taker.id;
        order.quantity = taker.quantity;
        order.arrival = taker.arrival;
        order.owner = taker.owner;
        order.terms = taker.terms;
        order.symbol = taker.symbol;
        order.side = taker.side;
        order.state = state;
        taker.slot = slot;
        let seat = self.accounts.seat_mut(taker.owner, taker.symbol);
        seat.orders += 1;
        if taker.side == BUY {
            seat.buying += taker.left;
        }
        if taker.terms != NIL {
            self.keep_terms(taker);
        }
        slot
    }

    #[cold]
    fn keep_terms(&mut self, taker: &Taker) {
        let terms = self.terms[taker.terms];
        if terms.is_algo() {
            self.accounts.seat_mut(taker.owner, taker.symbol).algos += 1;
        }
        if terms.tif == TimeInForce::Gtd {
            self.expiries.insert((terms.expiry, taker.arrival, taker.slot));
        }
        if terms.is_peg() {
            let symbol = &mut self.symbols[usize::from(taker.symbol)];
            if symbol.pegs.is_empty() {
                symbol.pegged_at = [symbol.best_unpegged(0), symbol.best_unpegged(1)];
            }
            symbol.pegs.insert((taker.arrival, taker.slot));
            self.pegged.insert(taker.symbol);
        }
    }

    /// Puts what is left of an order at the tail of its level (`RESTED`).
    #[inline]
    pub(crate) fn rest(&mut self, slot: u32) {
        let mut left = self.orders[slot].visible;
        if self.orders[slot].terms != NIL {
            left = self.slice(slot);
        }
        let level = self.push(slot);
        let order = &self.orders[slot];
        self.emit(Event {
            id: order.id,
            handle: order.handle(slot),
            price: order.price,
            quantity: left,
            left: order.visible,
            level,
            owner: order.owner,
            symbol: order.symbol,
            kind: EventKind::Rested as u8,
            side: order.side,
            flags: mark::IN_BOOK,
            ..Event::default()
        });
    }

    /// Parts an iceberg's left into what shows and what does not; says how much it is in all.
    #[cold]
    fn slice(&mut self, slot: u32) -> i64 {
        let order = &mut self.orders[slot];
        let terms = &mut self.terms[order.terms];
        let left = order.visible + terms.hidden;
        order.visible = if terms.display == 0 { left } else { left.min(terms.display) };
        terms.hidden = left - order.visible;
        left
    }

    /// Appends an order to the queue at its price; says what is visible there then.
    #[inline]
    pub(crate) fn push(&mut self, slot: u32) -> i64 {
        let order = &mut self.orders[slot];
        order.state = State::Book;
        order.next = NIL;
        let (side, visible, price, terms) = (order.side, order.visible, order.price, order.terms);
        let symbol = &mut self.symbols[usize::from(order.symbol)];
        let key = symbol.key(side, price);
        let pegged = terms != NIL && self.terms[terms].is_peg();
        let (tail, level) = symbol.side_mut(side).update(key, |level| {
            level.pegs += u32::from(pegged);
            level.append(slot, visible)
        });
        self.orders[slot].prev = tail;
        if tail != NIL {
            self.orders[tail].next = slot;
        }
        level
    }

    /// Takes an order out of the queue at its price; says what is visible there then.
    #[inline]
    pub(crate) fn pull(&mut self, slot: u32) -> i64 {
        let order = self.orders[slot];
        let symbol = &mut self.symbols[usize::from(order.symbol)];
        let key = symbol.key(order.side, order.price);
        let pegged = order.terms != NIL && self.terms[order.terms].is_peg();
        let level = symbol.side_mut(order.side).update(key, |level| {
            level.pegs -= u32::from(pegged);
            level.remove(&order)
        });
        self.orders.unlink(&order);
        level
    }

    /// Takes `quantity` off what a level shows; says what it shows then.
    pub(crate) fn lower(&mut self, slot: u32, quantity: i64) -> i64 {
        let order = &self.orders[slot];
        let (side, price) = (order.side, order.price);
        let symbol = &mut self.symbols[usize::from(order.symbol)];
        let key = symbol.key(side, price);
        symbol.side_mut(side).update(key, |level: &mut Level| {
            level.visible -= quantity;
            level.visible
        })
    }

    /// Moves an order out of wherever it is; in the book: the price and what is visible there then.
    pub(crate) fn leave(&mut self, slot: u32) -> Option<(i64, i64)> {
        let order = self.orders[slot];
        match order.state {
            State::Book => {
                let level = self.pull(slot);
                Some((order.price, level))
            }
            State::Waiting => {
                let terms = self.terms[order.terms];
                self.symbols[usize::from(order.symbol)].forget(slot, order.arrival, order.side, &terms);
                None
            }
            _ => None,
        }
    }

    /// An event about an order that may stand in the book: `place` is what [`Engine::leave`] said.
    pub(crate) fn tell(
        &mut self,
        slot: u32,
        kind: EventKind,
        reason: Reason,
        quantity: i64,
        place: Option<(i64, i64)>,
    ) {
        let order = &self.orders[slot];
        let (price, level) = place.unwrap_or_default();
        self.emit(Event {
            id: order.id,
            handle: order.handle(slot),
            price,
            quantity,
            level,
            owner: order.owner,
            symbol: order.symbol,
            kind: kind as u8,
            side: order.side,
            reason: reason as u8,
            flags: if place.is_some() { mark::IN_BOOK } else { 0 },
            ..Event::default()
        });
    }

    /// Stands an order aside until it may enter the book (`ASIDE`).
    pub(crate) fn set_aside(&mut self, slot: u32) {
        let place = self.leave(slot);
        self.orders[slot].state = State::Aside;
        let left = self.left(slot);
        self.tell(slot, EventKind::Aside, Reason::None, left, place);
    }

    /// Ends a kept order that is not filled, with all that follows for its list.
    pub(crate) fn end(&mut self, slot: u32, kind: EventKind, reason: Reason) {
        let place = self.leave(slot);
        let left = self.left(slot);
        self.unlock_order(slot);
        self.tell(slot, kind, reason, left, place);
        self.drop_order(slot, reason);
    }

    /// Forgets an order that has ended: its seat, terms, slot and place in its list.
    pub(crate) fn drop_order(&mut self, slot: u32, reason: Reason) {
        let order = self.orders[slot];
        let left = self.left(slot);
        let seat = self.accounts.seat_mut(order.owner, order.symbol);
        seat.orders -= 1;
        if order.side == BUY {
            seat.buying -= left;
        }
        self.orders.give_back(slot);
        if order.terms != NIL {
            let list = self.drop_terms(order.terms, slot);
            if list != NIL {
                self.leg_ended(list, slot, order.quantity - left, reason);
            }
        }
    }

    /// Forgets the terms of an order that has ended; says which list it was in.
    fn drop_terms(&mut self, row: u32, slot: u32) -> u32 {
        let terms = self.terms[row];
        let order = self.orders[slot];
        if terms.is_algo() {
            self.accounts.seat_mut(order.owner, order.symbol).algos -= 1;
        }
        if terms.tif == TimeInForce::Gtd {
            self.expiries.remove(&(terms.expiry, order.arrival, slot));
        }
        if terms.is_peg() {
            let symbol = &mut self.symbols[usize::from(order.symbol)];
            symbol.pegs.remove(&(order.arrival, slot));
            if symbol.pegs.is_empty() {
                self.pegged.remove(&order.symbol);
            }
        }
        self.terms.remove(row);
        terms.list
    }

    /// Takes quantity off a kept order without a trade, hidden first; says what is visible and the level then.
    pub(crate) fn cut(&mut self, slot: u32, quantity: i64) -> Option<(i64, i64)> {
        let order = &mut self.orders[slot];
        order.quantity -= quantity;
        let hidden = if order.terms == NIL { 0 } else { self.terms[order.terms].hidden.min(quantity) };
        order.visible -= quantity - hidden;
        let (owner, symbol, side, state, price) = (order.owner, order.symbol, order.side, order.state, order.price);
        if hidden > 0 {
            let row = order.terms;
            self.terms[row].hidden -= hidden;
        }
        if side == BUY {
            self.accounts.seat_mut(owner, symbol).buying -= quantity;
        }
        (state == State::Book).then(|| (price, self.lower(slot, quantity - hidden)))
    }

    /// Shrinks an order by what must go without a trade (`SHRUNK`), or ends it when that is all.
    pub(crate) fn shrink(&mut self, slot: u32, quantity: i64, reason: Reason) {
        let left = self.left(slot);
        if quantity >= left {
            self.end(slot, EventKind::Cancelled, reason);
            return;
        }
        self.unlock_part(slot, quantity);
        let place = self.cut(slot, quantity);
        self.tell(slot, EventKind::Shrunk, reason, quantity, place);
        let visible = if place.is_some() { self.orders[slot].visible } else { 0 };
        if let Some(event) = self.events.last_mut() {
            event.left = visible;
        }
        if let Some(list) = self.shared_lock(slot) {
            self.relock(list, slot);
        }
    }
}

//! Changes of an order (rules M38, M39).

use crate::admit::{check_prices, check_quantity, check_worth, fits, passive};
use crate::engine::Engine;
use crate::fields::SLICES_MAX;
use crate::records::Command;
use crate::slab::{NIL, State, Terms};
use crate::symbol::Symbol;
use crate::words::{BUY, EventKind, OrderType, Phase, Reason, SelfTrade, flag, mark};

/// An order's values as they would be.
#[derive(Clone, Copy)]
struct Change {
    price: i64,
    quantity: i64,
    trigger: i64,
    /// Visible and hidden.
    left: i64,
    lock: i64,
    stp: SelfTrade,
}

impl Engine {
    pub(crate) fn amend(&mut self, command: &Command) -> Result<u64, Reason> {
        let slot = self.owned(command)?;
        let mut change = self.check_amendment(slot, command)?;
        let waits = self.orders[slot].state != State::Book;
        self.check_amended_values(slot, &mut change)?;
        let kept = waits || change.price == self.orders[slot].price && change.left <= self.left(slot);
        self.relock_amended(slot, &change)?;
        if kept {
            self.amend_in_place(slot, &change);
        } else {
            self.amend_and_enter(slot, &change);
        }
        Ok(0)
    }

    /// What rule M38 asks of the command itself.
    fn check_amendment(&self, slot: u32, command: &Command) -> Result<Change, Reason> {
        let order = &self.orders[slot];
        let terms = self.terms_of(slot);
        if terms.list != NIL {
            return Err(Reason::Listed);
        }
        match self.phase_of(order.symbol) {
            Phase::Closed => return Err(Reason::MarketClosed),
            Phase::Halted => return Err(Reason::MarketHalted),
            _ => {}
        }
        let stp = SelfTrade::from_code(command.stp).ok_or(Reason::InvalidStp)?;
        let unpriced = terms.is_peg() || terms.is_algo() && terms.limit == 0;
        if command.price != 0 && unpriced {
            return Err(Reason::InvalidPrice);
        }
        if command.trigger != 0 && (!terms.is_algo() || terms.order == OrderType::Trailing) {
            return Err(Reason::InvalidTrigger);
        }
        if command.price < 0 {
            return Err(Reason::InvalidPrice);
        }
        if command.trigger < 0 {
            return Err(Reason::InvalidTrigger);
        }
        let quantity = if command.quantity == 0 { order.quantity } else { command.quantity };
        let left = quantity.checked_sub(order.quantity - self.left(slot)).unwrap_or(0);
        if command.quantity < 0 || left <= 0 || terms.display != 0 && bad_slices(command.quantity, terms.display) {
            return Err(Reason::InvalidQuantity);
        }
        let price = if command.price == 0 { order.price } else { command.price };
        let trigger = if command.trigger == 0 { terms.trigger } else { command.trigger };
        Ok(Change { price, quantity, trigger, left, lock: 0, stp })
    }

    /// Filters, position, triggers, post-only; then the price at which a buy would lock.
    fn check_amended_values(&self, slot: u32, change: &mut Change) -> Result<(), Reason> {
        let order = &self.orders[slot];
        let terms = self.terms_of(slot);
        let symbol = &self.symbols[usize::from(order.symbol)];
        let priced = !(terms.is_peg() || terms.is_algo() && terms.limit == 0);
        let limit = if priced { change.price } else { terms.limit };
        let trailing = terms.order == OrderType::Trailing;
        let trigger = if terms.is_algo() && !trailing { change.trigger } else { 0 };
        check_prices(symbol, limit, trigger, 0)?;
        check_quantity(symbol, change.quantity)?;
        check_worth(symbol, order.side, change.quantity, (limit, trigger), false, terms.is_peg())?;
        let more = change.left - self.left(slot);
        if order.side == BUY && more > 0 {
            self.check_position(order.symbol, order.owner, more)?;
        }
        let level = if trailing { terms.trigger } else { trigger };
        if level != 0 && symbol.reached(terms.rises(order.side), level) {
            return Err(Reason::WouldTrigger);
        }
        if terms.has(flag::POST_ONLY | flag::SLIDE) && symbol.phase == Phase::Continuous {
            change.price = passive(symbol, order.side, change.price, terms.has(flag::SLIDE))?;
            fits(symbol, change.quantity, change.price)?;
        }
        change.lock = match terms {
            Terms { order: OrderType::Trailing, limit: 0, lock, .. } => lock,
            _ if trigger != 0 && terms.limit == 0 => trigger,
            _ if terms.is_peg() => terms.limit,
            _ => change.price,
        };
        Ok(())
    }

    /// Locks the difference, or unlocks it.
    fn relock_amended(&mut self, slot: u32, change: &Change) -> Result<(), Reason> {
        let order = &self.orders[slot];
        let symbol = &self.symbols[usize::from(order.symbol)];
        let currency = symbol.pays(order.side);
        let per_unit = if order.side == BUY { symbol.quote_unit } else { symbol.base_unit };
        let lock = if order.side == BUY { change.lock } else { 1 };
        let need = change.left.checked_mul(lock).and_then(|value| value.checked_mul(per_unit));
        let need = need.ok_or(Reason::InsufficientBalance)?;
        let now = self.need(order.symbol, order.side, self.left(slot), self.terms_of(slot).lock);
        let owner = order.owner;
        if need > now {
            self.accounts.lock(owner, currency, need - now)
        } else {
            self.accounts.unlock(owner, currency, now - need);
            Ok(())
        }
    }

    /// Sets what the locks and seats know of an order to its new values.
    fn set_values(&mut self, slot: u32, change: &Change) {
        let more = change.left - self.left(slot);
        let order = &mut self.orders[slot];
        order.quantity = change.quantity;
        if order.side == BUY {
            self.accounts.seat_mut(order.owner, order.symbol).buying += more;
        }
        let (row, side) = (order.terms, order.side);
        if row != NIL {
            let terms = &mut self.terms[row];
            if !terms.is_peg() && terms.limit != 0 {
                terms.limit = change.price;
            }
            if side == BUY {
                terms.lock = change.lock;
            }
        }
    }

    /// Keeps its place: the book shows less, hidden first; orders that wait just change.
    fn amend_in_place(&mut self, slot: u32, change: &Change) {
        let fewer = self.left(slot) - change.left;
        self.set_values(slot, change);
        let order = self.orders[slot];
        let place = if order.state == State::Book {
            let hidden = if order.terms == NIL { 0 } else { self.terms[order.terms].hidden.min(fewer) };
            self.orders[slot].visible -= fewer - hidden;
            if hidden > 0 {
                self.terms[order.terms].hidden -= hidden;
            }
            Some((order.price, self.lower(slot, fewer - hidden)))
        } else {
            self.amend_waiting(slot, change);
            None
        };
        self.tell(slot, EventKind::Amended, Reason::None, change.left, place);
        let visible = if place.is_some() { self.orders[slot].visible } else { 0 };
        if let Some(event) = self.events.last_mut() {
            event.flags |= mark::KEPT;
            event.left = visible;
        }
    }

    fn amend_waiting(&mut self, slot: u32, change: &Change) {
        let order = self.orders[slot];
        let terms = self.terms[order.terms];
        let waits = order.state == State::Waiting;
        if waits {
            self.symbols[usize::from(order.symbol)].forget(slot, order.arrival, order.side, &terms);
        }
        self.terms[order.terms].hidden = 0;
        self.terms[order.terms].trigger = change.trigger;
        (self.orders[slot].visible, self.orders[slot].price) = (change.left, change.price);
        if waits {
            self.wait(slot);
        }
    }

    /// Leaves its level and enters again at the new price.
    fn amend_and_enter(&mut self, slot: u32, change: &Change) {
        let place = self.leave(slot);
        self.tell(slot, EventKind::Amended, Reason::None, change.left, place);
        self.set_values(slot, change);
        let order = &mut self.orders[slot];
        (order.price, order.visible, order.state) = (change.price, change.left, State::Taking);
        let (row, number) = (order.terms, order.symbol);
        if row != NIL {
            self.terms[row].hidden = 0;
        }
        let symbol: &Symbol = &self.symbols[usize::from(number)];
        if symbol.phase != Phase::Continuous {
            self.rest(slot);
        } else if row != NIL && self.terms[row].is_peg() {
            self.orders[slot].state = State::Aside;
            self.price_peg(slot, true);
        } else {
            self.enter_amended(slot, change.stp);
        }
    }

    fn enter_amended(&mut self, slot: u32, stp: SelfTrade) {
        let mut taker = self.taker_of(slot);
        taker.stp = stp;
        if self.terms_of(slot).has(flag::REDUCE_ONLY) {
            taker.cap = self.reducible(taker.owner, taker.symbol, taker.side);
        }
        self.enter(&mut taker);
    }
}

/// Is a new quantity too small or too large for an iceberg's display? 0 is none named.
fn bad_slices(quantity: i64, display: i64) -> bool {
    quantity != 0 && (quantity <= display || quantity / display > SLICES_MAX)
}

//! Orders end on request: one, many, or with their owner's connection (rule M37); and by their time (rule M45).

use std::hint::select_unpredictable;

use crate::engine::Engine;
use crate::records::{Command, Event};
use crate::slab::{NIL, Order, State};
use crate::words::{BOTH, BUY, EVERY_SYMBOL, EventKind, Reason, flag, mark};

impl Engine {
    /// The live order of a handle, if it is the owner's.
    #[inline]
    pub(crate) fn owned(&self, command: &Command) -> Result<u32, Reason> {
        let slot = self.orders.find(command.handle).ok_or(Reason::UnknownOrder)?;
        if self.orders[slot].owner == command.owner { Ok(slot) } else { Err(Reason::NotOwner) }
    }

    #[inline]
    pub(crate) fn cancel(&mut self, command: &Command) -> Result<u64, Reason> {
        let slot = self.owned(command)?;
        let order = self.orders[slot];
        if order.terms == NIL && order.state == State::Book {
            self.cancel_plain(slot, &order);
        } else {
            self.end(slot, EventKind::Cancelled, Reason::Requested);
        }
        Ok(0)
    }

    /// As [`Engine::end`], for a plain limit order in the book.
    #[inline]
    fn cancel_plain(&mut self, slot: u32, order: &Order) {
        let symbol = &mut self.symbols[usize::from(order.symbol)];
        let key = symbol.key(order.side, order.price);
        let level = symbol.side_mut(order.side).update(key, |level| level.remove(order));
        let buys = order.side == BUY;
        let per_unit = select_unpredictable(buys, order.price * symbol.quote_unit, symbol.base_unit);
        let currency = symbol.pays(order.side);
        self.orders.unlink(order);
        self.accounts.unlock(order.owner, currency, order.visible * per_unit);
        let seat = self.accounts.seat_mut(order.owner, order.symbol);
        seat.orders -= 1;
        seat.buying -= select_unpredictable(buys, order.visible, 0);
        self.emit(Event {
            id: order.id,
            handle: order.handle(slot),
            price: order.price,
            quantity: order.visible,
            level,
            owner: order.owner,
            symbol: order.symbol,
            kind: EventKind::Cancelled as u8,
            side: order.side,
            reason: Reason::Requested as u8,
            flags: mark::IN_BOOK,
            ..Event::default()
        });
        self.orders.give_back(slot);
    }

    pub(crate) fn mass_cancel(&mut self, command: &Command) -> Result<u64, Reason> {
        self.check_owner(command.owner)?;
        if command.symbol != EVERY_SYMBOL {
            self.check_symbol(command.symbol)?;
        }
        if command.side > BOTH {
            return Err(Reason::InvalidSide);
        }
        let meant = |order: &Order| {
            order.owner == command.owner
                && (command.symbol == EVERY_SYMBOL || order.symbol == command.symbol)
                && (command.side == BOTH || order.side == command.side)
        };
        let chosen = self.chosen(meant);
        let count = self.end_all(&chosen, EventKind::Cancelled, Reason::Mass);
        self.done(command, count);
        Ok(0)
    }

    pub(crate) fn disconnect(&mut self, command: &Command) -> Result<u64, Reason> {
        self.check_owner(command.owner)?;
        let chosen = self.chosen(|order| {
            order.owner == command.owner && order.terms != NIL && self.terms[order.terms].has(flag::ON_DISCONNECT)
        });
        let count = self.end_all(&chosen, EventKind::Cancelled, Reason::Disconnected);
        self.done(command, count);
        Ok(0)
    }

    pub(crate) fn set_time(&mut self, command: &Command) -> Result<u64, Reason> {
        if command.expiry < self.now {
            return Err(Reason::TimeBackward);
        }
        self.now = command.expiry;
        let due = self.expiries.range(..=(self.now, u64::MAX, u32::MAX));
        let due: Vec<u64> = due.map(|&(_, _, slot)| self.orders[slot].handle(slot)).collect();
        self.end_all(&due, EventKind::Expired, Reason::Gtd);
        self.done(command, 0);
        Ok(0)
    }

    /// Handles of all live orders that `meant` names, by acceptance.
    pub(crate) fn chosen(&self, meant: impl Fn(&Order) -> bool) -> Vec<u64> {
        let live = self.orders.slots.iter().enumerate();
        let mut found: Vec<(u64, u64)> = live
            .filter(|(_, order)| order.state != State::Free && meant(order))
            .map(|(slot, order)| (order.arrival, order.handle(slot as u32)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, handle)| handle).collect()
    }

    /// Ends those of the orders that are still alive at their turn; says how many that were.
    pub(crate) fn end_all(&mut self, handles: &[u64], kind: EventKind, reason: Reason) -> usize {
        let mut count = 0;
        for &handle in handles {
            if let Some(slot) = self.orders.find(handle) {
                self.end(slot, kind, reason);
                count += 1;
            }
        }
        count
    }
}

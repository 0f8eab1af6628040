//! Orders that wait for the last price: stops, touches, trailing stops (rules M26 to M29).

use crate::admit::trail_from;
use crate::engine::Engine;
use crate::slab::State;
use crate::words::{BUY, EventKind, OrderType, Phase, Reason, flag};

impl Engine {
    /// Trailing stops follow a trade (rule M27).
    pub(crate) fn move_trailing(&mut self, number: u16) {
        let symbol = &self.symbols[usize::from(number)];
        let last = symbol.last;
        for &(_, slot) in &symbol.triggers.trailing {
            let order = &self.orders[slot];
            let terms = &mut self.terms[order.terms];
            let better = if order.side == BUY { last < terms.best } else { last > terms.best };
            if better {
                terms.best = last;
                terms.trigger = trail_from(order.side, last, terms.trail, terms.has(flag::PERCENT));
            }
        }
    }

    /// Orders whose trigger the last price has reached, by acceptance.
    pub(crate) fn reached_by_last(&self, number: u16) -> Vec<u32> {
        let symbol = &self.symbols[usize::from(number)];
        let triggers = &symbol.triggers;
        let up = triggers.up.range(..=(symbol.last, u64::MAX, u32::MAX)).map(|&(_, arrival, slot)| (arrival, slot));
        let down = triggers.down.range((symbol.last, 0, 0)..).map(|&(_, arrival, slot)| (arrival, slot));
        let trailing = triggers.trailing.iter().copied().filter(|&(_, slot)| {
            let order = &self.orders[slot];
            symbol.reached(order.side == BUY, self.terms[order.terms].trigger)
        });
        let mut reached: Vec<(u64, u32)> = up.chain(down).chain(trailing).collect();
        reached.sort_unstable();
        reached.into_iter().map(|(_, slot)| slot).collect()
    }

    /// At the start of continuous trading everything that the last price has reached queues (rule M29).
    pub(crate) fn queue_reached(&mut self, number: u16) {
        if self.symbols[usize::from(number)].last == 0 {
            return;
        }
        for slot in self.reached_by_last(number) {
            self.queue_trigger(slot);
        }
    }

    /// A queued order's turn: it enters as a taker, or waits on when trading has stopped (rule M28).
    pub(crate) fn trigger(&mut self, handle: u64) {
        let Some(slot) = self.orders.find(handle).filter(|&slot| self.orders[slot].state == State::Queued) else {
            return;
        };
        if self.phase_of(self.orders[slot].symbol) != Phase::Continuous {
            self.wait(slot);
            return;
        }
        self.fire(slot);
    }

    /// Triggers an order and lets it enter.
    pub(crate) fn fire(&mut self, slot: u32) {
        let order = self.orders[slot];
        self.accounts.seat_mut(order.owner, order.symbol).algos -= 1;
        let terms = &mut self.terms[order.terms];
        let level = terms.trigger;
        let priced = terms.limit != 0;
        terms.order = if priced { OrderType::Limit } else { OrderType::Market };
        let left = self.left(slot);
        self.tell(slot, EventKind::Triggered, Reason::None, left, None);
        if let Some(event) = self.events.last_mut() {
            event.price = level;
        }
        if !priced && order.side == BUY {
            self.give_up_lock(slot);
        }
        self.enter_kept(slot);
    }

    /// A buy without a price pays from what is free from now on; the other leg of its list is cancelled (rule M35).
    fn give_up_lock(&mut self, slot: u32) {
        let (list, mate) = (self.shared_lock(slot), self.mate(slot));
        if list.is_none() {
            self.unlock_order(slot);
        }
        let row = self.orders[slot].terms;
        self.terms[row].lock = 0;
        match (mate, list) {
            (Some((_, mate)), _) => self.end(mate, EventKind::Cancelled, Reason::Oco),
            (None, Some(list)) => self.relock(list, slot),
            _ => {}
        }
    }
}

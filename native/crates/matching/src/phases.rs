//! Phases of a symbol's trading and what each change brings (rules M40, M41).

use crate::admit::passive;
use crate::engine::Engine;
use crate::records::{Command, Event};
use crate::slab::{NIL, Order, State};
use crate::words::{EventKind, Phase, Reason, TimeInForce, flag};

impl Engine {
    pub(crate) fn change_phase(&mut self, command: &Command) -> Result<u64, Reason> {
        self.check_symbol(command.symbol)?;
        let number = command.symbol;
        let next = Phase::from_code(command.order).ok_or(Reason::InvalidPhase)?;
        let before = self.phase_of(number);
        if next == before {
            return Err(Reason::InvalidPhase);
        }
        if next == Phase::Continuous || (before, next) == (Phase::Closing, Phase::Closed) {
            self.uncross(number);
        }
        match before {
            Phase::Opening => self.expire(number, &[TimeInForce::AtOpen], Reason::AuctionOver),
            Phase::Closing => self.expire(number, &[TimeInForce::AtClose], Reason::AuctionOver),
            _ => {}
        }
        self.set_phase(number, next, Reason::None);
        match next {
            Phase::Closed => self.expire(number, &[TimeInForce::Day, TimeInForce::AtClose], Reason::EndOfDay),
            Phase::Opening | Phase::Closing => self.step_aside(number),
            Phase::Continuous => self.resume(number),
            Phase::Halted => {}
        }
        if next == Phase::Closing {
            self.enter_closing_call(number);
        }
        Ok(0)
    }

    /// Sets the phase and says so.
    pub(crate) fn set_phase(&mut self, number: u16, phase: Phase, reason: Reason) {
        self.symbols[usize::from(number)].phase = phase;
        self.emit(Event {
            price: phase as i64,
            symbol: number,
            kind: EventKind::Phase as u8,
            reason: reason as u8,
            ..Event::default()
        });
    }

    /// Live orders of a symbol that `meant` names, by acceptance.
    fn of_symbol(&self, number: u16, meant: impl Fn(&Order) -> bool) -> Vec<u64> {
        self.chosen(|order| order.symbol == number && meant(order))
    }

    fn expire(&mut self, number: u16, tifs: &[TimeInForce], reason: Reason) {
        let due = self.of_symbol(number, |order| order.terms != NIL && tifs.contains(&self.terms[order.terms].tif));
        self.end_all(&due, EventKind::Expired, reason);
    }

    /// Does an order stay out of calls: reduce-only, pegged, or a leg?
    fn avoids_calls(&self, order: &Order) -> bool {
        if order.terms == NIL {
            return false;
        }
        let terms = &self.terms[order.terms];
        terms.has(flag::REDUCE_ONLY) || terms.is_peg() || terms.list != NIL
    }

    fn step_aside(&mut self, number: u16) {
        for handle in self.of_symbol(number, |order| order.state == State::Book && self.avoids_calls(order)) {
            if let Some(slot) = self.orders.find(handle) {
                self.set_aside(slot);
            }
        }
    }

    fn enter_closing_call(&mut self, number: u16) {
        let enters = |order: &Order| {
            order.state == State::Aside
                && !self.avoids_calls(order)
                && self.terms[order.terms].tif == TimeInForce::AtClose
        };
        for handle in self.of_symbol(number, enters) {
            if let Some(slot) = self.orders.find(handle) {
                self.rest(slot);
            }
        }
    }

    /// Continuous trading begins: orders that the last price has reached queue, orders aside enter.
    fn resume(&mut self, number: u16) {
        self.queue_reached(number);
        let enters = |order: &Order| {
            let terms = &self.terms[order.terms];
            order.state == State::Aside && !terms.is_peg() && terms.tif != TimeInForce::AtClose
        };
        for handle in self.of_symbol(number, enters) {
            let slot = self.orders.find(handle).filter(|&slot| self.orders[slot].state == State::Aside);
            match slot {
                Some(slot) if self.phase_of(number) == Phase::Continuous => self.come_back(slot),
                _ => {}
            }
        }
        self.symbols[usize::from(number)].pegged_at = [-1; 2];
    }

    /// An order aside enters; one that must not take and would is cancelled.
    fn come_back(&mut self, slot: u32) {
        let order = self.orders[slot];
        let passive_only = self.terms[order.terms].has(flag::POST_ONLY | flag::SLIDE);
        let symbol = &self.symbols[usize::from(order.symbol)];
        if passive_only && passive(symbol, order.side, order.price, false).is_err() {
            self.end(slot, EventKind::Cancelled, Reason::WouldTake);
        } else {
            self.enter_kept(slot);
        }
    }
}

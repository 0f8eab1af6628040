//! An accepted order's entry: into the market as a taker, or into a place to wait.

use crate::admit::{Earlier, plain_taker};
use crate::engine::Engine;
use crate::fields::{Words, is_plain};
use crate::records::{Command, Event};
use crate::slab::{NIL, State, Terms};
use crate::taker::{Halt, Taker};
use crate::words::{BUY, EventKind, Limit, OrderType, Phase, Reason, SELL, TimeInForce, flag};

impl Engine {
    /// A new order: checked, accepted, entered; says its handle where it is kept.
    #[inline]
    pub(crate) fn new_order(&mut self, command: &Command) -> Result<u64, Reason> {
        if let Some(handle) = self.plain_order(command) {
            return Ok(handle);
        }
        self.general_order(command)
    }

    /// The general way of an order: every check in its turn.
    #[inline(never)]
    fn general_order(&mut self, command: &Command) -> Result<u64, Reason> {
        let words = self.check_form(command)?;
        if !is_plain(command, words) {
            return self.special_order(command, words);
        }
        let lock = self.admit_plain(command, words)?;
        self.arrivals += 1;
        let mut taker = plain_taker(command, words);
        taker.arrival = self.arrivals;
        taker.lock = lock;
        self.lock_taker(&taker);
        self.accepted(&taker, command.price, 0);
        Ok(self.arrive(&mut taker))
    }

    #[cold]
    #[inline(never)]
    fn special_order(&mut self, command: &Command, words: Words) -> Result<u64, Reason> {
        let (mut taker, terms) = self.admit_leg(command, words, false, Earlier::default())?;
        self.arrivals += 1;
        taker.arrival = self.arrivals;
        self.lock_taker(&taker);
        taker.terms = self.terms.add(terms);
        Ok(self.place_special(command, &mut taker, &terms))
    }

    /// Locks what a new order needs; admission has seen that it is there.
    #[inline]
    pub(crate) fn lock_taker(&mut self, taker: &Taker) {
        if taker.side != BUY && !taker.quote || taker.lock != 0 {
            let need = self.need(taker.symbol, taker.side, taker.left, taker.lock);
            let currency = self.symbols[usize::from(taker.symbol)].pays(taker.side);
            let balance = self.accounts.balance_mut(taker.owner, currency);
            balance.free -= need;
            balance.locked += need;
        }
    }

    /// A plain order, or a special one that enters like one.
    #[inline]
    fn arrive(&mut self, taker: &mut Taker) -> u64 {
        if self.phase_of(taker.symbol) == Phase::Continuous {
            return self.enter(taker);
        }
        let slot = self.keep(taker, State::Taking);
        self.rest(slot);
        self.orders[slot].handle(slot)
    }

    /// An order with terms of its own: waits for its trigger, is pegged, stands aside, or enters.
    fn place_special(&mut self, command: &Command, taker: &mut Taker, terms: &Terms) -> u64 {
        let phase = self.phase_of(taker.symbol);
        let aside = terms.tif == TimeInForce::AtClose && phase != Phase::Closing
            || phase != Phase::Continuous && terms.has(flag::REDUCE_ONLY);
        let waits = terms.is_algo();
        let fixed = terms.order == OrderType::Limit && command.order != OrderType::MarketToLimit as u8;
        let price = if fixed || terms.tif >= TimeInForce::AtOpen { taker.limit } else { command.price };
        if !(waits || terms.is_peg() || aside) {
            self.accepted(taker, price, 0);
            return self.arrive(taker);
        }
        let slot = self.keep(taker, if waits { State::Waiting } else { State::Aside });
        let handle = self.orders[slot].handle(slot);
        self.accepted(taker, price, handle);
        if waits {
            self.wait(slot);
        } else if terms.is_peg() && phase == Phase::Continuous {
            self.price_peg(slot, true);
        } else {
            self.tell(slot, EventKind::Aside, Reason::None, taker.left, None);
        }
        handle
    }

    /// Puts a kept order among those that wait for their trigger.
    pub(crate) fn wait(&mut self, slot: u32) {
        self.orders[slot].state = State::Waiting;
        let order = self.orders[slot];
        let terms = self.terms[order.terms];
        self.symbols[usize::from(order.symbol)].wait(slot, order.arrival, order.side, &terms);
    }

    #[inline]
    pub(crate) fn accepted(&mut self, taker: &Taker, price: i64, handle: u64) {
        self.emit(Event {
            id: taker.id,
            handle,
            price,
            quantity: taker.quantity,
            owner: taker.owner,
            symbol: taker.symbol,
            kind: EventKind::Accepted as u8,
            side: taker.side,
            ..Event::default()
        });
    }

    /// The taker that a kept order is when it enters.
    pub(crate) fn taker_of(&self, slot: u32) -> Taker {
        let order = &self.orders[slot];
        let terms = self.terms_of(slot);
        let market = terms.order == OrderType::Market;
        let left = self.left(slot);
        Taker {
            symbol: order.symbol,
            side: order.side,
            owner: order.owner,
            id: order.id,
            slot,
            terms: order.terms,
            arrival: order.arrival,
            limit: if market { beyond(order.side) } else { order.price },
            left,
            quantity: order.quantity,
            filled: 0,
            lock: if order.side == BUY { terms.lock } else { 0 },
            minimum: 0,
            cap: i64::MAX,
            tif: terms.tif,
            stp: terms.stp,
            market,
            quote: false,
        }
    }

    /// A kept order enters as a taker.
    pub(crate) fn enter_kept(&mut self, slot: u32) {
        let mut taker = self.taker_of(slot);
        let terms = self.terms_of(slot);
        self.orders[slot].state = State::Taking;
        self.orders[slot].visible = taker.left;
        if self.orders[slot].terms != NIL {
            self.terms[taker.terms].hidden = 0;
        }
        if terms.has(flag::REDUCE_ONLY) {
            taker.cap = self.reducible(taker.owner, taker.symbol, taker.side);
        }
        self.enter(&mut taker);
    }

    /// Lets an order take what it can and disposes of the rest; says its handle where it is kept.
    #[inline]
    pub(crate) fn enter(&mut self, taker: &mut Taker) -> u64 {
        if (taker.tif == TimeInForce::Fok || taker.minimum > 0)
            && let Some(reason) = self.falls_short(taker)
        {
            self.finish(taker, EventKind::Expired, reason);
            return 0;
        }
        match self.take(taker) {
            Halt::Filled => self.filled(taker),
            Halt::Book if taker.market => self.finish(taker, EventKind::Expired, Reason::NoLiquidity),
            Halt::Book if taker.tif == TimeInForce::Ioc => self.finish(taker, EventKind::Expired, Reason::Unfilled),
            Halt::Book => return self.stand(taker),
            halt => self.stopped(taker, halt),
        }
        0
    }

    /// What is left stands in the book.
    #[inline]
    fn stand(&mut self, taker: &mut Taker) -> u64 {
        let slot = if taker.slot == NIL { self.keep(taker, State::Taking) } else { taker.slot };
        self.rest(slot);
        self.orders[slot].handle(slot)
    }

    #[cold]
    fn stopped(&mut self, taker: &Taker, halt: Halt) {
        match halt {
            Halt::Funds if taker.quote && taker.filled > 0 => self.filled(taker),
            Halt::Funds => self.finish(taker, EventKind::Expired, Reason::Funds),
            Halt::SelfTrade => self.finish(taker, EventKind::Cancelled, Reason::SelfTrade),
            Halt::Cap => self.finish(taker, EventKind::Cancelled, Reason::ReduceOnly),
            Halt::Band => {
                self.finish(taker, EventKind::Expired, Reason::PriceBand);
                if self.symbols[usize::from(taker.symbol)].limit(Limit::BandHalts) != 0 {
                    self.set_phase(taker.symbol, Phase::Halted, Reason::PriceBand);
                }
            }
            Halt::Filled | Halt::Book => unreachable!("these are no stops"),
        }
    }

    /// A taker is filled (`FILLED`).
    #[inline]
    fn filled(&mut self, taker: &Taker) {
        let handle = if taker.slot == NIL { 0 } else { self.orders[taker.slot].handle(taker.slot) };
        self.emit(Event {
            id: taker.id,
            handle,
            quantity: match taker.slot {
                NIL if taker.quote => taker.quantity - taker.left,
                NIL => taker.filled,
                slot => self.orders[slot].quantity,
            },
            owner: taker.owner,
            symbol: taker.symbol,
            kind: EventKind::Filled as u8,
            side: taker.side,
            ..Event::default()
        });
        if taker.slot != NIL {
            self.drop_order(taker.slot, Reason::None);
        } else if taker.terms != NIL {
            self.terms.remove(taker.terms);
        }
    }

    /// A taker ends with something left.
    fn finish(&mut self, taker: &Taker, kind: EventKind, reason: Reason) {
        if taker.slot != NIL {
            self.end(taker.slot, kind, reason);
            return;
        }
        if taker.side != BUY && !taker.quote || taker.lock != 0 {
            let need = self.need(taker.symbol, taker.side, taker.left, taker.lock);
            let currency = self.symbols[usize::from(taker.symbol)].pays(taker.side);
            self.accounts.unlock(taker.owner, currency, need);
        }
        if taker.terms != NIL {
            self.terms.remove(taker.terms);
        }
        self.emit(Event {
            id: taker.id,
            quantity: taker.left,
            owner: taker.owner,
            symbol: taker.symbol,
            kind: kind as u8,
            side: taker.side,
            reason: reason as u8,
            ..Event::default()
        });
    }
}

/// A limit beyond every price: a market order's.
pub(crate) const fn beyond(side: u8) -> i64 {
    if side == SELL { 0 } else { i64::MAX }
}

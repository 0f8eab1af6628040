//! Orders that belong together: OCO, OTO, bracket (rules M34 to M36).

use crate::admit::{Earlier, trail_from};
use crate::engine::{Engine, Outcome, Turn};
use crate::fields::{Words, check_fields};
use crate::records::Command;
use crate::slab::{List, NIL, State, Terms};
use crate::taker::Taker;
use crate::words::{BUY, CommandKind, EventKind, ListKind, OrderType, Phase, Reason, SELL, TimeInForce, flag};

/// A leg that has passed its checks.
type Leg = (Taker, Terms);

impl Engine {
    /// A list: its legs are the consecutive records with its code; all are accepted, or none.
    #[cold]
    #[inline(never)]
    pub(crate) fn order_list(&mut self, records: &[Command]) -> Outcome {
        let code = records[0].list;
        let kind = ListKind::from_code(code);
        let wanted = match kind {
            Some(ListKind::Bracket) => 3,
            Some(_) => 2,
            None => 1,
        };
        let belongs = |record: &&Command| record.kind == CommandKind::Order as u8 && record.list == code;
        let used = records.iter().take(wanted).take_while(belongs).count();
        let legs = &records[..used];
        let shaped = kind.filter(|&kind| used == wanted && is_list(kind, legs));
        let Some(kind) = shaped else {
            if kind.is_none()
                && let Err(reason) = self.check_leg(&records[0])
            {
                self.reject(&records[0], reason);
                return Outcome { used, handle: 0, reason };
            }
            for leg in legs {
                self.reject(leg, Reason::InvalidList);
            }
            return Outcome { used, handle: 0, reason: Reason::InvalidList };
        };
        match self.admit_legs(kind, legs) {
            Err((bad, reason)) => {
                for (number, leg) in legs.iter().enumerate() {
                    self.reject(leg, if number == bad { reason } else { Reason::ListMember });
                }
                let reason = if bad == 0 { reason } else { Reason::ListMember };
                Outcome { used, handle: 0, reason }
            }
            Ok(admitted) => {
                let handle = self.enter_list(kind, legs, admitted);
                self.settle();
                debug_assert_eq!(self.accounts.conserved(), Ok(()));
                Outcome { used, handle, reason: Reason::None }
            }
        }
    }

    fn admit_legs(&self, kind: ListKind, legs: &[Command]) -> Result<Vec<Leg>, (usize, Reason)> {
        let mut earlier = Earlier::default();
        let mut admitted = Vec::with_capacity(legs.len());
        for (number, leg) in legs.iter().enumerate() {
            let child = kind != ListKind::Oco && number > 0;
            let found = self.admit_one_leg(leg, child, earlier).map_err(|reason| (number, reason))?;
            earlier.orders += 1;
            earlier.algos += u32::from(found.1.is_algo());
            earlier.buying += if leg.side == BUY { leg.quantity } else { 0 };
            admitted.push(found);
        }
        Ok(admitted)
    }

    fn admit_one_leg(&self, leg: &Command, child: bool, earlier: Earlier) -> Result<Leg, Reason> {
        let words = self.check_leg(leg)?;
        self.check_phase(leg, words)?;
        self.admit_leg(leg, words, child, earlier)
    }

    fn check_leg(&self, leg: &Command) -> Result<Words, Reason> {
        self.check_symbol(leg.symbol)?;
        self.check_owner(leg.owner)?;
        check_fields(leg, self.now)
    }

    /// Accepts every leg, then lets those that are not children enter in order; says the first one's handle.
    fn enter_list(&mut self, kind: ListKind, commands: &[Command], legs: Vec<Leg>) -> u64 {
        let list = self.lists.add(List::default());
        let mut slots = Vec::with_capacity(legs.len());
        for (number, (mut taker, mut terms)) in legs.into_iter().enumerate() {
            terms.list = list;
            self.arrivals += 1;
            taker.arrival = self.arrivals;
            taker.terms = self.terms.add(terms);
            let child = kind != ListKind::Oco && number > 0;
            let slot = self.keep(&mut taker, if child { State::Child } else { State::Queued });
            let handle = self.orders[slot].handle(slot);
            let price = if terms.order == OrderType::Limit { taker.limit } else { commands[number].price };
            self.accepted(&taker, price, handle);
            slots.push(slot);
        }
        let handle = self.orders[slots[0]].handle(slots[0]);
        if kind == ListKind::Oco {
            self.lists[list] = List { legs: [slots[0], slots[1]], active: true, ..List::default() };
            let locked = self.lock_legs(list);
            debug_assert_eq!(locked, Ok(()));
            let waits = |engine: &Self, slot: u32| engine.terms[engine.orders[slot].terms].is_algo();
            let entering = [0, 1].map(|leg| if waits(self, slots[leg]) { NIL } else { slots[leg] });
            for &slot in slots.iter().filter(|slot| !entering.contains(slot)) {
                self.wait(slot);
            }
            self.enter_legs(entering);
        } else {
            let second = slots.get(2).copied().unwrap_or(NIL);
            self.lists[list] = List { parent: slots[0], legs: [slots[1], second], ..List::default() };
            let taker = self.taker_of(slots[0]);
            self.lock_taker(&taker);
            self.enter_kept(slots[0]);
        }
        handle
    }

    /// Locks what the active legs of a list need together.
    fn lock_legs(&mut self, list: u32) -> Result<(), Reason> {
        let legs = self.lists[list].legs;
        let slot = if legs[0] == NIL { legs[1] } else { legs[0] };
        let order = &self.orders[slot];
        let currency = self.symbols[usize::from(order.symbol)].pays(order.side);
        let need = self.list_need(legs);
        self.accounts.lock(order.owner, currency, need)?;
        self.lists[list].locked = need;
        Ok(())
    }

    /// Lets accepted legs enter in order: limits and markets take, the others wait for their trigger.
    fn enter_legs(&mut self, legs: [u32; 2]) {
        let handles = legs.map(|slot| (slot, self.orders[slot].handle(slot)));
        for (slot, handle) in handles {
            let alive = slot != NIL && self.orders.find(handle).is_some();
            if alive && self.orders[slot].state == State::Queued {
                self.enter_leg(slot);
            }
        }
    }

    fn enter_leg(&mut self, slot: u32) {
        let order = self.orders[slot];
        let terms = self.terms[order.terms];
        let continuous = self.phase_of(order.symbol) == Phase::Continuous;
        if terms.is_algo() {
            let symbol = &self.symbols[usize::from(order.symbol)];
            let reached = symbol.reached(terms.rises(order.side), terms.trigger);
            if continuous && reached { self.fire(slot) } else { self.wait(slot) }
        } else if continuous {
            self.enter_kept(slot);
        } else {
            self.set_aside(slot);
        }
    }

    /// A fill of a leg, or a decrement, shrinks the other by as much (rule M35).
    pub(crate) fn shrink_sibling(&mut self, slot: u32, quantity: i64) {
        if let Some((list, mate)) = self.mate(slot) {
            self.shrink_mate(list, mate, quantity);
        }
        if let Some(list) = self.shared_lock(slot) {
            self.relock(list, slot);
        }
    }

    pub(crate) fn shrink_mate(&mut self, list: u32, mate: u32, quantity: i64) {
        let handle = self.orders[mate].handle(mate);
        let quantity = quantity.min(self.left(mate));
        self.shrink(mate, quantity, Reason::Oco);
        if self.orders.find(handle).is_some() {
            self.relock(list, mate);
        }
    }

    /// The other active leg of an order's list, if there is one.
    pub(crate) fn mate(&self, slot: u32) -> Option<(u32, u32)> {
        let list = self.shared_lock(slot)?;
        let other = self.lists[list].legs.into_iter().find(|&leg| leg != slot && leg != NIL)?;
        Some((list, other))
    }

    /// A member of a list has ended: what follows for the others (rules M35, M36).
    pub(crate) fn leg_ended(&mut self, number: u32, slot: u32, filled: i64, reason: Reason) {
        let list = &mut self.lists[number];
        if list.parent == slot {
            list.parent = NIL;
            self.parent_ended(number, filled);
            return;
        }
        for leg in list.legs.iter_mut().filter(|leg| **leg == slot) {
            *leg = NIL;
        }
        let (list, active) = (*list, list.active);
        let other = list.legs.into_iter().find(|&leg| leg != NIL);
        let asked = matches!(reason, Reason::Requested | Reason::Mass | Reason::Disconnected);
        if let Some(other) = other {
            if asked {
                self.end(other, EventKind::Cancelled, Reason::Oco);
            } else if active && reason != Reason::None {
                self.relock(number, other); // after a fill the other shrinks first
            }
            return;
        }
        if active {
            let order = self.orders[slot];
            let currency = self.symbols[usize::from(order.symbol)].pays(order.side);
            self.accounts.unlock(order.owner, currency, list.locked);
        }
        if list.parent == NIL {
            self.lists.remove(number);
        }
    }

    /// With something filled the children get their turn, with nothing they are cancelled.
    fn parent_ended(&mut self, number: u32, filled: i64) {
        let legs = self.lists[number].legs;
        if legs == [NIL; 2] {
            self.lists.remove(number);
            return;
        }
        if filled > 0 {
            for slot in legs.into_iter().filter(|&slot| slot != NIL) {
                let excess = self.left(slot) - filled;
                if excess > 0 {
                    self.cut(slot, excess);
                }
            }
            self.queue.push_back(Turn::Children(number));
            return;
        }
        for slot in legs.into_iter().filter(|&slot| slot != NIL) {
            self.end(slot, EventKind::Cancelled, Reason::Parent);
        }
    }

    /// The turn of children whose parent has ended: they lock, then enter (rule M36).
    pub(crate) fn activate(&mut self, number: u32) {
        let legs = self.lists[number].legs;
        let alive: Vec<u32> = legs.into_iter().filter(|&slot| slot != NIL).collect();
        if alive.is_empty() {
            return; // they ended before their turn came
        }
        for &slot in &alive {
            self.start_trail(slot);
        }
        let locked = self.lock_legs(number);
        if locked.is_err() {
            for slot in alive {
                self.end(slot, EventKind::Cancelled, Reason::InsufficientBalance);
            }
            return;
        }
        for &slot in &alive {
            self.orders[slot].state = State::Queued;
        }
        self.lists[number].active = true;
        self.enter_legs(legs);
    }

    /// A trailing child's best price starts when it is activated.
    fn start_trail(&mut self, slot: u32) {
        let order = &self.orders[slot];
        let last = self.symbols[usize::from(order.symbol)].last;
        let terms = &mut self.terms[order.terms];
        if terms.order == OrderType::Trailing {
            terms.best = last;
            terms.trigger = trail_from(order.side, last, terms.trail, terms.has(flag::PERCENT));
            if order.side == BUY && terms.limit == 0 {
                terms.lock = terms.trigger;
            }
        }
    }
}

/// Do these orders form a list (rule M34)?
fn is_list(kind: ListKind, legs: &[Command]) -> bool {
    let first = &legs[0];
    let alike = |leg: &Command| {
        leg.symbol == first.symbol && leg.owner == first.owner && leg.quantity == first.quantity && is_bare(leg)
    };
    if !legs.iter().all(alike) {
        return false;
    }
    match kind {
        ListKind::Oco => legs.iter().all(|leg| leg.side == first.side && is_leg(leg)),
        ListKind::Oto => is_parent(first) && (is_child(&legs[1]) || is_market(&legs[1])),
        ListKind::Bracket => {
            let against = |leg: &Command| leg.side ^ first.side == 1 && leg.side <= SELL && is_child(leg);
            is_parent(first) && legs[1..].iter().all(against)
        }
    }
}

fn is_bare(leg: &Command) -> bool {
    leg.display == 0 && leg.minimum == 0 && leg.flags & flag::QUOTE == 0
}

fn is_parent(leg: &Command) -> bool {
    leg.order <= OrderType::Market as u8 && leg.tif < TimeInForce::AtOpen as u8
}

fn is_leg(leg: &Command) -> bool {
    let stays = leg.tif <= TimeInForce::Day as u8;
    let waits = (OrderType::Stop as u8..=OrderType::Trailing as u8).contains(&leg.order);
    stays && (leg.order == OrderType::Limit as u8 || waits)
}

fn is_child(leg: &Command) -> bool {
    is_leg(leg) && leg.flags & (flag::POST_ONLY | flag::SLIDE) == 0
}

fn is_market(leg: &Command) -> bool {
    let immediate = leg.order == OrderType::Market as u8 && leg.tif == TimeInForce::Ioc as u8;
    immediate && leg.flags & (flag::POST_ONLY | flag::SLIDE) == 0
}

//! Does everything add up? For tests and for operators who want to know.

use std::collections::BTreeMap;

use crate::accounts::{Balance, Seat};
use crate::engine::Engine;
use crate::slab::{NIL, Order, State};
use crate::symbol::Symbol;
use crate::words::{BUY, Phase, SELL};

impl Engine {
    /// Looks at the whole state: money conserved, locks and seats as the orders say, queues linked, no crossed book.
    ///
    /// # Errors
    /// Names the first thing that does not add up.
    pub fn audit(&self) -> Result<(), String> {
        self.accounts.conserved()?;
        for (number, symbol) in self.symbols.iter().enumerate() {
            for side in [BUY, SELL] {
                self.audit_side(number, symbol, side)?;
            }
            audit_touch(number, symbol)?;
        }
        let live: Vec<(u32, &Order)> =
            (0_u32..).zip(&self.orders.slots).filter(|(_, o)| o.state != State::Free).collect();
        if live.len() != self.orders.live {
            return Err(format!("{} orders are alive, {} were counted", live.len(), self.orders.live));
        }
        self.audit_locks(&live)?;
        self.audit_seats(&live)
    }

    fn audit_side(&self, number: usize, symbol: &Symbol, side: u8) -> Result<(), String> {
        for (key, level) in symbol.side(side).levels() {
            let price = symbol.price(side, key);
            let place = format!("symbol {number} side {side} price {price}");
            let (mut visible, mut orders, mut pegs, mut prev, mut slot) = (0, 0, 0, NIL, level.head);
            while slot != NIL && orders <= level.orders {
                let order = &self.orders[slot];
                let fits = order.state == State::Book && order.price == price && order.side == side;
                if !fits || order.prev != prev || order.visible <= 0 || usize::from(order.symbol) != number {
                    return Err(format!("{place}: order {order:?} does not belong"));
                }
                if order.terms != NIL {
                    let terms = &self.terms[order.terms];
                    pegs += u32::from(terms.is_peg());
                    if terms.hidden < 0 || terms.display != 0 && order.visible > terms.display {
                        return Err(format!("{place}: order {order:?} shows too much"));
                    }
                }
                (visible, orders, prev, slot) = (order.visible.saturating_add(visible), orders + 1, slot, order.next);
            }
            if (visible, orders, pegs, prev) != (level.visible, level.orders, level.pegs, level.tail) {
                return Err(format!("{place}: {visible} in {orders} orders, the level says {level:?}"));
            }
        }
        Ok(())
    }

    fn audit_locks(&self, live: &[(u32, &Order)]) -> Result<(), String> {
        let mut locked: BTreeMap<(u32, u16), i64> = BTreeMap::new();
        let mut lists: BTreeMap<u32, (u32, u16)> = BTreeMap::new();
        for &(slot, order) in live {
            let currency = self.symbols[usize::from(order.symbol)].pays(order.side);
            if let Some(list) = self.shared_lock(slot) {
                lists.insert(list, (order.owner, currency));
            }
            let sum = locked.entry((order.owner, currency)).or_default();
            *sum = self.own_lock(slot, self.left(slot)).saturating_add(*sum);
        }
        for (list, place) in lists {
            let need = self.list_need(self.lists[list].legs);
            if need != self.lists[list].locked {
                return Err(format!("list {list} has locked {}, its legs need {need}", self.lists[list].locked));
            }
            let sum = locked.entry(place).or_default();
            *sum = need.saturating_add(*sum);
        }
        let width = self.accounts.currencies.len();
        for (place, &Balance { locked: found, .. }) in self.accounts.balances.iter().enumerate() {
            let (owner, currency) = ((place / width) as u32, (place % width) as u16);
            let wanted = locked.get(&(owner, currency)).copied().unwrap_or(0);
            if found != wanted {
                return Err(format!("owner {owner} has {found} of currency {currency} locked, orders need {wanted}"));
            }
        }
        Ok(())
    }

    fn audit_seats(&self, live: &[(u32, &Order)]) -> Result<(), String> {
        let mut seats: BTreeMap<usize, Seat> = BTreeMap::new();
        for &(slot, order) in live {
            let place = order.owner as usize * self.accounts.symbols + usize::from(order.symbol);
            let seat = seats.entry(place).or_default();
            seat.orders += 1;
            seat.buying = seat.buying.saturating_add(if order.side == BUY { self.left(slot) } else { 0 });
            seat.algos += u32::from(order.terms != NIL && self.terms[order.terms].is_algo());
        }
        for (place, found) in self.accounts.seats.iter().enumerate() {
            let wanted = Seat { position: found.position, ..seats.get(&place).copied().unwrap_or_default() };
            if wanted != *found {
                return Err(format!("seat {place} is {found:?}, orders say {wanted:?}"));
            }
        }
        Ok(())
    }
}

fn audit_touch(number: usize, symbol: &Symbol) -> Result<(), String> {
    match (symbol.best(BUY), symbol.best(SELL)) {
        (Some(bid), Some(ask)) if symbol.phase == Phase::Continuous && bid >= ask => {
            Err(format!("symbol {number} is crossed: bid {bid}, ask {ask}"))
        }
        _ => Ok(()),
    }
}

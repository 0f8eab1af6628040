//! Pegged orders follow the best prices of orders that are not pegged (rules M30, M31).

use crate::admit::{fits, passive};
use crate::engine::Engine;
use crate::slab::{Order, State, Terms};
use crate::symbol::Symbol;
use crate::words::{BUY, EventKind, OrderType, Phase, Reason, SELL};

impl Engine {
    /// Prices all pegs of the symbols whose best prices have changed.
    pub(crate) fn price_pegs(&mut self) {
        let numbers: Vec<u16> = self.pegged.iter().copied().collect();
        for number in numbers {
            let symbol = &mut self.symbols[usize::from(number)];
            if symbol.phase != Phase::Continuous {
                continue;
            }
            let best = [symbol.best_unpegged(BUY), symbol.best_unpegged(SELL)];
            if std::mem::replace(&mut symbol.pegged_at, best) == best {
                continue;
            }
            let slots: Vec<u32> = symbol.pegs.iter().map(|&(_, slot)| slot).collect();
            for slot in slots {
                self.price_peg(slot, false);
            }
        }
    }

    /// Prices one peg: it stays, moves, or stands aside; a new one says so even when it stands aside.
    pub(crate) fn price_peg(&mut self, slot: u32, new: bool) {
        let order = self.orders[slot];
        let left = self.left(slot);
        let target = peg_target(&self.symbols[usize::from(order.symbol)], &order, &self.terms[order.terms], left);
        let stands = order.state == State::Book;
        match target {
            Some(price) if stands && price == order.price => {}
            Some(price) => {
                if stands {
                    let place = self.leave(slot);
                    self.tell(slot, EventKind::Repriced, Reason::None, left, place);
                }
                self.orders[slot].price = price;
                self.rest(slot);
            }
            None if stands => self.set_aside(slot),
            None if new => self.tell(slot, EventKind::Aside, Reason::None, left, None),
            None => {}
        }
    }
}

/// Where a peg belongs; none where nothing says so.
fn peg_target(symbol: &Symbol, order: &Order, terms: &Terms, left: i64) -> Option<i64> {
    let buys = order.side == BUY;
    let target = match terms.order {
        OrderType::PegPrimary => {
            let best = known(symbol.best_unpegged(order.side))?;
            if buys { best.checked_sub(terms.trail)? } else { best.checked_add(terms.trail)? }
        }
        _ => middle(symbol, known(symbol.best_unpegged(BUY))?, known(symbol.best_unpegged(SELL))?, buys),
    };
    let capped = match terms.limit {
        0 => target,
        cap if buys => target.min(cap),
        cap => target.max(cap),
    };
    let price = passive(symbol, order.side, capped, true).ok()?;
    if !symbol.takes_price(price) {
        return None;
    }
    fits(symbol, left, price).ok().map(|_| price)
}

fn known(price: i64) -> Option<i64> {
    (price != 0).then_some(price)
}

/// Half-way between two prices, rounded to the tick away from the other side.
fn middle(symbol: &Symbol, bid: i64, ask: i64, buys: bool) -> i64 {
    let sum = bid + ask;
    let double = symbol.tick * 2;
    let rounded = if buys { sum.div_euclid(double) } else { -(-sum).div_euclid(double) };
    rounded * symbol.tick
}

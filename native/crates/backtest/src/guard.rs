//! Protection of positions: one stop and one take-profit, always as large as the position (rules O2, O3).

use parrot_kernel::{div_half_even, round_to};

use crate::engine::{Engine, Notice};
use crate::execute::Moment;
use crate::instrument::RATE;
use crate::moves::Deed;
use crate::order::{Kind, Level, Order, Role};

impl Engine {
    /// Brings the protection of a symbol in line with its position after a fill of order `id` at `price`.
    pub(crate) fn protect(&mut self, id: u32, price: i64, moment: Moment) {
        let order = &self.orders[id as usize];
        let (symbol, guard) = (order.symbol as usize, order.guard);
        let (entry, first) = (order.entry, order.filled == order.last_fill);
        let state = &self.symbols[symbol];
        let position = state.instrument.lots(state.position.quantity);
        self.drop_protection_unless(symbol, position.signum() as i8);
        if position == 0 {
            return;
        }
        let state = &self.symbols[symbol];
        let levels = [(Role::Stop, guard.stop, state.stop), (Role::Take, guard.take, state.take)];
        for (role, level, current) in levels {
            let Some(level) = level.filter(|_| first || current.is_none()) else { continue };
            self.retire(current, "replaced");
            let mut order = self.guard_order(symbol, role, level, guard.trailing, entry);
            (order.inside, order.entry) = (moment.inside, price);
            order.why = self.reasons.intern(match (role, guard.trailing) {
                (Role::Take, _) => "take-profit",
                (_, true) => "trailing stop",
                (_, false) => "protective stop",
            });
            let id = self.add_order(order);
            let state = &mut self.symbols[symbol];
            *(if role == Role::Stop { &mut state.stop } else { &mut state.take }) = Some(id);
        }
        self.resize_protection(symbol, position);
    }

    /// A protective order for the whole position of a symbol, its level measured from the order's first fill at `entry`.
    fn guard_order(&self, symbol: usize, role: Role, level: Level, trailing: bool, entry: i64) -> Order {
        let state = &self.symbols[symbol];
        let held = state.instrument.lots(state.position.quantity);
        let side = -held.signum() as i8;
        let kind = match (role, trailing) {
            (Role::Take, _) => Kind::Limit,
            (_, true) => Kind::Trail,
            (_, false) => Kind::Stop,
        };
        let mut order = Order::new(symbol as u16, side, kind, held.abs(), self.now);
        let direction = if role == Role::Take { -i64::from(side) } else { i64::from(side) };
        // Triggers round up for a buy and down for a sell, limits the other way (rule N3).
        let up = (side > 0) == (role == Role::Stop);
        let price = round_to(level_price(level, entry, direction), state.instrument.tick, up);
        (order.role, order.reduce_only) = (role, true);
        (order.arrived, order.best, order.trail) = (state.bar as i64, entry, level);
        *(if role == Role::Take { &mut order.limit } else { &mut order.trigger }) = price;
        order
    }

    fn drop_protection_unless(&mut self, symbol: usize, sign: i8) {
        let state = &self.symbols[symbol];
        for id in [state.stop, state.take].into_iter().flatten() {
            if self.orders[id as usize].side != -sign {
                self.retire(Some(id), "position closed");
            }
        }
    }

    pub(crate) fn resize_protection(&mut self, symbol: usize, position: i64) {
        let state = &self.symbols[symbol];
        for id in [state.stop, state.take].into_iter().flatten() {
            let order = &mut self.orders[id as usize];
            let quantity = order.filled + position.abs();
            if order.is_live() && order.quantity != quantity {
                order.quantity = quantity;
                self.note(Deed::Resized, id);
                self.notify(Notice::Order(id));
            }
        }
    }

    pub(crate) fn retire(&mut self, id: Option<u32>, reason: &str) {
        if let Some(id) = id.filter(|id| self.orders[*id as usize].is_live()) {
            self.withdraw(id, reason);
        }
    }
}

/// A level as a price: `direction` 1 above, -1 below the reference.
fn level_price(level: Level, reference: i64, direction: i64) -> i64 {
    match level {
        Level::Price(price) => price,
        Level::Distance(units) => reference + direction * units,
        Level::Percent(share) => {
            reference + direction * div_half_even(i128::from(reference) * i128::from(share), RATE) as i64
        }
    }
}

//! What orders lock of their owners' balances (rule M6), alone or together as the legs of a list (rule M35).

use crate::engine::Engine;
use crate::slab::{NIL, State};
use crate::words::BUY;

impl Engine {
    /// What `quantity` of an order of this side locks; a buy at `price`. More than 63 bits is more than anybody has.
    #[inline]
    pub(crate) fn need(&self, symbol: u16, side: u8, quantity: i64, price: i64) -> i64 {
        let symbol = &self.symbols[usize::from(symbol)];
        let (quantity, unit) = if side == BUY {
            (quantity.saturating_mul(price), symbol.quote_unit)
        } else {
            (quantity, symbol.base_unit)
        };
        quantity.saturating_mul(unit)
    }

    /// The list whose active legs share one lock, if the order is one of them.
    pub(crate) fn shared_lock(&self, slot: u32) -> Option<u32> {
        let order = &self.orders[slot];
        if order.terms == NIL {
            return None;
        }
        let list = self.terms[order.terms].list;
        (list != NIL && self.lists[list].active).then_some(list)
    }

    /// What `quantity` of a kept order has locked for itself.
    pub(crate) fn own_lock(&self, slot: u32, quantity: i64) -> i64 {
        let order = &self.orders[slot];
        if order.state == State::Child || self.shared_lock(slot).is_some() {
            return 0;
        }
        let lock = if order.terms == NIL { order.price } else { self.terms[order.terms].lock };
        self.need(order.symbol, order.side, quantity, lock)
    }

    /// Unlocks all that a kept order has locked for itself.
    pub(crate) fn unlock_order(&mut self, slot: u32) {
        let left = self.left(slot);
        self.unlock_part(slot, left);
    }

    /// Unlocks what `quantity` of a kept order has locked for itself.
    pub(crate) fn unlock_part(&mut self, slot: u32, quantity: i64) {
        let amount = self.own_lock(slot, quantity);
        let order = &self.orders[slot];
        let currency = self.symbols[usize::from(order.symbol)].pays(order.side);
        self.accounts.unlock(order.owner, currency, amount);
    }

    /// What the active legs of a list must have locked together: the larger need.
    pub(crate) fn list_need(&self, legs: [u32; 2]) -> i64 {
        let need = |slot: u32| {
            let order = &self.orders[slot];
            self.need(order.symbol, order.side, self.left(slot), self.terms[order.terms].lock)
        };
        legs.into_iter().filter(|&slot| slot != NIL).map(need).max().unwrap_or(0)
    }

    /// Unlocks what the legs of a list, one of them `slot`, need no longer; without trades their need never grows.
    pub(crate) fn relock(&mut self, list: u32, slot: u32) {
        let need = self.list_need(self.lists[list].legs);
        let change = self.lists[list].locked - need;
        let order = &self.orders[slot];
        let currency = self.symbols[usize::from(order.symbol)].pays(order.side);
        self.accounts.unlock(order.owner, currency, change);
        self.lists[list].locked = need;
    }

    /// A kept order pays for a fill of `quantity` that costs `value` (a sell: its base) from what it has locked.
    pub(crate) fn pay_locked(&mut self, slot: u32, quantity: i64, value: i64) {
        let order = &self.orders[slot];
        let currency = self.symbols[usize::from(order.symbol)].pays(order.side);
        let owner = order.owner;
        if let Some(list) = self.shared_lock(slot) {
            self.lists[list].locked -= value;
            self.accounts.balance_mut(owner, currency).locked -= value;
            return;
        }
        let locked = self.own_lock(slot, quantity);
        let balance = self.accounts.balance_mut(owner, currency);
        balance.locked -= locked;
        balance.free += locked - value;
    }
}

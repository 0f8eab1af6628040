//! What the account pays, what its positions are worth, and when they are liquidated (rules A1, A2, A3, A9).

use parrot_kernel::div_half_even;

use crate::account::AccountKind;
use crate::bars::Ohlc;
use crate::engine::Engine;
use crate::execute::Moment;
use crate::instrument::RATE;
use crate::order::{Kind, Order, Role, Status};

impl Engine {
    /// The rate of a symbol's currency, in 10^-8 account units; None when it is not known yet.
    pub(crate) fn fx_rate(&self, symbol: usize) -> Option<i64> {
        self.symbols[symbol].fx.as_ref().map_or(Some(RATE as i64), |fx| fx.at(self.now))
    }

    /// An amount of the symbol's currency in cash units of the account (rule A9).
    pub(crate) fn in_account_currency(&self, symbol: usize, amount: i128) -> i128 {
        if self.symbols[symbol].fx.is_none() {
            return amount;
        }
        div_half_even(amount * i128::from(self.fx_rate(symbol).unwrap_or(0)), RATE)
    }

    /// Signed value of a symbol's position at `price`, in cash units of the account.
    fn value_at(&self, symbol: usize, price: i64) -> i128 {
        let state = &self.symbols[symbol];
        if state.position.quantity == 0 || price == 0 {
            return 0;
        }
        self.in_account_currency(symbol, state.instrument.value(state.position.quantity, price))
    }

    /// Signed value of a symbol's position at its last price.
    pub fn value_of(&self, symbol: usize) -> i128 {
        self.value_at(symbol, self.symbols[symbol].last)
    }

    /// What a symbol's position adds to equity at `price`: its value, of a future what it has gained (rule A4).
    fn stake_at(&self, symbol: usize, price: i64) -> i128 {
        let state = &self.symbols[symbol];
        if !state.instrument.is_future() || state.position.quantity == 0 || price == 0 {
            return self.value_at(symbol, price);
        }
        let value = state.instrument.value(state.position.quantity, price);
        self.in_account_currency(symbol, value - state.position.cost)
    }

    /// Cash plus what all positions add at their last prices, in cash units.
    pub fn equity(&self) -> i128 {
        let stakes = (0..self.symbols.len()).map(|symbol| self.stake_at(symbol, self.symbols[symbol].last));
        self.account.cash + stakes.sum::<i128>()
    }

    /// Equity as the curve shows it: at the last closes where bars decide (rules O5, R5).
    fn equity_at_closes(&self) -> i128 {
        let price = |state: &crate::engine::Symbol| if state.by_ticks { state.last } else { state.close };
        let stakes = (0..self.symbols.len()).map(|symbol| self.stake_at(symbol, price(&self.symbols[symbol])));
        self.account.cash + stakes.sum::<i128>()
    }

    /// Equity and gross exposure with one symbol at `price`.
    fn at_price(&self, symbol: usize, price: i64) -> (i128, i128) {
        let (mut equity, mut gross) = (self.account.cash, 0);
        for (other, state) in self.symbols.iter().enumerate().filter(|(_, state)| state.position.quantity != 0) {
            let price = if other == symbol { price } else { state.last };
            equity += self.stake_at(other, price);
            gross += self.value_at(other, price).abs();
        }
        (equity, gross)
    }

    /// The most of `wanted` that position, cash or margin cover at `price`.
    pub(crate) fn affordable(&mut self, id: u32, wanted: i64, price: i64, maker: bool) -> i64 {
        let order = &self.orders[id as usize];
        let (symbol, side) = (order.symbol as usize, i64::from(order.side));
        let held = self.symbols[symbol].position.quantity;
        let closing = if held.signum() == -side { held.abs().min(wanted) } else { 0 };
        match self.account.kind {
            AccountKind::Cash if side < 0 => closing,
            AccountKind::Cash => self.largest(symbol, wanted, 0, |engine, quantity| {
                engine.cost(symbol, quantity, price, maker) <= engine.account.cash
            }),
            AccountKind::Margin { .. } if closing == wanted => wanted,
            AccountKind::Margin { initial, .. } => {
                let (equity, gross) = self.at_price(symbol, price);
                let others = gross - self.value_at(symbol, price).abs();
                self.largest(symbol, wanted, closing, |engine, quantity| {
                    let after = (held + side * quantity).abs();
                    let exposure = others + engine.worth(symbol, after, price);
                    let fee = engine.fee(symbol, quantity, price, maker);
                    (equity - fee) * RATE >= exposure * i128::from(initial)
                })
            }
        }
    }

    /// What a purchase takes from cash: a fee in the base currency is taken from what is received instead (rule A5).
    fn cost(&mut self, symbol: usize, quantity: i64, price: i64, maker: bool) -> i128 {
        let worth = self.worth(symbol, quantity, price);
        if self.pays_in_base(symbol, 1) { worth } else { worth + self.fee(symbol, quantity, price, maker) }
    }

    /// The most lots between `least` and `wanted` that `fits`; fits is true up to some quantity and false beyond.
    pub(crate) fn largest(
        &mut self,
        symbol: usize,
        wanted: i64,
        least: i64,
        mut fits: impl FnMut(&mut Self, i64) -> bool,
    ) -> i64 {
        if fits(self, wanted) {
            return wanted;
        }
        let lot = self.symbols[symbol].instrument.lot;
        let (mut low, mut high) = (0, (wanted - least) / lot + 1);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if fits(self, least + middle * lot) { low = middle } else { high = middle }
        }
        least + low * lot
    }

    pub(crate) fn is_below_maintenance(&self, symbol: usize, price: i64) -> bool {
        let AccountKind::Margin { maintenance, .. } = self.account.kind else { return false };
        let (equity, gross) = self.at_price(symbol, price);
        equity * RATE < gross * i128::from(maintenance)
    }

    /// The first price from the open towards the adverse extreme at which the position is liquidated.
    pub(crate) fn liquidation_price(&self, symbol: usize, ohlc: Ohlc) -> Option<i64> {
        let state = &self.symbols[symbol];
        if !self.is_margin() || state.position.quantity == 0 {
            return None;
        }
        let long = state.position.quantity > 0;
        let adverse = if long { ohlc.low } else { ohlc.high };
        if !self.is_below_maintenance(symbol, adverse) {
            return None;
        }
        let tick = state.instrument.tick;
        let price_at = |steps: i64| {
            if long { (ohlc.open - steps * tick).max(adverse) } else { (ohlc.open + steps * tick).min(adverse) }
        };
        let (mut low, mut high) = (-1, (ohlc.open - adverse).abs() / tick + 1);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.is_below_maintenance(symbol, price_at(middle)) { high = middle } else { low = middle }
        }
        Some(price_at(high))
    }

    pub(crate) fn liquidate_at_open(&mut self, symbol: usize) {
        let state = &self.symbols[symbol];
        let open = state.last;
        if state.position.quantity != 0 && state.budget > 0 && self.is_below_maintenance(symbol, open) {
            let id = self.liquidation_order(symbol);
            let moment = Moment::at_open(self, id);
            self.execute(id, open, false, moment);
            self.finish_liquidation(id);
        }
    }

    pub(crate) fn liquidate_inside(&mut self, symbol: usize, price: i64) {
        if self.symbols[symbol].position.quantity == 0 || self.symbols[symbol].budget <= 0 {
            return;
        }
        let id = self.liquidation_order(symbol);
        let moment = Moment::in_range(self, id);
        self.execute(id, price, false, moment);
        self.finish_liquidation(id);
    }

    pub(crate) fn liquidation_order(&mut self, symbol: usize) -> u32 {
        let state = &self.symbols[symbol];
        let held = state.position.quantity;
        let mut order = Order::new(symbol as u16, -held.signum() as i8, Kind::Market, held.abs(), self.now);
        (order.role, order.arrived) = (Role::Liquidation, state.bar as i64);
        order.why = self.reasons.intern("liquidation: equity below the maintenance margin");
        self.add_order(order)
    }

    /// What the market did not take ends with the order; the next open or quote looks anew.
    pub(crate) fn finish_liquidation(&mut self, id: u32) {
        let order = &self.orders[id as usize];
        if order.is_live() {
            let status = if order.filled > 0 { Status::Filled } else { Status::Canceled };
            self.end_order(id, status, Some("participation"));
        }
    }

    /// `share` (10^-8) of equity in cash units, rounded down (rule O5).
    pub(crate) fn share_of_equity(&self, share: i64) -> i128 {
        (self.equity_at_closes() * i128::from(share.abs())).div_euclid(RATE)
    }
}

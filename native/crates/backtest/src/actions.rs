//! What happens to a position without an order: funding, borrow, splits, dividends (rules A7, A8).

use parrot_kernel::{div_half_even, mul_pow10_half_even, round_to, time};

use crate::calendar::{Action, Calendar};
use crate::engine::Engine;
use crate::instrument::rated;
use crate::order::Status;
use crate::records::Change;

impl Engine {
    /// Plans events; each is (time, symbol, what).
    pub fn plan(&mut self, mut events: Vec<(i64, u16, Action)>) {
        events.sort_by_key(|event| event.0);
        self.calendar = Calendar::new(events, self.symbols.len());
    }

    /// Funding that is due and the borrow cost of days that have passed, on the position held before (rule T3).
    pub(crate) fn charge(&mut self, now: i64) {
        while let Some((_, symbol, rate)) = self.calendar.funding.front().filter(|event| event.0 <= now).copied() {
            self.calendar.funding.pop_front();
            let state = &self.symbols[symbol as usize];
            let held = state.position.quantity;
            if held == 0 || state.last == 0 {
                continue;
            }
            let (dividend, divisor) = state.instrument.worth_ratio(held.abs(), state.last);
            let paid = rated(dividend, divisor, rate) * i128::from(held.signum());
            let paid = self.in_account_currency(symbol as usize, paid);
            self.pay(symbol as usize, -paid);
        }
        if self.account.borrow > 0 {
            self.charge_borrow(time::day(now));
        }
    }

    fn charge_borrow(&mut self, day: i64) {
        let days = day - self.calendar.day.replace(day).unwrap_or(day);
        if days <= 0 {
            return;
        }
        let spot = |index: &usize| !self.symbols[*index].instrument.is_future();
        let shorts: i128 = (0..self.symbols.len()).filter(spot).map(|index| (-self.value_of(index)).max(0)).sum();
        let cost = self.account.borrow_cost(shorts + (-self.account.cash).max(0)) * i128::from(days);
        if cost != 0 {
            self.pay(usize::from(u16::MAX), -cost);
        }
    }

    /// Splits and dividends of `symbol` that are due before its open at `now` (rule A8).
    pub(crate) fn act(&mut self, symbol: usize, now: i64) {
        while let Some((_, action)) = self
            .calendar
            .corporate
            .get(symbol)
            .and_then(|events| events.front())
            .filter(|event| event.0 <= now)
            .copied()
        {
            self.calendar.corporate[symbol].pop_front();
            match action {
                Action::Split { numerator, denominator } => self.split(symbol, numerator, denominator),
                Action::Dividend { amount } => self.dividend(symbol, amount),
                Action::Funding { .. } => {}
            }
        }
    }

    fn dividend(&mut self, symbol: usize, amount: i64) {
        let state = &self.symbols[symbol];
        let power = state.instrument.cash_decimals as i32 - 16;
        let cash = mul_pow10_half_even(i128::from(state.position.quantity) * i128::from(amount), power);
        let cash = self.in_account_currency(symbol, cash);
        if cash != 0 {
            self.pay(symbol, cash);
        }
    }

    fn split(&mut self, symbol: usize, new: i64, old: i64) {
        let state = &mut self.symbols[symbol];
        let (held, last) = (i128::from(state.position.quantity), state.last);
        (state.last, state.close) = (scaled(last, old, new), scaled(state.close, old, new));
        self.split_orders(symbol, new, old);
        let state = &mut self.symbols[symbol];
        if held == 0 {
            let mark = state.close;
            return self.record_change(symbol as u16, 0, mark);
        }
        let exact = held * i128::from(new);
        let whole = state.instrument.lots(narrow(exact / i128::from(old)));
        // The fraction is worth (exact - whole x old) / new old units at the last close, and leaves with its share of the cost.
        let fraction = exact - i128::from(whole) * i128::from(old);
        let (worth, scale) = state.instrument.worth_ratio(1, last);
        let cash = div_half_even(worth * fraction, scale * i128::from(new));
        state.position.cost -= div_half_even(state.position.cost * fraction.abs(), exact.abs());
        state.position.quantity = whole;
        let mark = state.close;
        self.account.cash += self.in_account_currency(symbol, cash);
        self.record_change(symbol as u16, whole, mark);
        self.resize_protection(symbol, whole);
        self.tidy(symbol);
    }

    fn split_orders(&mut self, symbol: usize, new: i64, old: i64) {
        let tick = self.symbols[symbol].instrument.tick;
        for id in self.symbols[symbol].open.clone() {
            let instrument = &self.symbols[symbol].instrument;
            let order = &mut self.orders[id as usize];
            let open = narrow(i128::from(order.remaining()) * i128::from(new) / i128::from(old));
            order.quantity = order.filled.saturating_add(instrument.lots(open));
            let buys = order.buys();
            order.limit = on_grid(order.limit, old, new, tick, !buys);
            order.trigger = on_grid(order.trigger, old, new, tick, buys);
            order.best = scaled(order.best, old, new);
            order.entry = scaled(order.entry, old, new);
            order.trail = order.trail.split(new, old);
            order.guard.stop = order.guard.stop.map(|level| level.split(new, old));
            order.guard.take = order.guard.take.map(|level| level.split(new, old));
            if order.remaining() == 0 {
                self.end_order(id, Status::Canceled, Some("split"));
            }
        }
        self.tidy(symbol);
    }

    /// Moves cash without a fill and records the change.
    pub(crate) fn pay(&mut self, symbol: usize, cash: i128) {
        self.account.cash += cash;
        let position = self.symbols.get(symbol).map_or(0, |state| state.position.quantity);
        self.record_change(symbol as u16, position, 0);
    }

    pub(crate) fn record_change(&mut self, symbol: u16, position: i64, mark: i64) {
        let cash = self.narrow(self.account.cash);
        let future = self.symbols.get(symbol as usize).filter(|state| state.instrument.is_future());
        let cost = self.narrow(future.map_or(0, |state| state.position.cost));
        self.changes.push(Change { row: self.rows, symbol, position, cash, cost, mark });
    }
}

/// `price` x `numerator` / `denominator`, half-even.
pub(crate) fn scaled(price: i64, numerator: i64, denominator: i64) -> i64 {
    narrow(div_half_even(i128::from(price) * i128::from(numerator), i128::from(denominator)))
}

/// `price` x `numerator` / `denominator` on the tick, up or down (rule N3).
fn on_grid(price: i64, numerator: i64, denominator: i64, tick: i64, up: bool) -> i64 {
    let (exact, divisor) = (i128::from(price) * i128::from(numerator), i128::from(denominator));
    let whole = if up { -(-exact).div_euclid(divisor) } else { exact.div_euclid(divisor) };
    round_to(narrow(whole), tick, up)
}

/// The nearest 64-bit value.
pub(crate) fn narrow(value: i128) -> i64 {
    value.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

//! What happens to a position without an order: funding, borrow, splits, dividends (rules A7, A8).

use parrot_kernel::{div_half_even, mul_pow10_half_even, round_to, time};

use crate::calendar::{Action, Calendar};
use crate::engine::Engine;
use crate::instrument::RATE;
use crate::order::{Level, Status};
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
            let paid = div_half_even(dividend * i128::from(rate), divisor * RATE) * i128::from(held.signum());
            let paid = self.in_account_currency(symbol as usize, paid);
            self.pay(symbol as usize, -paid);
        }
        if self.account.borrow > 0 {
            self.charge_borrow(time::day(now));
        }
    }

    fn charge_borrow(&mut self, day: i64) {
        let days = if self.calendar.day == 0 { 0 } else { day - self.calendar.day };
        self.calendar.day = day;
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
        let held = i128::from(state.position.quantity);
        let exact = held * i128::from(new);
        let whole = (exact / i128::from(old)) as i64;
        let whole = state.instrument.lots(whole);
        // The fraction is worth (exact - whole x old) / new old units at the last close.
        let fraction = exact - i128::from(whole) * i128::from(old);
        let (worth, scale) = state.instrument.worth_ratio(1, state.last);
        let cash = div_half_even(worth * fraction, scale * i128::from(new));
        state.position.quantity = whole;
        state.last = scaled(state.last, old, new);
        self.split_orders(symbol, new, old);
        let cash = self.in_account_currency(symbol, cash);
        if held != 0 {
            self.pay(symbol, cash);
        }
    }

    fn split_orders(&mut self, symbol: usize, new: i64, old: i64) {
        let tick = self.symbols[symbol].instrument.tick;
        for id in self.symbols[symbol].open.clone() {
            let instrument = &self.symbols[symbol].instrument;
            let order = &mut self.orders[id as usize];
            let exact = |quantity: i64| (i128::from(quantity) * i128::from(new) / i128::from(old)) as i64;
            order.quantity = instrument.lots(exact(order.quantity)).max(order.filled);
            let buys = order.buys();
            order.limit = round_to(scaled(order.limit, old, new), tick, !buys);
            order.trigger = round_to(scaled(order.trigger, old, new), tick, buys);
            order.best = scaled(order.best, old, new);
            order.entry = scaled(order.entry, old, new);
            order.trail = split_level(order.trail, new, old);
            order.guard.stop = order.guard.stop.map(|level| split_level(level, new, old));
            order.guard.take = order.guard.take.map(|level| split_level(level, new, old));
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
        self.record_change(symbol as u16, position);
    }

    pub(crate) fn record_change(&mut self, symbol: u16, position: i64) {
        let cash = self.narrow(self.account.cash);
        let base = self.narrow(self.account.cash - self.account.future_cost);
        self.changes.push(Change { row: self.rows, symbol, position, cash, base });
    }
}

fn scaled(price: i64, numerator: i64, denominator: i64) -> i64 {
    div_half_even(i128::from(price) * i128::from(numerator), i128::from(denominator)) as i64
}

fn split_level(level: Level, new: i64, old: i64) -> Level {
    match level {
        Level::Price(price) => Level::Price(scaled(price, old, new)),
        Level::Distance(units) => Level::Distance(scaled(units, old, new)),
        Level::Percent(share) => Level::Percent(share),
    }
}

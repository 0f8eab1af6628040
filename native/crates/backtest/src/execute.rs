//! One fill: trims, cash and position, records, one-cancels-other, protection.

use parrot_kernel::div_half_even;

use crate::account::{AccountKind, Effect};
use crate::costs::FeeCurrency;
use crate::engine::{Engine, Notice};
use crate::instrument::RATE;
use crate::moves::Deed;
use crate::order::{Role, Status, Tif};
use crate::records::Fill;

/// When and why a fill happens, and how much may be filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) ts: i64,
    pub(crate) evidence: i64,
    /// Between a bar's open and close.
    pub(crate) inside: bool,
    /// Most that the market allows, quantity units.
    pub(crate) cap: i64,
}

/// What a fill costs in fees: cash units, or quantity units kept back that are worth as much (rule A5).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charge {
    pub(crate) fee: i128,
    pub(crate) taken: Option<i64>,
}

impl Moment {
    pub(crate) fn at_open(engine: &Engine, id: u32) -> Self {
        let symbol = &engine.symbols[engine.orders[id as usize].symbol as usize];
        Self { ts: engine.now, evidence: engine.now, inside: false, cap: symbol.budget }
    }

    pub(crate) fn in_range(engine: &Engine, id: u32) -> Self {
        let symbol = &engine.symbols[engine.orders[id as usize].symbol as usize];
        let base = symbol.base.expect("worked by bars");
        let evidence = engine.streams[base as usize].bars.ts[symbol.bar];
        Self { ts: engine.now, evidence, inside: true, cap: symbol.budget }
    }
}

impl Engine {
    /// Fills at the open: slippage, then the fill.
    pub(crate) fn execute(&mut self, id: u32, price: i64, maker: bool, moment: Moment) {
        let order = &self.orders[id as usize];
        let liquidity = self.symbols[order.symbol as usize].liquidity;
        let slips = !maker && !order.rests_as_limit();
        let price =
            if slips { self.config.slippage.apply(price, order.buys(), order.remaining(), liquidity) } else { price };
        self.fill(id, price, maker, moment);
    }

    /// Fills as much of an order at `price` as the market, the account and its own flags allow.
    pub(crate) fn fill(&mut self, id: u32, price: i64, maker: bool, moment: Moment) {
        let order = &self.orders[id as usize];
        let symbol = order.symbol as usize;
        // On ticks the whole walk has been looked at before its first level.
        if order.tif == Tif::Fok && order.remaining() > moment.cap && !self.symbols[symbol].by_ticks {
            return self.end_order(id, Status::Canceled, Some("fok"));
        }
        let wanted = order.remaining().min(moment.cap);
        if wanted <= 0 || !self.trim_reduce_only(id) {
            return;
        }
        let wanted = wanted.min(self.orders[id as usize].remaining());
        let quantity = self.affordable(id, wanted, price, maker);
        if quantity < wanted && !self.trim(id, quantity, price) {
            return;
        }
        if self.symbols[symbol].budget != i64::MAX {
            self.symbols[symbol].budget -= quantity;
        }
        let charge = self.charge_for(id, quantity, price, maker);
        self.book(id, quantity, price, maker, moment, charge);
        self.after_fill(id, quantity, price, moment);
    }

    /// Rule O4; false when nothing is left.
    fn trim_reduce_only(&mut self, id: u32) -> bool {
        let order = &self.orders[id as usize];
        if !order.reduce_only {
            return true;
        }
        let held = self.symbols[order.symbol as usize].position.quantity;
        let reducible = if held.signum() == -i64::from(order.side) { held.abs() } else { 0 };
        if reducible == 0 {
            self.end_order(id, Status::Canceled, Some("reduce-only: no position"));
            return false;
        }
        let order = &mut self.orders[id as usize];
        if order.tif == Tif::Fok && reducible < order.remaining() {
            self.end_order(id, Status::Canceled, Some("fok"));
            return false;
        }
        order.quantity = order.quantity.min(order.filled + reducible);
        true
    }

    /// Cuts an order to what the account pays (rules A1, A2); false when that is nothing.
    fn trim(&mut self, id: u32, quantity: i64, price: i64) -> bool {
        let order = &self.orders[id as usize];
        let sells_on_cash = !order.buys() && self.account.kind == AccountKind::Cash;
        if order.tif == Tif::Fok {
            self.end_order(id, Status::Canceled, Some("fok"));
            return false;
        }
        if quantity == 0 && order.filled > 0 {
            self.end_order(id, Status::Filled, Some("the account covers no more"));
            return false;
        }
        if quantity == 0 {
            let reason = match self.account.kind {
                _ if sells_on_cash => "no position to sell",
                AccountKind::Cash => "insufficient cash",
                AccountKind::Margin { .. } => "insufficient margin",
            };
            let reason = format!(
                "{reason}: {} at {} not covered",
                show_quantity(order.remaining()),
                self.show_price(order.symbol, price)
            );
            self.end_order(id, Status::Refused, Some(&reason));
            return false;
        }
        let short = if sells_on_cash { "position" } else { "cash" };
        let text = format!(
            "trimmed from {} to {}: {short} shortage",
            show_quantity(order.quantity),
            show_quantity(order.filled + quantity)
        );
        let order = &mut self.orders[id as usize];
        order.quantity = order.filled + quantity;
        order.reason = Some(text.into());
        true
    }

    /// The fee of a fill by the schedule of the run.
    fn charge_for(&mut self, id: u32, quantity: i64, price: i64, maker: bool) -> Charge {
        let order = &self.orders[id as usize];
        let (symbol, side) = (order.symbol as usize, order.side);
        let fee = self.fee(symbol, quantity, price, maker);
        let in_base = self.pays_in_base(symbol, side);
        Charge { fee, taken: in_base.then(|| self.base_fee(symbol, quantity, price, maker)) }
    }

    /// Cash, position and records of one fill.
    pub(crate) fn book(&mut self, id: u32, quantity: i64, price: i64, maker: bool, moment: Moment, charge: Charge) {
        let order = &self.orders[id as usize];
        let (symbol, side) = (order.symbol as usize, order.side);
        let Charge { fee, taken } = charge;
        let held = self.symbols[symbol].position;
        let signed = quantity * i64::from(side);
        let worth = self.worth(symbol, quantity, price);
        let effect = self.settle(symbol, signed, price, worth);
        if let Some(taken) = taken {
            // The fee is taken from what is received, with its share of the cost; cash pays the notional alone (rule A5).
            let position = &mut self.symbols[symbol].position;
            position.quantity -= taken;
            position.cost -= fee;
            self.account.cash += effect.cash;
        } else {
            self.account.cash += effect.cash - fee;
        }
        if !self.config.fees.tiers.is_empty() {
            self.account.trade(self.now, worth);
        }
        let position = self.symbols[symbol].position.quantity;
        let (fee, notional, realised) = (self.narrow(fee), self.narrow(worth), self.narrow(effect.realised));
        let Moment { ts, evidence, .. } = moment;
        let (bar, symbol) = (self.symbols[symbol].bar as u32, symbol as u16);
        self.fills.push(Fill {
            ts,
            evidence,
            order: id,
            symbol,
            bar,
            side,
            maker,
            quantity,
            price,
            fee,
            held: held.quantity,
            notional,
            realised,
            position,
        });
        self.record_change(symbol, position, 0);
        self.notify(Notice::Fill(self.fills.len() as u32 - 1));
    }

    /// Moves the position; a future's profit becomes account currency when it is realised.
    fn settle(&mut self, symbol: usize, signed: i64, price: i64, worth: i128) -> Effect {
        let state = &self.symbols[symbol];
        let (held, future) = (state.position.quantity, state.instrument.is_future());
        let closing = if held.signum() == -signed.signum() { signed.abs().min(held.abs()) } else { 0 };
        let worth = if future { state.instrument.worth(signed.abs(), price) } else { worth };
        let closed = match closing {
            0 => 0,
            _ if closing == signed.abs() => worth,
            _ if future => state.instrument.worth(closing, price),
            _ => self.worth(symbol, closing, price),
        };
        let state = &mut self.symbols[symbol];
        let effect = state.position.fill(&state.instrument, signed, worth, closed);
        self.overflow |= state.position.quantity.unsigned_abs() >= i64::MAX as u64;
        if !future {
            return effect;
        }
        let realised = self.in_account_currency(symbol, effect.realised);
        Effect { cash: realised, realised }
    }

    /// Unsigned worth in account currency.
    pub(crate) fn worth(&self, symbol: usize, quantity: i64, price: i64) -> i128 {
        self.in_account_currency(symbol, self.symbols[symbol].instrument.worth(quantity, price))
    }

    /// A purchase of what is owned pays its fee from what it receives; what covers a short receives nothing (rule A5).
    pub(crate) fn pays_in_base(&self, symbol: usize, side: i8) -> bool {
        let state = &self.symbols[symbol];
        let owned = side > 0 && state.position.quantity >= 0 && !state.instrument.is_future();
        owned && self.config.fees.currency == FeeCurrency::Base
    }

    /// The fee of a fill in quantity units: its rate, or where amounts are part of it, what they buy at the price.
    fn base_fee(&mut self, symbol: usize, quantity: i64, price: i64, maker: bool) -> i64 {
        let volume = if self.config.fees.tiers.is_empty() { 0 } else { self.account.volume(self.now) };
        let (fees, instrument) = (&self.config.fees, &self.symbols[symbol].instrument);
        let rate = fees.rate(maker, volume);
        if fees.per_unit == 0 && fees.minimum == 0 {
            return div_half_even(i128::from(quantity) * i128::from(rate), RATE) as i64;
        }
        let (fee, worth) = (fees.of(instrument, quantity, price, rate), instrument.worth(quantity, price).max(1));
        div_half_even(i128::from(quantity) * fee, worth).min(i128::from(quantity)) as i64
    }

    pub(crate) fn after_fill(&mut self, id: u32, quantity: i64, price: i64, moment: Moment) {
        let order = &mut self.orders[id as usize];
        if order.filled == 0 && order.guard != crate::order::Guard::default() {
            order.entry = price;
        }
        order.filled += quantity;
        order.last_fill = quantity;
        order.traded += i128::from(quantity) * i128::from(price);
        order.updated = moment.ts;
        let (oco, symbol) = (order.oco, order.symbol as usize);
        if !order.is_live() {
            // Withdrawn here, and filled before its venue heard of it.
        } else if order.remaining() <= 0 {
            self.end_order(id, Status::Filled, None);
        } else if self.orders[id as usize].kind != crate::order::Kind::Market {
            self.notify(Notice::Order(id));
        }
        if oco != 0 {
            self.shrink_siblings(id, oco, symbol, quantity);
        }
        self.protect(id, price, moment);
    }

    /// Rule O1.
    fn shrink_siblings(&mut self, id: u32, oco: u32, symbol: usize, quantity: i64) {
        for at in 0..self.symbols[symbol].open.len() {
            let other = self.symbols[symbol].open[at];
            let order = &mut self.orders[other as usize];
            if other == id || order.oco != oco || !order.is_live() {
                continue;
            }
            order.quantity = (order.quantity - quantity).max(order.filled);
            if order.remaining() == 0 {
                self.withdraw(other, "oco");
            } else {
                self.note(Deed::Resized, other);
            }
        }
    }

    /// Gives an order its final status.
    pub(crate) fn end_order(&mut self, id: u32, status: Status, reason: Option<&str>) {
        let order = &mut self.orders[id as usize];
        order.status = status;
        order.updated = self.now;
        if let Some(text) = reason {
            order.reason = Some(text.into());
        }
        let (symbol, role) = (order.symbol as usize, order.role);
        self.open_orders -= 1;
        let state = &mut self.symbols[symbol];
        match role {
            Role::Stop if state.stop == Some(id) => state.stop = None,
            Role::Take if state.take == Some(id) => state.take = None,
            _ => {}
        }
        if state.by_ticks {
            self.ticks.markets[symbol].queues.remove(&id);
        }
        self.notify(Notice::Order(id));
    }

    /// What a fill costs in fees, in cash units of the account.
    pub(crate) fn fee(&mut self, symbol: usize, quantity: i64, price: i64, maker: bool) -> i128 {
        let fees = &self.config.fees;
        let volume = if fees.tiers.is_empty() { 0 } else { self.account.volume(self.now) };
        let rate = fees.rate(maker, volume);
        let fee = fees.of(&self.symbols[symbol].instrument, quantity, price, rate);
        self.in_account_currency(symbol, fee)
    }

    pub(crate) fn narrow(&mut self, value: i128) -> i64 {
        i64::try_from(value).unwrap_or_else(|_| {
            self.overflow = true;
            i64::MAX
        })
    }

    fn show_price(&self, symbol: u16, price: i64) -> String {
        show(price, self.symbols[symbol as usize].instrument.price_decimals)
    }
}

fn show_quantity(quantity: i64) -> String {
    show(quantity, crate::instrument::QUANTITY_DECIMALS)
}

/// An integer of 10^-`decimals` as a plain decimal.
pub fn show(units: i64, decimals: u32) -> String {
    let scale = parrot_kernel::POW10[decimals as usize];
    let (whole, rest) = (i128::from(units).abs() / scale, i128::from(units).abs() % scale);
    let sign = if units < 0 { "-" } else { "" };
    let fraction = format!("{rest:0width$}", width = decimals as usize);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() || decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

//! What a strategy may ask for: orders, targets, cancellations (rules O4 to O8).

use parrot_kernel::round_to;

use crate::account::AccountKind;
use crate::costs::Liquidity;
use crate::engine::{Engine, Notice};
use crate::moves::Deed;
use crate::order::{Guard, Kind, Order, Role, Status, Tif};

/// An order that could never be valid; the strategy hears of it at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl Engine {
    /// Takes on an order; what account rules refuse is recorded as refused (rule O7).
    ///
    /// # Errors
    /// When no market could take such an order: a size that is not positive, or flags that contradict the kind (rule O8).
    pub fn submit(&mut self, mut order: Order) -> Result<u32, Fault> {
        check(&order)?;
        let symbol = order.symbol as usize;
        let instrument = &self.symbols[symbol].instrument;
        let (tick, buys) = (instrument.tick, order.buys());
        order.quantity = instrument.lots(order.quantity);
        order.limit = round_to(order.limit, tick, !buys);
        order.trigger = round_to(order.trigger, tick, buys);
        order.submitted = self.now;
        order.updated = self.now;
        order.active_from = self.now.saturating_add(self.config.feed_latency + self.config.order_latency);
        let refusal = self.refusal(&order);
        let id = self.add_order(order);
        if let Some(reason) = refusal {
            self.end_order(id, Status::Refused, Some(&reason));
            self.tidy(symbol);
        } else if self.symbols[symbol].by_ticks && self.fills_here() {
            self.ticks.arrive(id, self.orders[id as usize].active_from);
        }
        Ok(id)
    }

    pub(crate) fn add_order(&mut self, order: Order) -> u32 {
        let id = self.orders.len() as u32;
        self.symbols[order.symbol as usize].open.push(id);
        self.orders.push(order);
        self.open_orders += 1;
        self.note(Deed::Placed, id);
        self.notify(Notice::Order(id));
        id
    }

    /// Why account or instrument rules refuse an order, if they do.
    fn refusal(&self, order: &Order) -> Option<String> {
        let symbol = order.symbol as usize;
        let state = &self.symbols[symbol];
        let instrument = &state.instrument;
        if order.quantity == 0 {
            return Some("less than one lot".into());
        }
        if order.quantity < instrument.min_quantity && !order.reduce_only {
            return Some("less than the minimum quantity".into());
        }
        let price = if order.limit > 0 { order.limit } else { order.trigger.max(state.last) };
        if price > 0
            && instrument.worth(order.quantity, price) < i128::from(instrument.min_notional)
            && !order.reduce_only
        {
            return Some("less than the minimum notional".into());
        }
        if self.fx_rate(symbol).is_none() {
            return Some("no rate of its currency is known yet".into());
        }
        if self.account.kind == AccountKind::Cash && !order.buys() && !order.reduce_only {
            let buying: i128 =
                self.working(symbol).filter(|other| other.buys()).map(|other| i128::from(other.remaining())).sum();
            if i128::from(order.quantity) > i128::from(state.position.quantity.max(0)) + buying {
                return Some("a short on a cash account".into());
            }
        }
        None
    }

    fn working(&self, symbol: usize) -> impl Iterator<Item = &Order> {
        self.symbols[symbol].open.iter().map(|id| &self.orders[*id as usize]).filter(|order| order.is_live())
    }

    /// Brings the position of a symbol to `share` (10^-8) of equity (rule O5).
    ///
    /// # Errors
    /// When no price of the symbol is known yet.
    pub fn target(&mut self, symbol: u16, share: i64, guard: Guard, why: u32) -> Result<Option<u32>, Fault> {
        if share == 0 {
            return Ok(self.hold(symbol, 0, guard, why));
        }
        let state = &self.symbols[symbol as usize];
        if state.last == 0 {
            return Err(Fault("no price is known yet, so a share of equity has no size".into()));
        }
        if share < 0 && self.account.kind == AccountKind::Cash {
            let held = state.position.quantity;
            let quantity = held.max(state.instrument.lot);
            return Ok(Some(self.refuse_short(symbol, quantity, why)));
        }
        let buys = share > 0;
        let budget = self.share_of_equity(share);
        let last = state.last;
        let liquidity = self.liquidity_at_close(symbol as usize);
        let price_for = |engine: &Self, quantity| engine.config.slippage.apply(last, buys, quantity, liquidity);
        let cost = move |engine: &mut Self, quantity: i64| {
            let price = price_for(engine, quantity);
            let worth = engine.worth(symbol as usize, quantity, price);
            worth + engine.fee(symbol as usize, quantity, price, false)
        };
        let quantity = self.size_for(symbol as usize, budget, cost);
        Ok(self.hold(symbol, if buys { quantity } else { -quantity }, guard, why))
    }

    /// Volume and spread as the decision knows them: the volume is that of the bar that has closed.
    fn liquidity_at_close(&self, symbol: usize) -> Liquidity {
        let state = &self.symbols[symbol];
        let bar = state.base.filter(|_| !state.by_ticks).map(|base| self.cursor.index(base as usize));
        let volume = bar.and_then(|bar| usize::try_from(bar).ok()).map(|bar| self.volume_and_session(symbol, bar).0);
        Liquidity { volume: volume.unwrap_or(state.liquidity.volume), ..state.liquidity }
    }

    /// The most lots whose cost stays within `budget`: a guess from one unit's price, then doubling steps.
    fn size_for(&mut self, symbol: usize, budget: i128, mut cost: impl FnMut(&mut Self, i64) -> i128) -> i64 {
        const UNIT: i64 = 100_000_000;
        let lot = self.symbols[symbol].instrument.lot;
        let unit = cost(self, UNIT).max(1);
        let guess = (budget.max(0) * i128::from(UNIT) / unit).min(i128::from(i64::MAX / 4)) as i64 / lot;
        let mut fits = |engine: &mut Self, lots: i64| cost(engine, lots * lot) <= budget;
        // Gallop away from the guess until the answer is bracketed, then bisect: the cost never falls with size.
        let (most, mut step) = (i64::MAX / 4 / lot, 1);
        let (mut low, mut high) = (guess.min(most), guess.min(most) + 1);
        while low > 0 && !fits(self, low) {
            (high, low, step) = (low, (low - step).max(0), step * 2);
        }
        while high <= most && fits(self, high) {
            (low, high, step) = (high, high.saturating_add(step), step * 2);
        }
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if fits(self, middle) { low = middle } else { high = middle }
        }
        low * lot
    }

    /// Brings the position of a symbol to `quantity` (rule O5).
    pub fn hold(&mut self, symbol: u16, quantity: i64, guard: Guard, why: u32) -> Option<u32> {
        let state = &self.symbols[symbol as usize];
        let (held, wanted) = (state.position.quantity, state.instrument.lots(quantity));
        if wanted < 0 && self.account.kind == AccountKind::Cash {
            return Some(self.refuse_short(symbol, wanted - held, why));
        }
        self.cancel_targets(symbol as usize, "replaced");
        let change = self.symbols[symbol as usize].instrument.lots(wanted - held);
        if change == 0 {
            return None;
        }
        let mut rest = change;
        if held != 0 && wanted.signum() == -held.signum() {
            // What is less than a lot stays behind; it is flat (rule N4).
            let closing = self.symbols[symbol as usize].instrument.lots(held);
            if closing != 0 {
                self.send_target(symbol, -closing, true, Guard::default(), why);
                rest = wanted;
            }
        }
        let reduces = held.signum() == -rest.signum() && rest.abs() <= held.abs() && rest == change;
        (rest != 0).then(|| self.send_target(symbol, rest, reduces, guard, why))
    }

    fn send_target(&mut self, symbol: u16, change: i64, reduce_only: bool, guard: Guard, why: u32) -> u32 {
        let mut order = Order::new(symbol, change.signum() as i8, Kind::Market, change.abs(), self.now);
        (order.role, order.reduce_only, order.guard, order.why) = (Role::Target, reduce_only, guard, why);
        self.submit(order).expect("a market order of positive size has no fault")
    }

    fn refuse_short(&mut self, symbol: u16, change: i64, why: u32) -> u32 {
        let mut order = Order::new(symbol, -1, Kind::Market, change.abs(), self.now);
        (order.role, order.why) = (Role::Target, why);
        let id = self.add_order(order);
        self.end_order(id, Status::Refused, Some("a short on a cash account"));
        self.tidy(symbol as usize);
        id
    }

    /// Closes the position of a symbol (rule O6).
    ///
    /// # Panics
    /// Never: a market order of positive size has no fault.
    pub fn close(&mut self, symbol: u16, why: u32) -> Option<u32> {
        self.cancel_targets(symbol as usize, "replaced");
        let state = &self.symbols[symbol as usize];
        let held = state.instrument.lots(state.position.quantity);
        if held == 0 {
            return None;
        }
        let mut order = Order::new(symbol, -held.signum() as i8, Kind::Market, held.abs(), self.now);
        (order.reduce_only, order.why) = (true, why);
        Some(self.submit(order).expect("a market order of positive size has no fault"))
    }

    /// Cancels a working order; false when it is not working.
    pub fn cancel(&mut self, id: u32) -> bool {
        let live = self.orders.get(id as usize).is_some_and(Order::is_live);
        if live {
            let symbol = self.orders[id as usize].symbol as usize;
            self.withdraw(id, "by the strategy");
            self.tidy(symbol);
        }
        live
    }

    /// Cancels all working orders (of one symbol) but the protection of positions; says how many.
    pub fn cancel_all(&mut self, symbol: Option<u16>) -> usize {
        let wanted: Vec<u32> = (0..self.symbols.len())
            .filter(|index| symbol.is_none_or(|symbol| symbol as usize == *index))
            .flat_map(|index| self.symbols[index].open.clone())
            .filter(|id| !matches!(self.orders[*id as usize].role, Role::Stop | Role::Take))
            .collect();
        wanted.into_iter().filter(|id| self.cancel(*id)).count()
    }

    fn cancel_targets(&mut self, symbol: usize, reason: &str) {
        for at in 0..self.symbols[symbol].open.len() {
            let id = self.symbols[symbol].open[at];
            if self.orders[id as usize].role == Role::Target && self.orders[id as usize].is_live() {
                self.withdraw(id, reason);
            }
        }
        self.tidy(symbol);
    }

    /// Everything that is still working when the data end expires (rule T2).
    pub fn finish(&mut self) {
        if self.is_live() {
            return; // they live on where they were sent
        }
        for symbol in 0..self.symbols.len() {
            for id in self.symbols[symbol].open.clone() {
                if self.orders[id as usize].is_live() {
                    self.end_order(id, Status::Expired, Some("end of data"));
                }
            }
            self.tidy(symbol);
        }
        self.mark_end();
    }
}

fn check(order: &Order) -> Result<(), Fault> {
    let limit = matches!(order.kind, Kind::Limit | Kind::StopLimit | Kind::TouchLimit);
    let trigger = matches!(order.kind, Kind::Stop | Kind::StopLimit | Kind::Touch | Kind::TouchLimit);
    let immediate = matches!(order.tif, Tif::Ioc | Tif::Fok);
    let fault = if order.quantity < 0 {
        "the quantity must not be negative"
    } else if (limit && order.limit <= 0) || (trigger && order.trigger <= 0) {
        "a price must be positive"
    } else if immediate && !matches!(order.kind, Kind::Market | Kind::Limit) {
        "IOC and FOK are for market and limit orders"
    } else if order.post_only && (order.kind != Kind::Limit || immediate) {
        "post_only is for limit orders that rest"
    } else if order.tif == Tif::Gtd && order.until == i64::MAX {
        "a GTD order needs until="
    } else {
        return Ok(());
    };
    Err(Fault(fault.into()))
}

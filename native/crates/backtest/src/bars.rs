//! Working orders against bars: the open phase and the range phase (rules B1 to B13, T4, T6).

use parrot_kernel::{mul_pow10_half_even, time};

use crate::actions::narrow;
use crate::engine::{Bounds, Engine};
use crate::execute::Moment;
use crate::instrument::RATE;
use crate::order::{Kind, Order, Role, Status, Tif};

/// Prices of one bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ohlc {
    pub(crate) open: i64,
    pub(crate) high: i64,
    pub(crate) low: i64,
    pub(crate) close: i64,
}

/// What the open does to an order.
enum AtOpen {
    Nothing,
    WouldTake,
    Fill { price: i64, maker: bool },
}

impl Engine {
    pub(crate) fn ohlc(&self, symbol: usize, bar: usize) -> Ohlc {
        let base = self.symbols[symbol].base.expect("worked by bars");
        let bars = &self.streams[base as usize].bars;
        Ohlc { open: bars.open[bar], high: bars.high[bar], low: bars.low[bar], close: bars.close[bar] }
    }

    /// All bars that open at `now`, in two passes: what shrinks a position first (rule T4).
    pub(crate) fn open_phase(&mut self, now: i64) {
        let mut opening = std::mem::take(&mut self.opening);
        self.find_opening(now, &mut opening);
        for (symbol, bar) in &opening {
            self.begin_bar(*symbol as usize, *bar as usize, now);
        }
        for (symbol, _) in &opening {
            self.liquidate_at_open(*symbol as usize);
        }
        for reducing in [true, false] {
            for (symbol, bar) in &opening {
                self.open_symbol(*symbol as usize, *bar as usize, reducing);
            }
        }
        for (symbol, _) in &opening {
            self.cancel_immediate(*symbol as usize);
        }
        self.opening = opening;
    }

    /// Symbols with something at stake whose next bar opens at `now`, in declared order.
    fn find_opening(&self, now: i64, opening: &mut Vec<(u16, u32)>) {
        let shared = self.groups.len() > 1 || self.is_margin();
        let planned = self.calendar.any();
        opening.clear();
        for group in self.groups.iter().filter(|group| !group.closing && group.time == now) {
            for id in &group.streams {
                let stream = &self.streams[*id as usize];
                let symbol = &self.symbols[stream.symbol as usize];
                let busy = !symbol.open.is_empty() || (shared && symbol.position.quantity != 0) || planned;
                if stream.base && !symbol.by_ticks && busy {
                    opening.push((stream.symbol, group.next as u32));
                }
            }
        }
        opening.sort_unstable();
    }

    /// Expiries, corporate actions, arrivals and the budget of one symbol's bar, in this order.
    fn begin_bar(&mut self, symbol: usize, bar: usize, now: i64) {
        let open = self.ohlc(symbol, bar).open;
        let (volume, session) = self.volume_and_session(symbol, bar);
        self.expire(symbol, session, now);
        self.act(symbol, now);
        let state = &mut self.symbols[symbol];
        state.bar = bar;
        state.last = open;
        state.liquidity.volume = volume;
        state.budget = match self.config.participation {
            Some(share) => state.instrument.lots((i128::from(volume) * i128::from(share) / RATE) as i64),
            None => i64::MAX,
        };
        for id in &self.symbols[symbol].open {
            let order = &mut self.orders[*id as usize];
            if order.arrived >= 0 {
                order.best = if order.buys() { order.best.min(open) } else { order.best.max(open) };
            } else if order.active_from <= now {
                order.arrived = bar as i64;
                order.best = open;
                order.session = session;
            }
        }
    }

    /// DAY orders of another session and GTD orders whose time has come (rule T6).
    pub(crate) fn expire(&mut self, symbol: usize, session: i64, now: i64) {
        for at in 0..self.symbols[symbol].open.len() {
            let id = self.symbols[symbol].open[at];
            let order = &self.orders[id as usize];
            let over = match order.tif {
                Tif::Day => order.arrived >= 0 && order.session != session,
                Tif::Gtd => order.until <= now,
                _ => false,
            };
            if over && order.is_live() {
                self.end_order(id, Status::Expired, Some("its time is over"));
            }
        }
        self.tidy(symbol);
    }

    pub(crate) fn volume_and_session(&self, symbol: usize, bar: usize) -> (i64, i64) {
        let base = self.symbols[symbol].base.expect("worked by bars");
        let bars = &self.streams[base as usize].bars;
        let volume = narrow(mul_pow10_half_even(i128::from(bars.volume[bar]), 8 - bars.volume_decimals as i32));
        let session = bars.session.as_ref().map_or_else(|| time::day(bars.ts[bar]), |session| session[bar]);
        (volume, session)
    }

    /// True for the first bar after a session break: its open is an auction (rule B2).
    fn is_auction(&self, symbol: usize, bar: usize) -> bool {
        let base = self.symbols[symbol].base.expect("worked by bars");
        let session = &self.streams[base as usize].bars.session;
        session.as_ref().is_some_and(|session| bar > 0 && session[bar] != session[bar - 1])
    }

    fn open_symbol(&mut self, symbol: usize, bar: usize, reducing: bool) {
        let open = self.ohlc(symbol, bar).open;
        let auction = self.is_auction(symbol, bar);
        // What is born in the first pass waits for its turn in the second (rule T4).
        let known = self.symbols[symbol].open.len();
        let mut at = 0;
        while at < if reducing { known } else { self.symbols[symbol].open.len() } {
            let id = self.symbols[symbol].open[at];
            at += 1;
            let order = &self.orders[id as usize];
            let reduces = self.symbols[symbol].position.quantity.signum() == -i64::from(order.side);
            if order.is_live() && order.arrived >= 0 && (reduces || !reducing) {
                self.open_order(id, open, auction || order.arrived == bar as i64);
            }
        }
        self.tidy(symbol);
    }

    fn open_order(&mut self, id: u32, open: i64, fresh: bool) {
        let tick = self.symbols[self.orders[id as usize].symbol as usize].instrument.tick;
        match at_open(&mut self.orders[id as usize], open, tick, fresh, self.config.touch) {
            AtOpen::Nothing => {}
            AtOpen::WouldTake => self.end_order(id, Status::Canceled, Some("post-only would take")),
            AtOpen::Fill { price, maker } => {
                let moment = Moment::at_open(self, id);
                self.execute(id, price, maker, moment);
            }
        }
    }

    /// Cancels what IOC and FOK orders did not fill at the open of their arrival (rule B12).
    fn cancel_immediate(&mut self, symbol: usize) {
        for at in 0..self.symbols[symbol].open.len() {
            let id = self.symbols[symbol].open[at];
            let order = &self.orders[id as usize];
            if matches!(order.tif, Tif::Ioc | Tif::Fok) && order.arrived >= 0 && order.is_live() {
                self.end_order(id, Status::Canceled, Some(if order.tif == Tif::Ioc { "ioc" } else { "fok" }));
            }
        }
        self.tidy(symbol);
    }

    /// The life of all orders of a symbol between a bar's open and close (rule B9).
    pub(crate) fn range_phase(&mut self, symbol: usize, bar: usize) {
        let ohlc = self.ohlc(symbol, bar);
        self.symbols[symbol].bar = bar;
        if self.config.bounds == Bounds::Optimistic {
            self.take_in_range(symbol, ohlc);
        }
        self.stops_in_range(symbol, ohlc);
        self.limits_in_range(symbol, ohlc);
        self.guard_inside(symbol, ohlc);
        self.trail_to_close(symbol, ohlc);
        self.tidy(symbol);
        for at in 0..self.symbols[symbol].open.len() {
            let id = self.symbols[symbol].open[at];
            self.orders[id as usize].inside = false;
        }
    }

    fn stops_in_range(&mut self, symbol: usize, ohlc: Ohlc) {
        let mut queue = std::mem::take(&mut self.scratch);
        queue.clear();
        let tick = self.symbols[symbol].instrument.tick;
        for id in &self.symbols[symbol].open {
            let order = &self.orders[*id as usize];
            let waits = matches!(order.kind, Kind::Stop | Kind::StopLimit | Kind::Trail) && !order.triggered;
            if waits && in_market(order) {
                let level = order.stop_level(tick);
                if reached(order.buys(), level, ohlc) {
                    queue.push(((level - ohlc.open).abs(), *id));
                }
            }
        }
        queue.sort_unstable();
        let held = self.symbols[symbol].position.quantity;
        let (mut at, mut called) = (0, false);
        loop {
            let margin_call = if called { None } else { self.margin_call(symbol, held, ohlc) };
            match (queue.get(at), margin_call) {
                (Some((distance, id)), call) if call.is_none_or(|price| *distance <= (price - ohlc.open).abs()) => {
                    if self.orders[*id as usize].is_live() {
                        self.trigger_in_range(*id, ohlc);
                    }
                    at += 1;
                }
                (_, Some(price)) => {
                    self.liquidate_inside(symbol, price);
                    called = true;
                }
                _ => break,
            }
        }
        self.scratch = queue;
    }

    /// The liquidation price of the position as it stands; what has grown or turned inside the bar waits for B10 (rule A3).
    fn margin_call(&self, symbol: usize, held: i64, ohlc: Ohlc) -> Option<i64> {
        let now = self.symbols[symbol].position.quantity;
        let kept = now.signum() == held.signum() && now.abs() <= held.abs();
        if kept { self.liquidation_price(symbol, ohlc) } else { None }
    }

    fn trigger_in_range(&mut self, id: u32, ohlc: Ohlc) {
        let tick = self.symbols[self.orders[id as usize].symbol as usize].instrument.tick;
        let order = &mut self.orders[id as usize];
        let level = order.stop_level(tick);
        order.triggered = true;
        if order.kind == Kind::StopLimit {
            order.inside = true; // what the trigger leaves behind has had its chance in this bar
            self.limit_after_trigger(id, level, ohlc);
        } else {
            self.fill_in_range(id, level, false);
        }
    }

    /// Where the limit is no worse than the trigger it fills at the trigger; else only if the close lies through it (B6).
    fn limit_after_trigger(&mut self, id: u32, trigger: i64, ohlc: Ohlc) {
        let order = &self.orders[id as usize];
        let (limit, buys) = (order.limit, order.buys());
        let at_once = if buys { limit >= trigger } else { limit <= trigger };
        if at_once {
            self.fill_in_range(id, trigger, false);
        } else if through(buys, limit, ohlc.close, self.config.touch) {
            self.fill_in_range(id, limit, true);
        }
    }

    fn limits_in_range(&mut self, symbol: usize, ohlc: Ohlc) {
        let mut queue = std::mem::take(&mut self.scratch);
        queue.clear();
        for id in &self.symbols[symbol].open {
            let order = &self.orders[*id as usize];
            if let Some(level) = limit_like_level(order, ohlc, self.config.touch).filter(|_| in_market(order)) {
                queue.push(((level - ohlc.open).abs(), *id));
            }
        }
        queue.sort_unstable();
        for (_, id) in &queue {
            if self.orders[*id as usize].is_live() {
                self.limit_in_range(*id, ohlc);
            }
        }
        self.scratch = queue;
    }

    /// The optimistic bound takes profit before any stop (rule B13).
    fn take_in_range(&mut self, symbol: usize, ohlc: Ohlc) {
        let Some(id) = self.symbols[symbol].take else { return };
        let order = &self.orders[id as usize];
        if in_market(order) && limit_like_level(order, ohlc, self.config.touch).is_some() {
            self.limit_in_range(id, ohlc);
        }
    }

    fn limit_in_range(&mut self, id: u32, ohlc: Ohlc) {
        let order = &mut self.orders[id as usize];
        if order.rests_as_limit() {
            let limit = order.limit;
            return self.fill_in_range(id, limit, true);
        }
        let trigger = order.trigger;
        order.triggered = true;
        if order.kind == Kind::TouchLimit {
            order.inside = true;
            self.limit_after_trigger(id, trigger, ohlc);
        } else {
            self.fill_in_range(id, trigger, false);
        }
    }

    /// Protection that was made inside this bar (rules B10, B13).
    fn guard_inside(&mut self, symbol: usize, ohlc: Ohlc) {
        if self.config.bounds == Bounds::Optimistic {
            self.take_inside(symbol, ohlc);
            self.stop_inside(symbol, ohlc);
        } else {
            self.stop_inside(symbol, ohlc);
            self.take_inside(symbol, ohlc);
        }
    }

    /// The stop or the liquidation, whichever is first met on the way to the adverse extreme.
    fn stop_inside(&mut self, symbol: usize, ohlc: Ohlc) {
        let stop = self.inside_stop(symbol, ohlc);
        let margin_call = self.liquidation_price(symbol, ohlc);
        let long = self.symbols[symbol].position.quantity > 0;
        match (stop, margin_call) {
            (Some((id, price)), call) if call.is_none_or(|call| if long { price >= call } else { price <= call }) => {
                self.orders[id as usize].triggered = true;
                self.fill_in_range(id, price, false);
            }
            (_, Some(price)) => self.liquidate_inside(symbol, price),
            _ => {}
        }
    }

    fn inside_stop(&self, symbol: usize, ohlc: Ohlc) -> Option<(u32, i64)> {
        let state = &self.symbols[symbol];
        let id = state.stop?;
        let order = &self.orders[id as usize];
        if !order.inside || !order.is_live() {
            return None;
        }
        let close_only = Ohlc { high: ohlc.close, low: ohlc.close, ..ohlc };
        let level = order.stop_level(state.instrument.tick);
        // On the wrong side of its entry it exits at once, whatever the bound (rule O3).
        let wrong_side = if order.buys() { level <= order.entry } else { level >= order.entry };
        let range = if self.config.bounds == Bounds::Optimistic { close_only } else { ohlc };
        let price = if order.buys() { level.max(order.entry) } else { level.min(order.entry) };
        (wrong_side || reached(order.buys(), price, range)).then_some((id, price))
    }

    fn take_inside(&mut self, symbol: usize, ohlc: Ohlc) {
        let Some(id) = self.symbols[symbol].take else { return };
        let order = &self.orders[id as usize];
        let seen = match self.config.bounds {
            Bounds::Pessimistic => return,
            Bounds::Convention => ohlc.close,
            Bounds::Optimistic if order.buys() => ohlc.low,
            Bounds::Optimistic => ohlc.high,
        };
        let (limit, entry) = (order.limit, order.entry);
        let wrong_side = through(order.buys(), limit, entry, true);
        if !order.inside || !order.is_live() {
            return;
        }
        if wrong_side {
            // Made on the wrong side of its entry it takes at once, at the entry's own price (rule O3).
            self.fill_in_range(id, entry, false);
        } else if through(order.buys(), limit, seen, true) {
            self.fill_in_range(id, limit, true);
        }
    }

    /// Trailing stops follow this bar and may be hit by its close (rule B8).
    fn trail_to_close(&mut self, symbol: usize, ohlc: Ohlc) {
        let tick = self.symbols[symbol].instrument.tick;
        for at in 0..self.symbols[symbol].open.len() {
            let id = self.symbols[symbol].open[at];
            let order = &mut self.orders[id as usize];
            if order.kind != Kind::Trail || !order.is_live() || order.arrived < 0 || order.triggered {
                continue;
            }
            let (high, low) = if order.inside { (ohlc.close, ohlc.close) } else { (ohlc.high, ohlc.low) };
            order.best = if order.buys() { order.best.min(low) } else { order.best.max(high) };
            let level = order.stop_level(tick);
            if !order.inside && if order.buys() { ohlc.close >= level } else { ohlc.close <= level } {
                order.triggered = true;
                self.fill_in_range(id, level, false);
            }
        }
    }

    fn fill_in_range(&mut self, id: u32, price: i64, maker: bool) {
        let moment = Moment::in_range(self, id);
        let order = &self.orders[id as usize];
        let symbol = &self.symbols[order.symbol as usize];
        let price = if maker || order.rests_as_limit() {
            price
        } else {
            self.config.slippage.apply(price, order.buys(), order.remaining(), symbol.liquidity)
        };
        self.fill(id, price, maker, moment);
    }

    /// Drops finished orders from the working list.
    pub(crate) fn tidy(&mut self, symbol: usize) {
        let orders = &self.orders;
        self.symbols[symbol].open.retain(|id| orders[*id as usize].is_live());
    }
}

/// Arrived, and not made inside the bar that is being worked through.
fn in_market(order: &Order) -> bool {
    order.is_live() && order.arrived >= 0 && !order.inside
}

/// A stop's level lies in the range: touch is enough (rule B5).
fn reached(buys: bool, level: i64, bar: Ohlc) -> bool {
    if buys { bar.high >= level } else { bar.low <= level }
}

/// `price` lies through a limit, or on it with `touch` (rules B3, B4).
fn through(buys: bool, limit: i64, price: i64, touch: bool) -> bool {
    match (buys, touch) {
        (true, false) => price < limit,
        (true, true) => price <= limit,
        (false, false) => price > limit,
        (false, true) => price >= limit,
    }
}

/// The price at which a limit-like order meets the range of a bar, if it does (rules B4, B7).
fn limit_like_level(order: &Order, bar: Ohlc, touch: bool) -> Option<i64> {
    let extreme = if order.buys() { bar.low } else { bar.high };
    if order.rests_as_limit() {
        return through(order.buys(), order.limit, extreme, touch).then_some(order.limit);
    }
    let waits = matches!(order.kind, Kind::Touch | Kind::TouchLimit) && !order.triggered;
    (waits && through(order.buys(), order.trigger, extreme, true)).then_some(order.trigger)
}

/// Rules B1 to B3 and B5 to B8 at the open.
fn at_open(order: &mut Order, open: i64, tick: i64, fresh: bool, touch: bool) -> AtOpen {
    let mut fresh = fresh;
    if !order.triggered && !matches!(order.kind, Kind::Market | Kind::Limit) {
        let favourable = matches!(order.kind, Kind::Touch | Kind::TouchLimit);
        let level = order.stop_level(tick);
        let newborn_trail = order.kind == Kind::Trail && fresh && order.role == Role::Plain;
        let beyond = if order.buys() == favourable { open <= level } else { open >= level };
        if newborn_trail || !beyond {
            return AtOpen::Nothing;
        }
        order.triggered = true;
        fresh = true;
    }
    if !order.rests_as_limit() {
        return AtOpen::Fill { price: open, maker: false };
    }
    if fresh {
        let marketable = through(order.buys(), order.limit, open, true);
        return match (marketable, order.post_only) {
            (false, _) => AtOpen::Nothing,
            (true, true) => AtOpen::WouldTake,
            (true, false) => AtOpen::Fill { price: open, maker: false },
        };
    }
    if through(order.buys(), order.limit, open, touch) {
        AtOpen::Fill { price: order.limit, maker: true }
    } else {
        AtOpen::Nothing
    }
}

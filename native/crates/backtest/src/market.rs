//! Working orders against trades, quotes and books (rules K3, K4, K5).

use parrot_book::{QueueModel, RestingQueue, Side, Trade};
use parrot_kernel::time;

use crate::engine::Engine;
use crate::execute::Moment;
use crate::order::{Kind, Status, Tif};

impl Engine {
    /// An order reaches the market and meets it as it is recorded now (rule K2).
    pub(crate) fn arrive_at_market(&mut self, id: u32) {
        let order = &mut self.orders[id as usize];
        if !order.is_live() {
            return;
        }
        let symbol = order.symbol as usize;
        let market = &self.ticks.markets[symbol];
        order.arrived = 0;
        order.session = time::day(self.now);
        order.best = if !market.is_quoted() {
            market.trade
        } else if order.buys() {
            market.ask
        } else {
            market.bid
        };
        let quoted = market.is_quoted();
        let order = &self.orders[id as usize];
        if order.post_only && quoted && self.is_marketable(id) {
            self.end_order(id, Status::Canceled, Some("post-only would take"));
            return self.tidy(symbol);
        }
        let fill_or_kill = order.tif == Tif::Fok;
        if quoted && order.kind != Kind::Trail {
            if fill_or_kill && !self.fills_wholly(id) {
                self.end_order(id, Status::Canceled, Some("fok"));
            } else {
                self.work_order(id, true);
            }
        }
        let order = &self.orders[id as usize];
        if quoted && order.is_live() && matches!(order.tif, Tif::Ioc | Tif::Fok) {
            self.end_order(id, Status::Canceled, Some(if fill_or_kill { "fok" } else { "ioc" }));
        }
        self.tidy(symbol);
    }

    /// The prices that a sale and a purchase would meet: bid and ask, or the last trade for both.
    fn price_for(&self, symbol: usize, buys: bool) -> i64 {
        let market = &self.ticks.markets[symbol];
        match (market.is_quoted(), buys) {
            (false, _) => market.trade,
            (true, true) => market.ask,
            (true, false) => market.bid,
        }
    }

    fn is_marketable(&self, id: u32) -> bool {
        let order = &self.orders[id as usize];
        let price = self.price_for(order.symbol as usize, order.buys());
        price > 0 && if order.buys() { price <= order.limit } else { price >= order.limit }
    }

    /// The market offers all of an order and the account covers it at the worst price of the walk (rule B12).
    fn fills_wholly(&mut self, id: u32) -> bool {
        let order = &self.orders[id as usize];
        let (symbol, buys, wanted) = (order.symbol as usize, order.buys(), order.remaining());
        let limit = order.rests_as_limit().then_some(order.limit);
        if limit.is_some() && !self.is_marketable(id) {
            return false;
        }
        let offers = self.ticks.markets[symbol].offers(buys, wanted, limit);
        let offered: i64 = offers.iter().map(|offer| offer.1).sum();
        let worst = offers.last().map_or(0, |offer| offer.0);
        let worst = if limit.is_some() {
            worst
        } else {
            self.config.slippage.apply(worst, buys, wanted, self.symbols[symbol].liquidity)
        };
        offered >= wanted && self.affordable(id, wanted, worst, false) >= wanted
    }

    /// After a change of bid or ask: triggers, then whatever can take or is reached.
    pub(crate) fn work_quote(&mut self, symbol: usize) {
        for at in 0..self.symbols[symbol].open.len() {
            let id = self.symbols[symbol].open[at];
            if self.orders[id as usize].is_live() && self.orders[id as usize].arrived >= 0 {
                self.work_order(id, false);
            }
        }
        self.tidy(symbol);
    }

    fn work_order(&mut self, id: u32, fresh: bool) {
        let order = &self.orders[id as usize];
        let price = self.price_for(order.symbol as usize, order.buys());
        if price == 0 || !self.is_triggered(id, price) {
            return;
        }
        let order = &self.orders[id as usize];
        if !order.rests_as_limit() {
            return self.take(id, None, false);
        }
        // A new limit takes what is there. One that rests waits for trades; where there are none to wait for, it fills at its
        // own price when the other side comes to it (rule K4).
        let market = &self.ticks.markets[order.symbol as usize];
        let rested = !fresh && market.queues.contains_key(&id);
        if !(rested && market.has_trades) && self.is_marketable(id) {
            self.take(id, Some(self.orders[id as usize].limit), rested);
        }
        self.join_queue(id);
    }

    /// True once an order needs no trigger any more; trailing stops follow `price` first (rule B8 on ticks).
    fn is_triggered(&mut self, id: u32, price: i64) -> bool {
        let tick = self.symbols[self.orders[id as usize].symbol as usize].instrument.tick;
        let order = &mut self.orders[id as usize];
        if order.triggered || matches!(order.kind, Kind::Market | Kind::Limit) {
            return true;
        }
        if order.best == 0 {
            order.best = price;
        }
        order.best = if order.buys() { order.best.min(price) } else { order.best.max(price) };
        let level = order.stop_level(tick);
        let favourable = matches!(order.kind, Kind::Touch | Kind::TouchLimit);
        order.triggered = if order.buys() == favourable { price <= level } else { price >= level };
        order.triggered
    }

    /// Takes what the recorded market offers, best first (rule K3); `rested` fills at the order's own limit as a maker.
    fn take(&mut self, id: u32, limit: Option<i64>, rested: bool) {
        let order = &self.orders[id as usize];
        let (symbol, buys, wanted) = (order.symbol as usize, order.buys(), order.remaining());
        for (shown, quantity) in self.ticks.markets[symbol].offers(buys, wanted, limit) {
            let order = &self.orders[id as usize];
            if !order.is_live() {
                return;
            }
            let (price, before) = (if rested { order.limit } else { shown }, order.filled);
            self.fill_tick(id, price, quantity, rested);
            // What account rules trimmed is still there for the next one.
            let taken = self.orders[id as usize].filled - before;
            self.ticks.markets[symbol].consume(buys, shown, taken);
        }
    }

    fn fill_tick(&mut self, id: u32, price: i64, quantity: i64, maker: bool) {
        let symbol = self.orders[id as usize].symbol as usize;
        // A taker took from the last update; a maker was met by what happens now (rule R1).
        let evidence = if maker { self.now } else { self.ticks.markets[symbol].updated };
        let moment = Moment { ts: self.now, evidence, inside: false, cap: quantity };
        self.execute(id, price, maker, moment);
    }

    /// A limit that rests joins the back of the size shown at its price (rule K4).
    fn join_queue(&mut self, id: u32) {
        let order = &self.orders[id as usize];
        let model = if self.config.proportional_queue { QueueModel::Proportional } else { QueueModel::Trades };
        let market = &mut self.ticks.markets[order.symbol as usize];
        if !order.is_live() || !order.rests_as_limit() || market.queues.contains_key(&id) || !market.is_quoted() {
            return;
        }
        let side = if order.buys() { Side::Bid } else { Side::Ask };
        let shown = market.size_at(side, order.limit);
        market.queues.insert(id, RestingQueue::join(side, order.limit, shown, model));
    }

    /// A recorded trade: queues of resting limits, and without quotes everything else (rules K4, K5).
    pub(crate) fn work_trade(&mut self, symbol: usize, trade: &Trade) {
        let quoted = self.ticks.markets[symbol].is_quoted();
        let mut taken = 0;
        for id in self.by_priority(symbol) {
            let order = &self.orders[id as usize];
            if !order.is_live() || order.arrived < 0 {
                continue;
            }
            if quoted {
                taken += self.work_queue(id, trade, taken);
            } else {
                self.work_last_trade(id, trade.price);
            }
        }
        self.tidy(symbol);
    }

    /// Working orders, resting limits with the better price first, then by id.
    fn by_priority(&self, symbol: usize) -> Vec<u32> {
        let mut ids = self.symbols[symbol].open.clone();
        ids.sort_by_key(|id| {
            let order = &self.orders[*id as usize];
            (-i64::from(order.side) * order.limit, *id)
        });
        ids
    }

    fn work_queue(&mut self, id: u32, trade: &Trade, taken: i64) -> i64 {
        let order = &self.orders[id as usize];
        let (symbol, left, limit) = (order.symbol as usize, order.remaining(), order.limit);
        let Some(queue) = self.ticks.markets[symbol].queues.get_mut(&id) else { return 0 };
        let filled = queue.on_trade(trade, left, taken);
        if filled > 0 {
            self.fill_tick(id, limit, filled, true);
        }
        filled
    }

    /// Rule K5: with trades alone the next trade's price is the market.
    fn work_last_trade(&mut self, id: u32, price: i64) {
        if !self.is_triggered(id, price) {
            return;
        }
        let order = &self.orders[id as usize];
        let remaining = order.remaining();
        if !order.rests_as_limit() {
            return self.fill_tick(id, price, remaining, false);
        }
        let (limit, immediate) = (order.limit, matches!(order.tif, Tif::Ioc | Tif::Fok));
        let through = if order.buys() { price < limit } else { price > limit };
        if through || (price == limit && self.config.touch) {
            self.fill_tick(id, limit, remaining, true);
        } else if immediate {
            let reason = if self.orders[id as usize].tif == Tif::Ioc { "ioc" } else { "fok" };
            self.end_order(id, Status::Canceled, Some(reason));
        }
    }

    /// Liquidates a position whose account fell below its maintenance margin (rule A3 on ticks).
    pub(crate) fn watch_margin(&mut self, symbol: usize) {
        let state = &self.symbols[symbol];
        let watched = self.is_margin() && self.fills_here() && state.position.quantity != 0;
        if !watched || !self.is_below_maintenance(symbol, state.last) {
            return;
        }
        let (buys, market) = (state.position.quantity < 0, &self.ticks.markets[symbol]);
        if market.is_quoted() && market.offers(buys, 1, None).is_empty() {
            return; // nobody to trade with: the next quote looks anew
        }
        let id = self.liquidation_order(symbol);
        if self.ticks.markets[symbol].is_quoted() {
            self.take(id, None, false);
        } else {
            let (price, quantity) = (self.ticks.markets[symbol].trade, self.orders[id as usize].remaining());
            self.fill_tick(id, price, quantity, false);
        }
        self.finish_liquidation(id);
        self.tidy(symbol);
    }
}

//! Every feed, rebuilt by its receiver and compared with the engine's book (M46).

use std::collections::HashMap;

use parrot_matching::feeds::{
    DepthBook, DepthFeed, OrderBook, OrderFeed, PublicTrade, Report, ReportFeed, Status, Top, TradeFeed,
};
use parrot_matching::{BUY, Engine, Event, EventKind, SELL, mark};

use crate::orders::Orders;

#[derive(Default)]
pub struct MarketData {
    depth: DepthFeed,
    books: HashMap<u16, DepthBook>,
    tops: HashMap<u16, Top>,
    orders: OrderFeed,
    queues: HashMap<u16, OrderBook>,
    trades: TradeFeed,
    reports: ReportFeed,
}

impl MarketData {
    /// One event of the order-by-order feed: what trades is the first in priority (M16), then the message is taken over.
    pub fn follow(&mut self, event: &Event) {
        let queue = self.queues.entry(event.symbol).or_default();
        let matched =
            [EventKind::Trade as u8, EventKind::Prevented as u8, EventKind::Reduced as u8].contains(&event.kind);
        if matched && event.flags & mark::IN_BOOK != 0 {
            let first = queue.orders(event.side).next().map(|(handle, price, _)| (handle, price));
            let price =
                if event.kind == EventKind::Reduced as u8 { first.map_or(0, |first| first.1) } else { event.price };
            assert_eq!(first, Some((event.handle, price)), "M16: price, then time: {event:?}");
        }
        let mut messages = Vec::new();
        self.orders.publish(std::slice::from_ref(event), &mut messages);
        for message in messages {
            assert_eq!(queue.apply(&message), Ok(()), "{event:?}");
        }
    }

    /// The events of one command, as a batch of the other feeds.
    pub fn publish(&mut self, events: &[Event], engine: &Engine, orders: &Orders) {
        self.depth.publish(events);
        for update in self.depth.updates() {
            let book = self.books.entry(update.symbol).or_default();
            assert_eq!(update.first, book.last() + 1, "no gaps");
            assert_eq!(book.apply(&update), Ok(()));
        }
        for top in self.depth.tops() {
            assert_ne!(self.tops.insert(top.symbol, *top), Some(*top), "only what changed");
        }
        for symbol in 0..engine.symbols() as u16 {
            self.compare(symbol, engine);
        }
        self.check_trades(events);
        self.check_reports(events, orders);
    }

    fn compare(&mut self, symbol: u16, engine: &Engine) {
        let book = self.books.entry(symbol).or_default();
        let queue = self.queues.entry(symbol).or_default();
        for side in [BUY, SELL] {
            let levels: Vec<_> = engine.levels(symbol, side).map(|level| (level.price, level.visible)).collect();
            assert_eq!(book.levels(side).collect::<Vec<_>>(), levels, "L2 of symbol {symbol}, side {side}");
            let orders: Vec<_> =
                engine.orders(symbol, side).map(|order| (order.handle, order.price, order.visible)).collect();
            assert_eq!(queue.orders(side).collect::<Vec<_>>(), orders, "L3 of symbol {symbol}, side {side}");
            let top = self.tops.get(&symbol).copied().unwrap_or_default();
            let best = if side == BUY { (top.bid, top.bid_size) } else { (top.ask, top.ask_size) };
            assert_eq!(best, levels.first().copied().unwrap_or_default(), "L1 of symbol {symbol}, side {side}");
        }
        let shown = DepthBook::from_snapshot(&book.snapshot());
        assert_eq!((shown.snapshot(), shown.last()), (book.snapshot(), book.last()));
    }

    fn check_trades(&mut self, events: &[Event]) {
        let before = [self.trades.count(0), self.trades.count(1)];
        let mut trades: Vec<PublicTrade> = Vec::new();
        self.trades.publish(events, &mut trades);
        for symbol in 0..2 {
            let numbers = trades.iter().filter(|trade| trade.symbol == symbol).map(|trade| trade.number);
            let first = before[usize::from(symbol)] + 1;
            assert!(numbers.eq(first..=self.trades.count(symbol)), "trades are numbered without gaps");
        }
        let quantity = |event: &Event| if event.kind == EventKind::Trade as u8 { event.quantity } else { 0 };
        let told: i64 = trades.iter().map(|trade| trade.quantity).sum();
        assert_eq!(told, events.iter().map(quantity).sum::<i64>());
    }

    /// Each owner hears of both sides of its trades, with what is filled so far, and once that an order ended.
    fn check_reports(&mut self, events: &[Event], orders: &Orders) {
        let mut reports: Vec<Report> = Vec::new();
        self.reports.publish(events, &mut reports);
        let trades = events.iter().filter(|event| event.kind == EventKind::Trade as u8).count();
        let told: Vec<_> = reports.iter().filter(|report| report.kind == EventKind::Trade).collect();
        assert_eq!(told.len(), 2 * trades);
        let mut last = HashMap::new();
        for report in &reports {
            last.insert(report.id, report);
        }
        for (id, report) in last {
            let Some(order) = orders.get(id) else { continue };
            assert_eq!((report.filled, report.owner), (order.filled, order.command.owner), "{report:?} of {order:?}");
            let over = matches!(report.status, Status::Filled | Status::Cancelled | Status::Expired);
            assert_eq!(over, order.ended, "{report:?} of {order:?}");
        }
    }
}

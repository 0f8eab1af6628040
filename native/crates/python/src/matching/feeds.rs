//! Python face of the feeds: what becomes of events for those who watch a market or an account.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use parrot_matching::feeds::{
    DepthBook, DepthFeed, DepthLevel, DepthSnapshot, OrderFeed, OrderMessage, PublicTrade, Report, ReportFeed, Top,
    TradeFeed,
};
use parrot_matching::{BUY, LevelView, SELL};
use pyo3::prelude::*;

use super::Matching;
use super::records::{self, EventRow, record};

/// Best prices of a symbol.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct BestPrices {
    seq: u64,
    bid: i64,
    bid_size: i64,
    ask: i64,
    ask_size: i64,
    symbol: u64,
}

/// A level that an update changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Level {
    first: u64,
    last: u64,
    price: i64,
    size: i64,
    symbol: u32,
    side: u32,
}

/// A message of the order-by-order feed.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Message {
    seq: u64,
    previous: u64,
    handle: u64,
    price: i64,
    size: i64,
    symbol: u32,
    side: u16,
    change: u16,
}

/// A public trade.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Trade {
    number: u64,
    seq: u64,
    ts: i64,
    price: i64,
    quantity: i64,
    symbol: u32,
    aggressor: u16,
    auction: u16,
}

/// A report to an owner.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Told {
    seq: u64,
    ts: i64,
    id: u64,
    handle: u64,
    price: i64,
    quantity: i64,
    filled: i64,
    fee: i64,
    owner: u32,
    symbol: u16,
    side: u8,
    kind: u8,
    status: u8,
    reason: u8,
    third: u8,
    maker: u8,
    auction: u32,
}

record! {
    /// Best prices of a symbol.
    TopRow(BestPrices) {
        seq: "<u8", bid: "<i8", bid_size: "<i8", ask: "<i8", ask_size: "<i8", symbol: "<u8",
    }
}

record! {
    /// A level that an update changes.
    LevelRow(Level) { first: "<u8", last: "<u8", price: "<i8", size: "<i8", symbol: "<u4", side: "<u4", }
}

record! {
    /// A message of the order-by-order feed.
    MessageRow(Message) {
        seq: "<u8", previous: "<u8", handle: "<u8", price: "<i8", size: "<i8", symbol: "<u4", side: "<u2", change: "<u2",
    }
}

record! {
    /// A public trade.
    TradeRow(Trade) {
        number: "<u8", seq: "<u8", ts: "<i8", price: "<i8", quantity: "<i8", symbol: "<u4", aggressor: "<u2",
        auction: "<u2",
    }
}

record! {
    /// A report to an owner.
    ReportRow(Told) {
        seq: "<u8", ts: "<i8", id: "<u8", handle: "<u8", price: "<i8", quantity: "<i8", filled: "<i8", fee: "<i8",
        owner: "<u4", symbol: "<u2", side: "u1", kind: "u1", status: "u1", reason: "u1", third: "u1", maker: "u1",
        auction: "<u4",
    }
}

impl From<&Top> for TopRow {
    fn from(top: &Top) -> Self {
        let &Top { seq, symbol, bid, bid_size, ask, ask_size } = top;
        Self(BestPrices { seq, bid, bid_size, ask, ask_size, symbol: u64::from(symbol) })
    }
}

impl LevelRow {
    fn new(symbol: u16, first: u64, last: u64, level: &DepthLevel) -> Self {
        let &DepthLevel { side, price, size } = level;
        Self(Level { first, last, price, size, symbol: u32::from(symbol), side: u32::from(side) })
    }
}

impl From<&OrderMessage> for MessageRow {
    fn from(message: &OrderMessage) -> Self {
        let &OrderMessage { seq, previous, handle, price, size, symbol, side, change } = message;
        let (symbol, side, change) = (u32::from(symbol), u16::from(side), change as u16);
        Self(Message { seq, previous, handle, price, size, symbol, side, change })
    }
}

impl From<&PublicTrade> for TradeRow {
    fn from(trade: &PublicTrade) -> Self {
        let &PublicTrade { number, seq, ts, price, quantity, symbol, aggressor, auction } = trade;
        let (symbol, aggressor, auction) = (u32::from(symbol), u16::from(aggressor), u16::from(auction));
        Self(Trade { number, seq, ts, price, quantity, symbol, aggressor, auction })
    }
}

impl From<&Report> for ReportRow {
    fn from(report: &Report) -> Self {
        Self(Told {
            seq: report.seq,
            ts: report.ts,
            id: report.id,
            handle: report.handle,
            price: report.price,
            quantity: report.quantity,
            filled: report.filled,
            fee: report.fee,
            owner: report.owner,
            symbol: report.symbol,
            side: report.side,
            kind: report.kind as u8,
            status: report.status as u8,
            reason: report.reason as u8,
            third: u8::from(report.third),
            maker: u8::from(report.maker),
            auction: u32::from(report.auction),
        })
    }
}

type Rows<'py, T> = Bound<'py, PyArray1<T>>;

/// All feeds of one engine.
#[pyclass(module = "parrot._core")]
#[derive(Default)]
pub struct MatchingFeeds {
    depth: DepthFeed,
    orders: OrderFeed,
    trades: TradeFeed,
    reports: ReportFeed,
}

#[pymethods]
impl MatchingFeeds {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Feeds that go on with an engine as it now is, and the number of its last event.
    #[staticmethod]
    fn of(venue: &Matching) -> (Self, u64) {
        let (engine, mut feeds) = (&venue.engine, Self::default());
        let last = engine.seq();
        for symbol in 0..engine.symbols() as u16 {
            let level = |side, level: LevelView| DepthLevel { side, price: level.price, size: level.visible };
            let side = |side| engine.levels(symbol, side).map(move |found| level(side, found));
            feeds.depth.resume(symbol, &DepthSnapshot { last, levels: side(BUY).chain(side(SELL)).collect() });
            feeds.orders.resume(symbol, last);
        }
        for order in engine.live_orders() {
            feeds.reports.resume(order.handle, order.quantity - order.visible - order.hidden);
        }
        (feeds, last)
    }

    /// Best prices, levels, orders, trades and reports that the events of whole commands become.
    #[allow(clippy::type_complexity)] // one array a feed
    fn publish<'py>(
        &mut self,
        py: Python<'py>,
        events: &Bound<'py, PyAny>,
    ) -> PyResult<(
        Rows<'py, TopRow>,
        Rows<'py, LevelRow>,
        Rows<'py, MessageRow>,
        Rows<'py, TradeRow>,
        Rows<'py, ReportRow>,
    )> {
        let rows: PyReadonlyArray1<'_, EventRow> = records::borrow(events, "EVENT")?;
        let events = records::events(&rows)?;
        let (mut messages, mut trades, mut reports) = (Vec::new(), Vec::new(), Vec::new());
        py.detach(|| {
            self.depth.publish(events);
            self.orders.publish(events, &mut messages);
            self.trades.publish(events, &mut trades);
            self.reports.publish(events, &mut reports);
        });
        let changed = self.depth.updates().flat_map(|update| {
            let row = move |level| LevelRow::new(update.symbol, update.first, update.last, level);
            update.levels.iter().map(row)
        });
        Ok((
            into_rows(py, self.depth.tops()),
            changed.collect::<Vec<_>>().into_pyarray(py),
            into_rows(py, &messages),
            into_rows(py, &trades),
            into_rows(py, &reports),
        ))
    }

    /// All levels of a symbol as they were last published; `first` and `last` are the update that they follow.
    fn depth<'py>(&self, py: Python<'py>, symbol: u16) -> Rows<'py, LevelRow> {
        let snapshot = self.depth.book(symbol).map(DepthBook::snapshot).unwrap_or_default();
        let row = |level| LevelRow::new(symbol, snapshot.last, snapshot.last, level);
        snapshot.levels.iter().map(row).collect::<Vec<_>>().into_pyarray(py)
    }
}

fn into_rows<'py, 'a, S: 'a, T: From<&'a S> + numpy::Element>(py: Python<'py>, items: &'a [S]) -> Rows<'py, T> {
    items.iter().map(T::from).collect::<Vec<_>>().into_pyarray(py)
}

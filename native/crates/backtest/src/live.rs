//! The live mode: columns grow, time goes no further than what is known, and what became of orders comes from outside.
//!
//! The loop, the accounts, targets and protection are those of a back-test; only nothing is filled here, unless
//! [`Engine::fill_here`] was called: then orders meet the growing columns as they do in a back-test.

use std::collections::VecDeque;

use parrot_kernel::Growing;

use crate::data::{Books, Quotes, Trades};
use crate::engine::{Engine, Step};
use crate::execute::{Charge, Moment};
use crate::feeds::Feed;
use crate::order::{Kind, Order, Role, Status};

/// The seven columns of a bar: open and close time, open, high, low, close, volume.
pub type BarRow = [i64; 7];

/// What became of an order, as its venue tells.
#[derive(Clone, Debug)]
pub struct Report {
    /// Number of the order.
    pub order: u32,
    /// Its symbol's stop or take-profit is meant instead, which may not have been there when the report was made.
    pub protection: Option<Role>,
    /// When, ns UTC.
    pub ts: i64,
    /// What.
    pub what: Outcome,
}

/// A fill or an end.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Some of it was filled.
    Filled {
        /// Quantity units.
        quantity: i64,
        /// Price units.
        price: i64,
        /// Cash units; what it is worth, where it was taken from the quantity.
        fee: i64,
        /// Quantity units that were kept back as the fee, where it was paid so (rule A5).
        taken: Option<i64>,
        /// It rested in the book.
        maker: bool,
    },
    /// It ended without being filled whole.
    Ended {
        /// Canceled, expired or refused.
        status: Status,
        /// Why.
        reason: String,
    },
}

/// Ticks of one feed that are kept, so that a run of weeks needs no more memory than one of an hour.
const KEPT: usize = 1 << 16;

/// State of the live mode.
#[derive(Debug)]
pub struct Live {
    /// Everything up to this time is known, ns UTC.
    pub limit: i64,
    /// Bars that handlers wait for, by stream (rule T5).
    pub(crate) needs: Vec<(usize, usize)>,
    ended: bool,
    hidden: bool,
    fills: bool,
    messages: i64,
    reports: VecDeque<Report>,
    bars: Vec<Option<[Growing<i64>; 7]>>,
    ticks: Vec<Option<Tape>>,
}

#[derive(Debug)]
enum Tape {
    Trades([Growing<i64>; 3], Growing<i8>),
    Quotes([Growing<i64>; 5]),
    Books([Growing<i64>; 4], Growing<i8>, Growing<u8>),
}

impl Live {
    pub(crate) fn new(streams: usize) -> Self {
        Self {
            limit: i64::MIN,
            needs: Vec::new(),
            ended: false,
            hidden: false,
            fills: false,
            messages: 0,
            reports: VecDeque::new(),
            bars: (0..streams).map(|_| None).collect(),
            ticks: Vec::new(),
        }
    }
}

/// What cannot follow what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backward;

/// A message of a book that goes back in time, or has a row off the grid, without a side or below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnusableMessage;

impl Engine {
    pub(crate) fn first_datum(&self) -> Option<i64> {
        if self.live.as_ref().is_some_and(|live| live.hidden) {
            return None;
        }
        let bars = self.streams.iter().filter_map(|stream| stream.bars.ts.first().copied()).min();
        bars.into_iter().chain((self.ticks.next_time() != i64::MAX).then(|| self.ticks.next_time())).min()
    }

    /// Timers that wait for the first datum are due at their first multiple after it, `ts`.
    pub(crate) fn wind_up(&mut self, ts: i64) {
        for timer in self.timers.iter_mut().filter(|timer| timer.due == i64::MAX) {
            timer.due = ts - ts.rem_euclid(timer.every) + timer.every;
        }
    }

    /// The next time that is known and not worked through: bars as they close, ticks, timers.
    pub(crate) fn known_moment(&self, limit: i64) -> Option<i64> {
        let bars = self.groups.iter().map(|group| group.time).min().unwrap_or(i64::MAX);
        let timers = self.timers.iter().map(|timer| timer.due).min().unwrap_or(i64::MAX);
        let time = bars.min(self.ticks.next_time()).min(timers).min(self.ticks.next_arrival());
        (time != i64::MAX && time <= limit).then_some(time.max(self.now))
    }

    /// The oldest notices, for whoever tells them to others.
    pub fn take_notices(&mut self) -> Vec<Step> {
        std::iter::from_fn(|| self.advance_notice()).collect()
    }

    /// A stream has `len` bars now.
    pub(crate) fn lengthen(&mut self, stream: usize, len: usize) {
        let group = &mut self.groups[stream];
        group.len = len;
        if group.time == i64::MAX && group.next < len {
            group.time = self.streams[stream].bars.close_ts[group.next];
        }
    }

    /// Condition `id` holds on bar `row`, the newest of a stream.
    pub fn holds(&mut self, stream: usize, id: u16, row: u32) {
        self.subscriptions[stream].push(id, row);
    }

    fn live_mut(&mut self) -> &mut Live {
        self.live.as_mut().expect("the live mode is on")
    }

    /// True in the live mode.
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Orders meet the growing columns here, and nothing comes from outside; before the first order.
    pub fn fill_here(&mut self) {
        self.live_mut().fills = true;
    }

    /// True in a back-test, and in the live mode once orders meet the columns here.
    pub(crate) fn fills_here(&self) -> bool {
        self.live.as_ref().is_none_or(|live| live.fills)
    }

    /// Everything up to `ts` is known: timers may run until then.
    pub fn know(&mut self, ts: i64) {
        let live = self.live_mut();
        live.limit = live.limit.max(ts);
    }

    /// Nothing more will come.
    pub fn end(&mut self) {
        self.live_mut().ended = true;
    }

    /// Queues what a venue told; it is heard when the data that came with it have been revealed.
    pub fn report(&mut self, report: Report) {
        self.live_mut().reports.push_back(report);
    }

    /// Hides columns that are filled already: their rows count as known once they are revealed, in any pace.
    pub fn hide(&mut self) {
        for group in &mut self.groups {
            (group.len, group.time) = (0, i64::MAX);
        }
        for source in &mut self.ticks.sources {
            source.known = 0;
        }
        self.live_mut().hidden = true;
    }

    /// The next bar of a stream is known from here on; false when there is none.
    pub fn reveal_bar(&mut self, stream: usize) -> bool {
        let (row, bars) = (self.groups[stream].len, &self.streams[stream].bars);
        let Some(ts) = bars.ts.get(row).copied() else { return false };
        self.lengthen(stream, row + 1);
        self.wind_up(ts);
        true
    }

    /// The next trade (or quote) of a symbol is known from here on; false when there is none.
    pub fn reveal_tick(&mut self, symbol: u16, quote: bool) -> bool {
        let fits = |feed: &Feed| if quote { matches!(feed, Feed::Quotes(_)) } else { matches!(feed, Feed::Trades(_)) };
        let source = self.ticks.sources.iter_mut().find(|source| source.symbol == symbol && fits(&source.feed));
        let Some(source) = source else { return false };
        let Some(ts) = source.times().get(source.known).copied() else { return false };
        source.known += 1;
        self.wind_up(ts);
        true
    }

    /// Takes on an order that the strategy did not make, so that what comes of it can be reported; nobody is told of it.
    pub fn adopt(&mut self, symbol: u16, side: i8, quantity: i64) -> u32 {
        let id = self.orders.len() as u32;
        self.orders.push(Order::new(symbol, side, Kind::Market, quantity, self.now.max(0)));
        self.symbols[symbol as usize].open.push(id);
        self.open_orders += 1;
        id
    }

    /// Adds a bar behind the last of a stream.
    ///
    /// # Errors
    /// When it opens before the last one closed.
    ///
    /// # Panics
    /// When the run is not live.
    pub fn extend_bars(&mut self, stream: usize, row: BarRow) -> Result<(), Backward> {
        let bars = &mut self.streams[stream].bars;
        let late = bars.close_ts.last().is_some_and(|last| *last > row[0]);
        if late || row[1] <= row[0] {
            return Err(Backward);
        }
        let columns = [
            &mut bars.ts,
            &mut bars.close_ts,
            &mut bars.open,
            &mut bars.high,
            &mut bars.low,
            &mut bars.close,
            &mut bars.volume,
        ];
        let live = self.live.as_mut().expect("the live mode is on");
        let slot = &mut live.bars[stream];
        let grown = slot.get_or_insert_with(|| std::array::from_fn(|at| Growing::from(&columns[at][..])));
        for ((column, grown), value) in columns.into_iter().zip(grown).zip(row) {
            grown.push(value);
            *column = grown.column();
        }
        let rows = bars.ts.len();
        self.lengthen(stream, rows);
        self.wind_up(row[0]);
        self.warm(stream);
        Ok(())
    }

    /// Adds a trade behind the last of a symbol: time, price, size and who took.
    ///
    /// # Errors
    /// When its time lies before the last one's.
    ///
    /// # Panics
    /// When the run is not live, or the symbol has no such feed.
    pub fn extend_trades(&mut self, symbol: u16, row: [i64; 3], side: i8) -> Result<(), Backward> {
        let at = self.source_of(symbol, |feed| matches!(feed, Feed::Trades(_)));
        self.make_room(at, row[0])?;
        let live = self.live.as_mut().expect("the live mode is on");
        let tape = live.ticks[at].get_or_insert_with(|| Tape::Trades(Default::default(), Growing::default()));
        if let (Tape::Trades(columns, sides), Feed::Trades(trades)) = (tape, &mut self.ticks.sources[at].feed) {
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
            sides.push(side);
            let [ts, price, size] = columns;
            *trades = Trades { ts: ts.column(), price: price.column(), size: size.column(), side: sides.column() };
        }
        self.wind_up(row[0]);
        Ok(())
    }

    /// Adds a quote behind the last of a symbol: time, bid, ask and their sizes.
    ///
    /// # Errors
    /// When its time lies before the last one's.
    ///
    /// # Panics
    /// When the run is not live, or the symbol has no such feed.
    pub fn extend_quotes(&mut self, symbol: u16, row: [i64; 5]) -> Result<(), Backward> {
        let at = self.source_of(symbol, |feed| matches!(feed, Feed::Quotes(_)));
        self.make_room(at, row[0])?;
        let live = self.live.as_mut().expect("the live mode is on");
        let tape = live.ticks[at].get_or_insert_with(|| Tape::Quotes(Default::default()));
        if let (Tape::Quotes(columns), Feed::Quotes(quotes)) = (tape, &mut self.ticks.sources[at].feed) {
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
            let [ts, bid, ask, bid_size, ask_size] = columns.each_ref().map(Growing::column);
            *quotes = Quotes { ts, bid, ask, bid_size, ask_size };
        }
        self.wind_up(row[0]);
        Ok(())
    }

    /// Adds one message of a book behind the last of a symbol: rows of side, price and size. `whole` replaces the book.
    ///
    /// # Errors
    /// When its time lies before the last one's, or a row cannot be used.
    ///
    /// # Panics
    /// When the run is not live, or the symbol has no such feed.
    pub fn extend_books(
        &mut self,
        symbol: u16,
        ts: i64,
        whole: bool,
        rows: &[(i8, i64, i64)],
    ) -> Result<(), UnusableMessage> {
        let at = self.source_of(symbol, |feed| matches!(feed, Feed::Book(_)));
        let Some(grid) = self.ticks.markets[symbol as usize].book.as_ref().map(|book| *book.grid()) else {
            return Err(UnusableMessage);
        };
        let usable = |row: &(i8, i64, i64)| row.0.abs() == 1 && row.2 >= 0 && grid.level(row.1).is_some();
        if !rows.iter().all(usable) || self.make_room(at, ts).is_err() {
            return Err(UnusableMessage);
        }
        let live = self.live.as_mut().expect("the live mode is on");
        let tape = live.ticks[at]
            .get_or_insert_with(|| Tape::Books(Default::default(), Growing::default(), Growing::default()));
        live.messages += 1; // ids of our own: they only rise, whatever a venue's do after it was reached again
        if let (Tape::Books(columns, sides, flags), Feed::Book(books)) = (tape, &mut self.ticks.sources[at].feed) {
            for (side, price, size) in rows {
                columns
                    .iter_mut()
                    .zip([ts, *price, *size, live.messages])
                    .for_each(|(column, value)| column.push(value));
                sides.push(*side);
                flags.push(u8::from(whole));
            }
            let [ts, price, size, last_id] = columns.each_ref().map(Growing::column);
            let (side, flags, last_id) = (sides.column(), flags.column(), Some(last_id));
            *books = Books { ts, side, price, size, flags, last_id };
        }
        self.wind_up(ts);
        Ok(())
    }

    fn source_of(&mut self, symbol: u16, fits: impl Fn(&Feed) -> bool) -> usize {
        let sources = &self.ticks.sources;
        let at = sources.iter().position(|source| source.symbol == symbol && fits(&source.feed));
        let known = sources.len();
        self.live_mut().ticks.resize_with(known, || None);
        at.expect("the symbol was given this feed")
    }

    /// Ticks that were played are never looked at again: after many of them the columns begin anew.
    fn make_room(&mut self, source: usize, ts: i64) -> Result<(), Backward> {
        let played = &mut self.ticks.sources[source];
        let live = self.live.as_mut().expect("the live mode is on");
        if played.times().last().is_some_and(|last| *last > ts) {
            return Err(Backward);
        }
        if played.next == played.times().len() && played.next >= KEPT {
            (played.next, played.position.row, live.ticks[source]) = (0, 0, None);
        }
        Ok(())
    }

    /// When the next timer is due, ns UTC; None without timers, and before the first datum.
    pub fn timer_due(&self) -> Option<i64> {
        self.timers.iter().map(|timer| timer.due).min().filter(|due| *due != i64::MAX)
    }

    /// Handlers of a symbol are warm from the bar on that the last of its needs waited for (rule T5).
    fn warm(&mut self, stream: usize) {
        let symbol = self.streams[stream].symbol;
        if self.symbols[symbol as usize].warm_from != i64::MAX {
            return;
        }
        let live = self.live.as_ref().expect("the live mode is on");
        let ready = |(stream, rows): &(usize, usize)| self.streams[*stream].bars.close_ts.get(*rows).copied();
        let needs = live.needs.iter().filter(|(stream, _)| self.streams[*stream].symbol == symbol);
        let warm_from = needs.map(|need| ready(need).unwrap_or(i64::MAX)).max();
        self.symbols[symbol as usize].warm_from = warm_from.unwrap_or(i64::MIN);
    }

    /// True when nothing that is known is left to do; reports that came alone are heard first.
    pub(crate) fn is_starved(&mut self) -> bool {
        let live = self.live.as_ref().expect("the live mode is on");
        let limit = live.limit;
        if self.known_moment(limit).is_some() {
            return false;
        }
        if self.fills_here() && self.now < limit {
            self.now = limit;
            self.tick_housekeeping(limit); // orders end by their time also when no tick comes
            if self.has_notices() {
                return false;
            }
        }
        let live = self.live.as_ref().expect("the live mode is on");
        if live.reports.is_empty() {
            return !live.ended;
        }
        self.hear_reports(true);
        !self.has_notices() && self.is_starved()
    }

    /// Works through what venues told up to now, or `alone` all of it: then no data came, and a fill is the last known price.
    pub(crate) fn hear_reports(&mut self, alone: bool) {
        loop {
            let (now, reports) = (self.now, &mut self.live_mut().reports);
            let Some(report) = reports.pop_front_if(|report| alone || report.ts <= now) else { return };
            self.now = self.now.max(report.ts);
            let symbol = self.orders[report.order as usize].symbol as usize;
            let id = match report.protection {
                None => Some(report.order),
                Some(Role::Take) => self.symbols[symbol].take,
                Some(_) => self.symbols[symbol].stop,
            };
            let Some(id) = id else { continue };
            match report.what {
                Outcome::Filled { quantity, price, fee, taken, maker } => {
                    if alone && !self.symbols[symbol].by_ticks {
                        self.symbols[symbol].last = price;
                    }
                    let moment = Moment { ts: report.ts, evidence: report.ts, inside: false, cap: quantity };
                    let charge = Charge { fee: i128::from(fee), taken };
                    self.book(id, quantity, price, maker, moment, charge);
                    self.after_fill(id, quantity, price, moment);
                }
                Outcome::Ended { status, reason } => {
                    if self.orders[id as usize].is_live() {
                        self.end_order(id, status, Some(&reason));
                    }
                }
            }
            self.tidy(symbol);
        }
    }
}

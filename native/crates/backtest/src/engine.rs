//! The engine itself: time, streams and stages. Orders are worked in `bars`, commands taken in `command`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::account::{Account, AccountKind, Position};
use crate::calendar::Calendar;
use crate::conditions::Subscriptions;
use crate::costs::{Fees, Liquidity, Slippage};
use crate::cursor::Cursor;
use crate::data::{Bars, FxRates, Stream};
use crate::feeds::Ticks;
use crate::groups::{Group, apart, group};
use crate::instrument::Instrument;
use crate::live::Live;
use crate::moves::Moves;
use crate::order::Order;
use crate::records::{Change, Fill, Reasons};

/// Which reading of a bar's range decides (rule B13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// Rules B9 and B10.
    Convention,
    /// No profit is taken inside the entry bar.
    Pessimistic,
    /// Touch fills, profit before stop.
    Optimistic,
}

/// Which handlers the strategy has; the others are never called.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // one flag a handler
pub struct Wants {
    /// `on_bar`.
    pub bar: bool,
    /// `on_trade`.
    pub trade: bool,
    /// `on_quote`.
    pub quote: bool,
    /// `on_book`.
    pub book: bool,
    /// `on_order`.
    pub order: bool,
    /// `on_fill`.
    pub fill: bool,
}

/// Everything a run is given besides data and orders.
#[derive(Clone, Debug)]
pub struct Config {
    /// Account kind.
    pub account: AccountKind,
    /// Starting cash, in cash units.
    pub cash: i64,
    /// Fee schedule.
    pub fees: Fees,
    /// Slippage model.
    pub slippage: Slippage,
    /// A limit fills when it is touched.
    pub touch: bool,
    /// Share of a bar's volume that may be filled, 10^-8.
    pub participation: Option<i64>,
    /// Reading of a bar's range.
    pub bounds: Bounds,
    /// Cancellations ahead shrink a resting order's queue in proportion.
    pub proportional_queue: bool,
    /// Feed latency, ns.
    pub feed_latency: i64,
    /// Order latency, ns.
    pub order_latency: i64,
    /// Yearly borrow rate, 10^-8.
    pub borrow: i64,
    /// Columns grow, and fills come from outside.
    pub live: bool,
}

/// One symbol while a run goes on.
#[derive(Debug)]
pub struct Symbol {
    /// Its terms.
    pub instrument: Instrument,
    /// Its base stream of bars.
    pub base: Option<u16>,
    /// Its position.
    pub position: Position,
    /// Last known price, opens included; 0 before the first.
    pub last: i64,
    /// Last close, which values positions where bars decide; 0 before the first.
    pub close: i64,
    /// Working orders, by number.
    pub open: Vec<u32>,
    /// Protective stop and take-profit of the position.
    pub stop: Option<u32>,
    /// Take-profit.
    pub take: Option<u32>,
    /// Index of the bar that is open.
    pub bar: usize,
    /// Quantity that the open bar's volume still allows.
    pub budget: i64,
    /// Volume and spread for slippage.
    pub liquidity: Liquidity,
    /// Fills are decided by ticks, not by bars.
    pub by_ticks: bool,
    /// Foreign currency rates.
    pub fx: Option<FxRates>,
    /// Time from which handlers are called (rule T5).
    pub warm_from: i64,
    /// Marks of each row of the equity curve, where ticks give them.
    pub marks: Vec<i64>,
}

impl Symbol {
    /// A symbol without data and position.
    pub fn new(instrument: Instrument) -> Self {
        Self {
            liquidity: Liquidity { tick: instrument.tick, ..Liquidity::default() },
            instrument,
            base: None,
            position: Position::default(),
            last: 0,
            close: 0,
            open: Vec::new(),
            stop: None,
            take: None,
            bar: 0,
            budget: i64::MAX,
            by_ticks: false,
            fx: None,
            warm_from: i64::MIN,
            marks: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Closes,
    Calls,
    Timers,
    Opens,
    Done,
}

/// What the caller has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Call `on_bar` for a bar of a stream.
    Bar {
        /// Index of the stream.
        stream: u16,
        /// Index of the bar.
        index: u32,
    },
    /// Call the handler of a subscription.
    Condition {
        /// Number of the condition.
        id: u16,
        /// Index of the stream.
        stream: u16,
        /// Index of the bar.
        index: u32,
    },
    /// Call the handler of a timer.
    Timer {
        /// Number of the timer.
        id: u16,
    },
    /// Call `on_order` with an order.
    Order {
        /// Its number.
        id: u32,
    },
    /// Call `on_fill` with a fill.
    Fill {
        /// Its number.
        index: u32,
    },
    /// Call `on_trade` with a trade.
    Trade {
        /// Index of the symbol.
        symbol: u16,
        /// Row of the trade.
        row: u32,
    },
    /// Call `on_quote` with a quote.
    Quote {
        /// Index of the symbol.
        symbol: u16,
        /// Row of the quote.
        row: u32,
    },
    /// Call `on_book` after a message.
    Book {
        /// Index of the symbol.
        symbol: u16,
        /// Last row of the message.
        row: u32,
    },
    /// Live: everything that is known has been worked through.
    Feed,
    /// Everything has been worked through.
    Done,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Notice {
    Order(u32),
    Fill(u32),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timer {
    pub(crate) every: i64,
    pub(crate) due: i64,
}

/// A deterministic run: advance it, act between its steps, read the records.
pub struct Engine {
    /// Terms of the run.
    pub config: Config,
    /// Symbols in declared order.
    pub symbols: Vec<Symbol>,
    /// Streams of bars.
    pub streams: Vec<Stream>,
    /// All orders by number.
    pub orders: Vec<Order>,
    /// Cash.
    pub account: Account,
    /// Fills in order.
    pub fills: Vec<Fill>,
    /// Changes of cash and positions in order.
    pub changes: Vec<Change>,
    /// Reasons given by the strategy.
    pub reasons: Reasons,
    /// What has been revealed.
    pub cursor: Arc<Cursor>,
    /// Time of the current step, ns UTC.
    pub now: i64,
    /// A number outgrew its integers; the run cannot go on.
    pub overflow: bool,
    /// What the strategy did with orders, once somebody wants to know.
    pub moves: Option<Moves>,
    /// The live mode, if it is on.
    pub(crate) live: Option<Box<Live>>,
    pub(crate) wants: Wants,
    pub(crate) groups: Vec<Group>,
    pub(crate) ticks: Ticks,
    pub(crate) calendar: Calendar,
    pub(crate) open_orders: usize,
    pub(crate) rows: u32,
    pub(crate) clock: Vec<i64>,
    pub(crate) scratch: Vec<(i64, u32)>,
    pub(crate) opening: Vec<(u16, u32)>,
    /// A universe hides symbols at times.
    masked: bool,
    /// One stream of bars and a handler for each: nothing else happens unless an order works or a timer runs.
    lone: bool,
    /// Conditions of the strategy, by stream.
    pub(crate) subscriptions: Vec<Subscriptions>,
    notices: VecDeque<Notice>,
    pub(crate) timers: Vec<Timer>,
    stage: Stage,
    calls: Vec<u16>,
    call: usize,
    timer: usize,
}

/// Values in one line of cache. With many symbols the processor cannot foresee which line of which column comes next.
const LINE: usize = 8;

impl Engine {
    /// A run over `symbols` and `streams`; nothing has happened yet.
    pub fn new(config: Config, symbols: Vec<Symbol>, streams: Vec<Stream>) -> Self {
        let cursor = Arc::new(Cursor::new(streams.len()));
        let account = Account::new(config.account, i128::from(config.cash), config.borrow);
        let live = config.live.then(|| Box::new(Live::new(streams.len())));
        let groups = if config.live { apart(&streams) } else { group(&streams) };
        let room = room(&streams);
        let masked = streams.iter().any(|stream| stream.bars.member.is_some());
        let (mut symbols, conditions) = (symbols, vec![Subscriptions::default(); streams.len()]);
        for (index, stream) in streams.iter().enumerate().filter(|(_, stream)| stream.base) {
            symbols[stream.symbol as usize].base = Some(index as u16);
        }
        Self {
            config,
            symbols,
            streams,
            orders: Vec::with_capacity(room),
            account,
            fills: Vec::with_capacity(room),
            changes: Vec::with_capacity(room),
            reasons: Reasons::default(),
            cursor,
            now: i64::MIN,
            overflow: false,
            moves: live.as_ref().map(|_| Moves::default()),
            live,
            wants: Wants::default(),
            groups,
            ticks: Ticks::default(),
            calendar: Calendar::default(),
            open_orders: 0,
            rows: 0,
            clock: Vec::new(),
            scratch: Vec::new(),
            opening: Vec::new(),
            masked,
            lone: false,
            subscriptions: conditions,
            notices: VecDeque::new(),
            timers: Vec::new(),
            stage: Stage::Closes,
            calls: Vec::new(),
            call: 0,
            timer: 0,
        }
    }

    /// Says which handlers exist.
    pub fn listen(&mut self, wants: Wants) {
        self.wants = wants;
    }

    /// No handler of `symbol` runs before `warmup` closed bars of `stream` (rule T5).
    pub fn warm_up(&mut self, stream: usize, warmup: usize) {
        let closes = &self.streams[stream].bars.close_ts;
        let ready = if warmup < closes.len() { closes[warmup] } else { i64::MAX };
        if let Some(live) = &mut self.live {
            live.needs.push((stream, warmup));
        }
        let symbol = &mut self.symbols[self.streams[stream].symbol as usize];
        symbol.warm_from = symbol.warm_from.max(ready);
    }

    /// Adds condition `id`, true on the bars of `rows` (rising) of a stream.
    pub fn subscribe(&mut self, stream: usize, id: u16, rows: &[u32]) {
        self.subscriptions[stream].add(id, rows);
    }

    /// Starts the subscriptions of every stream at its first warm bar.
    pub fn arm(&mut self) {
        for (stream, subscriptions) in self.streams.iter().zip(&mut self.subscriptions) {
            let warm = self.symbols[stream.symbol as usize].warm_from;
            subscriptions.start_at(stream.bars.close_ts.partition_point(|ts| *ts < warm));
        }
        self.lone = self.symbols.len() == 1
            && self.streams.len() == 1
            && self.wants.bar
            && self.live.is_none()
            && !self.masked
            && !self.is_margin()
            && !self.ticks.any()
            && !self.calendar.any()
            && self.account.borrow == 0
            && self.subscriptions[0].next_row().is_none();
    }

    /// Adds a timer that is due at every multiple of `every` ns after the first datum.
    pub fn every(&mut self, every: i64) -> u16 {
        let start = match (self.now, &self.live) {
            (i64::MIN, None) => self.next_data().or(Some(0)),
            (i64::MIN, Some(_)) => self.first_datum(),
            (now, _) => Some(now),
        };
        // Live, the first datum is not known yet; then it winds the timer up.
        let due = start.map_or(i64::MAX, |start| start - start.rem_euclid(every) + every);
        self.timers.push(Timer { every, due });
        self.timers.len() as u16 - 1
    }

    /// Goes on to the next thing that the strategy must hear of.
    pub fn advance(&mut self) -> Step {
        loop {
            if let Some(step) = self.advance_notice().or_else(|| self.next_lone_bar()) {
                return step;
            }
            match self.stage {
                Stage::Closes => {
                    if self.live.is_some() && self.is_starved() {
                        return Step::Feed;
                    }
                    if !self.has_notices() {
                        self.closes();
                    }
                }
                Stage::Calls => {
                    if let Some(step) = self.next_call() {
                        return step;
                    }
                    self.stage = Stage::Timers;
                }
                Stage::Timers => {
                    if let Some(id) = self.next_timer() {
                        return Step::Timer { id };
                    }
                    self.stage = Stage::Opens;
                }
                Stage::Opens => {
                    if let Some(step) = self.opens() {
                        return step;
                    }
                    self.stage = Stage::Closes;
                }
                Stage::Done => return Step::Done,
            }
        }
    }

    pub(crate) fn notify(&mut self, notice: Notice) {
        let wanted = match notice {
            Notice::Order(_) => self.wants.order,
            Notice::Fill(_) => self.wants.fill,
        };
        if wanted {
            self.notices.push_back(notice);
        }
    }

    /// From the first open to the last close of all bars, in ns.
    pub fn span_of_bars(&self) -> i64 {
        let opens = self.streams.iter().filter_map(|stream| stream.bars.ts.first().copied());
        let closes = self.streams.iter().filter_map(|stream| stream.bars.close_ts.last().copied());
        closes.max().unwrap_or(0).saturating_sub(opens.min().unwrap_or(0))
    }

    fn next_data(&self) -> Option<i64> {
        let bars = self.groups.iter().map(|group| group.time).min().unwrap_or(i64::MAX);
        let time = bars.min(self.ticks.next_time());
        (time != i64::MAX).then_some(time)
    }

    pub(crate) fn next_bar_timer_or_event(&self) -> i64 {
        let bars = self.groups.iter().map(|group| group.time).min().unwrap_or(i64::MAX);
        let timers = self.timers.iter().map(|timer| timer.due).min().unwrap_or(i64::MAX);
        bars.min(timers).min(self.calendar.next_event())
    }

    pub(crate) fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }

    /// The oldest notice as a step.
    pub(crate) fn advance_notice(&mut self) -> Option<Step> {
        let notice = self.notices.pop_front()?;
        let (symbol, step) = match notice {
            Notice::Order(id) => (self.orders[id as usize].symbol, Step::Order { id }),
            Notice::Fill(index) => (self.fills[index as usize].symbol, Step::Fill { index }),
        };
        self.cursor.select(symbol);
        Some(step)
    }

    /// The next time at which anything happens; funding before the first datum finds no position and makes no moment.
    fn next_moment(&self) -> Option<i64> {
        if let Some(live) = &self.live {
            return self.known_moment(live.limit);
        }
        let timer = self.timers.iter().map(|timer| timer.due).min().unwrap_or(i64::MAX);
        let funding = if self.now == i64::MIN { i64::MAX } else { self.calendar.next_funding() };
        self.next_data().map(|time| time.min(timer).min(funding).min(self.ticks.next_arrival()))
    }

    /// Moves time on and works through the bars that close then.
    fn closes(&mut self) {
        self.skip_quiet();
        let Some(now) = self.next_moment() else {
            self.finish();
            self.stage = Stage::Done;
            return;
        };
        self.now = now;
        self.calls.clear();
        self.call = 0;
        self.timer = 0;
        let mut due = 0;
        for index in 0..self.groups.len() {
            if self.groups[index].closing && self.groups[index].time <= now {
                self.close_group(index);
                due += 1;
            }
        }
        if due > 1 {
            self.order_calls();
        }
        for at in 0..self.calls.len() {
            self.close_bar(self.calls[at] as usize);
        }
        self.mark_rows(now);
        self.charge(now);
        if due > 0 {
            self.end_row(now);
        }
        if self.live.is_some() && self.ticks.next_time() > now {
            self.hear_reports(false);
        }
        self.stage = Stage::Calls;
    }

    /// Symbols in declared order, of each the larger timeframes first (rule T3).
    #[inline(never)]
    fn order_calls(&mut self) {
        let streams = &self.streams;
        self.calls.sort_unstable_by_key(|id| {
            let stream = &streams[*id as usize];
            (stream.symbol, std::cmp::Reverse(stream.timeframe))
        });
    }

    /// Reveals the bars of a group and moves it on.
    fn close_group(&mut self, index: usize) {
        let group = &mut self.groups[index];
        let ahead = group.streams.len() > 1 && group.next.is_multiple_of(LINE);
        for id in &group.streams {
            self.cursor.reveal(*id as usize, group.next);
            self.calls.push(*id);
            if ahead {
                self.streams[*id as usize].bars.prefetch(group.next + LINE);
            }
        }
        group.next += 1;
        group.closing = self.live.is_some(); // a bar that has closed has opened before
        let bars = &self.streams[group.streams[0] as usize].bars;
        let times = if group.closing { &bars.close_ts } else { &bars.ts };
        group.time = if group.next < group.len { times[group.next] } else { i64::MAX };
    }

    /// What happened inside the revealed bar of a stream, if it decides fills, and its close.
    fn close_bar(&mut self, id: usize) {
        let (symbol, bar) = (self.streams[id].symbol as usize, self.cursor.index(id) as usize);
        let state = &self.symbols[symbol];
        if !self.streams[id].base || state.by_ticks {
            return;
        }
        let at_stake = !state.open.is_empty() || (state.position.quantity != 0 && self.is_margin());
        if at_stake && self.live.is_none() {
            self.range_phase(symbol, bar);
        }
        let close = self.streams[id].bars.close[bar];
        (self.symbols[symbol].last, self.symbols[symbol].close) = (close, close);
    }

    /// Completes one row of the equity curve.
    pub(crate) fn end_row(&mut self, now: i64) {
        self.rows += 1;
        if self.groups.len() > 1 || self.ticks.any() {
            self.clock.push(now);
        }
        if self.ticks.any() {
            self.symbols.iter_mut().filter(|symbol| symbol.by_ticks).for_each(|symbol| symbol.marks.push(symbol.last));
        }
    }

    fn next_call(&mut self) -> Option<Step> {
        while self.call < self.calls.len() {
            let id = self.calls[self.call];
            let stream = &self.streams[id as usize];
            let index = self.cursor.index(id as usize) as usize;
            let cold = self.now < self.symbols[stream.symbol as usize].warm_from;
            if cold || (self.masked && !self.in_universe(stream.symbol)) {
                self.call += 1;
                continue;
            }
            self.cursor.select(stream.symbol);
            if let Some(condition) = self.subscriptions[id as usize].take(index) {
                return Some(Step::Condition { id: condition, stream: id, index: index as u32 });
            }
            self.call += 1;
            if self.wants.bar {
                return Some(Step::Bar { stream: id, index: index as u32 });
            }
        }
        None
    }

    /// After the handler of a bar in a quiet, lone stream comes the handler of the next: all stages in one.
    #[inline]
    fn next_lone_bar(&mut self) -> Option<Step> {
        if !self.lone || self.open_orders > 0 || self.stage != Stage::Calls || !self.timers.is_empty() {
            return None;
        }
        let (group, bars, symbol) = (&mut self.groups[0], &self.streams[0].bars, &mut self.symbols[0]);
        let row = group.next;
        if row >= group.len || self.call < self.calls.len() || bars.close_ts[row] < symbol.warm_from {
            return None;
        }
        group.next = row + 1;
        group.time = bars.ts.get(row + 1).copied().unwrap_or(i64::MAX);
        self.now = bars.close_ts[row];
        self.rows += 1;
        self.cursor.reveal(0, row);
        (symbol.last, symbol.close) = (bars.close[row], bars.close[row]);
        Some(Step::Bar { stream: 0, index: row as u32 })
    }

    fn next_timer(&mut self) -> Option<u16> {
        while self.timer < self.timers.len() {
            let timer = &mut self.timers[self.timer];
            self.timer += 1;
            if timer.due <= self.now {
                timer.due = self.now - self.now.rem_euclid(timer.every) + timer.every;
                return Some(self.timer as u16 - 1);
            }
        }
        None
    }

    /// Corporate actions, arrivals, then the bars that open now; ticks last.
    fn opens(&mut self) -> Option<Step> {
        let now = self.now;
        if let Some(step) = self.tick_step(now) {
            return Some(step);
        }
        if self.live.is_some() {
            return None;
        }
        let opening = |group: &Group| !group.closing && group.time == now;
        if self.open_orders > 0 || self.is_margin() || self.calendar.any() || self.groups.len() > 1 {
            self.open_phase(now);
        }
        for index in 0..self.groups.len() {
            if opening(&self.groups[index]) {
                let group = &mut self.groups[index];
                group.closing = true;
                group.time = self.streams[group.streams[0] as usize].bars.close_ts[group.next];
            }
        }
        None
    }

    /// With one clock, nothing working and only subscriptions to serve, time jumps to the next bar with an event.
    fn skip_quiet(&mut self) {
        let quiet = self.groups.len() == 1
            && self.live.is_none()
            && self.open_orders == 0
            && !self.wants.bar
            && !self.is_margin()
            && self.timers.is_empty()
            && !self.ticks.any()
            && !self.calendar.any()
            && self.account.borrow == 0;
        if !quiet {
            return;
        }
        let next = self.subscriptions.iter().filter_map(Subscriptions::next_row).min();
        let group = &mut self.groups[0];
        let target = next.unwrap_or(usize::MAX).min(group.len - usize::from(group.len > 0));
        if target <= group.next || group.next >= group.len {
            return;
        }
        self.rows += (target - group.next) as u32;
        group.next = target;
        group.closing = true;
        let bars = &self.streams[group.streams[0] as usize].bars;
        group.time = bars.close_ts[target];
        if let [subscriptions] = &self.subscriptions[..]
            && let Some(row) = subscriptions.row_after()
        {
            bars.prefetch(row); // the handler that is called now gives it the time to arrive
        }
    }

    /// The rows of the curve lie at the close times of `bars`; with one clock for all their number tells.
    pub fn has_clock(&self, bars: &Bars, clock: &[i64]) -> bool {
        let alone = self.groups.len() == 1 && !self.ticks.any();
        bars.close_ts.len() == clock.len() && (alone || bars.close_ts[..] == *clock)
    }

    /// Close times of the equity curve's rows so far.
    pub fn clock(&self) -> Vec<i64> {
        if self.groups.len() > 1 || self.ticks.any() {
            return self.clock.clone();
        }
        let times = self.groups.first().map(|group| &self.streams[group.streams[0] as usize].bars.close_ts);
        times.map_or_else(Vec::new, |times| times[..self.rows as usize].to_vec())
    }

    /// Handlers hear of a symbol while it is in the universe, as its finest bars tell, or while it is held.
    fn in_universe(&self, symbol: u16) -> bool {
        let state = &self.symbols[symbol as usize];
        let Some(base) = state.base.map(usize::from) else { return true };
        let Some(member) = &self.streams[base].bars.member else { return true };
        let known = usize::try_from(self.cursor.index(base)).is_ok_and(|row| member[row] != 0);
        known || state.position.quantity != 0
    }

    pub(crate) fn is_margin(&self) -> bool {
        matches!(self.account.kind, AccountKind::Margin { .. })
    }
}

/// Orders to make room for at once, so that records need not move as they grow; memory is taken up only when written.
fn room(streams: &[Stream]) -> usize {
    let bars: usize = streams.iter().filter(|stream| stream.base).map(|stream| stream.bars.ts.len()).sum();
    (bars / 16).min(1 << 18)
}

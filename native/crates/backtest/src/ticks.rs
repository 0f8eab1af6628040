//! Playing tick data: arrivals, trades, quotes, books, in the order in which they happen (rules K1, K2).

use parrot_book::{Book, Position, Replay, Side, grid_step};
use parrot_kernel::time;

use crate::data::{Books, Quotes, Trades};
use crate::engine::{Engine, Step};
use crate::feeds::{Feed, Market, Source, columns};

impl Engine {
    /// Gives a symbol trades.
    pub fn add_trades(&mut self, symbol: u16, trades: Trades) {
        self.add_source(symbol, Feed::Trades(trades));
        self.ticks.markets[symbol as usize].has_trades = true;
    }

    /// Gives a symbol quotes.
    pub fn add_quotes(&mut self, symbol: u16, quotes: Quotes) {
        self.add_source(symbol, Feed::Quotes(quotes));
        self.ticks.markets[symbol as usize].has_quotes = true;
    }

    /// Gives a symbol a book.
    ///
    /// # Errors
    /// When a row of the columns cannot be used.
    pub fn add_books(&mut self, symbol: u16, books: Books) -> Result<(), parrot_book::BadRow> {
        let step = grid_step(&books.price).max(1);
        columns(&books).check(step)?;
        self.add_source(symbol, Feed::Book(books));
        self.ticks.markets[symbol as usize].book = Some(Book::new(step));
        Ok(())
    }

    fn add_source(&mut self, symbol: u16, feed: Feed) {
        self.ticks.markets.resize_with(self.symbols.len(), Market::default);
        self.ticks.sources.push(Source { symbol, feed, next: 0, known: usize::MAX, position: Position::default() });
        self.symbols[symbol as usize].by_ticks = true;
        let (first, last) = self.ticks.sources.iter().fold((i64::MAX, i64::MIN), |(first, last), source| {
            let times = source.times();
            (first.min(times.first().copied().unwrap_or(i64::MAX)), last.max(times.last().copied().unwrap_or(i64::MIN)))
        });
        // Without bars the equity curve has a row a second, or a minute when the data span more than a day.
        self.ticks.next_row = i64::MIN;
        self.ticks.spacing = if last.saturating_sub(first) > time::DAY { time::MINUTE } else { time::SECOND };
    }

    /// Trades of a symbol.
    pub fn trades_of(&self, symbol: u16) -> Option<&Trades> {
        self.ticks.sources.iter().find_map(|source| match &source.feed {
            Feed::Trades(trades) if source.symbol == symbol => Some(trades),
            _ => None,
        })
    }

    /// Time of the last update, and bid, ask and their sizes (-1 unknown), of a quoted symbol.
    pub fn quote(&self, symbol: usize) -> Option<(i64, [i64; 4])> {
        let market =
            self.ticks.markets.get(symbol).filter(|market| market.is_quoted() && market.bid > 0 && market.ask > 0)?;
        Some((market.updated, [market.bid, market.ask, market.bid_size, market.ask_size]))
    }

    /// The best `depth` levels of bids and asks, best first, as (price, size).
    pub fn levels(&self, symbol: usize, depth: usize) -> [Vec<(i64, i64)>; 2] {
        let book = self.ticks.markets.get(symbol).and_then(|market| market.book.as_ref());
        [Side::Bid, Side::Ask].map(|side| book.map_or_else(Vec::new, |book| book.levels(side, depth).collect()))
    }

    /// The ticks of `now`, then the orders that arrive (rule K2); the step is what the strategy must hear of.
    pub(crate) fn tick_step(&mut self, now: i64) -> Option<Step> {
        if !self.ticks.any() {
            return None;
        }
        self.tick_housekeeping(now);
        loop {
            let source = (0..self.ticks.sources.len()).find(|index| self.ticks.sources[*index].next_time() <= now);
            let step = source.and_then(|source| self.play(source));
            if self.is_live() {
                self.hear_reports(false);
            }
            if step.is_some() {
                return step;
            }
            if source.is_none() {
                let id = self.ticks.due(now)?;
                self.arrive_at_market(id);
            }
            if self.has_notices() {
                return self.advance_notice();
            }
        }
    }

    /// Expiries and corporate actions of symbols that ticks decide.
    pub(crate) fn tick_housekeeping(&mut self, now: i64) {
        if !self.fills_here() || (self.open_orders == 0 && !self.calendar.any()) {
            return;
        }
        for symbol in 0..self.symbols.len() {
            if self.symbols[symbol].by_ticks {
                self.expire(symbol, time::day(now), now);
                self.act(symbol, now);
            }
        }
    }

    /// Plays the next tick of a source; without orders and listeners, everything up to the next thing that matters.
    fn play(&mut self, index: usize) -> Option<Step> {
        let symbol = self.ticks.sources[index].symbol;
        let row = self.ticks.sources[index].next;
        match &self.ticks.sources[index].feed {
            Feed::Trades(_) => {
                self.cursor.select(symbol);
                self.play_trade(index, row);
                self.wants.trade.then_some(Step::Trade { symbol, row: row as u32 })
            }
            Feed::Quotes(_) => {
                self.cursor.select(symbol);
                self.play_quote(index, row);
                self.wants.quote.then_some(Step::Quote { symbol, row: row as u32 })
            }
            Feed::Book(_) => {
                self.cursor.select(symbol);
                let last = self.play_book(index);
                self.wants.book.then_some(Step::Book { symbol, row: last as u32 })
            }
        }
    }

    fn play_trade(&mut self, index: usize, row: usize) {
        let source = &mut self.ticks.sources[index];
        source.next += 1;
        let symbol = source.symbol as usize;
        let Feed::Trades(trades) = &source.feed else { return };
        let (ts, price, size, side) = (trades.ts[row], trades.price[row], trades.size[row], trades.side[row]);
        let market = &mut self.ticks.markets[symbol];
        market.trade = price;
        if !market.is_quoted() {
            market.updated = ts;
            self.symbols[symbol].last = price;
        }
        if !self.symbols[symbol].open.is_empty() && self.fills_here() {
            let aggressor = match side {
                1 => Some(Side::Bid),
                -1 => Some(Side::Ask),
                _ => None,
            };
            self.work_trade(symbol, &parrot_book::Trade { price, size, aggressor });
        }
        self.watch_margin(symbol);
    }

    fn play_quote(&mut self, index: usize, row: usize) {
        let source = &mut self.ticks.sources[index];
        source.next += 1;
        let symbol = source.symbol as usize;
        let Feed::Quotes(quotes) = &source.feed else { return };
        let market = &mut self.ticks.markets[symbol];
        if market.book.is_none() {
            market.requote(Side::Bid, quotes.bid[row], quotes.bid_size[row]);
            market.requote(Side::Ask, quotes.ask[row], quotes.ask_size[row]);
            market.updated = quotes.ts[row];
            self.requoted(symbol);
        }
    }

    /// Plays one message, or in quiet times all of them up to the next moment that matters; says the last row.
    fn play_book(&mut self, index: usize) -> usize {
        let horizon = if self.is_quiet(index) { self.horizon(index) } else { i64::MIN };
        let Source { symbol, feed, next, position, .. } = &mut self.ticks.sources[index];
        let symbol = *symbol as usize;
        let Feed::Book(books) = feed else { return *next };
        let columns = columns(books);
        let market = &mut self.ticks.markets[symbol];
        let mut book = market.book.take().expect("a symbol with a book feed has a book");
        let mut replay = Replay::resume(columns, *position, books.ts.len());
        let mut touched = None;
        loop {
            if let Some(message) = replay.advance(&mut book) {
                market.consumed.on_message(&columns, &message);
                market.updated = message.ts;
                touched = Some(message);
            }
            if replay.next_ts().is_none_or(|ts| ts >= horizon) {
                break;
            }
        }
        *position = replay.position();
        *next = position.row;
        let row = *next - 1;
        if let Some(message) = touched {
            for queue in market.queues.values_mut() {
                if columns.touches(&message, queue.side(), queue.price()) {
                    queue.on_level_change(book.size_at(queue.side(), queue.price()));
                }
            }
            self.now = self.now.max(message.ts);
        }
        market.book = Some(book);
        market.read_book();
        self.requoted(symbol);
        row
    }

    /// Nobody listens to the book, nothing is working and nothing is about to arrive.
    fn is_quiet(&self, index: usize) -> bool {
        let symbol = self.ticks.sources[index].symbol as usize;
        !self.wants.book
            && !self.is_live()
            && self.symbols[symbol].open.is_empty()
            && self.ticks.next_arrival() == i64::MAX
            && !(self.is_margin() && self.symbols[symbol].position.quantity != 0)
    }

    /// The first moment at which something else than `index` happens.
    fn horizon(&self, index: usize) -> i64 {
        let others = self.ticks.sources.iter().enumerate().filter(|(other, _)| *other != index);
        let ticks = others.map(|(_, source)| source.next_time()).min().unwrap_or(i64::MAX);
        let row = if self.groups.is_empty() { self.ticks.next_row } else { i64::MAX };
        ticks.min(row).min(self.next_bar_timer_or_event())
    }

    fn requoted(&mut self, symbol: usize) {
        let market = &self.ticks.markets[symbol];
        let (mark, spread) = (market.mark(), (market.ask - market.bid).max(0));
        if mark > 0 {
            self.symbols[symbol].last = mark;
        }
        self.symbols[symbol].liquidity.spread = spread;
        if !self.symbols[symbol].open.is_empty() && self.fills_here() {
            self.work_quote(symbol);
        }
        self.watch_margin(symbol);
    }

    /// Rows of the equity curve when there are no bars to give it a clock: one at the end of every second (minute) in
    /// which something happened, written when time has moved beyond it.
    pub(crate) fn mark_rows(&mut self, now: i64) {
        if !self.groups.is_empty() || !self.ticks.any() || now <= self.ticks.next_row {
            return;
        }
        if self.ticks.next_row != i64::MIN {
            self.end_row(self.ticks.next_row);
        }
        let spacing = self.ticks.spacing;
        self.ticks.next_row = now + (-now).rem_euclid(spacing);
    }

    /// The last row: what happened after the last regular one, or in its very moment, still counts.
    pub(crate) fn mark_end(&mut self) {
        if !self.ticks.any() || self.now == i64::MIN {
            return;
        }
        if self.clock.last() == Some(&self.now) {
            self.take_back_row();
        }
        self.end_row(self.now);
    }

    fn take_back_row(&mut self) {
        self.rows -= 1;
        self.clock.pop();
        for symbol in &mut self.symbols {
            symbol.marks.pop();
        }
        for change in self.changes.iter_mut().rev().take_while(|change| change.row > self.rows) {
            change.row = self.rows;
        }
    }
}

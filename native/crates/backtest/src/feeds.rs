//! Tick data of a run and the market that it has shown so far.

use std::collections::{HashMap, VecDeque};

use parrot_book::{Book, Columns, Consumed, Position, RestingQueue, Side};
use parrot_kernel::div_half_even;

use crate::data::{Books, Quotes, Trades};

/// What a feed carries.
#[derive(Debug)]
pub(crate) enum Feed {
    Trades(Trades),
    Quotes(Quotes),
    Book(Books),
}

/// One feed of one symbol and how far it has been played.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) symbol: u16,
    pub(crate) feed: Feed,
    pub(crate) next: usize,
    /// Rows from here on are hidden.
    pub(crate) known: usize,
    pub(crate) position: Position,
}

impl Source {
    pub(crate) fn times(&self) -> &[i64] {
        match &self.feed {
            Feed::Trades(trades) => &trades.ts,
            Feed::Quotes(quotes) => &quotes.ts,
            Feed::Book(books) => &books.ts,
        }
    }

    pub(crate) fn next_time(&self) -> i64 {
        if self.next >= self.known {
            return i64::MAX;
        }
        self.times().get(self.next).copied().unwrap_or(i64::MAX)
    }
}

/// The market of one symbol as ticks have shown it so far.
#[derive(Debug, Default)]
pub(crate) struct Market {
    /// Best bid and ask, 0 when unknown.
    pub(crate) bid: i64,
    pub(crate) ask: i64,
    /// Sizes at them; -1 unknown.
    pub(crate) bid_size: i64,
    pub(crate) ask_size: i64,
    /// Sizes as the last quote showed them, what we took included.
    pub(crate) bid_shown: i64,
    pub(crate) ask_shown: i64,
    /// Price of the last trade, 0 before the first.
    pub(crate) trade: i64,
    /// Time of the last update.
    pub(crate) updated: i64,
    pub(crate) book: Option<Book>,
    pub(crate) consumed: Consumed,
    pub(crate) queues: HashMap<u32, RestingQueue>,
    pub(crate) has_quotes: bool,
    pub(crate) has_trades: bool,
}

impl Market {
    /// Bid and ask are known (from a book or quotes).
    pub(crate) fn is_quoted(&self) -> bool {
        self.has_quotes || self.book.is_some()
    }

    /// A quote states one side anew; queues at its price hear of it when it differs from the last one.
    pub(crate) fn requote(&mut self, side: Side, price: i64, size: i64) {
        let shown = match side {
            Side::Bid => (&mut self.bid, &mut self.bid_size, &mut self.bid_shown),
            Side::Ask => (&mut self.ask, &mut self.ask_size, &mut self.ask_shown),
        };
        let changed = (*shown.0, *shown.2) != (price, size);
        (*shown.0, *shown.1, *shown.2) = (price, size, size);
        if changed {
            for queue in self.queues.values_mut().filter(|queue| queue.side() == side) {
                match shown_at(side, queue.price(), price, size) {
                    i64::MAX => {}
                    shown => queue.on_level_change(shown),
                }
            }
        }
    }

    /// The size that stands at a price as far as it is known, `i64::MAX` where it is not (rule K4).
    pub(crate) fn size_at(&self, side: Side, price: i64) -> i64 {
        match (&self.book, side) {
            (Some(book), _) => book.size_at(side, price),
            (None, Side::Bid) => shown_at(side, price, self.bid, self.bid_shown),
            (None, Side::Ask) => shown_at(side, price, self.ask, self.ask_shown),
        }
    }

    /// What a taker would get now, at most `wanted` and no worse than `limit`: (price, size), best first.
    pub(crate) fn offers(&self, buys: bool, wanted: i64, limit: Option<i64>) -> Vec<(i64, i64)> {
        if let Some(book) = &self.book {
            return self.consumed.offered(book, offering(buys), wanted, limit);
        }
        let (price, size) = if buys { (self.ask, self.ask_size) } else { (self.bid, self.bid_size) };
        let size = if size < 0 { wanted } else { wanted.min(size) };
        let reaches = limit.is_none_or(|limit| if buys { price <= limit } else { price >= limit });
        if price > 0 && size > 0 && reaches { vec![(price, size)] } else { Vec::new() }
    }

    /// We took `size` at `price`; it is gone until the next update (rule K3).
    pub(crate) fn consume(&mut self, buys: bool, price: i64, size: i64) {
        if self.book.is_some() {
            return self.consumed.hide(offering(buys), price, size);
        }
        let shown = if buys { &mut self.ask_size } else { &mut self.bid_size };
        *shown -= if *shown < 0 { 0 } else { size };
    }

    pub(crate) fn read_book(&mut self) {
        if let Some(book) = &self.book {
            (self.bid, self.bid_size) = book.best_bid().unwrap_or((0, 0));
            (self.ask, self.ask_size) = book.best_ask().unwrap_or((0, 0));
        }
    }

    /// The price that values positions: the middle of the quote, else the last trade.
    pub(crate) fn mark(&self) -> i64 {
        if self.is_quoted() && self.bid > 0 && self.ask > 0 {
            return div_half_even(i128::from(self.bid) + i128::from(self.ask), 2) as i64;
        }
        self.trade
    }
}

/// The side of the book that an order takes from.
fn offering(buys: bool) -> Side {
    if buys { Side::Ask } else { Side::Bid }
}

/// What a best price and its size say of another price: nothing stands before the best, what stands behind is unknown.
fn shown_at(side: Side, price: i64, best: i64, size: i64) -> i64 {
    let before = best == 0 || if side == Side::Bid { price > best } else { price < best };
    match (before, price == best && size >= 0) {
        (true, _) => 0,
        (_, true) => size,
        _ => i64::MAX,
    }
}

/// Tick data of all symbols.
#[derive(Debug, Default)]
pub struct Ticks {
    pub(crate) sources: Vec<Source>,
    pub(crate) markets: Vec<Market>,
    arrivals: VecDeque<(i64, u32)>,
    pub(crate) next_row: i64,
    pub(crate) spacing: i64,
}

impl Ticks {
    pub(crate) fn any(&self) -> bool {
        !self.sources.is_empty()
    }

    pub(crate) fn next_time(&self) -> i64 {
        self.sources.iter().map(Source::next_time).min().unwrap_or(i64::MAX)
    }

    pub(crate) fn next_arrival(&self) -> i64 {
        self.arrivals.front().map_or(i64::MAX, |arrival| arrival.0)
    }

    pub(crate) fn arrive(&mut self, id: u32, from: i64) {
        self.arrivals.push_back((from, id));
    }

    pub(crate) fn due(&mut self, now: i64) -> Option<u32> {
        let (time, id) = *self.arrivals.front()?;
        (time <= now).then(|| {
            self.arrivals.pop_front();
            id
        })
    }
}

/// The columns of a book as a replay reads them.
pub(crate) fn columns(books: &Books) -> Columns<'_> {
    let last_id = books.last_id.as_deref();
    Columns { ts: &books.ts, side: &books.side, price: &books.price, size: &books.size, flags: &books.flags, last_id }
}

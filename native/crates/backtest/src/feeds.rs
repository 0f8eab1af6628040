//! Tick data of a run and the market that it has shown so far.

use std::collections::{HashMap, VecDeque};

use parrot_book::{Book, Columns, Consumed, Position, RestingQueue};
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
    /// Price of the last trade, 0 before the first.
    pub(crate) trade: i64,
    /// Time of the last update.
    pub(crate) updated: i64,
    pub(crate) book: Option<Book>,
    pub(crate) consumed: Consumed,
    pub(crate) queues: HashMap<u32, RestingQueue>,
    pub(crate) has_quotes: bool,
}

impl Market {
    /// Bid and ask are known (from a book or quotes).
    pub(crate) fn is_quoted(&self) -> bool {
        self.has_quotes || self.book.is_some()
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

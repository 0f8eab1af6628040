//! Best prices (L1) and depth by level (L2).

use parrot_book::{Book, Side};

use super::{in_book, of_symbol};
use crate::{BUY, Event, SELL};

/// What is visible at one price of one side; size 0: the level is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepthLevel {
    /// 0 buy, 1 sell.
    pub side: u8,
    /// Price in the symbol's units.
    pub price: i64,
    /// New visible quantity.
    pub size: i64,
}

/// Best prices of a symbol; a size of 0 says that the side is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Top {
    /// Number of the last event that changed the book.
    pub seq: u64,
    /// Number of the symbol.
    pub symbol: u16,
    /// Highest price bid.
    pub bid: i64,
    /// What is visible there.
    pub bid_size: i64,
    /// Lowest price asked.
    pub ask: i64,
    /// What is visible there.
    pub ask_size: i64,
}

/// Changes of a symbol's levels: those of the events `first..=last`, the last size of each price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthUpdate<'a> {
    /// Number of the symbol.
    pub symbol: u16,
    /// One more than the last number of the update before (`U`).
    pub first: u64,
    /// Number of the last event in it (`u`).
    pub last: u64,
    /// The levels that changed, buys before sells, by price.
    pub levels: &'a [DepthLevel],
}

/// All levels of a symbol after the update that ended with `last`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepthSnapshot {
    /// Number of the last event in it, comparable with [`DepthUpdate::last`].
    pub last: u64,
    /// Buys from the highest price, then sells from the lowest.
    pub levels: Vec<DepthLevel>,
}

/// A symbol's visible levels, kept from a snapshot and the updates after it.
#[derive(Clone, Debug)]
pub struct DepthBook {
    book: Book,
    last: u64,
}

impl Default for DepthBook {
    fn default() -> Self {
        Self { book: Book::new(1), last: 0 }
    }
}

impl DepthBook {
    /// The book that a snapshot shows.
    pub fn from_snapshot(snapshot: &DepthSnapshot) -> Self {
        let mut book = Self { last: snapshot.last, ..Self::default() };
        snapshot.levels.iter().for_each(|level| book.set(*level));
        book
    }

    /// Takes an update over. One that the book already holds is passed over.
    ///
    /// # Errors
    /// When updates between the book and this one are missing: then a new snapshot is needed.
    pub fn apply(&mut self, update: &DepthUpdate<'_>) -> Result<(), String> {
        if update.last <= self.last {
            return Ok(());
        }
        if update.first > self.last + 1 {
            return Err(format!("updates {} to {} are missing", self.last + 1, update.first - 1));
        }
        update.levels.iter().for_each(|level| self.set(*level));
        self.last = update.last;
        Ok(())
    }

    /// Number of the last event in the book.
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// Price and visible quantity of the best level of a side.
    #[inline]
    pub fn best(&self, side: u8) -> Option<(i64, i64)> {
        self.book.best(side_of(side))
    }

    /// Price and visible quantity by level, best first.
    pub fn levels(&self, side: u8) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.book.levels(side_of(side), usize::MAX)
    }

    /// The whole book with its counter.
    pub fn snapshot(&self) -> DepthSnapshot {
        let side = |side| self.levels(side).map(move |(price, size)| DepthLevel { side, price, size });
        DepthSnapshot { last: self.last, levels: side(BUY).chain(side(SELL)).collect() }
    }

    fn set(&mut self, level: DepthLevel) {
        self.book.apply(side_of(level.side), level.price, level.size);
    }
}

const fn side_of(side: u8) -> Side {
    if side == BUY { Side::Bid } else { Side::Ask }
}

#[derive(Clone, Debug, Default)]
struct Symbol {
    book: DepthBook,
    top: Top,
    changed: Vec<DepthLevel>,
    /// Last number of the update before; that of the book is already the new one while an update is made.
    before: u64,
}

impl Symbol {
    fn take(&mut self, event: &Event) {
        let level = DepthLevel { side: event.side, price: event.price, size: event.level };
        self.book.set(level);
        self.book.last = event.seq;
        self.changed.push(level);
    }

    /// Keeps the last size of each price and side.
    fn coalesce(&mut self) {
        let key = |level: &DepthLevel| (level.side, level.price);
        self.changed.sort_by_key(key);
        self.changed.dedup_by(|later, earlier| {
            let same = key(later) == key(earlier);
            if same {
                earlier.size = later.size;
            }
            same
        });
    }

    fn new_top(&mut self, symbol: u16) -> Option<Top> {
        let (bid, bid_size) = self.book.best(BUY).unwrap_or_default();
        let (ask, ask_size) = self.book.best(SELL).unwrap_or_default();
        let top = Top { seq: self.top.seq, symbol, bid, bid_size, ask, ask_size };
        if top == (Top { symbol, ..self.top }) {
            return None;
        }
        self.top = Top { seq: self.book.last, ..top };
        Some(self.top)
    }
}

/// Makes L1 and L2 of all symbols; one [`DepthFeed::publish`] is one batch.
#[derive(Clone, Debug, Default)]
pub struct DepthFeed {
    symbols: Vec<Symbol>,
    touched: Vec<u16>,
    tops: Vec<Top>,
}

impl DepthFeed {
    /// Goes on with a symbol after recovery: `snapshot` shows the book as it now is, its `last` is the engine's last event.
    pub fn resume(&mut self, symbol: u16, snapshot: &DepthSnapshot) {
        let own = of_symbol(&mut self.symbols, symbol);
        *own = Symbol { book: DepthBook::from_snapshot(snapshot), before: snapshot.last, ..Symbol::default() };
        own.new_top(symbol);
    }

    /// Takes the events of one batch; [`Self::updates`] and [`Self::tops`] show what became of them until the next.
    pub fn publish(&mut self, events: &[Event]) {
        self.forget();
        for event in events.iter().filter(|event| in_book(event)) {
            let symbol = of_symbol(&mut self.symbols, event.symbol);
            if symbol.changed.is_empty() {
                self.touched.push(event.symbol);
            }
            symbol.take(event);
        }
        for &number in &self.touched {
            let symbol = &mut self.symbols[usize::from(number)];
            symbol.coalesce();
            self.tops.extend(symbol.new_top(number));
        }
    }

    /// The updates of the last batch, at most one a symbol, in the order in which the symbols changed first.
    pub fn updates(&self) -> impl Iterator<Item = DepthUpdate<'_>> {
        self.touched.iter().map(|&number| {
            let symbol = &self.symbols[usize::from(number)];
            DepthUpdate { symbol: number, first: symbol.before + 1, last: symbol.book.last, levels: &symbol.changed }
        })
    }

    /// The best prices that the last batch changed.
    pub fn tops(&self) -> &[Top] {
        &self.tops
    }

    /// The book of a symbol as the last update left it; `None` where nothing has happened yet.
    pub fn book(&self, symbol: u16) -> Option<&DepthBook> {
        self.symbols.get(usize::from(symbol)).map(|symbol| &symbol.book)
    }

    fn forget(&mut self) {
        for number in self.touched.drain(..) {
            let symbol = &mut self.symbols[usize::from(number)];
            symbol.before = symbol.book.last;
            symbol.changed.clear();
        }
        self.tops.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventKind, mark};

    fn event(seq: u64, symbol: u16, side: u8, price: i64, level: i64) -> Event {
        let kind = EventKind::Rested as u8;
        Event { seq, symbol, side, price, level, kind, flags: mark::IN_BOOK, ..Event::default() }
    }

    #[test]
    fn a_batch_keeps_the_last_size_of_each_price_and_numbers_have_no_gaps() {
        let mut feed = DepthFeed::default();
        feed.publish(&[event(3, 1, SELL, 101, 5), event(4, 1, BUY, 99, 7), event(5, 1, SELL, 101, 2)]);
        let levels = [DepthLevel { side: BUY, price: 99, size: 7 }, DepthLevel { side: SELL, price: 101, size: 2 }];
        let updates: Vec<_> = feed.updates().collect();
        assert_eq!(updates, [DepthUpdate { symbol: 1, first: 1, last: 5, levels: &levels }]);
        feed.publish(&[event(8, 0, BUY, 50, 1), event(9, 1, BUY, 99, 0)]);
        let ends: Vec<_> = feed.updates().map(|update| (update.symbol, update.first, update.last)).collect();
        assert_eq!(ends, [(0, 1, 8), (1, 6, 9)]);
    }

    #[test]
    fn best_prices_are_told_only_when_they_change() {
        let mut feed = DepthFeed::default();
        feed.publish(&[event(1, 0, BUY, 99, 7)]);
        assert_eq!(feed.tops(), [Top { seq: 1, bid: 99, bid_size: 7, ..Top::default() }]);
        feed.publish(&[event(2, 0, BUY, 98, 7)]);
        assert_eq!(feed.tops(), []);
        feed.publish(&[event(3, 0, BUY, 99, 0), event(4, 0, BUY, 99, 7)]);
        assert_eq!(feed.tops(), [], "away and back within one batch");
        feed.publish(&[event(5, 0, BUY, 99, 0)]);
        assert_eq!(feed.tops(), [Top { seq: 5, bid: 98, bid_size: 7, ..Top::default() }]);
    }

    #[test]
    fn events_outside_the_book_leave_depth_alone() {
        let mut feed = DepthFeed::default();
        feed.publish(&[Event { flags: mark::AUCTION, ..event(1, 0, BUY, 99, 7) }]);
        assert_eq!((feed.updates().count(), feed.tops().len()), (0, 0));
    }

    #[test]
    fn a_missing_update_is_noticed_and_an_old_one_passed_over() {
        let mut book = DepthBook::default();
        let level = |size| DepthLevel { side: BUY, price: 9, size };
        let (three, one) = ([level(3)], [level(1)]);
        book.apply(&DepthUpdate { symbol: 0, first: 1, last: 4, levels: &three }).unwrap();
        book.apply(&DepthUpdate { symbol: 0, first: 2, last: 4, levels: &one }).unwrap();
        assert_eq!(book.best(BUY), Some((9, 3)));
        let late = DepthUpdate { symbol: 0, first: 6, last: 8, levels: &one };
        assert_eq!(book.apply(&late), Err("updates 5 to 5 are missing".to_owned()));
        assert_eq!((book.best(BUY), book.last()), (Some((9, 3)), 4));
    }

    #[test]
    fn a_feed_goes_on_after_recovery_with_a_gap_that_receivers_notice() {
        let mut feed = DepthFeed::default();
        feed.publish(&[event(1, 0, BUY, 99, 7)]);
        let mut receiver = feed.book(0).unwrap().clone();
        let snapshot = DepthSnapshot { last: 20, ..receiver.snapshot() };
        let mut feed = DepthFeed::default();
        feed.resume(0, &snapshot);
        feed.publish(&[event(22, 0, BUY, 98, 4)]);
        assert_eq!(feed.tops(), [], "the best price was known");
        let update = feed.updates().next().unwrap();
        assert!(receiver.apply(&update).is_err());
        let mut receiver = DepthBook::from_snapshot(&snapshot);
        receiver.apply(&update).unwrap();
        assert_eq!(receiver.snapshot(), feed.book(0).unwrap().snapshot());
    }
}

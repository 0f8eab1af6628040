//! The level-2 book: aggregated sizes by price on both sides.

use crate::grid::Grid;
use crate::ladder::{Ladder, Levels};

/// A side of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Buyers; the best bid is the highest.
    Bid,
    /// Sellers; the best ask is the lowest.
    Ask,
}

impl Side {
    /// The side of a data row: 1 is bid, -1 is ask, anything else is none.
    pub const fn from_sign(sign: i8) -> Option<Self> {
        match sign {
            1 => Some(Self::Bid),
            -1 => Some(Self::Ask),
            _ => None,
        }
    }

    /// The side that an order of this side trades against.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Bid => Self::Ask,
            Self::Ask => Self::Bid,
        }
    }

    /// Would a level of this side at `price` trade with an order limited to `limit`? Bids do at or above it, asks at or below.
    #[inline]
    pub const fn reaches(self, price: i64, limit: i64) -> bool {
        match self {
            Self::Bid => price >= limit,
            Self::Ask => price <= limit,
        }
    }

    /// Keys of the ladder grow away from the touch on both sides.
    #[inline]
    const fn mirror(self, level: i64) -> i64 {
        match self {
            Self::Bid => -level,
            Self::Ask => level,
        }
    }
}

/// What taking a quantity from one side would meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Lots that the side has to give, at most the lots asked for.
    pub quantity: i64,
    /// Sum of price x quantity over the levels taken, in price units x lots.
    pub notional: i128,
    /// Price of the last level touched (0 when none was).
    pub worst: i64,
}

/// A level-2 book on one price grid; prices in price units (multiples of the step), sizes in lots.
#[derive(Debug, Clone)]
pub struct Book {
    grid: Grid,
    bids: Ladder<i64>,
    asks: Ladder<i64>,
}

impl Book {
    /// An empty book whose prices are multiples of `step` (see [`crate::grid_step`]).
    ///
    /// # Panics
    /// When `step` is not positive.
    pub fn new(step: i64) -> Self {
        Self { grid: Grid::new(step), bids: Ladder::new(), asks: Ladder::new() }
    }

    /// The price grid.
    pub const fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Sets the size at a price (0 or less removes the level) and returns the size before.
    ///
    /// # Panics
    /// When the price is off the grid; [`crate::Columns::check`] finds such rows beforehand.
    #[inline]
    pub fn apply(&mut self, side: Side, price: i64, size: i64) -> i64 {
        let Some(level) = self.grid.level(price) else { off_grid(price, self.grid.step()) };
        let key = side.mirror(level);
        match side {
            Side::Bid => self.bids.set(key, size.max(0)),
            Side::Ask => self.asks.set(key, size.max(0)),
        }
    }

    /// Removes every level of both sides.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    /// Starts a snapshot: the rows that follow are the whole book, so what was there before is gone.
    pub fn begin_snapshot(&mut self) {
        self.clear();
    }

    /// Price and size of the highest bid.
    #[inline]
    pub fn best_bid(&self) -> Option<(i64, i64)> {
        self.best(Side::Bid)
    }

    /// Price and size of the lowest ask.
    #[inline]
    pub fn best_ask(&self) -> Option<(i64, i64)> {
        self.best(Side::Ask)
    }

    /// Price and size of the best level of one side.
    #[inline]
    pub fn best(&self, side: Side) -> Option<(i64, i64)> {
        let (key, size) = self.ladder(side).best()?;
        Some((self.grid.price(side.mirror(key)), size))
    }

    /// The size at a price; 0 where there is no level (off the grid there never is one).
    pub fn size_at(&self, side: Side, price: i64) -> i64 {
        self.grid.level(price).map_or(0, |level| self.ladder(side).get(side.mirror(level)))
    }

    /// The first `n` levels of one side as (price, size), best first.
    pub fn levels(&self, side: Side, n: usize) -> BookLevels<'_> {
        BookLevels { grid: self.grid, side, levels: self.ladder(side).levels(), left: n }
    }

    /// Does the best bid lie at or above the best ask? True for a locked book too.
    pub fn is_crossed(&self) -> bool {
        matches!((self.best_bid(), self.best_ask()), (Some((bid, _)), Some((ask, _))) if bid >= ask)
    }

    /// What taking `quantity` lots from `side` costs, level by level from the best.
    pub fn depth_to(&self, side: Side, quantity: i64) -> Depth {
        let mut depth = Depth::default();
        for (price, size) in self.levels(side, usize::MAX) {
            if depth.quantity >= quantity {
                break;
            }
            let taken = size.min(quantity - depth.quantity);
            depth.quantity += taken;
            depth.notional += i128::from(price) * i128::from(taken);
            depth.worst = price;
        }
        depth
    }

    #[inline]
    const fn ladder(&self, side: Side) -> &Ladder<i64> {
        match side {
            Side::Bid => &self.bids,
            Side::Ask => &self.asks,
        }
    }
}

#[cold]
#[inline(never)]
fn off_grid(price: i64, step: i64) -> ! {
    panic!("price {price} is not on the book's grid of {step}")
}

/// Levels of one side of a book as (price, size), best first.
#[derive(Debug, Clone)]
pub struct BookLevels<'a> {
    grid: Grid,
    side: Side,
    levels: Levels<'a, i64>,
    left: usize,
}

impl Iterator for BookLevels<'_> {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        self.left = self.left.checked_sub(1)?;
        let (key, size) = self.levels.next()?;
        Some((self.grid.price(self.side.mirror(key)), size))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn book(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> Book {
        let mut book = Book::new(5);
        for (side, levels) in [(Side::Bid, bids), (Side::Ask, asks)] {
            for &(price, size) in levels {
                book.apply(side, price, size);
            }
        }
        book
    }

    #[test]
    fn the_best_bid_is_the_highest_and_the_best_ask_the_lowest() {
        let mut book = book(&[(95, 3), (100, 2), (90, 7)], &[(110, 4), (105, 1)]);
        assert_eq!((book.best_bid(), book.best_ask()), (Some((100, 2)), Some((105, 1))));
        assert_eq!(book.apply(Side::Bid, 100, 0), 2);
        assert_eq!(book.best_bid(), Some((95, 3)));
        assert_eq!(book.levels(Side::Bid, 5).collect::<Vec<_>>(), vec![(95, 3), (90, 7)]);
        assert_eq!(book.levels(Side::Ask, 1).collect::<Vec<_>>(), vec![(105, 1)]);
        assert_eq!((book.size_at(Side::Ask, 110), book.size_at(Side::Ask, 111)), (4, 0));
    }

    #[test]
    fn taking_a_quantity_walks_the_levels() {
        let book = book(&[], &[(105, 1), (110, 4)]);
        assert_eq!(book.depth_to(Side::Ask, 3), Depth { quantity: 3, notional: 105 + 2 * 110, worst: 110 });
        assert_eq!(book.depth_to(Side::Ask, 99), Depth { quantity: 5, notional: 105 + 4 * 110, worst: 110 });
        assert_eq!(book.depth_to(Side::Bid, 1), Depth::default());
    }

    #[test]
    fn a_locked_book_counts_as_crossed() {
        assert!(!book(&[(100, 1)], &[(105, 1)]).is_crossed());
        assert!(book(&[(105, 1)], &[(105, 1)]).is_crossed());
        assert!(!book(&[(105, 1)], &[]).is_crossed());
    }

    #[test]
    #[should_panic(expected = "not on the book's grid")]
    fn a_price_off_the_grid_is_a_programming_error() {
        Book::new(5).apply(Side::Bid, 7, 1);
    }

    proptest! {
        #[test]
        fn a_book_is_two_sorted_maps(
            step in 1_i64..1_000_000,
            rows in prop::collection::vec((any::<bool>(), -5_000_i64..5_000, 0_i64..3), 1..200),
        ) {
            let mut book = Book::new(step);
            let mut models = [BTreeMap::new(), BTreeMap::new()];
            for (bid, level, size) in rows {
                let side = if bid { Side::Bid } else { Side::Ask };
                book.apply(side, level * step, size);
                let model = &mut models[usize::from(bid)];
                if size == 0 { model.remove(&(level * step)); } else { model.insert(level * step, size); }
                prop_assert_eq!(book.best_bid(), models[1].last_key_value().map(|(&p, &s)| (p, s)));
                prop_assert_eq!(book.best_ask(), models[0].first_key_value().map(|(&p, &s)| (p, s)));
            }
            let bids: Vec<_> = models[1].iter().rev().map(|(&p, &s)| (p, s)).collect();
            let asks: Vec<_> = models[0].iter().map(|(&p, &s)| (p, s)).collect();
            prop_assert_eq!(book.levels(Side::Bid, usize::MAX).collect::<Vec<_>>(), bids);
            prop_assert_eq!(book.levels(Side::Ask, usize::MAX).collect::<Vec<_>>(), asks);
        }
    }
}

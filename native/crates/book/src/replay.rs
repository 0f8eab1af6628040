//! Recorded L2 columns, message by message.

use std::fmt;
use std::ops::Range;

use crate::book::{Book, Side};
use crate::grid::Grid;

/// L2 rows as columns of one length: one row a price level, in the order received.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Receive time, ns UTC, non-decreasing.
    pub ts: &'a [i64],
    /// 1 bid, -1 ask.
    pub side: &'a [i8],
    /// Price in price units.
    pub price: &'a [i64],
    /// Size at the price in lots from now on; 0 deletes the level.
    pub size: &'a [i64],
    /// 0 delta row; anything else is a row of a snapshot.
    pub flags: &'a [u8],
    /// The venue's id of the last update inside the row's message, where it has one.
    pub last_id: Option<&'a [i64]>,
}

/// The first row that cannot be used, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadRow {
    /// Number of the row, from 0.
    pub row: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.problem)
    }
}

impl std::error::Error for BadRow {}

impl Columns<'_> {
    /// Proves that a [`Replay`] over these columns cannot meet a bad row.
    ///
    /// # Errors
    /// The first row that a column lacks, that goes back in time, or whose side, size or price makes no sense.
    pub fn check(&self, step: i64) -> Result<(), BadRow> {
        self.check_lengths()?;
        let grid = Grid::new(step);
        for row in 0..self.ts.len() {
            if let Some(problem) = self.problem(row, &grid) {
                return Err(BadRow { row, problem });
            }
        }
        Ok(())
    }

    fn check_lengths(&self) -> Result<(), BadRow> {
        let ids = self.last_id.map_or(self.ts.len(), <[i64]>::len);
        let lengths = [self.side.len(), self.price.len(), self.size.len(), self.flags.len(), ids, self.ts.len()];
        let shortest = lengths.into_iter().min().unwrap_or(0);
        if lengths.into_iter().any(|len| len != shortest) {
            return Err(BadRow { row: shortest, problem: "columns of different lengths" });
        }
        Ok(())
    }

    fn problem(&self, row: usize, grid: &Grid) -> Option<&'static str> {
        if row > 0 && self.ts[row] < self.ts[row - 1] {
            return Some("time goes backward");
        }
        if Side::from_sign(self.side[row]).is_none() {
            return Some("side is neither 1 (bid) nor -1 (ask)");
        }
        if self.size[row] < 0 {
            return Some("size is negative");
        }
        grid.level(self.price[row]).is_none().then_some("price is not a multiple of the step")
    }

    /// Side and price of a row that has passed [`Columns::check`].
    #[inline]
    pub fn level(&self, row: usize) -> (Side, i64) {
        (if self.side[row] > 0 { Side::Bid } else { Side::Ask }, self.price[row])
    }

    /// Does a message state the size at a price anew? A snapshot states every level, a delta already contained none.
    pub fn touches(&self, message: &Message, side: Side, price: i64) -> bool {
        message.applied && (message.snapshot || message.rows.clone().any(|row| self.level(row) == (side, price)))
    }

    fn is_snapshot(&self, row: usize) -> bool {
        self.flags[row] != 0
    }

    fn id(&self, row: usize) -> Option<i64> {
        self.last_id.map(|ids| ids[row])
    }

    /// The row after the message that starts at `start`, at most `stop`.
    fn message_end(&self, start: usize, stop: usize) -> usize {
        let (ts, snapshot, id) = (self.ts[start], self.is_snapshot(start), self.id(start));
        let same = |row: usize| self.ts[row] == ts && self.is_snapshot(row) == snapshot && self.id(row) == id;
        (start + 1..stop).find(|&row| !same(row)).unwrap_or(stop)
    }

    fn apply(&self, book: &mut Book, row: usize) {
        let (side, price) = self.level(row);
        book.apply(side, price, self.size[row]);
    }
}

/// One message: the rows that share time, id and kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Receive time, ns UTC.
    pub ts: i64,
    /// The venue's id of its last update, where it has one.
    pub last_id: Option<i64>,
    /// Its rows in the columns.
    pub rows: Range<usize>,
    /// Does it replace the whole book?
    pub snapshot: bool,
    /// False for a delta that the last snapshot already contained: it changed nothing.
    pub applied: bool,
}

/// Applies recorded messages to a book, one at a time.
///
/// A snapshot is requested while deltas stream in, so it can be older than deltas already received. With ids given,
/// those deltas are applied again on top of it, and later deltas that it already contains are dropped.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    columns: Columns<'a>,
    position: Position,
    stop: usize,
}

/// Where a replay stands: enough to go on later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// The first row of the next message.
    pub row: usize,
    /// The id of the last snapshot, where it had one.
    pub snapshot_id: Option<i64>,
    /// The id of the last update that the book contains, where rows have ids.
    pub last_id: Option<i64>,
    /// Has a snapshot been seen? Before it the book holds only the levels that happened to change.
    pub synced: bool,
}

impl<'a> Replay<'a> {
    /// A replay of all rows. Columns that have not passed [`Columns::check`] can panic later.
    pub fn new(columns: Columns<'a>) -> Self {
        Self::resume(columns, Position::default(), columns.ts.len())
    }

    /// A replay from `position` to the row before `stop`; a late snapshot still finds the deltas before its start.
    pub fn resume(columns: Columns<'a>, position: Position, stop: usize) -> Self {
        Self { columns, position, stop: stop.min(columns.ts.len()) }
    }

    /// Where the replay stands.
    #[inline]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Time of the next message; none at the end.
    #[inline]
    pub fn next_ts(&self) -> Option<i64> {
        self.columns.ts[..self.stop].get(self.position.row).copied()
    }

    /// Applies the next message to `book` and says what it was; none at the end.
    pub fn advance(&mut self, book: &mut Book) -> Option<Message> {
        let (columns, start) = (self.columns, self.position.row);
        if start >= self.stop {
            return None;
        }
        let rows = start..columns.message_end(start, self.stop);
        self.position.row = rows.end;
        let (last_id, snapshot) = (columns.id(start), columns.is_snapshot(start));
        let applied = snapshot || last_id.is_none() || last_id > self.position.snapshot_id;
        if snapshot {
            book.begin_snapshot();
            (self.position.synced, self.position.snapshot_id) = (true, last_id);
        }
        if applied {
            self.position.last_id = last_id;
            rows.clone().for_each(|row| columns.apply(book, row));
        }
        if let Some(id) = last_id.filter(|_| snapshot) {
            self.apply_newer_than(id, start, book);
        }
        Some(Message { ts: columns.ts[start], last_id, rows, snapshot, applied })
    }

    /// Applies the deltas before row `end` that came after update `id`.
    fn apply_newer_than(&mut self, id: i64, end: usize, book: &mut Book) {
        let columns = self.columns;
        let newer = |row: &usize| columns.is_snapshot(*row) || columns.id(*row) > Some(id);
        let first = (0..end).rev().take_while(newer).last().unwrap_or(end);
        for row in (first..end).filter(|&row| !columns.is_snapshot(row)) {
            self.position.last_id = columns.id(row);
            columns.apply(book, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (i64, i8, i64, i64, u8, i64);

    struct Table {
        ts: Vec<i64>,
        side: Vec<i8>,
        price: Vec<i64>,
        size: Vec<i64>,
        flags: Vec<u8>,
        last_id: Vec<i64>,
    }

    impl Table {
        fn new(rows: &[Row]) -> Self {
            Self {
                ts: rows.iter().map(|row| row.0).collect(),
                side: rows.iter().map(|row| row.1).collect(),
                price: rows.iter().map(|row| row.2).collect(),
                size: rows.iter().map(|row| row.3).collect(),
                flags: rows.iter().map(|row| row.4).collect(),
                last_id: rows.iter().map(|row| row.5).collect(),
            }
        }

        fn columns(&self) -> Columns<'_> {
            Columns {
                ts: &self.ts,
                side: &self.side,
                price: &self.price,
                size: &self.size,
                flags: &self.flags,
                last_id: Some(&self.last_id),
            }
        }
    }

    fn messages(columns: Columns<'_>) -> (Book, Vec<Message>) {
        let mut book = Book::new(1);
        let mut replay = Replay::new(columns);
        let messages = std::iter::from_fn(|| replay.advance(&mut book)).collect();
        (book, messages)
    }

    #[test]
    fn rows_of_one_message_share_time_id_and_kind() {
        let table = Table::new(&[(1, 1, 10, 1, 1, 5), (1, -1, 12, 1, 1, 5), (1, 1, 11, 2, 0, 6), (2, 1, 9, 2, 0, 7)]);
        let (book, seen) = messages(table.columns());
        let rows: Vec<_> = seen.iter().map(|message| (message.rows.clone(), message.snapshot)).collect();
        assert_eq!(rows, vec![(0..2, true), (2..3, false), (3..4, false)]);
        assert_eq!(book.best_bid(), Some((11, 2)));
        let (_, seen) = messages(Columns { last_id: None, flags: &[0; 4], ..table.columns() });
        assert_eq!(seen.iter().map(|message| message.rows.clone()).collect::<Vec<_>>(), vec![0..3, 3..4]);
    }

    #[test]
    fn a_snapshot_replaces_the_book() {
        let table = Table::new(&[(1, 1, 10, 1, 1, 5), (2, 1, 8, 1, 1, 6)]);
        let (book, _) = messages(Columns { last_id: None, ..table.columns() });
        assert_eq!(book.levels(Side::Bid, 9).collect::<Vec<_>>(), vec![(8, 1)]);
    }

    #[test]
    fn a_late_snapshot_gets_the_deltas_that_came_after_it() {
        let rows =
            [(1, 1, 10, 1, 0, 5), (2, 1, 11, 1, 0, 7), (3, 1, 9, 4, 1, 6), (4, 1, 9, 9, 0, 6), (5, 1, 9, 5, 0, 8)];
        let table = Table::new(&rows);
        let (book, seen) = messages(table.columns());
        assert_eq!(book.levels(Side::Bid, 9).collect::<Vec<_>>(), vec![(11, 1), (9, 5)]);
        assert_eq!(seen.iter().map(|message| message.applied).collect::<Vec<_>>(), vec![true, true, true, false, true]);
    }

    #[test]
    fn the_book_is_synced_from_its_first_snapshot() {
        let table = Table::new(&[(1, 1, 10, 1, 0, 5), (2, 1, 8, 1, 1, 6)]);
        let (mut book, mut replay) = (Book::new(1), Replay::new(table.columns()));
        assert_eq!(replay.next_ts(), Some(1));
        replay.advance(&mut book);
        assert!(!replay.position().synced);
        replay.advance(&mut book);
        assert!(replay.position().synced);
        assert_eq!(replay.position().last_id, Some(6));
        assert_eq!((replay.next_ts(), replay.advance(&mut book)), (None, None));
    }

    #[test]
    fn a_replay_goes_on_where_another_stopped() {
        let rows =
            [(1, 1, 10, 1, 0, 5), (2, 1, 11, 1, 0, 7), (3, 1, 9, 4, 1, 6), (4, 1, 9, 9, 0, 6), (5, 1, 9, 5, 0, 8)];
        let table = Table::new(&rows);
        let (whole, _) = messages(table.columns());
        let (mut book, mut position) = (Book::new(1), Position::default());
        for stop in 1..=rows.len() {
            let mut replay = Replay::resume(table.columns(), position, stop);
            while replay.advance(&mut book).is_some() {}
            position = replay.position();
        }
        assert_eq!(position, Position { row: 5, snapshot_id: Some(6), last_id: Some(8), synced: true });
        assert!(book.levels(Side::Bid, 9).eq(whole.levels(Side::Bid, 9)));
    }

    #[test]
    fn a_message_touches_the_levels_that_it_states() {
        let rows = [(1, 1, 10, 1, 1, 5), (2, 1, 11, 1, 0, 5), (3, 1, 12, 1, 0, 6), (3, -1, 13, 1, 0, 6)];
        let table = Table::new(&rows);
        let (_, seen) = messages(table.columns());
        let touched = |side, price| {
            let one = |message| table.columns().touches(message, side, price);
            seen.iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(touched(Side::Bid, 11), vec![true, false, false]);
        assert_eq!(touched(Side::Bid, 12), vec![true, false, true]);
        assert_eq!(touched(Side::Bid, 13), vec![true, false, false]);
    }

    #[test]
    fn bad_rows_are_found_before_a_replay() {
        let good: Row = (5, 1, 10, 1, 0, 1);
        let check = |bad: Row| Table::new(&[good, bad]).columns().check(5);
        assert_eq!(check(good), Ok(()));
        assert_eq!(check((4, 1, 10, 1, 0, 1)), Err(BadRow { row: 1, problem: "time goes backward" }));
        assert_eq!(check((5, 2, 10, 1, 0, 1)).map_err(|bad| bad.row), Err(1));
        assert_eq!(check((5, 1, 10, -1, 0, 1)), Err(BadRow { row: 1, problem: "size is negative" }));
        assert_eq!(check((5, 1, 11, 1, 0, 1)).unwrap_err().to_string(), "row 1: price is not a multiple of the step");
        let table = Table::new(&[good, good]);
        let short = Columns { size: &table.size[..1], ..table.columns() };
        assert_eq!(short.check(5), Err(BadRow { row: 1, problem: "columns of different lengths" }));
    }
}

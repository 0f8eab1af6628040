//! Conditions over whole columns: evaluated once, then only the bars on which they hold cost anything.

use std::cmp::Ordering;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::values::Values;

/// One bit a bar for every symbol; combine with `&`, `|` and `~`.
#[pyclass(module = "parrot._core", frozen)]
pub struct Condition {
    bits: Vec<Option<Vec<u64>>>,
    lengths: Vec<usize>,
    /// Streams by symbol.
    pub streams: Vec<usize>,
    /// The same, to be asked of one bar at a time.
    pub tests: Vec<Option<Arc<Test>>>,
}

/// Tests of one condition, and their streams, by symbol.
pub type Asked = (Vec<Option<Arc<Test>>>, Vec<usize>);

/// A condition asked of one bar: what a live run does, where there are no whole columns.
pub enum Test {
    /// A line lies on a side of another or of a level, or comes to it.
    Lies {
        /// The line.
        values: Values,
        /// The other one, if it is not a level.
        theirs: Option<Values>,
        /// The level.
        level: f64,
        /// Above or below.
        side: Ordering,
        /// It was not there on the bar before.
        crossing: bool,
    },
    /// Both hold.
    And(Arc<Test>, Arc<Test>),
    /// One of both holds.
    Or(Arc<Test>, Arc<Test>),
    /// It does not hold.
    Not(Arc<Test>),
}

impl Test {
    /// True when it holds on bar `row`.
    pub fn holds(&self, row: i64) -> bool {
        match self {
            Self::And(left, right) => left.holds(row) && right.holds(row),
            Self::Or(left, right) => left.holds(row) || right.holds(row),
            Self::Not(inner) => !inner.holds(row),
            Self::Lies { values, theirs, level, side, crossing } => {
                let order = |row: i64| match theirs {
                    _ if row < 0 => None,
                    Some(theirs) => values.compare(row, theirs, row),
                    None => values.at(row).partial_cmp(level),
                };
                order(row) == Some(*side) && (!crossing || order(row - 1).is_some_and(|before| before != *side))
            }
        }
    }
}

/// The bars on which a line lies on one side of another, and those on which both have a value: one bit a bar.
pub struct Side {
    there: Vec<u64>,
    known: Vec<u64>,
}

impl Side {
    /// Where `values` lie on `side` of `theirs`, exactly where both are exact.
    pub fn of_lines(values: &Values, theirs: &Values, side: Ordering) -> Self {
        let rows = values.len().min(theirs.len());
        if let (
            Values::Exact { numerators: a, denominator: p, decimals: scale, first, bound },
            Values::Exact { numerators: b, denominator: q, decimals, first: start, bound: limit },
        ) = (values, theirs)
        {
            let fits = bound.checked_mul(*q).is_some() && limit.checked_mul(*p).is_some();
            if scale == decimals && fits {
                let (a, b, p, q) = (&a[..rows], &b[..rows], *p, *q);
                let known = bits(rows, |row| row >= *first.max(start));
                let mut there = if side == Ordering::Greater {
                    bits(rows, |row| a[row] * q > b[row] * p)
                } else {
                    bits(rows, |row| a[row] * q < b[row] * p)
                };
                there.iter_mut().zip(&known).for_each(|(there, known)| *there &= known);
                return Self { there, known };
            }
        }
        Self::scan(rows, side, |row| values.compare(row, theirs, row))
    }

    /// Where `values` lie on `side` of a number.
    pub fn of_level(values: &Values, level: f64, side: Ordering) -> Self {
        Self::scan(values.len(), side, |row| values.at(row).partial_cmp(&level))
    }

    fn scan(rows: usize, side: Ordering, order: impl Fn(i64) -> Option<Ordering>) -> Self {
        let there = bits(rows, |row| order(row as i64) == Some(side));
        Self { there, known: bits(rows, |row| order(row as i64).is_some()) }
    }

    /// The bars on that side.
    pub fn bars(self) -> Vec<u64> {
        self.there
    }

    /// The bars on which the line comes to that side: equal or on the other side on the bar before.
    pub fn crossings(self) -> Vec<u64> {
        let mut carried = 0;
        let step = |(now, known): (&u64, &u64)| {
            let before = known & !now;
            let crossed = now & (before << 1 | carried);
            carried = before >> 63;
            crossed
        };
        self.there.iter().zip(&self.known).map(step).collect()
    }
}

/// One bit a row, the first in the lowest place.
#[inline]
fn bits(rows: usize, holds: impl Fn(usize) -> bool) -> Vec<u64> {
    let word = |word: usize| {
        let first = word * 64;
        (0..64.min(rows - first)).fold(0, |bits, bit| bits | u64::from(holds(first + bit)) << bit)
    };
    (0..rows.div_ceil(64)).map(word).collect()
}

impl Condition {
    /// One bit a bar by symbol, with the number of bars; none where the symbol has no such line.
    pub fn new(symbols: Vec<Option<(usize, Vec<u64>)>>, streams: Vec<usize>, tests: Vec<Option<Arc<Test>>>) -> Self {
        let lengths = symbols.iter().map(|symbol| symbol.as_ref().map_or(0, |(rows, _)| *rows)).collect();
        let bits = symbols.into_iter().map(|symbol| symbol.map(|(_, bits)| bits)).collect();
        Self { bits, lengths, streams, tests }
    }

    /// Bar indices of `symbol` on which the condition holds.
    pub fn rows(&self, symbol: usize) -> Vec<u32> {
        let mut rows = Vec::new();
        for (word, bits) in self.bits[symbol].iter().flatten().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let row = word * 64 + bits.trailing_zeros() as usize;
                if row < self.lengths[symbol] {
                    rows.push(row as u32);
                }
                bits &= bits - 1;
            }
        }
        rows
    }

    fn combine(
        &self,
        other: &Self,
        with: impl Fn(u64, u64) -> u64,
        test: fn(Arc<Test>, Arc<Test>) -> Test,
    ) -> PyResult<Self> {
        if self.streams != other.streams || self.lengths != other.lengths {
            return Err(PyValueError::new_err("both conditions must have one timeframe and the same symbols"));
        }
        let join = |pair: (&Option<Vec<u64>>, &Option<Vec<u64>>)| match pair {
            (Some(left), Some(right)) => {
                Some(left.iter().zip(right).map(|(left, right)| with(*left, *right)).collect())
            }
            _ => None,
        };
        let bits = self.bits.iter().zip(&other.bits).map(join).collect();
        let pairs = self.tests.iter().cloned().zip(other.tests.iter().cloned());
        let tests = pairs.map(|(left, right)| Some(Arc::new(test(left?, right?)))).collect();
        Ok(Self { bits, lengths: self.lengths.clone(), streams: self.streams.clone(), tests })
    }
}

#[pymethods]
impl Condition {
    fn __and__(&self, other: &Self) -> PyResult<Self> {
        self.combine(other, |left, right| left & right, Test::And)
    }

    fn __or__(&self, other: &Self) -> PyResult<Self> {
        self.combine(other, |left, right| left | right, Test::Or)
    }

    fn __invert__(&self) -> Self {
        let not = |bits: &Option<Vec<u64>>| bits.as_ref().map(|bits| bits.iter().map(|word| !word).collect());
        let tests = self.tests.iter().cloned().map(|test| test.map(|test| Arc::new(Test::Not(test)))).collect();
        let bits = self.bits.iter().map(not).collect();
        Self { bits, lengths: self.lengths.clone(), streams: self.streams.clone(), tests }
    }

    #[allow(clippy::unused_self)] // Python calls it on the condition
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err(
            "a condition covers all bars; give it to when(), or use & | ~ instead of and, or, not",
        ))
    }
}

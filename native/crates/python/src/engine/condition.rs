//! Conditions over whole columns: evaluated once, then only the bars on which they hold cost anything.

use std::cmp::Ordering;

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
    pub fn new(symbols: Vec<Option<(usize, Vec<u64>)>>, streams: Vec<usize>) -> Self {
        let lengths = symbols.iter().map(|symbol| symbol.as_ref().map_or(0, |(rows, _)| *rows)).collect();
        let bits = symbols.into_iter().map(|symbol| symbol.map(|(_, bits)| bits)).collect();
        Self { bits, lengths, streams }
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

    fn combine(&self, other: &Self, with: impl Fn(u64, u64) -> u64) -> PyResult<Self> {
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
        Ok(Self { bits, lengths: self.lengths.clone(), streams: self.streams.clone() })
    }
}

#[pymethods]
impl Condition {
    fn __and__(&self, other: &Self) -> PyResult<Self> {
        self.combine(other, |left, right| left & right)
    }

    fn __or__(&self, other: &Self) -> PyResult<Self> {
        self.combine(other, |left, right| left | right)
    }

    fn __invert__(&self) -> Self {
        let not = |bits: &Option<Vec<u64>>| bits.as_ref().map(|bits| bits.iter().map(|word| !word).collect());
        Self { bits: self.bits.iter().map(not).collect(), lengths: self.lengths.clone(), streams: self.streams.clone() }
    }

    #[allow(clippy::unused_self)] // Python calls it on the condition
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err(
            "a condition covers all bars; give it to when(), or use & | ~ instead of and, or, not",
        ))
    }
}

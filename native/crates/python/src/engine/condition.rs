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

/// How two lines lie at every bar, one bit a bar.
pub struct Sides {
    above: Vec<u64>,
    below: Vec<u64>,
    known: Vec<u64>,
}

impl Sides {
    /// Asks `order` for (above, below, known) of every row.
    #[inline]
    fn scan(rows: usize, mut order: impl FnMut(usize) -> (bool, bool, bool)) -> Self {
        let words = rows.div_ceil(64);
        let mut sides = Self { above: vec![0; words], below: vec![0; words], known: vec![0; words] };
        for word in 0..words {
            let (mut above, mut below, mut known) = (0, 0, 0);
            for bit in 0..64.min(rows - word * 64) {
                let (over, under, both) = order(word * 64 + bit);
                above |= u64::from(over) << bit;
                below |= u64::from(under) << bit;
                known |= u64::from(both) << bit;
            }
            (sides.above[word], sides.below[word], sides.known[word]) = (above, below, known);
        }
        sides
    }

    /// Two lines, exactly where both are exact.
    pub fn of_lines(values: &Values, theirs: &Values) -> Self {
        let rows = values.len().min(theirs.len());
        if let (
            Values::Exact { numerators: a, denominator: p, decimals: scale, first, bound },
            Values::Exact { numerators: b, denominator: q, decimals, first: start, bound: limit },
        ) = (values, theirs)
        {
            let fits = bound.checked_mul(*q).is_some() && limit.checked_mul(*p).is_some();
            if scale == decimals && fits {
                let (a, b, from) = (&a[..rows], &b[..rows], *first.max(start));
                return Self::scan(rows, |row| {
                    let (left, right, known) = (a[row] * q, b[row] * p, row >= from);
                    (known && left > right, known && left < right, known)
                });
            }
        }
        Self::scan(rows, |row| flags(values.compare(row as i64, theirs, row as i64)))
    }

    /// A line and a number.
    pub fn of_level(values: &Values, level: f64) -> Self {
        Self::scan(values.len(), |row| flags(values.at(row as i64).partial_cmp(&level)))
    }

    /// The bars on one side.
    pub fn side(self, side: Ordering) -> Vec<u64> {
        if side == Ordering::Greater { self.above } else { self.below }
    }

    /// On the other side or equal on the bar before, on `side` now.
    pub fn crossing(self, side: Ordering) -> Vec<u64> {
        let now = if side == Ordering::Greater { &self.above } else { &self.below };
        let mut carried = 0;
        let step = |(now, known): (&u64, &u64)| {
            let before = known & !now;
            let crossed = now & (before << 1 | carried);
            carried = before >> 63;
            crossed
        };
        now.iter().zip(&self.known).map(step).collect()
    }
}

fn flags(order: Option<Ordering>) -> (bool, bool, bool) {
    (order == Some(Ordering::Greater), order == Some(Ordering::Less), order.is_some())
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

//! Conditions over whole columns: evaluated once, then only the bars on which they hold cost anything.

use std::cmp::Ordering;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::series::{Series, Values};

/// One bit a bar for every symbol; combine with `&`, `|` and `~`.
#[pyclass(module = "parrot._core", frozen)]
pub struct Condition {
    bits: Vec<Option<Vec<u64>>>,
    lengths: Vec<usize>,
    /// Streams by symbol.
    pub streams: Vec<usize>,
}

enum Other<'a> {
    Line(&'a Series),
    Number(f64),
}

fn other<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Other<'a>> {
    if let Ok(series) = value.cast::<Series>() {
        return Ok(Other::Line(series.get()));
    }
    value.extract::<f64>().map(Other::Number).map_err(|_| PyTypeError::new_err("expected an indicator, a price or a number"))
}

impl Condition {
    /// The bars on which `series` crosses `level` in direction `towards`.
    pub fn cross(series: &Series, level: &Bound<'_, PyAny>, towards: Ordering) -> PyResult<Self> {
        Self::build(series, level, |orders, bits| {
            let mut before = None;
            for (row, now) in orders.enumerate() {
                let crossed = now == Some(towards) && before.is_some_and(|before| before != towards);
                bits[row / 64] |= u64::from(crossed) << (row % 64);
                before = now;
            }
        })
    }

    /// The bars on which `series` lies on one side of `level`.
    pub fn level(series: &Series, level: &Bound<'_, PyAny>, side: Ordering) -> PyResult<Self> {
        Self::build(series, level, |orders, bits| {
            for (row, now) in orders.enumerate() {
                bits[row / 64] |= u64::from(now == Some(side)) << (row % 64);
            }
        })
    }

    fn build(series: &Series, level: &Bound<'_, PyAny>, mark: impl Fn(&mut dyn Iterator<Item = Option<Ordering>>, &mut [u64])) -> PyResult<Self> {
        let other = other(level)?;
        let mut condition = Self { bits: Vec::new(), lengths: Vec::new(), streams: series.streams.clone() };
        for (symbol, values) in series.values.iter().enumerate() {
            let theirs = match &other {
                Other::Line(line) if line.streams[symbol] != series.streams[symbol] => {
                    return Err(PyValueError::new_err("both sides of a condition must have one timeframe"));
                }
                Other::Line(line) => line.values[symbol].as_ref(),
                Other::Number(_) => None,
            };
            let skip = series.fixed.is_some_and(|fixed| fixed != symbol) || (matches!(other, Other::Line(_)) && theirs.is_none());
            let Some(values) = values.as_ref().filter(|_| !skip) else {
                condition.bits.push(None);
                condition.lengths.push(0);
                continue;
            };
            let rows = values.len();
            let mut bits = vec![0_u64; rows.div_ceil(64)];
            match (theirs, &other) {
                (Some(theirs), _) => mark(&mut (0..rows as i64).map(|row| values.compare(row, theirs, row)), &mut bits),
                (None, Other::Number(level)) => mark(&mut (0..rows as i64).map(|row| values.at(row).partial_cmp(level)), &mut bits),
                (None, Other::Line(_)) => {}
            }
            condition.bits.push(Some(bits));
            condition.lengths.push(rows);
        }
        Ok(condition)
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
            (Some(left), Some(right)) => Some(left.iter().zip(right).map(|(left, right)| with(*left, *right)).collect()),
            _ => None,
        };
        let bits = self.bits.iter().zip(&other.bits).map(join).collect();
        Ok(Self { bits, lengths: self.lengths.clone(), streams: self.streams.clone() })
    }
}

impl Values {
    /// Number of bars.
    pub fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Exact { numerators, .. } => numerators.len(),
        }
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

    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("a condition covers all bars; give it to when(), or use & | ~ instead of and, or, not"))
    }
}

//! Columns of values: floats, or exact quotients that compare without rounding.

use std::cmp::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use parrot_kernel::Column;

/// Values of one symbol.
#[derive(Clone)]
pub enum Values {
    /// Floats, NaN while warming up.
    Float(Column<f64>),
    /// Exact quotients numerator / (denominator x 10^decimals), known from bar `first` on.
    Exact {
        /// Numerators.
        numerators: Column<i64>,
        /// Common denominator.
        denominator: i64,
        /// Decimals of the numerators.
        decimals: u32,
        /// First bar with a value.
        first: usize,
        /// No numerator is larger.
        bound: i64,
    },
    /// Live: what is there now, of one of the other kinds.
    Live(Arc<Shown>),
}

/// Values that grow while a strategy holds them.
pub struct Shown(RwLock<Values>);

impl Shown {
    /// `values` for now.
    pub fn new(values: Values) -> Arc<Self> {
        Arc::new(Self(RwLock::new(values)))
    }

    /// Shows `values` from here on.
    pub fn show(&self, values: Values) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = values;
    }

    fn now(&self) -> Values {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Values {
    /// Number of bars.
    pub fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Exact { numerators, .. } => numerators.len(),
            Self::Live(shown) => shown.now().len(),
        }
    }

    /// The value at `row`, NaN when there is none.
    #[inline]
    pub fn at(&self, row: i64) -> f64 {
        if row < 0 {
            return f64::NAN;
        }
        match self {
            Self::Float(values) => values.get(row as usize).copied().unwrap_or(f64::NAN),
            Self::Exact { numerators, denominator, decimals, first, .. } => {
                if (row as usize) < *first || row as usize >= numerators.len() {
                    return f64::NAN;
                }
                exact_float(numerators[row as usize], *denominator, *decimals)
            }
            Self::Live(shown) => shown.now().at(row),
        }
    }

    /// How the values of two columns at two rows compare: exactly where both are exact (so that ties are ties).
    #[inline]
    pub fn compare(&self, row: i64, other: &Self, other_row: i64) -> Option<Ordering> {
        if let (
            Self::Exact { numerators, denominator, decimals, first, .. },
            Self::Exact { numerators: theirs, denominator: divisor, decimals: scale, first: start, .. },
        ) = (self, other)
            && decimals == scale
        {
            if row < *first as i64 || other_row < *start as i64 {
                return None;
            }
            let left = i128::from(numerators[row as usize]) * i128::from(*divisor);
            let right = i128::from(theirs[other_row as usize]) * i128::from(*denominator);
            return Some(left.cmp(&right));
        }
        match (self, other) {
            (Self::Live(shown), _) => return shown.now().compare(row, other, other_row),
            (_, Self::Live(shown)) => return self.compare(row, &shown.now(), other_row),
            _ => {}
        }
        self.at(row).partial_cmp(&other.at(other_row))
    }
}

fn exact_float(numerator: i64, denominator: i64, decimals: u32) -> f64 {
    numerator as f64 / (denominator as f64 * 10_f64.powi(decimals as i32))
}

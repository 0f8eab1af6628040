//! The range prices moved in.

use crate::tally::{Greatest, Least};
use crate::window::Window;

/// Whether the difference of two prices is no more than their rounding: TA-Lib's measure of nothing.
#[inline]
pub fn negligible(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-14 * (a.abs() + b.abs())
}

/// Highest high and lowest low of the last `n` bars.
#[derive(Clone)]
pub struct Channel {
    highest: Window<Greatest>,
    lowest: Window<Least>,
}

impl Channel {
    pub fn new(n: usize) -> Self {
        Self { highest: Window::new(n), lowest: Window::new(n) }
    }

    pub fn len(&self) -> usize {
        self.highest.len()
    }

    #[inline]
    pub fn push(&mut self, high: f64, low: f64) -> (f64, f64) {
        (self.highest.push(high).0.0, self.lowest.push(low).0.0)
    }
}

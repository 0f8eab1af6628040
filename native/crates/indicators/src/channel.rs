//! The range prices moved in.

use crate::tally::{Greatest, Least};
use crate::window::Window;

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

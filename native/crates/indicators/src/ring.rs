//! The last values of a series, by age.

/// The last `n` values.
#[derive(Clone)]
pub struct Ring {
    values: Vec<f64>,
    at: usize,
}

impl Ring {
    /// A ring of `n` values, all NaN before any came.
    pub fn new(n: usize) -> Self {
        Self { values: vec![f64::NAN; n], at: 0 }
    }

    /// How many values it holds.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Takes a value, gives the one it displaces: the value `n` steps ago.
    #[inline]
    pub fn push(&mut self, x: f64) -> f64 {
        let oldest = std::mem::replace(&mut self.values[self.at], x);
        self.at += 1;
        if self.at == self.values.len() {
            self.at = 0;
        }
        oldest
    }

    /// The values in the order of their slots, not of time.
    #[inline]
    pub fn slots(&self) -> &[f64] {
        &self.values
    }
}

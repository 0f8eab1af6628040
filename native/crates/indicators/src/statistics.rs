//! Statistics over a window: extremes, regression, standing among past values.

use crate::error::{ParameterError, length};
use crate::indicator::{Column, Indicator};
use crate::ring::Ring;
use crate::tally::{Greatest, Least, Squares, Weighted};
use crate::window::Window;

/// Highest of the last `n` values.
#[derive(Clone)]
pub struct Highest {
    window: Window<Greatest>,
}

impl Highest {
    /// A maximum over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?) })
    }
}

impl Indicator<1, 1> for Highest {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["highest"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        [self.window.push(x).0.0]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 1]) {
        self.window.extend(x, outputs, |greatest, _, _| [greatest.0]);
    }
}

/// Lowest of the last `n` values.
#[derive(Clone)]
pub struct Lowest {
    window: Window<Least>,
}

impl Lowest {
    /// A minimum over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?) })
    }
}

impl Indicator<1, 1> for Lowest {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["lowest"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        [self.window.push(x).0.0]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 1]) {
        self.window.extend(x, outputs, |least, _, _| [least.0]);
    }
}

/// Least-squares line through the last `n` values: its value at the last bar, slope a bar, and value at the first bar.
#[derive(Clone)]
pub struct Linreg {
    window: Window<Weighted>,
}

impl Linreg {
    /// A line through `n` bars.
    ///
    /// # Errors
    /// When `n` is less than two or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 2)?) })
    }

    #[inline]
    fn line(tally: Weighted, pivot: f64, n: f64) -> [f64; 3] {
        let spread = n * (n * n - 1.0) / 12.0;
        let slope = (tally.weighted - f64::midpoint(n, 1.0) * tally.sum) / spread;
        let (middle, reach) = (pivot + tally.sum / n, slope * (n - 1.0) / 2.0);
        [middle + reach, slope, middle - reach]
    }
}

impl Indicator<1, 3> for Linreg {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["value", "slope", "intercept"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 3] {
        let (tally, pivot) = self.window.push(x);
        Self::line(tally, pivot, self.window.len() as f64)
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 3]) {
        let n = self.window.len() as f64;
        self.window.extend(x, outputs, |tally, pivot, _| Self::line(tally, pivot, n));
    }
}

/// Distance from the mean of the last `n` values in population standard deviations; 0 in a flat window.
#[derive(Clone)]
pub struct Zscore {
    window: Window<Squares>,
}

impl Zscore {
    /// A score over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?) })
    }

    #[inline]
    fn score(tally: Squares, pivot: f64, x: f64, n: f64) -> f64 {
        let deviation = tally.variance(n).sqrt();
        if deviation == 0.0 { 0.0 } else { ((x - pivot) - tally.sum / n) / deviation }
    }
}

impl Indicator<1, 1> for Zscore {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["zscore"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let (tally, pivot) = self.window.push(x);
        [Self::score(tally, pivot, x, self.window.len() as f64)]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 1]) {
        let n = self.window.len() as f64;
        self.window.extend(x, outputs, |tally, pivot, x| [Self::score(tally, pivot, x, n)]);
    }
}

/// Percentage of the `n` values before this one that are not above it.
#[derive(Clone)]
pub struct PercentRank {
    past: Ring,
    seen: usize,
}

impl PercentRank {
    /// A rank among `n` bars before.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { past: Ring::new(length("n", n, 1)?), seen: 0 })
    }

    fn rank(&self, x: f64) -> f64 {
        let (mut below, mut unordered) = (0_u32, 0_u32);
        for &past in self.past.slots() {
            below += u32::from(past <= x);
            unordered += u32::from(past.is_nan());
        }
        if unordered > 0 || x.is_nan() { f64::NAN } else { 100.0 * f64::from(below) / self.past.len() as f64 }
    }
}

impl Indicator<1, 1> for PercentRank {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["percent_rank"];

    fn lookback(&self) -> usize {
        self.past.len()
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let rank = if self.seen < self.past.len() { f64::NAN } else { self.rank(x) };
        self.seen = self.past.len().min(self.seen + 1);
        self.past.push(x);
        [rank]
    }
}

//! Moving averages.

use crate::error::{ParameterError, length};
use crate::indicator::{Column, Indicator};
use crate::window::{Sum, Window};

/// Simple moving average: the mean of the last `n` values.
#[derive(Clone)]
pub struct Sma {
    window: Window<Sum>,
}

impl Sma {
    /// A mean over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?) })
    }
}

impl Indicator<1, 1> for Sma {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["sma"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let (sum, pivot) = self.window.push(x);
        [pivot + sum.0 / self.window.len() as f64]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 1]) {
        let n = self.window.len() as f64;
        self.window.extend(x, outputs, |sum, pivot, _| [pivot + sum.0 / n]);
    }
}

/// Exponential smoothing by a factor, started at the mean of the first `n` values as TA-Lib does.
#[derive(Clone)]
pub struct Smoothing {
    n: usize,
    factor: f64,
    left: usize,
    first: f64,
    sum: f64,
    /// The smoothed value; NaN until `n` values came.
    pub value: f64,
}

impl Smoothing {
    /// Smoothing of an exponential average over `n`: factor 2 / (n + 1).
    pub fn exponential(n: usize) -> Self {
        Self::with_factor(n, 2.0 / (n as f64 + 1.0))
    }

    /// Wilder's smoothing over `n`: factor 1 / n.
    pub fn wilder(n: usize) -> Self {
        Self::with_factor(n, 1.0 / n as f64)
    }

    fn with_factor(n: usize, factor: f64) -> Self {
        Self { n, factor, left: n, first: 0.0, sum: 0.0, value: f64::NAN }
    }

    /// Values before the first smoothed one.
    pub fn lookback(&self) -> usize {
        self.n - 1
    }

    /// Whether every further value takes one step and nothing else.
    #[inline]
    pub fn warm(&self) -> bool {
        self.left == 0
    }

    /// One step of smoothing; a factor of one follows the input exactly.
    #[inline]
    pub fn step(value: f64, x: f64, factor: f64) -> f64 {
        (x - value) * factor + value
    }

    /// The factor of [`Smoothing::step`].
    #[inline]
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// Takes a value, gives the smoothed one.
    #[inline]
    pub fn push(&mut self, x: f64) -> f64 {
        if self.left == 0 {
            self.value = Self::step(self.value, x, self.factor);
            return self.value;
        }
        self.seed(x)
    }

    fn seed(&mut self, x: f64) -> f64 {
        if self.left == self.n {
            self.first = x;
        }
        self.sum += x - self.first;
        self.left -= 1;
        if self.left == 0 {
            self.value = self.first + self.sum / self.n as f64;
        }
        self.value
    }
}

/// Exponential moving average with factor 2 / (n + 1), started at the mean of the first `n` values.
#[derive(Clone)]
pub struct Ema {
    smoothing: Smoothing,
}

impl Ema {
    /// An average over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { smoothing: Smoothing::exponential(length("n", n, 1)?) })
    }
}

impl Indicator<1, 1> for Ema {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["ema"];

    fn lookback(&self) -> usize {
        self.smoothing.lookback()
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        [self.smoothing.push(x)]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], [out]: [&mut [f64]; 1]) {
        let seeds = self.smoothing.left.min(x.len());
        for (out, &x) in out.iter_mut().zip(&x[..seeds]) {
            *out = self.smoothing.push(x);
        }
        let (mut value, factor) = (self.smoothing.value, self.smoothing.factor);
        for (out, &x) in out[seeds..].iter_mut().zip(&x[seeds..]) {
            value = Smoothing::step(value, x, factor);
            *out = value;
        }
        self.smoothing.value = value;
    }
}

//! Moving averages.

use crate::error::{ParameterError, length};
use crate::indicator::{Column, Indicator};
use crate::smoothing::Exponential;
use crate::tally::{Sum, Weighted};
use crate::window::Window;

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

/// Exponential moving average with factor 2 / (n + 1), started at the mean of the first `n` values.
#[derive(Clone)]
pub struct Ema {
    n: usize,
    smoothing: Exponential,
}

impl Ema {
    /// An average over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        Ok(Self { n, smoothing: Exponential::over(n) })
    }
}

impl Indicator<1, 1> for Ema {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["ema"];

    fn lookback(&self) -> usize {
        self.n - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        [self.smoothing.push(x)]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], [out]: [&mut [f64]; 1]) {
        self.smoothing.extend(x, out);
    }
}

/// Weighted moving average: weights 1, 2, ... n from the oldest to the newest.
#[derive(Clone)]
pub struct Wma {
    window: Window<Weighted>,
}

impl Wma {
    /// An average over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?) })
    }

    fn weights(&self) -> f64 {
        let n = self.window.len() as f64;
        n * (n + 1.0) / 2.0
    }
}

impl Indicator<1, 1> for Wma {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["wma"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let (tally, pivot) = self.window.push(x);
        [pivot + tally.weighted / self.weights()]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 1]) {
        let weights = self.weights();
        self.window.extend(x, outputs, |tally, pivot, _| [pivot + tally.weighted / weights]);
    }
}

/// Exponential averages of averages, each started when the one before has a value.
#[derive(Clone)]
struct Nested<const DEPTH: usize> {
    n: usize,
    averages: [Exponential; DEPTH],
}

impl<const DEPTH: usize> Nested<DEPTH> {
    fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        Ok(Self { n, averages: [Exponential::over(n); DEPTH] })
    }

    fn lookback(&self) -> usize {
        DEPTH * (self.n - 1)
    }

    #[inline]
    fn push(&mut self, x: f64) -> [f64; DEPTH] {
        let mut values = [f64::NAN; DEPTH];
        let mut x = x;
        for (average, value) in self.averages.iter_mut().zip(&mut values) {
            x = average.push(x);
            *value = x;
            if !average.warm() {
                break;
            }
        }
        values
    }
}

/// Double exponential moving average: 2 x EMA - EMA of EMA.
#[derive(Clone)]
pub struct Dema {
    averages: Nested<2>,
}

impl Dema {
    /// An average over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { averages: Nested::new(n)? })
    }
}

impl Indicator<1, 1> for Dema {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["dema"];

    fn lookback(&self) -> usize {
        self.averages.lookback()
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let [one, two] = self.averages.push(x);
        [2.0 * one - two]
    }
}

/// Triple exponential moving average: 3 x EMA - 3 x EMA of EMA + EMA of EMA of EMA.
#[derive(Clone)]
pub struct Tema {
    averages: Nested<3>,
}

impl Tema {
    /// An average over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { averages: Nested::new(n)? })
    }
}

impl Indicator<1, 1> for Tema {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["tema"];

    fn lookback(&self) -> usize {
        self.averages.lookback()
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let [one, two, three] = self.averages.push(x);
        [3.0 * one - 3.0 * two + three]
    }
}

/// Moving average convergence and divergence: fast EMA - slow EMA, its EMA, and the distance of the two.
///
/// As in TA-Lib both averages have their first value on the same bar, and all outputs start with the signal.
#[derive(Clone)]
pub struct Macd {
    lookback: usize,
    /// Bars the fast average waits for the slow one.
    wait: usize,
    fast: Exponential,
    slow: Exponential,
    signal: Exponential,
}

impl Macd {
    /// Averages over `fast` and `slow` bars, smoothed over `signal`.
    ///
    /// # Errors
    /// When a length is zero or too long, or `fast` is longer than `slow`.
    pub fn new(fast: usize, slow: usize, signal: usize) -> Result<Self, ParameterError> {
        let (fast, slow, signal) = (length("fast", fast, 1)?, length("slow", slow, 1)?, length("signal", signal, 1)?);
        if fast > slow {
            return Err(ParameterError::new(format!("fast is {fast}, slow is {slow}"), "fast no longer than slow"));
        }
        Ok(Self {
            lookback: slow + signal - 2,
            wait: slow - fast,
            fast: Exponential::over(fast),
            slow: Exponential::over(slow),
            signal: Exponential::over(signal),
        })
    }
}

impl Indicator<1, 3> for Macd {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["macd", "signal", "histogram"];

    fn lookback(&self) -> usize {
        self.lookback
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 3] {
        let slow = self.slow.push(x);
        if self.wait > 0 {
            self.wait -= 1;
            return [f64::NAN; 3];
        }
        let line = self.fast.push(x) - slow;
        if !self.slow.warm() {
            return [f64::NAN; 3];
        }
        let signal = self.signal.push(line);
        if self.signal.warm() { [line, signal, line - signal] } else { [f64::NAN; 3] }
    }
}

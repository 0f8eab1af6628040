//! Ranges, deviations and the bands made of them.

use crate::averages::Smoothing;
use crate::error::{ParameterError, factor, length};
use crate::indicator::{Column, Indicator};
use crate::window::{Squares, Window};

/// True range: the greatest of high - low and the distances of high and low from the close before.
///
/// Adding nothing times the close before leaves the value alone and lets NaN through.
#[inline]
pub(crate) fn true_range(high: f64, low: f64, before: f64) -> f64 {
    let top = if before > high { before } else { high };
    let bottom = if before < low { before } else { low };
    (top - bottom) + 0.0 * before
}

/// Average true range: Wilder's smoothing of the true range, started at the mean of the first `n`.
#[derive(Clone)]
pub struct Atr {
    previous: Option<f64>,
    smoothing: Smoothing,
}

impl Atr {
    /// An average over `n` true ranges.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { previous: None, smoothing: Smoothing::wilder(length("n", n, 1)?) })
    }
}

impl Indicator<3, 1> for Atr {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["atr"];

    fn lookback(&self) -> usize {
        self.smoothing.lookback() + 1
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let Some(previous) = self.previous.replace(close) else { return [f64::NAN] };
        [self.smoothing.push(true_range(high, low, previous))]
    }

    fn extend(&mut self, [high, low, close]: [&[f64]; 3], [out]: [&mut [f64]; 1]) {
        let mut start = 0;
        while start < close.len() && (start == 0 || !self.smoothing.warm()) {
            [out[start]] = self.update([high[start], low[start], close[start]]);
            start += 1;
        }
        let Some(&last) = close.last() else { return };
        let (mut value, factor) = (self.smoothing.value, self.smoothing.factor());
        let ranges = high[start..].iter().zip(&low[start..]).zip(&close[start - 1..]);
        for (out, ((&high, &low), &before)) in out[start..].iter_mut().zip(ranges) {
            value = Smoothing::step(value, true_range(high, low, before), factor);
            *out = value;
        }
        (self.smoothing.value, self.previous) = (value, Some(last));
    }
}

/// Bollinger bands: the mean of `n` values, and `k` population standard deviations above and below it.
#[derive(Clone)]
pub struct Bbands {
    window: Window<Squares>,
    k: f64,
}

impl Bbands {
    /// Bands over `n` bars, `k` deviations wide on each side.
    ///
    /// # Errors
    /// When `n` is zero or too long, or `k` is negative or not finite.
    pub fn new(n: usize, k: f64) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?), k: factor("k", k)? })
    }

    #[inline]
    fn bands(tally: Squares, pivot: f64, n: f64, k: f64) -> [f64; 3] {
        let (middle, width) = (pivot + tally.sum / n, k * tally.variance(n).sqrt());
        [middle + width, middle, middle - width]
    }
}

impl Indicator<1, 3> for Bbands {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["upper", "middle", "lower"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 3] {
        let (tally, pivot) = self.window.push(x);
        Self::bands(tally, pivot, self.window.len() as f64, self.k)
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 3]) {
        let (n, k) = (self.window.len() as f64, self.k);
        self.window.extend(x, outputs, |tally, pivot, _| Self::bands(tally, pivot, n, k));
    }
}

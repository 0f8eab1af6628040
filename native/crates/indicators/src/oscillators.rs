//! Oscillators: how fast and how far prices moved.

use crate::averages::Smoothing;
use crate::error::{ParameterError, length};
use crate::indicator::{Column, Indicator};

/// Below this TA-Lib takes a divisor for zero.
const NOTHING: f64 = 1e-14;

/// Relative strength index after Wilder: 100 x smoothed gains / (smoothed gains + smoothed losses).
#[derive(Clone)]
pub struct Rsi {
    n: usize,
    previous: Option<f64>,
    gain: Smoothing,
    loss: Smoothing,
}

impl Rsi {
    /// An index over `n` changes.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        Ok(Self { n, previous: None, gain: Smoothing::wilder(n), loss: Smoothing::wilder(n) })
    }

    /// Gain and loss of a change; NaN counts as both, so that it shows.
    #[inline]
    fn split(change: f64) -> (f64, f64) {
        (if change < 0.0 { 0.0 } else { change }, if change > 0.0 { 0.0 } else { -change })
    }

    #[inline]
    fn index(gain: f64, loss: f64) -> f64 {
        let sum = gain + loss;
        if sum < NOTHING { 0.0 } else { 100.0 * (gain / sum) }
    }
}

impl Indicator<1, 1> for Rsi {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["rsi"];

    fn lookback(&self) -> usize {
        self.n
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let Some(previous) = self.previous.replace(x) else { return [f64::NAN] };
        let (gain, loss) = Self::split(x - previous);
        [Self::index(self.gain.push(gain), self.loss.push(loss))]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], [out]: [&mut [f64]; 1]) {
        let mut start = 0;
        while start < x.len() && (start == 0 || !self.gain.warm()) {
            [out[start]] = self.update([x[start]]);
            start += 1;
        }
        let Some(&last) = x.last() else { return };
        let (mut gain, mut loss, factor) = (self.gain.value, self.loss.value, self.gain.factor());
        for (out, pair) in out[start..].iter_mut().zip(x[start - 1..].windows(2)) {
            let (up, down) = Self::split(pair[1] - pair[0]);
            gain = Smoothing::step(gain, up, factor);
            loss = Smoothing::step(loss, down, factor);
            *out = Self::index(gain, loss);
        }
        (self.gain.value, self.loss.value, self.previous) = (gain, loss, Some(last));
    }
}

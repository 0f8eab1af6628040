//! Oscillators: how fast and how far prices moved.

use crate::averages::Sma;
use crate::channel::{Channel, negligible};
use crate::error::{ParameterError, length};
use crate::indicator::{Column, Indicator};
use crate::ring::Ring;
use crate::smoothing::{STRIP, Wilder};

/// Relative strength index after Wilder: 100 x smoothed gains / (smoothed gains + smoothed losses).
#[derive(Clone)]
pub struct Rsi {
    n: usize,
    previous: Option<f64>,
    gain: Wilder,
    loss: Wilder,
}

impl Rsi {
    /// An index over `n` changes.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        Ok(Self { n, previous: None, gain: Wilder::over(n), loss: Wilder::over(n) })
    }

    /// The gain in a change; NaN counts as gain and as loss, so that it shows.
    #[inline]
    fn gain(change: f64) -> f64 {
        if change < 0.0 { 0.0 } else { change }
    }

    #[inline]
    fn loss(change: f64) -> f64 {
        if change > 0.0 { 0.0 } else { -change }
    }

    #[inline]
    fn index(gain: f64, loss: f64) -> f64 {
        let sum = gain + loss;
        let index = 100.0 * (gain / sum);
        if sum == 0.0 { 0.0 } else { index }
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
        let change = x - previous;
        [Self::index(self.gain.push(Self::gain(change)), self.loss.push(Self::loss(change)))]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], [out]: [&mut [f64]; 1]) {
        let (Some(&first), Some(&last)) = (x.first(), x.last()) else { return };
        [out[0]] = self.update([first]);
        let (mut gains, mut losses, mut smooth) = ([0.0; STRIP], [0.0; STRIP], [0.0; STRIP]);
        let strips = x[1..].chunks(STRIP).zip(x.chunks(STRIP)).zip(out[1..].chunks_mut(STRIP));
        for ((now, before), out) in strips {
            let (gains, losses) = (&mut gains[..now.len()], &mut losses[..now.len()]);
            for (((gain, loss), now), before) in gains.iter_mut().zip(&mut *losses).zip(now).zip(before) {
                (*gain, *loss) = (Self::gain(now - before), Self::loss(now - before));
            }
            let smooth = &mut smooth[..now.len()];
            self.gain.extend(gains, smooth);
            self.loss.extend(losses, gains);
            for ((out, &gain), &loss) in out.iter_mut().zip(&*smooth).zip(&*gains) {
                *out = Self::index(gain, loss);
            }
        }
        self.previous = Some(last);
    }
}

/// Rate of change: 100 x (x / value `n` bars ago - 1); 0 where that value is 0, as in TA-Lib.
#[derive(Clone)]
pub struct Roc {
    past: Ring,
}

impl Roc {
    /// A change over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { past: Ring::new(length("n", n, 1)?) })
    }
}

impl Indicator<1, 1> for Roc {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["roc"];

    fn lookback(&self) -> usize {
        self.past.len()
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let before = self.past.push(x);
        [if before == 0.0 { 0.0 + 0.0 * x } else { (x / before - 1.0) * 100.0 }]
    }
}

/// Commodity channel index: the typical price's distance from its mean, in 0.015 mean absolute deviations.
///
/// Both means are taken afresh over each window, in the order of TA-Lib's sums. Distances no greater than rounding
/// give 0, as in TA-Lib.
#[derive(Clone)]
pub struct Cci {
    typical: Ring,
}

impl Cci {
    /// An index over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { typical: Ring::new(length("n", n, 1)?) })
    }
}

impl Indicator<3, 1> for Cci {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["cci"];

    fn lookback(&self) -> usize {
        self.typical.len() - 1
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let last = (high + low + close) / 3.0;
        self.typical.push(last);
        let (window, n) = (self.typical.slots(), self.typical.len() as f64);
        let mean = window.iter().fold(0.0, |sum, x| sum + x) / n;
        let deviation = window.iter().fold(0.0, |sum, x| sum + (x - mean).abs());
        let (distance, nothing) = (last - mean, 1e-14 * mean.abs());
        if distance.abs() <= nothing || deviation / n <= nothing {
            return [0.0];
        }
        [distance / (0.015 * (deviation / n))]
    }
}

/// Williams %R: -100 x (highest - close) / (highest - lowest); 0 where the range is 0, as in TA-Lib.
#[derive(Clone)]
pub struct Willr {
    channel: Channel,
}

impl Willr {
    /// A range of `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { channel: Channel::new(length("n", n, 1)?) })
    }
}

impl Indicator<3, 1> for Willr {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["willr"];

    fn lookback(&self) -> usize {
        self.channel.len() - 1
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let (highest, lowest) = self.channel.push(high, low);
        let hundredth = (highest - lowest) / -100.0;
        [if negligible(highest, lowest) { 0.0 * close } else { (highest - close) / hundredth }]
    }
}

/// Stochastic: where the close lies in the range of `n` bars, %K smoothed, and %D the mean of %K.
///
/// A range of 0 gives 0, and both outputs start together, as in TA-Lib; both means are simple.
#[derive(Clone)]
pub struct Stoch {
    channel: Channel,
    k: Sma,
    d: Sma,
}

impl Stoch {
    /// A range of `n` bars, %K the mean of `smooth` raw values, %D the mean of `d` %K.
    ///
    /// # Errors
    /// When a length is zero or too long.
    pub fn new(n: usize, smooth: usize, d: usize) -> Result<Self, ParameterError> {
        length("smooth", smooth, 1)?;
        length("d", d, 1)?;
        Ok(Self { channel: Channel::new(length("n", n, 1)?), k: Sma::new(smooth)?, d: Sma::new(d)? })
    }
}

impl Indicator<3, 2> for Stoch {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["k", "d"];

    fn lookback(&self) -> usize {
        self.channel.len() - 1 + self.k.lookback() + self.d.lookback()
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let (highest, lowest) = self.channel.push(high, low);
        let hundredth = (highest - lowest) / 100.0;
        let raw = if negligible(highest, lowest) { 0.0 * close } else { (close - lowest) / hundredth };
        let [k] = self.k.update([raw]);
        let [d] = self.d.update([k]);
        [k + 0.0 * d, d]
    }
}

//! Ranges, deviations and the bands made of them.

use crate::averages::Ema;
use crate::channel::Channel;
use crate::error::{ParameterError, factor, length};
use crate::indicator::{Column, Indicator};
use crate::smoothing::{STRIP, Wilder};
use crate::tally::Squares;
use crate::window::Window;

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
    n: usize,
    smoothing: Wilder,
}

impl Atr {
    /// An average over `n` true ranges.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        Ok(Self { n, previous: None, smoothing: Wilder::over(n) })
    }
}

impl Indicator<3, 1> for Atr {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["atr"];

    fn lookback(&self) -> usize {
        self.n
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let Some(previous) = self.previous.replace(close) else { return [f64::NAN] };
        [self.smoothing.push(true_range(high, low, previous))]
    }

    fn extend(&mut self, [high, low, close]: [&[f64]; 3], [out]: [&mut [f64]; 1]) {
        let Some(&last) = close.last() else { return };
        [out[0]] = self.update([high[0], low[0], close[0]]);
        let strips = high[1..].chunks(STRIP).zip(low[1..].chunks(STRIP)).zip(close.chunks(STRIP));
        let mut ranges = [0.0; STRIP];
        for (((high, low), before), out) in strips.zip(out[1..].chunks_mut(STRIP)) {
            let ranges = &mut ranges[..out.len()];
            for (((range, high), low), before) in ranges.iter_mut().zip(high).zip(low).zip(before) {
                *range = true_range(*high, *low, *before);
            }
            self.smoothing.extend(ranges, out);
        }
        self.previous = Some(last);
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

/// %b: where the value lies between the lower (0) and the upper (1) Bollinger band; 0.5 where the bands meet.
#[derive(Clone)]
pub struct PercentB {
    bands: Bbands,
}

impl PercentB {
    /// Bands over `n` bars, `k` deviations wide on each side.
    ///
    /// # Errors
    /// When `n` is zero or too long, or `k` is negative or not finite.
    pub fn new(n: usize, k: f64) -> Result<Self, ParameterError> {
        Ok(Self { bands: Bbands::new(n, k)? })
    }
}

impl Indicator<1, 1> for PercentB {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["percent_b"];

    fn lookback(&self) -> usize {
        self.bands.lookback()
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let [upper, _, lower] = self.bands.update([x]);
        [if upper == lower { 0.5 } else { (x - lower) / (upper - lower) }]
    }
}

/// Population standard deviation of the last `n` values.
#[derive(Clone)]
pub struct Stddev {
    window: Window<Squares>,
}

impl Stddev {
    /// A deviation over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { window: Window::new(length("n", n, 1)?) })
    }
}

impl Indicator<1, 1> for Stddev {
    const COLUMNS: &'static [Column] = &[Column::Source];
    const OUTPUTS: &'static [&'static str] = &["stddev"];

    fn lookback(&self) -> usize {
        self.window.len() - 1
    }

    #[inline]
    fn update(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        let (tally, _) = self.window.push(x);
        [tally.variance(self.window.len() as f64).sqrt()]
    }

    fn extend(&mut self, [x]: [&[f64]; 1], outputs: [&mut [f64]; 1]) {
        let n = self.window.len() as f64;
        self.window.extend(x, outputs, |tally, _, _| [tally.variance(n).sqrt()]);
    }
}

/// True range of each bar; the first bar has none, for want of a close before.
#[derive(Clone, Default)]
pub struct TrueRange {
    previous: Option<f64>,
}

impl TrueRange {
    /// A true range; there is nothing to set.
    ///
    /// # Errors
    /// Never; the result keeps all indicators alike.
    #[allow(clippy::unnecessary_wraps)]
    pub fn new() -> Result<Self, ParameterError> {
        Ok(Self::default())
    }
}

impl Indicator<3, 1> for TrueRange {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["true_range"];

    fn lookback(&self) -> usize {
        1
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 1] {
        let Some(previous) = self.previous.replace(close) else { return [f64::NAN] };
        [true_range(high, low, previous)]
    }
}

/// Keltner channel: EMA of the close over `n`, and `k` average true ranges above and below it.
#[derive(Clone)]
pub struct Keltner {
    middle: Ema,
    range: Atr,
    k: f64,
}

impl Keltner {
    /// An average over `n` bars, `k` average true ranges over `atr_n` bars wide on each side.
    ///
    /// # Errors
    /// When a length is zero or too long, or `k` is negative or not finite.
    pub fn new(n: usize, k: f64, atr_n: usize) -> Result<Self, ParameterError> {
        length("atr_n", atr_n, 1)?;
        Ok(Self { middle: Ema::new(n)?, range: Atr::new(atr_n)?, k: factor("k", k)? })
    }
}

impl Indicator<3, 3> for Keltner {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["upper", "middle", "lower"];

    fn lookback(&self) -> usize {
        self.middle.lookback().max(self.range.lookback())
    }

    #[inline]
    fn update(&mut self, row: [f64; 3]) -> [f64; 3] {
        let [middle] = self.middle.update([row[2]]);
        let [range] = self.range.update(row);
        let width = self.k * range;
        [middle + width, middle + 0.0 * width, middle - width]
    }
}

/// Donchian channel: highest high and lowest low of the last `n` bars, this one included, and their middle.
#[derive(Clone)]
pub struct Donchian {
    channel: Channel,
}

impl Donchian {
    /// A channel over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        Ok(Self { channel: Channel::new(length("n", n, 1)?) })
    }
}

impl Indicator<2, 3> for Donchian {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low];
    const OUTPUTS: &'static [&'static str] = &["upper", "middle", "lower"];

    fn lookback(&self) -> usize {
        self.channel.len() - 1
    }

    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> [f64; 3] {
        let (upper, lower) = self.channel.push(high, low);
        [upper, f64::midpoint(upper, lower), lower]
    }
}

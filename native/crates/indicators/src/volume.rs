//! Indicators of price and volume.

use crate::channel::negligible;
use crate::error::{ParameterError, length};
use crate::indicator::{Column, Indicator};
use crate::tally::Total;
use crate::window::Window;

/// A sum that keeps what rounding takes from it (Neumaier), for totals over a whole series.
#[derive(Clone, Copy, Default)]
struct Kept {
    sum: f64,
    lost: f64,
}

impl Kept {
    #[inline]
    fn add(&mut self, x: f64) -> f64 {
        let sum = self.sum + x;
        self.lost += if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
        sum + self.lost
    }
}

/// Typical price of a bar.
#[inline]
fn typical(high: f64, low: f64, close: f64) -> f64 {
    (high + low + close) / 3.0
}

/// On-balance volume: the sum of volumes, added when the close rose, taken away when it fell.
///
/// As in TA-Lib the first bar's volume counts as added.
#[derive(Clone, Default)]
pub struct Obv {
    previous: Option<f64>,
    total: Kept,
}

impl Obv {
    /// A balance; there is nothing to set.
    ///
    /// # Errors
    /// Never; the result keeps all indicators alike.
    #[allow(clippy::unnecessary_wraps)]
    pub fn new() -> Result<Self, ParameterError> {
        Ok(Self::default())
    }
}

impl Indicator<2, 1> for Obv {
    const COLUMNS: &'static [Column] = &[Column::Close, Column::Volume];
    const OUTPUTS: &'static [&'static str] = &["obv"];

    fn lookback(&self) -> usize {
        0
    }

    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> [f64; 1] {
        let change = self.previous.replace(close).map_or(1.0, |previous| close - previous);
        let flow = if change > 0.0 {
            volume
        } else if change < 0.0 {
            -volume
        } else {
            0.0 * change * volume
        };
        [self.total.add(flow)]
    }
}

/// Money flow index: 100 x money flowing at rising typical prices / all money flowing, over `n` bars; 0 where none flows.
///
/// As in TA-Lib, typical prices no farther apart than rounding are equal, and no money flows.
#[derive(Clone)]
pub struct Mfi {
    previous: Option<f64>,
    rising: Window<Total>,
    falling: Window<Total>,
}

impl Mfi {
    /// An index over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        Ok(Self { previous: None, rising: Window::new(n), falling: Window::new(n) })
    }
}

impl Indicator<4, 1> for Mfi {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close, Column::Volume];
    const OUTPUTS: &'static [&'static str] = &["mfi"];

    fn lookback(&self) -> usize {
        self.rising.len()
    }

    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> [f64; 1] {
        let price = typical(high, low, close);
        let Some(previous) = self.previous.replace(price) else { return [f64::NAN] };
        let flow = price * volume;
        let change = if negligible(price, previous) { 0.0 } else { price - previous };
        let none = 0.0 * change * flow;
        let (rising, _) = self.rising.push(if change > 0.0 { flow } else { none });
        let (falling, _) = self.falling.push(if change < 0.0 { flow } else { none });
        let all = rising.0 + falling.0;
        [if all == 0.0 { 0.0 } else { 100.0 * (rising.0 / all) }]
    }
}

/// Volume-weighted average price since the first bar: sum of typical price x volume / sum of volume.
///
/// Before any volume it is the typical price.
#[derive(Clone, Default)]
pub struct Vwap {
    money: Kept,
    volume: Kept,
}

impl Vwap {
    /// An average since the first bar; there is nothing to set.
    ///
    /// # Errors
    /// Never; the result keeps all indicators alike.
    #[allow(clippy::unnecessary_wraps)]
    pub fn new() -> Result<Self, ParameterError> {
        Ok(Self::default())
    }
}

impl Indicator<4, 1> for Vwap {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close, Column::Volume];
    const OUTPUTS: &'static [&'static str] = &["vwap"];

    fn lookback(&self) -> usize {
        0
    }

    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> [f64; 1] {
        let price = typical(high, low, close);
        let (money, volume) = (self.money.add(price * volume), self.volume.add(volume));
        [if volume == 0.0 { price } else { money / volume }]
    }
}

/// Volume-weighted average price since the first bar of the UTC day.
#[derive(Clone, Default)]
pub struct SessionVwap {
    day: f64,
    vwap: Vwap,
}

impl SessionVwap {
    /// An average since the day's first bar; there is nothing to set.
    ///
    /// # Errors
    /// Never; the result keeps all indicators alike.
    #[allow(clippy::unnecessary_wraps)]
    pub fn new() -> Result<Self, ParameterError> {
        Ok(Self::default())
    }
}

impl Indicator<5, 1> for SessionVwap {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close, Column::Volume, Column::Day];
    const OUTPUTS: &'static [&'static str] = &["vwap"];

    fn lookback(&self) -> usize {
        0
    }

    #[inline]
    fn update(&mut self, [high, low, close, volume, day]: [f64; 5]) -> [f64; 1] {
        if day != self.day {
            *self = Self { day, vwap: Vwap::default() };
        }
        self.vwap.update([high, low, close, volume])
    }
}

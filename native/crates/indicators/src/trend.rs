//! Indicators of trend: its strength, its direction, and where it would break.

use crate::channel::Channel;
use crate::error::{ParameterError, factor, length};
use crate::indicator::{Column, Indicator};
use crate::ring::Ring;
use crate::smoothing::Wilder;
use crate::volatility::{Atr, true_range};

/// Average directional index after Wilder, with its directional indicators +DI and -DI.
///
/// TA-Lib's seeding: sums of the first n - 1 movements start the smoothing, the mean of the first n DX starts the index.
#[derive(Clone)]
pub struct Adx {
    n: usize,
    previous: Option<[f64; 3]>,
    plus: Wilder,
    minus: Wilder,
    range: Wilder,
    index: Wilder,
    /// Movements still to come before the directional indicators have values.
    wait: usize,
}

impl Adx {
    /// An index over `n` bars.
    ///
    /// # Errors
    /// When `n` is zero or too long.
    pub fn new(n: usize) -> Result<Self, ParameterError> {
        let n = length("n", n, 1)?;
        let movement = Wilder::over_sum(n);
        Ok(Self {
            n,
            previous: None,
            plus: movement,
            minus: movement,
            range: movement,
            index: Wilder::over(n),
            wait: n - 1,
        })
    }

    /// Upward and downward movement between two bars: the greater one counts.
    #[inline]
    fn movement(high: f64, low: f64, high_before: f64, low_before: f64) -> (f64, f64) {
        let (up, down) = (high - high_before, low_before - low);
        let unknown = 0.0 * (up + down);
        (if up > 0.0 && up > down { up } else { unknown }, if down > 0.0 && down > up { down } else { unknown })
    }

    /// The next index: left as it is where there is no movement to judge by.
    #[inline]
    fn advance(&mut self, plus: f64, minus: f64) -> f64 {
        let sum = plus + minus;
        if sum == 0.0 {
            return if self.index.warm() { self.index.value() } else { self.index.push(0.0) };
        }
        self.index.push(100.0 * ((plus - minus).abs() / sum))
    }
}

impl Indicator<3, 3> for Adx {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["adx", "plus_di", "minus_di"];

    fn lookback(&self) -> usize {
        2 * self.n - 1
    }

    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 3] {
        let Some([high_before, low_before, before]) = self.previous.replace([high, low, close]) else {
            return [f64::NAN; 3];
        };
        let (up, down) = Self::movement(high, low, high_before, low_before);
        let (up, down) = (self.plus.push(up), self.minus.push(down));
        let range = self.range.push(true_range(high, low, before));
        if self.wait > 0 {
            self.wait -= 1;
            return [f64::NAN; 3];
        }
        let (plus, minus) = if range == 0.0 { (0.0, 0.0) } else { (100.0 * (up / range), 100.0 * (down / range)) };
        [self.advance(plus, minus), plus, minus]
    }
}

/// Direction and levels of a parabolic stop.
#[derive(Clone, Copy)]
struct Course {
    rising: bool,
    sar: f64,
    /// The farthest price of the trend.
    extreme: f64,
    pace: f64,
}

/// Parabolic stop and reverse after Wilder, as TA-Lib starts it: the first two bars tell the direction.
#[derive(Clone)]
pub struct Psar {
    step: f64,
    most: f64,
    before: Option<(f64, f64)>,
    course: Option<Course>,
    broken: bool,
}

impl Psar {
    /// A stop whose pace grows by `step` with every new extreme, up to `most`.
    ///
    /// # Errors
    /// When a factor is negative or not finite.
    pub fn new(step: f64, most: f64) -> Result<Self, ParameterError> {
        let most = factor("most", most)?;
        Ok(Self { step: factor("step", step)?.min(most), most, before: None, course: None, broken: false })
    }

    fn start(&self, before: (f64, f64), high: f64, low: f64) -> Course {
        let (up, down) = (high - before.0, before.1 - low);
        let rising = !(down > 0.0 && up < down);
        let (sar, extreme) = if rising { (before.1, high) } else { (before.0, low) };
        Course { rising, sar, extreme, pace: self.step }
    }

    /// Gives the stop of this bar and moves the course on to the next.
    ///
    /// A falling course is a rising one seen upside down: `sign` turns it over.
    fn advance(&self, course: &mut Course, before: (f64, f64), high: f64, low: f64) -> f64 {
        let sign = if course.rising { 1.0 } else { -1.0 };
        let (reach, far) = if course.rising { (low, high) } else { (high, low) };
        let broken = sign * reach <= sign * course.sar;
        if broken {
            return self.reverse(course, before, high, low);
        }
        let sar = course.sar;
        if sign * far > sign * course.extreme {
            course.extreme = far;
            course.pace = (course.pace + self.step).min(self.most);
        }
        course.sar = Self::behind(course.rising, sar + course.pace * (course.extreme - sar), before, high, low);
        sar
    }

    fn reverse(&self, course: &mut Course, before: (f64, f64), high: f64, low: f64) -> f64 {
        course.rising = !course.rising;
        let sar = Self::behind(course.rising, course.extreme, before, high, low);
        course.extreme = if course.rising { high } else { low };
        course.pace = self.step;
        course.sar = Self::behind(course.rising, sar + self.step * (course.extreme - sar), before, high, low);
        sar
    }

    /// Keeps a stop out of the range of the last two bars.
    fn behind(rising: bool, sar: f64, before: (f64, f64), high: f64, low: f64) -> f64 {
        if rising { sar.min(before.1).min(low) } else { sar.max(before.0).max(high) }
    }
}

impl Indicator<2, 1> for Psar {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low];
    const OUTPUTS: &'static [&'static str] = &["psar"];

    fn lookback(&self) -> usize {
        1
    }

    fn update(&mut self, [high, low]: [f64; 2]) -> [f64; 1] {
        self.broken |= (high + low).is_nan();
        let Some(before) = self.before.replace((high, low)) else { return [f64::NAN] };
        if self.broken {
            return [f64::NAN];
        }
        let (mut course, before) = match self.course {
            Some(course) => (course, before),
            None => (self.start(before, high, low), (high, low)),
        };
        let sar = self.advance(&mut course, before, high, low);
        self.course = Some(course);
        [sar]
    }
}

/// `SuperTrend`: a band of average true ranges that follows the price on one side, and the side: 1 below, -1 above.
#[derive(Clone)]
pub struct Supertrend {
    range: Atr,
    k: f64,
    bands: Option<Bands>,
    previous: f64,
}

/// The two bands and which of them is in force.
#[derive(Clone, Copy)]
struct Bands {
    upper: f64,
    lower: f64,
    rising: bool,
}

impl Supertrend {
    /// Bands `k` average true ranges over `n` bars away from the bar's middle.
    ///
    /// # Errors
    /// When `n` is zero or too long, or `k` is negative or not finite.
    pub fn new(n: usize, k: f64) -> Result<Self, ParameterError> {
        Ok(Self { range: Atr::new(n)?, k: factor("k", k)?, bands: None, previous: f64::NAN })
    }
}

impl Indicator<3, 2> for Supertrend {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low, Column::Close];
    const OUTPUTS: &'static [&'static str] = &["supertrend", "direction"];

    fn lookback(&self) -> usize {
        self.range.lookback()
    }

    fn update(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let [range] = self.range.update([high, low, close]);
        let previous = std::mem::replace(&mut self.previous, close);
        if (range + close).is_nan() {
            return [f64::NAN; 2];
        }
        let middle = f64::midpoint(high, low);
        let (upper, lower) = (middle + self.k * range, middle - self.k * range);
        let mut bands = self.bands.unwrap_or(Bands { upper, lower, rising: close >= middle });
        if upper < bands.upper || previous > bands.upper {
            bands.upper = upper;
        }
        if lower > bands.lower || previous < bands.lower {
            bands.lower = lower;
        }
        bands.rising = close > if bands.rising { bands.lower } else { bands.upper };
        self.bands = Some(bands);
        if bands.rising { [bands.lower, 1.0] } else { [bands.upper, -1.0] }
    }
}

/// Ichimoku lines: conversion, base, and the two leading spans as they stand at this bar, that is, moved ahead from
/// `base` bars ago. The lagging span is the close drawn `base` bars back; it would look into the future and is left out.
#[derive(Clone)]
pub struct Ichimoku {
    conversion: Channel,
    base: Channel,
    long: Channel,
    span_a: Ring,
    span_b: Ring,
}

impl Ichimoku {
    /// Middles of ranges over `conversion`, `base` and `span` bars; the spans lead by `base` bars.
    ///
    /// # Errors
    /// When a length is zero or too long.
    pub fn new(conversion: usize, base: usize, span: usize) -> Result<Self, ParameterError> {
        let base = length("base", base, 1)?;
        Ok(Self {
            conversion: Channel::new(length("conversion", conversion, 1)?),
            base: Channel::new(base),
            long: Channel::new(length("span", span, 1)?),
            span_a: Ring::new(base),
            span_b: Ring::new(base),
        })
    }
}

impl Indicator<2, 4> for Ichimoku {
    const COLUMNS: &'static [Column] = &[Column::High, Column::Low];
    const OUTPUTS: &'static [&'static str] = &["conversion", "base", "span_a", "span_b"];

    fn lookback(&self) -> usize {
        self.conversion.len().max(self.base.len()).max(self.long.len()) - 1 + self.base.len()
    }

    fn update(&mut self, [high, low]: [f64; 2]) -> [f64; 4] {
        let middle = |channel: &mut Channel| {
            let (highest, lowest) = channel.push(high, low);
            f64::midpoint(highest, lowest)
        };
        let (conversion, base) = (middle(&mut self.conversion), middle(&mut self.base));
        let span_b = middle(&mut self.long);
        [conversion, base, self.span_a.push(f64::midpoint(conversion, base)), self.span_b.push(span_b)]
    }
}

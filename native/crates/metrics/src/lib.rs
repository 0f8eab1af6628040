//! Statistics of a back-test: figures from daily closing equity and from the results of round trips.
//!
//! Every definition is written in `docs/reference/statistics.md`. A figure that its definition leaves undefined
//! is `None`, never NaN or an infinity, so that it survives JSON.

mod calendar;
mod drawdown;
mod ratios;
mod sums;
mod trades;

pub use calendar::{DailyCloses, Days, MonthReturn, YearReturn, daily_closes, monthly_returns, yearly_returns};
pub use drawdown::{Drawdown, drawdown_series, drawdowns, top_drawdowns};
pub use ratios::{Summary, returns, rolling_sharpe, summary};
pub use trades::{RoundTrips, round_trips};

/// One named figure of a summary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// A real number; `None` where the definition leaves it undefined.
    Number(Option<f64>),
    /// A count of things or of periods.
    Count(usize),
}

/// A real number, or `None` when arithmetic left the finite range.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// A quotient, or `None` when the divisor is zero or the result is not finite.
fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    if denominator == 0.0 { None } else { finite(numerator / denominator) }
}

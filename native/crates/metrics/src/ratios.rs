//! Figures from daily closing equity.

use crate::drawdown::{drawdowns, top_drawdowns};
use crate::sums::{central, deviation, mean, percentile, sum};
use crate::{Figure, finite, ratio};

/// Deviations up to this are rounding of equal returns (one unit in the last place of 1 is 2.2e-16), hence zero.
const ROUNDING: f64 = 1e-15;

/// Share of days in each tail of value at risk and the tail ratio.
const TAIL: f64 = 0.05;

/// Figures from daily closing equity; `None` where a definition leaves the figure undefined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Daily returns that the figures rest on.
    pub days: usize,
    /// Last equity over starting equity, less one.
    pub total_return: Option<f64>,
    /// Growth a year at a constant rate: (last / start) ^ (periods a year / days) - 1.
    pub cagr: Option<f64>,
    /// Sample deviation of daily returns x square root of periods a year.
    pub volatility: Option<f64>,
    /// Mean daily return over its sample deviation x square root of periods a year.
    pub sharpe: Option<f64>,
    /// Mean daily return over its downside deviation x square root of periods a year.
    pub sortino: Option<f64>,
    /// CAGR over the absolute deepest drawdown.
    pub calmar: Option<f64>,
    /// Root of the mean square of returns below zero (others as zero) x square root of periods a year.
    pub downside_risk: Option<f64>,
    /// Sum of returns above zero over the absolute sum of those below.
    pub omega: Option<f64>,
    /// Deepest close below the highest close so far: zero or negative.
    pub max_drawdown: Option<f64>,
    /// Days from the peak of the deepest drawdown to its recovery, or to the end.
    pub max_drawdown_days: usize,
    /// Days of the longest time below a peak.
    pub longest_drawdown_days: usize,
    /// 5th percentile of daily returns.
    pub value_at_risk: Option<f64>,
    /// Mean of the worst 5 % of daily returns.
    pub conditional_value_at_risk: Option<f64>,
    /// 95th percentile over 5th percentile of daily returns, both absolute.
    pub tail_ratio: Option<f64>,
    /// Sample skewness of daily returns.
    pub skew: Option<f64>,
    /// Sample excess kurtosis of daily returns.
    pub kurtosis: Option<f64>,
    /// Share of the variance of log equity that a straight line explains.
    pub stability: Option<f64>,
    /// Largest daily return.
    pub best_day: Option<f64>,
    /// Smallest daily return.
    pub worst_day: Option<f64>,
}

impl Summary {
    /// Names and figures, in the order of the reference.
    pub fn figures(&self) -> Vec<(&'static str, Figure)> {
        use Figure::{Count, Number};
        vec![
            ("days", Count(self.days)),
            ("total_return", Number(self.total_return)),
            ("cagr", Number(self.cagr)),
            ("volatility", Number(self.volatility)),
            ("sharpe", Number(self.sharpe)),
            ("sortino", Number(self.sortino)),
            ("calmar", Number(self.calmar)),
            ("downside_risk", Number(self.downside_risk)),
            ("omega", Number(self.omega)),
            ("max_drawdown", Number(self.max_drawdown)),
            ("max_drawdown_days", Count(self.max_drawdown_days)),
            ("longest_drawdown_days", Count(self.longest_drawdown_days)),
            ("value_at_risk", Number(self.value_at_risk)),
            ("conditional_value_at_risk", Number(self.conditional_value_at_risk)),
            ("tail_ratio", Number(self.tail_ratio)),
            ("skew", Number(self.skew)),
            ("kurtosis", Number(self.kurtosis)),
            ("stability", Number(self.stability)),
            ("best_day", Number(self.best_day)),
            ("worst_day", Number(self.worst_day)),
        ]
    }
}

/// Figures from daily closing equity, whose first value is the starting equity.
///
/// A starting equity that is not positive, or a value that is not finite, leaves every figure undefined.
/// Equity at or below zero before the last day leaves those undefined that rest on daily returns.
pub fn summary(daily: &[f64], periods_per_year: f64) -> Summary {
    let usable = daily.len() >= 2 && daily[0] > 0.0 && daily.iter().all(|value| value.is_finite());
    if !usable {
        return Summary { days: daily.len().saturating_sub(1), ..Summary::default() };
    }
    let mut figures = returns(daily).map_or_else(Summary::default, |returns| of_returns(&returns, periods_per_year));
    figures.days = daily.len() - 1;
    add_growth(&mut figures, daily, periods_per_year);
    figures
}

/// Daily returns: each close over the one before, less one; `None` when a base is not positive.
pub fn returns(daily: &[f64]) -> Option<Vec<f64>> {
    daily.windows(2).map(|pair| (pair[0] > 0.0).then(|| pair[1] / pair[0] - 1.0)).collect()
}

/// Sharpe ratio of each window of returns; NaN until a window is full and where its deviation is zero.
pub fn rolling_sharpe(returns: &[f64], window: usize, periods_per_year: f64) -> Vec<f64> {
    let mut ratios = vec![f64::NAN; returns.len()];
    if window >= 2 {
        for (part, place) in returns.windows(window).zip(window - 1..) {
            ratios[place] = sharpe(part, periods_per_year).unwrap_or(f64::NAN);
        }
    }
    ratios
}

fn add_growth(figures: &mut Summary, daily: &[f64], periods_per_year: f64) {
    let grown = daily[daily.len() - 1] / daily[0];
    let years = figures.days as f64 / periods_per_year;
    figures.total_return = finite(grown - 1.0);
    figures.cagr = if grown < 0.0 { None } else { finite(grown.powf(1.0 / years) - 1.0) };
    let deepest = top_drawdowns(daily, 1).first().copied();
    let depth = deepest.map_or(0.0, |fall| fall.depth);
    figures.max_drawdown = finite(depth);
    figures.max_drawdown_days = deepest.map_or(0, |fall| fall.periods);
    figures.longest_drawdown_days = drawdowns(daily).iter().map(|fall| fall.periods).max().unwrap_or(0);
    figures.calmar = figures.cagr.and_then(|rate| ratio(rate, depth.abs()));
}

fn of_returns(returns: &[f64], periods_per_year: f64) -> Summary {
    let mut sorted = returns.to_vec();
    sorted.sort_by(f64::total_cmp);
    let downside = downside(returns).map(|risk| risk * periods_per_year.sqrt());
    Summary {
        volatility: deviation(returns).map(|spread| zero_if_rounding(spread) * periods_per_year.sqrt()),
        sharpe: sharpe(returns, periods_per_year),
        sortino: mean(returns).zip(downside).and_then(|(mean, risk)| ratio(mean * periods_per_year, risk)),
        downside_risk: downside,
        omega: omega(returns),
        value_at_risk: percentile(&sorted, TAIL),
        conditional_value_at_risk: worst_mean(&sorted),
        tail_ratio: tail_ratio(&sorted),
        skew: skew(returns),
        kurtosis: kurtosis(returns),
        stability: stability(returns),
        best_day: sorted.last().copied(),
        worst_day: sorted.first().copied(),
        ..Summary::default()
    }
}

fn sharpe(returns: &[f64], periods_per_year: f64) -> Option<f64> {
    ratio(mean(returns)?, zero_if_rounding(deviation(returns)?)).map(|daily| daily * periods_per_year.sqrt())
}

fn zero_if_rounding(deviation: f64) -> f64 {
    if deviation <= ROUNDING { 0.0 } else { deviation }
}

/// Root of the mean square of returns below zero; it needs two returns, as the ratios built on it do.
fn downside(returns: &[f64]) -> Option<f64> {
    if returns.len() < 2 {
        return None;
    }
    Some((sum(returns.iter().map(|value| value.min(0.0).powi(2))) / returns.len() as f64).sqrt())
}

fn omega(returns: &[f64]) -> Option<f64> {
    let gains = sum(returns.iter().map(|value| value.max(0.0)));
    let losses = -sum(returns.iter().map(|value| value.min(0.0)));
    if returns.len() < 2 { None } else { ratio(gains, losses) }
}

fn worst_mean(sorted: &[f64]) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    mean(&sorted[..=(last as f64 * TAIL) as usize])
}

fn tail_ratio(sorted: &[f64]) -> Option<f64> {
    ratio(percentile(sorted, 1.0 - TAIL)?.abs(), percentile(sorted, TAIL)?.abs())
}

/// Adjusted Fisher-Pearson skewness G1 (Joanes and Gill 1998).
fn skew(returns: &[f64]) -> Option<f64> {
    let (n, mean, square) = spread(returns, 3)?;
    let biased = (central(returns, mean, 3) / n) / (square / n).powf(1.5);
    finite(biased * (n * (n - 1.0)).sqrt() / (n - 2.0))
}

/// Adjusted excess kurtosis G2 (Joanes and Gill 1998).
fn kurtosis(returns: &[f64]) -> Option<f64> {
    let (n, mean, square) = spread(returns, 4)?;
    let biased = (central(returns, mean, 4) / n) / (square / n).powi(2) - 3.0;
    finite((n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * biased + 6.0))
}

/// Count, mean and sum of squared deviations; `None` for fewer values than needed, or for equal ones.
fn spread(returns: &[f64], needed: usize) -> Option<(f64, f64, f64)> {
    if returns.len() < needed || deviation(returns)? <= ROUNDING {
        return None;
    }
    let mean = mean(returns)?;
    Some((returns.len() as f64, mean, central(returns, mean, 2)))
}

/// Squared correlation of cumulative log returns with time.
fn stability(returns: &[f64]) -> Option<f64> {
    let mut total = 0.0;
    let logs: Vec<f64> = returns
        .iter()
        .map(|value| {
            total += value.ln_1p();
            total
        })
        .collect();
    let (n, center, square) = spread(&logs, 2)?;
    let middle = (n - 1.0) / 2.0;
    let together = sum(logs.iter().enumerate().map(|(place, log)| (place as f64 - middle) * (log - center)));
    let times = n * (n * n - 1.0) / 12.0;
    finite((together * together / (times * square)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() <= 1e-12 * expected.abs().max(1.0))
    }

    #[test]
    fn a_hand_worked_series_has_the_figures_of_its_definitions() {
        let figures = summary(&[100.0, 110.0, 99.0, 108.9], 4.0); // +10 %, -10 %, +10 %
        assert!(close(figures.total_return, 0.089));
        assert!(close(figures.cagr, 1.089_f64.powf(4.0 / 3.0) - 1.0));
        let deviation = (0.04_f64 / 3.0).sqrt();
        assert!(close(figures.volatility, deviation * 2.0));
        assert!(close(figures.sharpe, 0.1 / 3.0 / deviation * 2.0));
        assert!(close(figures.sortino, 0.1 / 3.0 / (0.01_f64 / 3.0).sqrt() * 2.0));
        assert!(close(figures.omega, 2.0));
        assert!(close(figures.max_drawdown, -0.1));
        assert_eq!((figures.max_drawdown_days, figures.longest_drawdown_days, figures.days), (2, 2, 3));
        assert!(close(figures.best_day, 0.1) && close(figures.worst_day, -0.1));
    }

    #[test]
    fn flat_equity_has_no_ratios() {
        let figures = summary(&[100.0; 5], 365.0);
        assert_eq!((figures.total_return, figures.cagr, figures.volatility), (Some(0.0), Some(0.0), Some(0.0)));
        assert_eq!((figures.sharpe, figures.sortino, figures.calmar, figures.omega), (None, None, None, None));
        assert_eq!(
            (figures.max_drawdown, figures.skew, figures.kurtosis, figures.tail_ratio),
            (Some(0.0), None, None, None)
        );
    }

    #[test]
    fn equal_growth_has_no_sharpe_ratio_in_spite_of_rounding() {
        let daily: Vec<f64> = (0..50).map(|day| 1e6 * 1.01_f64.powi(day)).collect();
        assert_eq!((summary(&daily, 252.0).sharpe, summary(&daily, 252.0).volatility), (None, Some(0.0)));
    }

    #[test]
    fn one_day_has_growth_but_no_spread() {
        let figures = summary(&[100.0, 101.0], 252.0);
        assert!(close(figures.total_return, 0.01) && figures.cagr.is_some());
        assert_eq!((figures.volatility, figures.sharpe, figures.sortino), (None, None, None));
    }

    #[test]
    fn no_day_has_no_figures() {
        assert_eq!(summary(&[100.0], 365.0), Summary::default());
        assert_eq!(summary(&[], 365.0), Summary::default());
    }

    #[test]
    fn equity_below_zero_keeps_growth_and_drawdown_only() {
        let figures = summary(&[100.0, -20.0, 30.0], 365.0);
        assert!(close(figures.total_return, -0.7) && close(figures.max_drawdown, -1.2));
        assert_eq!((figures.sharpe, figures.volatility, figures.best_day), (None, None, None));
        assert_eq!(summary(&[100.0, -20.0], 365.0).cagr, None);
        assert_eq!(summary(&[100.0, 0.0], 365.0).cagr, Some(-1.0));
    }

    #[test]
    fn values_that_are_not_finite_leave_everything_undefined() {
        assert_eq!(summary(&[100.0, f64::NAN, 110.0], 365.0), Summary { days: 2, ..Summary::default() });
        assert_eq!(summary(&[0.0, 1.0], 365.0), Summary { days: 1, ..Summary::default() });
    }

    #[test]
    fn a_rolling_ratio_starts_when_its_window_is_full() {
        let ratios = rolling_sharpe(&[0.01, 0.02, 0.03, 0.03], 2, 1.0);
        assert!(ratios[0].is_nan() && ratios[3].is_nan());
        assert!((ratios[1] - 0.015 / 0.00005_f64.sqrt()).abs() < 1e-12);
        assert!(rolling_sharpe(&[0.1, 0.2], 1, 1.0).iter().all(|value| value.is_nan()));
    }
}

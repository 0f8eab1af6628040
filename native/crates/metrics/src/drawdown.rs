//! Falls of equity from its highest value so far.

/// One fall below a peak: positions in the series of daily closes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// Position of the last close at the peak.
    pub start: usize,
    /// Position of the lowest close (the first, when several are equal).
    pub trough: usize,
    /// Position of the first close at or above the peak again; `None` while it lasts.
    pub end: Option<usize>,
    /// Close at the trough over the peak, less one: below zero.
    pub depth: f64,
    /// Periods from `start` to `end`, or to the last close while it lasts.
    pub periods: usize,
}

/// Each close over the highest close so far, less one: zero at a peak, below zero under it.
///
/// Without a positive first value every value is NaN.
pub fn drawdown_series(daily: &[f64]) -> Vec<f64> {
    let mut peak = daily.first().copied().filter(|first| *first > 0.0).unwrap_or(f64::NAN);
    if peak.is_nan() {
        return vec![f64::NAN; daily.len()];
    }
    daily
        .iter()
        .map(|&close| {
            peak = peak.max(close);
            close / peak - 1.0
        })
        .collect()
}

/// All falls below a peak, in order of time.
pub fn drawdowns(daily: &[f64]) -> Vec<Drawdown> {
    let mut found = Vec::new();
    let mut open: Option<Drawdown> = None;
    for (place, depth) in drawdown_series(daily).into_iter().enumerate() {
        if depth < 0.0 {
            let fall = open.get_or_insert(Drawdown { start: place - 1, trough: place, end: None, depth, periods: 0 });
            if depth < fall.depth {
                (fall.trough, fall.depth) = (place, depth);
            }
        } else if let Some(fall) = open.take() {
            found.push(Drawdown { end: Some(place), periods: place - fall.start, ..fall });
        }
    }
    if let Some(fall) = open {
        found.push(Drawdown { periods: daily.len() - 1 - fall.start, ..fall });
    }
    found
}

/// The deepest falls, deepest first; of equal ones the earlier first.
pub fn top_drawdowns(daily: &[f64], count: usize) -> Vec<Drawdown> {
    let mut found = drawdowns(daily);
    found.sort_by(|one, other| one.depth.total_cmp(&other.depth));
    found.truncate(count);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_runs_from_its_peak_to_its_recovery() {
        let falls = drawdowns(&[100.0, 110.0, 99.0, 88.0, 110.0, 105.0]);
        assert_eq!(falls.len(), 2);
        assert_eq!((falls[0].start, falls[0].trough, falls[0].end, falls[0].periods), (1, 3, Some(4), 3));
        assert!((falls[0].depth + 0.2).abs() < 1e-12);
        assert_eq!((falls[1].start, falls[1].end, falls[1].periods), (4, None, 1));
    }

    #[test]
    fn the_deepest_fall_comes_first() {
        let falls = top_drawdowns(&[100.0, 90.0, 100.0, 50.0, 100.0, 80.0], 2);
        assert_eq!(falls.iter().map(|fall| fall.trough).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn equity_below_zero_is_a_fall_of_more_than_the_whole() {
        assert_eq!(drawdown_series(&[100.0, -50.0]), [0.0, -1.5]);
        assert!(drawdown_series(&[0.0, 1.0, 0.5]).iter().all(|value| value.is_nan()));
    }

    #[test]
    fn the_last_close_at_a_flat_peak_starts_the_fall() {
        assert_eq!(drawdowns(&[100.0, 100.0, 90.0])[0].start, 1);
        assert!(drawdowns(&[]).is_empty());
    }
}

//! Figures from the results of closed round trips.

use crate::{Figure, finite, ratio, sums::sum};

/// What the round trips of a run earned and lost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoundTrips {
    /// Closed round trips.
    pub count: usize,
    /// Those with a result above zero.
    pub wins: usize,
    /// Those with a result below zero.
    pub losses: usize,
    /// Sum of all results.
    pub total: Option<f64>,
    /// Wins over all round trips; those at exactly zero count below the line only.
    pub win_rate: Option<f64>,
    /// Sum of the wins over the absolute sum of the losses; `None` without a loss.
    pub profit_factor: Option<f64>,
    /// Mean result.
    pub expectancy: Option<f64>,
    /// Mean result of the wins.
    pub average_win: Option<f64>,
    /// Mean result of the losses (below zero).
    pub average_loss: Option<f64>,
    /// Average win over the absolute average loss.
    pub payoff_ratio: Option<f64>,
    /// Largest result.
    pub best: Option<f64>,
    /// Smallest result.
    pub worst: Option<f64>,
    /// Most wins in a row.
    pub longest_winning_streak: usize,
    /// Most losses in a row; a result of zero ends a streak.
    pub longest_losing_streak: usize,
}

impl RoundTrips {
    /// Names and figures, in the order of the reference.
    pub fn figures(&self) -> Vec<(&'static str, Figure)> {
        use Figure::{Count, Number};
        vec![
            ("round_trips", Count(self.count)),
            ("wins", Count(self.wins)),
            ("losses", Count(self.losses)),
            ("round_trip_pnl", Number(self.total)),
            ("win_rate", Number(self.win_rate)),
            ("profit_factor", Number(self.profit_factor)),
            ("expectancy", Number(self.expectancy)),
            ("average_win", Number(self.average_win)),
            ("average_loss", Number(self.average_loss)),
            ("payoff_ratio", Number(self.payoff_ratio)),
            ("best_trade", Number(self.best)),
            ("worst_trade", Number(self.worst)),
            ("longest_winning_streak", Count(self.longest_winning_streak)),
            ("longest_losing_streak", Count(self.longest_losing_streak)),
        ]
    }
}

/// Figures from the results of closed round trips, in order of their exits, in the account's currency.
pub fn round_trips(pnl: &[f64]) -> RoundTrips {
    let won: Vec<f64> = pnl.iter().copied().filter(|result| *result > 0.0).collect();
    let lost: Vec<f64> = pnl.iter().copied().filter(|result| *result < 0.0).collect();
    let (gained, given, total) = (total(&won), total(&lost), total(pnl));
    let average_win = ratio(gained, won.len() as f64);
    let average_loss = ratio(given, lost.len() as f64);
    RoundTrips {
        count: pnl.len(),
        wins: won.len(),
        losses: lost.len(),
        total: finite(total),
        win_rate: ratio(won.len() as f64, pnl.len() as f64),
        profit_factor: ratio(gained, given.abs()),
        expectancy: ratio(total, pnl.len() as f64),
        average_win,
        average_loss,
        payoff_ratio: average_win.zip(average_loss).and_then(|(win, loss)| ratio(win, loss.abs())),
        best: pnl.iter().copied().reduce(f64::max).and_then(finite),
        worst: pnl.iter().copied().reduce(f64::min).and_then(finite),
        longest_winning_streak: longest(pnl, |result| result > 0.0),
        longest_losing_streak: longest(pnl, |result| result < 0.0),
    }
}

fn total(values: &[f64]) -> f64 {
    sum(values.iter().copied())
}

/// Length of the longest run of values that satisfy the condition.
fn longest(values: &[f64], condition: impl Fn(f64) -> bool) -> usize {
    values.split(|value| !condition(*value)).map(<[f64]>::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_round_trips_leave_averages_undefined() {
        let figures = round_trips(&[]);
        assert_eq!(figures, RoundTrips { total: Some(0.0), ..RoundTrips::default() });
    }

    #[test]
    fn wins_and_losses_are_counted_apart_and_zero_is_neither() {
        let figures = round_trips(&[10.0, -5.0, 0.0, -5.0, -10.0, 30.0]);
        assert_eq!((figures.count, figures.wins, figures.losses), (6, 2, 3));
        assert_eq!(figures.win_rate, Some(2.0 / 6.0));
        assert_eq!(figures.profit_factor, Some(2.0));
        assert_eq!(figures.payoff_ratio, Some(3.0));
        assert_eq!(figures.longest_losing_streak, 2);
    }

    #[test]
    fn no_loss_leaves_the_profit_factor_undefined() {
        assert_eq!(round_trips(&[1.0, 2.0]).profit_factor, None);
    }
}

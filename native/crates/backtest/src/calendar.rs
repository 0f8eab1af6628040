//! Funding, splits and dividends by time.

use std::collections::VecDeque;

/// One event of the calendar.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// `numerator` new shares for `denominator` old ones.
    Split {
        /// New shares.
        numerator: i64,
        /// Old shares.
        denominator: i64,
    },
    /// Cash for each unit held, in 10^-8 currency units.
    Dividend {
        /// Amount.
        amount: i64,
    },
    /// Share of the position's value that longs pay, 10^-8.
    Funding {
        /// Rate.
        rate: i64,
    },
}

/// Events by time.
#[derive(Debug, Default)]
pub struct Calendar {
    pub(crate) funding: VecDeque<(i64, u16, i64)>,
    pub(crate) corporate: Vec<VecDeque<(i64, Action)>>,
    /// The UTC day that has been charged for borrowing.
    pub(crate) day: Option<i64>,
}

impl Calendar {
    /// Funding for all, splits and dividends by symbol, in the order given.
    pub fn new(events: Vec<(i64, u16, Action)>, symbols: usize) -> Self {
        let mut calendar = Self { corporate: vec![VecDeque::new(); symbols], ..Self::default() };
        for (ts, symbol, action) in events {
            match action {
                Action::Funding { rate } => calendar.funding.push_back((ts, symbol, rate)),
                _ => calendar.corporate[symbol as usize].push_back((ts, action)),
            }
        }
        calendar
    }

    /// Time of the next funding, `i64::MAX` when there is none.
    pub(crate) fn next_funding(&self) -> i64 {
        self.funding.front().map_or(i64::MAX, |event| event.0)
    }

    /// Time of the next event of any kind, `i64::MAX` when there is none.
    pub(crate) fn next_event(&self) -> i64 {
        let corporate = self.corporate.iter().filter_map(|events| events.front()).map(|event| event.0).min();
        corporate.unwrap_or(i64::MAX).min(self.next_funding())
    }

    /// True when there is anything that could still happen.
    pub fn any(&self) -> bool {
        !self.funding.is_empty() || self.corporate.iter().any(|events| !events.is_empty())
    }
}

//! Daily closes of an equity curve, and returns by month and year (UTC).

use crate::ratio;

const NANOSECONDS_PER_DAY: i64 = 86_400_000_000_000;

/// Which days an equity curve is sampled on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Every UTC day from the first to the last; a day without data keeps the equity of the day before.
    Every,
    /// Only days that have data, such as the sessions of an exchange.
    WithData,
}

/// One equity value a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DailyCloses {
    /// Days since 1970-01-01 (UTC) of each close after the first; one shorter than `equity`.
    pub days: Vec<i32>,
    /// Starting equity, then the last equity of each day.
    pub equity: Vec<f64>,
}

/// Return of one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthReturn {
    /// Calendar year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Last close of the month over the last close before it, less one; `None` over a base that is not positive.
    pub value: Option<f64>,
}

/// Return of one year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearReturn {
    /// Calendar year.
    pub year: i32,
    /// Last close of the year over the last close before it, less one; `None` over a base that is not positive.
    pub value: Option<f64>,
}

/// The last equity of each day.
///
/// `close_ts` are bar close times (ns UTC, non-decreasing): a bar that closes at midnight belongs to the day that ends.
pub fn daily_closes(close_ts: &[i64], equity: &[f64], start: f64, days: Days) -> DailyCloses {
    let mut closes = DailyCloses { days: Vec::new(), equity: vec![start] };
    for (&ts, &value) in close_ts.iter().zip(equity) {
        let day = (ts - 1).div_euclid(NANOSECONDS_PER_DAY) as i32;
        if closes.days.last() == Some(&day) {
            closes.equity.pop();
        } else {
            if days == Days::Every {
                carry_forward(&mut closes, day);
            }
            closes.days.push(day);
        }
        closes.equity.push(value);
    }
    closes
}

fn carry_forward(closes: &mut DailyCloses, day: i32) {
    let Some(&last) = closes.days.last() else { return };
    let value = closes.equity[closes.equity.len() - 1];
    for missing in last + 1..day {
        closes.days.push(missing);
        closes.equity.push(value);
    }
}

/// Returns by calendar month, in order of time.
pub fn monthly_returns(closes: &DailyCloses) -> Vec<MonthReturn> {
    grouped(closes, civil).into_iter().map(|((year, month), value)| MonthReturn { year, month, value }).collect()
}

/// Returns by calendar year, in order of time.
pub fn yearly_returns(closes: &DailyCloses) -> Vec<YearReturn> {
    grouped(closes, |day| civil(day).0).into_iter().map(|(year, value)| YearReturn { year, value }).collect()
}

fn grouped<K: PartialEq>(closes: &DailyCloses, key: impl Fn(i32) -> K) -> Vec<(K, Option<f64>)> {
    let mut groups: Vec<(K, f64, f64)> = Vec::new();
    for (place, &day) in closes.days.iter().enumerate() {
        let (before, value, group) = (closes.equity[place], closes.equity[place + 1], key(day));
        match groups.last_mut() {
            Some(last) if last.0 == group => last.2 = value,
            _ => groups.push((group, before, value)),
        }
    }
    groups.into_iter().map(|(key, base, value)| (key, growth(base, value))).collect()
}

fn growth(base: f64, value: f64) -> Option<f64> {
    if base > 0.0 { ratio(value, base).map(|grown| grown - 1.0) } else { None }
}

/// Year and month of a day since 1970-01-01, by Howard Hinnant's `civil_from_days`.
fn civil(day: i32) -> (i32, u8) {
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_years_and_months() {
        assert_eq!(civil(0), (1970, 1));
        assert_eq!(civil(-1), (1969, 12));
        assert_eq!(civil(19_782), (2024, 2)); // 2024-02-29
        assert_eq!(civil(19_783), (2024, 3));
        assert_eq!(civil(11_016), (2000, 2)); // 2000-02-29
    }

    #[test]
    fn a_bar_that_closes_at_midnight_belongs_to_the_day_that_ends() {
        let closes = daily_closes(&[NANOSECONDS_PER_DAY, NANOSECONDS_PER_DAY + 1], &[11.0, 12.0], 10.0, Days::Every);
        assert_eq!(closes, DailyCloses { days: vec![0, 1], equity: vec![10.0, 11.0, 12.0] });
    }

    #[test]
    fn a_day_without_data_keeps_the_equity_of_the_day_before() {
        let ts = [NANOSECONDS_PER_DAY, 4 * NANOSECONDS_PER_DAY];
        let every = daily_closes(&ts, &[11.0, 12.0], 10.0, Days::Every);
        assert_eq!(every.equity, [10.0, 11.0, 11.0, 11.0, 12.0]);
        assert_eq!(every.days, [0, 1, 2, 3]);
        assert_eq!(daily_closes(&ts, &[11.0, 12.0], 10.0, Days::WithData).equity, [10.0, 11.0, 12.0]);
    }

    #[test]
    fn months_chain_from_the_last_close_before_them() {
        let closes = DailyCloses { days: vec![29, 30, 31, 365], equity: vec![100.0, 110.0, 120.0, 60.0, 90.0] };
        let months = monthly_returns(&closes);
        assert_eq!(months.len(), 3);
        assert!((months[0].value.unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(months[1], MonthReturn { year: 1970, month: 2, value: Some(-0.5) });
        assert_eq!(yearly_returns(&closes)[1], YearReturn { year: 1971, value: Some(0.5) });
    }

    #[test]
    fn a_base_that_is_not_positive_has_no_return() {
        let closes = DailyCloses { days: vec![0, 40], equity: vec![100.0, -1.0, 5.0] };
        assert_eq!(monthly_returns(&closes)[1].value, None);
    }
}

//! The equity curve, computed column by column from the recorded changes: nothing is stored per bar while a run goes on.

use parrot_kernel::{Column, div_half_even, time};

use crate::actions::narrow;
use crate::data::FxRates;
use crate::instrument::{Instrument, RATE};
use crate::records::Change;

/// Where the price of a symbol at each row of the curve comes from.
pub enum Marks<'a> {
    /// One price a row.
    Rows(&'a [i64]),
    /// Bars on a clock of their own: close times and closes; 0 before the first.
    Bars(&'a Column<i64>, &'a Column<i64>),
}

/// What a symbol's positions are worth: on which terms, at which prices, in which currency.
pub struct Holding<'a> {
    /// Index of the symbol.
    pub symbol: u16,
    /// Its terms.
    pub instrument: &'a Instrument,
    /// Its prices.
    pub marks: Marks<'a>,
    /// Rates of its currency, when it is not the account's.
    pub fx: Option<&'a FxRates>,
}

/// Cash and equity of every row, in cash units.
pub struct Curve {
    /// Cash.
    pub cash: Vec<i64>,
    /// Cash plus the value of all positions.
    pub equity: Vec<i64>,
    /// Sum of the absolute values of positions.
    pub gross: Vec<i64>,
}

/// Starts a curve of `rows` rows from the cash changes.
pub fn cash_curve(rows: usize, start: i64, changes: &[Change]) -> Curve {
    let mut curve = Curve { cash: Vec::with_capacity(rows), equity: Vec::with_capacity(rows), gross: vec![0; rows] };
    let mut cash = start;
    for change in changes {
        let row = (change.row as usize).min(rows);
        curve.cash.resize(row.max(curve.cash.len()), cash);
        cash = change.cash;
    }
    curve.cash.resize(rows, cash);
    curve.equity.extend_from_slice(&curve.cash);
    curve
}

/// Adds what one symbol's positions are worth to every row.
pub fn add_symbol(curve: &mut Curve, clock: &[i64], changes: &[Change], holding: &Holding) {
    let mut own = changes.iter().filter(|change| change.symbol == holding.symbol).peekable();
    let mut walk = Walk::default();
    while let Some(change) = own.next() {
        let from = (change.row as usize).min(clock.len());
        let until = own.peek().map_or(clock.len(), |next| (next.row as usize).min(clock.len()));
        if let (Marks::Bars(times, _), Some(now), true) = (&holding.marks, clock.get(from), change.mark != 0) {
            walk.restart(times, *now, change.mark);
        }
        if change.position == 0 || from == until {
            continue;
        }
        match &holding.marks {
            Marks::Rows(prices) => add_rows(curve, from, &clock[from..until], &prices[from..until], holding, change),
            Marks::Bars(times, closes) => {
                let prices = walk.prices(&clock[from..until], times, closes);
                add_rows(curve, from, &clock[from..until], &prices, holding, change);
            }
        }
    }
}

/// How far the bars of a symbol have been walked along the clock.
#[derive(Default)]
struct Walk {
    next: usize,
    price: i64,
}

impl Walk {
    /// `mark` is the price from `now` until the next close.
    fn restart(&mut self, times: &[i64], now: i64, mark: i64) {
        self.next += times[self.next..].partition_point(|time| *time < now);
        self.price = mark;
    }

    /// The last close at every time, 0 before the first.
    fn prices(&mut self, clock: &[i64], times: &[i64], closes: &[i64]) -> Vec<i64> {
        let at = |now: &i64| {
            while self.next < times.len() && times[self.next] <= *now {
                self.price = closes[self.next];
                self.next += 1;
            }
            self.price
        };
        clock.iter().map(at).collect()
    }
}

fn add_rows(curve: &mut Curve, from: usize, clock: &[i64], prices: &[i64], holding: &Holding, change: &Change) {
    let rows = from..from + prices.len();
    let (equity, gross) = (&mut curve.equity[rows.clone()], &mut curve.gross[rows]);
    let rows = equity.iter_mut().zip(gross).zip(prices);
    let unit = whole_unit(holding.instrument, change.position).filter(|_| holding.fx.is_none());
    if let Some(unit) = unit {
        // A whole number of cash units for each price unit: plain 64-bit products, which the compiler vectorises.
        for ((equity, gross), price) in rows {
            let value = unit * price;
            *equity += value - change.cost;
            *gross += value.abs();
        }
        return;
    }
    for (((equity, gross), price), now) in rows.zip(clock) {
        let value = if *price == 0 { 0 } else { holding.instrument.value(change.position, *price) };
        let cost = if *price == 0 { 0 } else { i128::from(change.cost) };
        *equity += in_account(holding.fx, *now, value - cost);
        *gross += in_account(holding.fx, *now, value.abs());
    }
}

/// An amount at `now` in cash units of the account (rule A9), 0 while no rate is known.
fn in_account(fx: Option<&FxRates>, now: i64, amount: i128) -> i64 {
    let Some(fx) = fx else { return narrow(amount) };
    let rate = fx.at(now).unwrap_or(0);
    narrow(div_half_even(amount * i128::from(rate), RATE))
}

/// Cash units for one price unit of `position`, when that is a whole number and no product overflows.
fn whole_unit(instrument: &Instrument, position: i64) -> Option<i64> {
    if instrument.kind == crate::instrument::Kind::Inverse {
        return None;
    }
    let (dividend, divisor) = instrument.worth_ratio(position.abs(), 1);
    let unit = i64::try_from(dividend / divisor).ok()?;
    let fits = dividend % divisor == 0 && unit <= 1_000;
    fits.then_some(unit * position.signum())
}

/// What statistics need of a curve.
#[derive(Clone, Debug, Default)]
pub struct Digest {
    /// Starting equity, then the last equity of each day with rows, in cash units.
    pub daily: Vec<i64>,
    /// Number of the UTC day of each close after the first.
    pub days: Vec<i64>,
    /// Rows with a position.
    pub exposed: usize,
    /// Mean equity, in cash units.
    pub mean: f64,
}

/// Digests a curve in one pass; a row at midnight belongs to the day that ends.
pub fn digest(clock: &[i64], start: i64, equity: &[i64], gross: &[i64]) -> Digest {
    let mut digest = Digest { daily: vec![start], ..Digest::default() };
    let mut row = 0;
    while row < clock.len() {
        let day = time::day(clock[row] - 1);
        let end = row + clock[row..].partition_point(|ts| *ts <= (day + 1) * time::DAY);
        digest.days.push(day);
        digest.daily.push(equity[end - 1]);
        row = end;
    }
    digest.exposed = gross.iter().filter(|value| **value != 0).count();
    digest.mean = equity.iter().map(|value| *value as f64).sum::<f64>() / equity.len().max(1) as f64;
    digest
}

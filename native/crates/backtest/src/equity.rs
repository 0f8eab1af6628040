//! The equity curve, computed column by column from the recorded changes: nothing is stored per bar while a run goes on.

use parrot_kernel::{Column, div_half_even, time};

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

/// One piece of the curve: from a row on, a position.
struct Piece {
    row: usize,
    position: i64,
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
    let (mut cash, mut base) = (start, start);
    for change in changes {
        let row = (change.row as usize).min(rows);
        curve.cash.resize(row.max(curve.cash.len()), cash);
        curve.equity.resize(row.max(curve.equity.len()), base);
        (cash, base) = (change.cash, change.base);
    }
    curve.cash.resize(rows, cash);
    curve.equity.resize(rows, base);
    curve
}

/// Adds the value of one symbol's position to every row.
pub fn add_symbol(
    curve: &mut Curve,
    clock: &[i64],
    symbol: u16,
    changes: &[Change],
    instrument: &Instrument,
    marks: &Marks,
) {
    let mut pieces: Vec<Piece> = vec![Piece { row: 0, position: 0 }];
    for change in changes.iter().filter(|change| change.symbol == symbol) {
        pieces.push(Piece { row: (change.row as usize).min(clock.len()), position: change.position });
    }
    pieces.push(Piece { row: clock.len(), position: 0 });
    let mut walk = 0;
    for pair in pieces.windows(2) {
        let (position, rows) = (pair[0].position, pair[0].row..pair[1].row);
        if position == 0 || rows.is_empty() {
            continue;
        }
        match marks {
            Marks::Rows(prices) => add_rows(curve, rows.clone(), &prices[rows], instrument, position),
            Marks::Bars(times, closes) => {
                let prices: Vec<i64> = rows
                    .clone()
                    .map(|row| {
                        while walk < times.len() && times[walk] <= clock[row] {
                            walk += 1;
                        }
                        if walk == 0 { 0 } else { closes[walk - 1] }
                    })
                    .collect();
                add_rows(curve, rows, &prices, instrument, position);
            }
        }
    }
}

/// Adds the value of a position in a foreign currency, at the rate known at each row (rule A9).
pub fn add_foreign(
    curve: &mut Curve,
    clock: &[i64],
    symbol: u16,
    changes: &[Change],
    instrument: &Instrument,
    (marks, fx): (&Marks, &FxRates),
) {
    let mut foreign = Curve { cash: Vec::new(), equity: vec![0; clock.len()], gross: vec![0; clock.len()] };
    add_symbol(&mut foreign, clock, symbol, changes, instrument, marks);
    let mut known = 0;
    for (row, now) in clock.iter().enumerate() {
        while known < fx.ts.len() && fx.ts[known] <= *now {
            known += 1;
        }
        let rate = if known == 0 { 0 } else { i128::from(fx.rate[known - 1]) };
        let value = div_half_even(i128::from(foreign.equity[row]) * rate, RATE) as i64;
        curve.equity[row] += value;
        curve.gross[row] += value.abs();
    }
}

fn add_rows(curve: &mut Curve, rows: std::ops::Range<usize>, prices: &[i64], instrument: &Instrument, position: i64) {
    let (equity, gross) = (&mut curve.equity[rows.clone()], &mut curve.gross[rows]);
    if let Some(unit) = whole_unit(instrument, position) {
        // A whole number of cash units for each price unit: plain 64-bit products, which the compiler vectorises.
        for ((equity, gross), price) in equity.iter_mut().zip(gross).zip(prices) {
            let value = unit * price;
            *equity += value;
            *gross += value.abs();
        }
        return;
    }
    for ((equity, gross), price) in equity.iter_mut().zip(gross).zip(prices) {
        let value = if *price == 0 { 0 } else { instrument.value(position, *price) as i64 };
        *equity += value;
        *gross += value.abs();
    }
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

//! Python face of the metrics crate.

#![allow(clippy::needless_pass_by_value)] // PyO3 hands borrowed arrays over by value

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use parrot_metrics::{DailyCloses, Days, Figure};
use pyo3::prelude::*;
use pyo3::types::PyDict;

type Row = (i32, u8, Option<f64>);
type Columns<'py> = (Bound<'py, PyArray1<i32>>, Bound<'py, PyArray1<f64>>);
type Fall = (usize, usize, Option<usize>, f64, usize);

/// Figures from daily closing equity.
#[pyfunction]
fn metrics_summary<'py>(
    py: Python<'py>,
    daily: PyReadonlyArray1<'py, f64>,
    periods_per_year: f64,
) -> PyResult<Bound<'py, PyDict>> {
    named(py, &parrot_metrics::summary(daily.as_slice()?, periods_per_year).figures())
}

/// Figures from the results of round trips.
#[pyfunction]
fn metrics_round_trips<'py>(py: Python<'py>, pnl: PyReadonlyArray1<'py, f64>) -> PyResult<Bound<'py, PyDict>> {
    named(py, &parrot_metrics::round_trips(pnl.as_slice()?).figures())
}

/// Each close over the highest so far, less one.
#[pyfunction]
fn metrics_drawdown_series<'py>(
    py: Python<'py>,
    daily: PyReadonlyArray1<'py, f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    Ok(parrot_metrics::drawdown_series(daily.as_slice()?).into_pyarray(py))
}

/// The deepest drawdowns as (start, trough, end, depth, periods).
#[pyfunction]
fn metrics_drawdowns(daily: PyReadonlyArray1<'_, f64>, count: usize) -> PyResult<Vec<Fall>> {
    let falls = parrot_metrics::top_drawdowns(daily.as_slice()?, count);
    Ok(falls.into_iter().map(|fall| (fall.start, fall.trough, fall.end, fall.depth, fall.periods)).collect())
}

/// Sharpe ratio of each window of returns.
#[pyfunction]
fn metrics_rolling_sharpe<'py>(
    py: Python<'py>,
    returns: PyReadonlyArray1<'py, f64>,
    window: usize,
    periods_per_year: f64,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    Ok(parrot_metrics::rolling_sharpe(returns.as_slice()?, window, periods_per_year).into_pyarray(py))
}

/// Days and closes of an equity curve.
#[pyfunction]
fn metrics_daily_closes<'py>(
    py: Python<'py>,
    close_ts: PyReadonlyArray1<'py, i64>,
    equity: PyReadonlyArray1<'py, f64>,
    start: f64,
    every_day: bool,
) -> PyResult<Columns<'py>> {
    let days = if every_day { Days::Every } else { Days::WithData };
    let closes = parrot_metrics::daily_closes(close_ts.as_slice()?, equity.as_slice()?, start, days);
    Ok((closes.days.into_pyarray(py), closes.equity.into_pyarray(py)))
}

/// Returns by month and by year as (year, month, return); the month of a year's row is 0.
#[pyfunction]
fn metrics_calendar_returns(
    days: PyReadonlyArray1<'_, i32>,
    daily: PyReadonlyArray1<'_, f64>,
) -> PyResult<(Vec<Row>, Vec<Row>)> {
    let closes = DailyCloses { days: days.as_slice()?.to_vec(), equity: daily.as_slice()?.to_vec() };
    let months = parrot_metrics::monthly_returns(&closes);
    let years = parrot_metrics::yearly_returns(&closes);
    Ok((
        months.iter().map(|row| (row.year, row.month, row.value)).collect(),
        years.iter().map(|row| (row.year, 0, row.value)).collect(),
    ))
}

fn named<'py>(py: Python<'py>, figures: &[(&'static str, Figure)]) -> PyResult<Bound<'py, PyDict>> {
    let named = PyDict::new(py);
    put(&named, figures)?;
    Ok(named)
}

/// Adds figures to a dict by name.
pub fn put(named: &Bound<'_, PyDict>, figures: &[(&'static str, Figure)]) -> PyResult<()> {
    for (name, figure) in figures {
        match figure {
            Figure::Number(value) => named.set_item(name, value)?,
            Figure::Count(value) => named.set_item(name, value)?,
        }
    }
    Ok(())
}

/// Adds this part's functions and classes to the compiled module.
///
/// # Errors
/// When Python refuses a new attribute.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(metrics_summary, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_round_trips, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_drawdown_series, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_drawdowns, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_rolling_sharpe, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_daily_closes, module)?)?;
    module.add_function(wrap_pyfunction!(metrics_calendar_returns, module)?)
}

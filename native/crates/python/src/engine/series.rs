//! Indicators and prices as a strategy sees them: whole columns inside, revealed bar by bar.

use std::cmp::Ordering;
use std::sync::Arc;

use numpy::{IntoPyArray, PyArray1};
use parrot_backtest::cursor::Cursor;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyString;

use super::condition::{Condition, Side, Test};
use super::values::Values;

/// One line of an indicator, or a price, for every symbol that has it.
#[pyclass(module = "parrot._core", frozen)]
pub struct Series {
    /// Values by symbol; none where the symbol lacks the timeframe.
    pub values: Vec<Option<Values>>,
    /// Streams by symbol.
    pub streams: Vec<usize>,
    /// Symbols by name.
    pub names: Arc<Vec<String>>,
    /// What has been revealed.
    pub cursor: Arc<Cursor>,
    /// The symbol that is meant, when not the one whose handler runs.
    pub fixed: Option<usize>,
    /// What it is, for people.
    pub label: String,
    /// Bars before the first value.
    pub lookback: usize,
}

/// The other side of a comparison.
pub enum Operand<'a> {
    /// Another line.
    Line(&'a Values, i64),
    /// A number.
    Number(f64),
}

impl Series {
    #[inline]
    fn symbol(&self) -> usize {
        self.fixed.unwrap_or_else(|| self.cursor.symbol())
    }

    #[inline]
    fn here(&self) -> PyResult<(&Values, i64)> {
        let symbol = self.symbol();
        let values = self.values.get(symbol).and_then(Option::as_ref);
        let values =
            values.ok_or_else(|| PyKeyError::new_err(format!("{} is not known for this symbol", self.label)))?;
        Ok((values, self.cursor.index(self.streams[symbol])))
    }

    #[inline]
    fn cross(&self, other: &Bound<'_, PyAny>, towards: Ordering) -> PyResult<bool> {
        let (values, row) = self.here()?;
        let (before, now) = match operand(other)? {
            Operand::Line(theirs, at) => (values.compare(row - 1, theirs, at - 1), values.compare(row, theirs, at)),
            Operand::Number(level) => (values.at(row - 1).partial_cmp(&level), values.at(row).partial_cmp(&level)),
        };
        Ok(now == Some(towards) && before.is_some_and(|before| before != towards))
    }
}

/// `other` as a line or a number.
#[inline]
pub fn operand<'a>(other: &'a Bound<'_, PyAny>) -> PyResult<Operand<'a>> {
    if let Ok(series) = other.cast::<Series>() {
        let (values, row) = series.get().here()?;
        return Ok(Operand::Line(values, row));
    }
    other
        .extract::<f64>()
        .map(Operand::Number)
        .map_err(|_| PyTypeError::new_err("expected an indicator, a price or a number"))
}

#[pymethods]
impl Series {
    /// The value at the last closed bar, NaN when there is none yet.
    #[getter]
    fn value(&self) -> PyResult<f64> {
        let (values, row) = self.here()?;
        Ok(values.at(row))
    }

    /// Bars before the first value.
    #[getter]
    fn lookback(&self) -> usize {
        self.lookback
    }

    /// True on the bar on which this line comes to lie above `other`: a[t-1] <= b[t-1] and a[t] > b[t].
    fn crossed_above(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.cross(other, Ordering::Greater)
    }

    /// True on the bar on which this line comes to lie below `other`: a[t-1] >= b[t-1] and a[t] < b[t].
    fn crossed_below(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.cross(other, Ordering::Less)
    }

    /// The condition that this line crosses above `other`, for `when`.
    fn crosses_above(&self, other: &Bound<'_, PyAny>) -> PyResult<Condition> {
        self.condition(other, Ordering::Greater, true)
    }

    /// The condition that this line crosses below `other`, for `when`.
    fn crosses_below(&self, other: &Bound<'_, PyAny>) -> PyResult<Condition> {
        self.condition(other, Ordering::Less, true)
    }

    /// The condition that this line lies above `other`, for `when`.
    fn is_above(&self, other: &Bound<'_, PyAny>) -> PyResult<Condition> {
        self.condition(other, Ordering::Greater, false)
    }

    /// The condition that this line lies below `other`, for `when`.
    fn is_below(&self, other: &Bound<'_, PyAny>) -> PyResult<Condition> {
        self.condition(other, Ordering::Less, false)
    }

    /// `[0]` is the value now, `[-1]` the one before; `["BTC"]` is the line of one symbol.
    fn __getitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if let Ok(name) = key.cast::<PyString>() {
            return Ok(self.of(&name.to_string_lossy())?.into_pyobject(py)?.into_any().unbind());
        }
        let back: i64 = key.extract()?;
        if back > 0 {
            return Err(PyIndexError::new_err(format!("[{back}] lies in the future; [0] is now, [-1] the bar before")));
        }
        let (values, row) = self.here()?;
        Ok(values.at(row + back).into_pyobject(py)?.into_any().unbind())
    }

    /// The last `count` values, oldest first, as a new float64 array; shorter while there are fewer bars.
    fn last<'py>(&self, py: Python<'py>, count: usize) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (values, row) = self.here()?;
        let from = (row + 1 - count as i64).max(0);
        Ok((from..=row).map(|at| values.at(at)).collect::<Vec<f64>>().into_pyarray(py))
    }

    fn __float__(&self) -> PyResult<f64> {
        self.value()
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<bool> {
        let (values, row) = self.here()?;
        let order = match operand(other)? {
            Operand::Line(theirs, at) => values.compare(row, theirs, at),
            Operand::Number(level) => values.at(row).partial_cmp(&level),
        };
        Ok(order.map_or(matches!(op, CompareOp::Ne), |order| op.matches(order)))
    }

    fn __add__(&self, other: f64) -> PyResult<f64> {
        Ok(self.value()? + other)
    }

    fn __radd__(&self, other: f64) -> PyResult<f64> {
        Ok(other + self.value()?)
    }

    fn __sub__(&self, other: f64) -> PyResult<f64> {
        Ok(self.value()? - other)
    }

    fn __rsub__(&self, other: f64) -> PyResult<f64> {
        Ok(other - self.value()?)
    }

    fn __mul__(&self, other: f64) -> PyResult<f64> {
        Ok(self.value()? * other)
    }

    fn __rmul__(&self, other: f64) -> PyResult<f64> {
        Ok(other * self.value()?)
    }

    fn __truediv__(&self, other: f64) -> PyResult<f64> {
        Ok(self.value()? / other)
    }

    fn __rtruediv__(&self, other: f64) -> PyResult<f64> {
        Ok(other / self.value()?)
    }

    fn __neg__(&self) -> PyResult<f64> {
        Ok(-self.value()?)
    }

    fn __abs__(&self) -> PyResult<f64> {
        Ok(self.value()?.abs())
    }

    fn __repr__(&self) -> String {
        match self.value() {
            Ok(value) => format!("{} = {value}", self.label),
            Err(_) => self.label.clone(),
        }
    }
}

impl Series {
    /// The line of one symbol.
    fn of(&self, name: &str) -> PyResult<Self> {
        let found = self.names.iter().position(|known| known == name);
        let fixed = found.filter(|index| self.values[*index].is_some());
        let fixed = fixed.ok_or_else(|| PyKeyError::new_err(format!("{} is not known for {name:?}", self.label)))?;
        Ok(Self {
            values: self.values.clone(),
            streams: self.streams.clone(),
            names: self.names.clone(),
            cursor: self.cursor.clone(),
            fixed: Some(fixed),
            label: format!("{}[{name:?}]", self.label),
            lookback: self.lookback,
        })
    }

    /// The bars on which this line lies on `side` of `other`, or comes to it, for every symbol.
    fn condition(&self, other: &Bound<'_, PyAny>, side: Ordering, crossing: bool) -> PyResult<Condition> {
        let line = other.cast::<Series>().ok().map(Bound::get);
        let level = if line.is_some() { 0.0 } else { number(other)? };
        let (mut symbols, mut tests) = (Vec::new(), Vec::new());
        for (symbol, values) in self.values.iter().enumerate() {
            if line.is_some_and(|line| line.fixed.is_some() && line.fixed != self.fixed && self.values.len() > 1) {
                return Err(PyValueError::new_err(
                    "both sides of a condition must be of one symbol; compare symbols in on_bar",
                ));
            }
            let values = values.as_ref().filter(|_| self.fixed.is_none_or(|fixed| fixed == symbol));
            if line.is_some_and(|line| line.streams[symbol] != self.streams[symbol]) {
                return Err(PyValueError::new_err("both sides of a condition must have one timeframe"));
            }
            let theirs = line.map(|line| line.values[symbol].as_ref());
            let found = match (values, theirs) {
                (None, _) | (_, Some(None)) => None,
                (Some(values), None) => Some(Side::of_level(values, level, side)),
                (Some(values), Some(Some(theirs))) => Some(Side::of_lines(values, theirs, side)),
            };
            let test = values.filter(|_| found.is_some()).map(|values| Test::Lies {
                values: values.clone(),
                theirs: theirs.flatten().cloned(),
                level,
                side,
                crossing,
            });
            tests.push(test.map(Arc::new));
            let bits_of = if crossing { Side::crossings } else { Side::bars };
            symbols.push(found.map(|found| (values.map_or(0, Values::len), bits_of(found))));
        }
        Ok(Condition::new(symbols, self.streams.clone(), tests))
    }
}

fn number(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    value.extract().map_err(|_| PyTypeError::new_err("expected an indicator, a price or a number"))
}

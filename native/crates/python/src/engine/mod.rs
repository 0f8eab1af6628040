//! Python face of the backtest crate: build a run, act in it, read its records.

mod bar;
mod build;
mod columns;
mod condition;
mod lines;
mod live;
mod numbers;
mod outcome;
mod run;
mod series;
mod steps;
mod ticks;
mod values;
mod verbs;

use std::sync::Arc;

use parrot_backtest::Engine as Core;
use parrot_backtest::data::Stream;
use parrot_backtest::engine::{Config, Symbol};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// One run: add symbols and data, `start` it, declare indicators, `run` it, read what it left behind.
#[pyclass(module = "parrot._core")]
pub struct Engine {
    config: Config,
    cash_decimals: u32,
    names: Arc<Vec<String>>,
    /// Before the start: what has been added.
    symbols: Vec<Symbol>,
    streams: Vec<Stream>,
    core: Option<Core>,
    floats: columns::FloatCache,
    /// Live: what each subscription waits for, and its lines that grow.
    conditions: Vec<condition::Asked>,
    lines: Vec<lines::Line>,
    /// Handlers are being called: nothing more can be declared.
    running: bool,
    start_equity: i64,
}

impl Engine {
    #[inline]
    fn core(&self) -> PyResult<&Core> {
        self.core.as_ref().ok_or_else(|| PyRuntimeError::new_err("the run has not been started"))
    }

    #[inline]
    fn core_mut(&mut self) -> PyResult<&mut Core> {
        self.core.as_mut().ok_or_else(|| PyRuntimeError::new_err("the run has not been started"))
    }
}

impl Engine {
    /// Raises once handlers run: what is declared then would be computed over the whole run on every call.
    fn still_building(&self, what: &str) -> PyResult<()> {
        if self.running {
            return Err(PyValueError::new_err(format!("{what} made in init, not in a handler")));
        }
        Ok(())
    }
}

/// Adds this part's functions and classes to the compiled module.
///
/// # Errors
/// When Python refuses a new attribute.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Engine>()?;
    module.add_class::<bar::Bar>()?;
    module.add_class::<ticks::Trade>()?;
    module.add_class::<ticks::Quote>()?;
    module.add_class::<series::Series>()?;
    module.add_class::<condition::Condition>()
}

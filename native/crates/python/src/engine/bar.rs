//! The bar that a handler sees.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// One closed bar; prices in the quote currency, times in ns UTC. A bar that is kept never changes.
#[pyclass(module = "parrot._core")]
pub struct Bar {
    /// Symbol of the bar.
    #[pyo3(get)]
    pub symbol: Py<PyString>,
    /// Length in ns.
    #[pyo3(get)]
    pub timeframe: i64,
    /// Open time.
    #[pyo3(get)]
    pub ts: i64,
    /// Close time.
    #[pyo3(get)]
    pub close_ts: i64,
    /// Open, high, low and close in price units.
    pub ticks: [i64; 4],
    /// Volume in its own units.
    pub lots: i64,
    /// Price units in one quote unit.
    pub price_scale: f64,
    /// Volume units in one base unit.
    pub volume_scale: f64,
}

#[pymethods]
impl Bar {
    /// First price.
    #[getter]
    fn open(&self) -> f64 {
        self.ticks[0] as f64 / self.price_scale
    }

    /// Highest price.
    #[getter]
    fn high(&self) -> f64 {
        self.ticks[1] as f64 / self.price_scale
    }

    /// Lowest price.
    #[getter]
    fn low(&self) -> f64 {
        self.ticks[2] as f64 / self.price_scale
    }

    /// Last price.
    #[getter]
    fn close(&self) -> f64 {
        self.ticks[3] as f64 / self.price_scale
    }

    /// Traded base units.
    #[getter]
    fn volume(&self) -> f64 {
        self.lots as f64 / self.volume_scale
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let [open, high, low, close] = self.ticks.map(|price| price as f64 / self.price_scale);
        let symbol = self.symbol.bind(py).to_string_lossy().into_owned();
        format!("Bar({symbol:?}, ts={}, open={open}, high={high}, low={low}, close={close}, volume={})", self.ts, self.volume())
    }
}

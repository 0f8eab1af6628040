//! The bar that a handler sees.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use parrot_backtest::data::Bars;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// One closed bar; prices in the quote currency, times in ns UTC. A bar that is kept never changes.
///
/// The fields are relaxed atomics, which cost what plain fields do, so that a bar that nobody kept can be filled again
/// without a borrow check.
#[pyclass(module = "parrot._core", frozen)]
pub struct Bar {
    /// Symbol of the bar.
    #[pyo3(get)]
    pub symbol: Py<PyString>,
    /// Length in ns.
    #[pyo3(get)]
    pub timeframe: i64,
    ts: AtomicI64,
    close_ts: AtomicI64,
    ticks: [AtomicI64; 4],
    lots: AtomicI64,
    price_scale: f64,
    volume_scale: f64,
}

impl Bar {
    /// A bar of a symbol and timeframe without values.
    pub fn blank(symbol: Py<PyString>, timeframe: i64, price_scale: f64, volume_scale: f64) -> Self {
        let zero = || AtomicI64::new(0);
        let ticks = [zero(), zero(), zero(), zero()];
        Self { symbol, timeframe, ts: zero(), close_ts: zero(), ticks, lots: zero(), price_scale, volume_scale }
    }

    /// A blank bar of the same symbol and timeframe.
    pub fn sibling(&self, py: Python<'_>) -> Self {
        Self::blank(self.symbol.clone_ref(py), self.timeframe, self.price_scale, self.volume_scale)
    }

    /// Takes the values of bar `row`.
    #[inline]
    pub fn fill(&self, bars: &Bars, row: usize) {
        self.ts.store(bars.ts[row], Relaxed);
        self.close_ts.store(bars.close_ts[row], Relaxed);
        self.ticks[0].store(bars.open[row], Relaxed);
        self.ticks[1].store(bars.high[row], Relaxed);
        self.ticks[2].store(bars.low[row], Relaxed);
        self.ticks[3].store(bars.close[row], Relaxed);
        self.lots.store(bars.volume[row], Relaxed);
    }

    #[inline]
    fn price(&self, which: usize) -> f64 {
        self.ticks[which].load(Relaxed) as f64 / self.price_scale
    }
}

#[pymethods]
impl Bar {
    /// Open time.
    #[getter]
    fn ts(&self) -> i64 {
        self.ts.load(Relaxed)
    }

    /// Close time.
    #[getter]
    fn close_ts(&self) -> i64 {
        self.close_ts.load(Relaxed)
    }

    /// First price.
    #[getter]
    fn open(&self) -> f64 {
        self.price(0)
    }

    /// Highest price.
    #[getter]
    fn high(&self) -> f64 {
        self.price(1)
    }

    /// Lowest price.
    #[getter]
    fn low(&self) -> f64 {
        self.price(2)
    }

    /// Last price.
    #[getter]
    fn close(&self) -> f64 {
        self.price(3)
    }

    /// Traded base units.
    #[getter]
    fn volume(&self) -> f64 {
        self.lots.load(Relaxed) as f64 / self.volume_scale
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let symbol = self.symbol.bind(py).to_string_lossy().into_owned();
        let (open, high, low, close) = (self.open(), self.high(), self.low(), self.close());
        format!(
            "Bar({symbol:?}, ts={}, open={open}, high={high}, low={low}, close={close}, volume={})",
            self.ts(),
            self.volume()
        )
    }
}

//! Trades, quotes and books: columns in, and what handlers see of them.

use std::sync::Arc;

use numpy::PyReadonlyArray1;
use parrot_backtest::data::{Books, Quotes, Trades};
use parrot_kernel::{Column, POW10};
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::Engine;
use super::columns::borrow;

/// One trade of the tape; `side` 1 buyer aggressor, -1 seller, 0 unknown. A trade that is kept never changes.
#[pyclass(module = "parrot._core")]
pub struct Trade {
    /// Its symbol.
    #[pyo3(get)]
    pub symbol: Py<PyString>,
    /// Its time, ns UTC.
    #[pyo3(get)]
    pub ts: i64,
    /// Who took.
    #[pyo3(get)]
    pub side: i8,
    /// Price units.
    pub ticks: i64,
    /// Quantity units.
    pub lots: i64,
    /// Price units in one quote unit.
    pub scale: f64,
}

#[pymethods]
impl Trade {
    /// Price in the quote currency.
    #[getter]
    fn price(&self) -> f64 {
        self.ticks as f64 / self.scale
    }

    /// Base units.
    #[getter]
    fn size(&self) -> f64 {
        self.lots as f64 / 1e8
    }

    fn __repr__(&self) -> String {
        format!("Trade(ts={}, price={}, size={}, side={})", self.ts, self.price(), self.size(), self.side)
    }
}

/// Best bid and ask at one time. A quote that is kept never changes.
#[pyclass(module = "parrot._core")]
pub struct Quote {
    /// Its symbol.
    #[pyo3(get)]
    pub symbol: Py<PyString>,
    /// Its time, ns UTC.
    #[pyo3(get)]
    pub ts: i64,
    /// Bid, ask in price units; their sizes in quantity units, -1 unknown.
    pub values: [i64; 4],
    /// Price units in one quote unit.
    pub scale: f64,
}

#[pymethods]
impl Quote {
    /// Best bid.
    #[getter]
    fn bid(&self) -> f64 {
        self.values[0] as f64 / self.scale
    }

    /// Best ask.
    #[getter]
    fn ask(&self) -> f64 {
        self.values[1] as f64 / self.scale
    }

    /// Size at the bid, None when unknown.
    #[getter]
    fn bid_size(&self) -> Option<f64> {
        (self.values[2] >= 0).then(|| self.values[2] as f64 / 1e8)
    }

    /// Size at the ask, None when unknown.
    #[getter]
    fn ask_size(&self) -> Option<f64> {
        (self.values[3] >= 0).then(|| self.values[3] as f64 / 1e8)
    }

    fn __repr__(&self) -> String {
        format!("Quote(ts={}, bid={}, ask={})", self.ts, self.bid(), self.ask())
    }
}

fn sizes(array: PyReadonlyArray1<'_, i64>, decimals: u32) -> PyResult<Column<i64>> {
    if decimals == 8 {
        return borrow(array);
    }
    let factor = POW10
        [8_u32.checked_sub(decimals).ok_or_else(|| PyValueError::new_err("sizes have more than 8 decimals"))? as usize]
        as i64;
    let scaled = |size: &i64| if *size < 0 { Some(*size) } else { size.checked_mul(factor) };
    let sizes: Option<Vec<i64>> = array.as_slice()?.iter().map(scaled).collect();
    Ok(sizes.ok_or_else(|| PyOverflowError::new_err("a size is too large for quantities of 10^-8"))?.into())
}

type Ints<'py> = PyReadonlyArray1<'py, i64>;

#[pymethods]
impl Engine {
    /// Gives a symbol trades.
    fn add_trades(
        &mut self,
        symbol: u16,
        ts: Ints<'_>,
        price: Ints<'_>,
        size: Ints<'_>,
        side: PyReadonlyArray1<'_, i8>,
        size_decimals: u32,
    ) -> PyResult<()> {
        let trades =
            Trades { ts: borrow(ts)?, price: borrow(price)?, size: sizes(size, size_decimals)?, side: borrow(side)? };
        self.core_mut()?.add_trades(symbol, trades);
        Ok(())
    }

    /// Gives a symbol quotes; a size of -1 is unknown.
    #[allow(clippy::too_many_arguments)] // one argument a column
    fn add_quotes(
        &mut self,
        symbol: u16,
        ts: Ints<'_>,
        bid: Ints<'_>,
        ask: Ints<'_>,
        bid_size: Ints<'_>,
        ask_size: Ints<'_>,
        size_decimals: u32,
    ) -> PyResult<()> {
        let quotes = Quotes {
            ts: borrow(ts)?,
            bid: borrow(bid)?,
            ask: borrow(ask)?,
            bid_size: sizes(bid_size, size_decimals)?,
            ask_size: sizes(ask_size, size_decimals)?,
        };
        self.core_mut()?.add_quotes(symbol, quotes);
        Ok(())
    }

    /// Gives a symbol L2 changes.
    #[pyo3(signature = (symbol, ts, side, price, size, flags, size_decimals, last_id=None))]
    #[allow(clippy::too_many_arguments)] // one argument a column
    fn add_books(
        &mut self,
        symbol: u16,
        ts: Ints<'_>,
        side: PyReadonlyArray1<'_, i8>,
        price: Ints<'_>,
        size: Ints<'_>,
        flags: PyReadonlyArray1<'_, u8>,
        size_decimals: u32,
        last_id: Option<Ints<'_>>,
    ) -> PyResult<()> {
        let books = Books {
            ts: borrow(ts)?,
            side: borrow(side)?,
            price: borrow(price)?,
            size: sizes(size, size_decimals)?,
            flags: borrow(flags)?,
            last_id: last_id.map(borrow).transpose()?,
        };
        self.core_mut()?.add_books(symbol, books).map_err(|row| PyValueError::new_err(row.to_string()))
    }

    /// The best `depth` levels of a symbol's book now: ([(price, size)] of bids, of asks), best first.
    #[pyo3(signature = (symbol, depth=10))]
    #[allow(clippy::type_complexity)] // two lists of pairs
    fn levels(&self, symbol: usize, depth: usize) -> PyResult<(Vec<(f64, f64)>, Vec<(f64, f64)>)> {
        let core = self.core()?;
        let scale = POW10[core.symbols[symbol].instrument.price_decimals as usize] as f64;
        let [bids, asks] = core.levels(symbol, depth);
        let shown = |levels: Vec<(i64, i64)>| {
            levels.into_iter().map(|(price, size)| (price as f64 / scale, size as f64 / 1e8)).collect()
        };
        Ok((shown(bids), shown(asks)))
    }

    /// Best bid, ask and their sizes of a symbol now; None where unknown.
    pub fn quote(&self, py: Python<'_>, symbol: usize) -> PyResult<Option<Quote>> {
        let core = self.core()?;
        let scale = POW10[core.symbols[symbol].instrument.price_decimals as usize] as f64;
        Ok(core.quote(symbol).map(|(ts, values)| Quote {
            symbol: PyString::new(py, &self.names[symbol]).unbind(),
            ts,
            values,
            scale,
        }))
    }
}

/// Objects of the tape, reused while the strategy does not keep them.
pub struct Tape {
    trades: Vec<Py<Trade>>,
}

impl Tape {
    /// One object a symbol.
    pub fn new(py: Python<'_>, engine: &Engine) -> PyResult<Self> {
        let core = engine.core()?;
        let names: &Arc<Vec<String>> = &engine.names;
        let trade = |(symbol, name): (usize, &String)| {
            let scale = POW10[core.symbols[symbol].instrument.price_decimals as usize] as f64;
            Py::new(py, Trade { symbol: PyString::new(py, name).unbind(), ts: 0, side: 0, ticks: 0, lots: 0, scale })
        };
        Ok(Self { trades: names.iter().enumerate().map(trade).collect::<PyResult<_>>()? })
    }

    /// The trade of a row, in a fresh object only when the last was kept.
    #[inline]
    pub fn trade<'py>(
        &mut self,
        py: Python<'py>,
        engine: &Engine,
        symbol: u16,
        row: u32,
    ) -> PyResult<Bound<'py, Trade>> {
        let slot = &mut self.trades[symbol as usize];
        // SAFETY: the pointer is a live object and the interpreter is attached.
        if unsafe { pyo3::ffi::Py_REFCNT(slot.as_ptr()) } > 1 {
            let kept = slot.borrow(py);
            let fresh = Trade { symbol: kept.symbol.clone_ref(py), ..*kept };
            drop(kept);
            *slot = Py::new(py, fresh)?;
        }
        let trades = engine.core()?.trades_of(symbol).expect("a trade step comes from a trade feed");
        let row = row as usize;
        let bound = slot.bind(py);
        let mut trade = bound.borrow_mut();
        (trade.ts, trade.ticks, trade.lots, trade.side) =
            (trades.ts[row], trades.price[row], trades.size[row], trades.side[row]);
        drop(trade);
        Ok(bound.clone())
    }
}

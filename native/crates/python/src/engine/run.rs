//! The loop: advance the core, call the strategy, until the data end.

use parrot_backtest::data::{Bars, Stream};
use parrot_backtest::{Engine as Core, Step};
use parrot_kernel::POW10;
use pyo3::exceptions::{PyOverflowError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::Engine;
use super::bar::Bar;
use super::condition::Condition;
use super::ticks::Tape;

/// Steps between two looks at signals (Ctrl-C) and the progress callback.
const BREATH: u32 = 16_384;

/// Handlers of a strategy by what they hear of.
struct Handlers<'py> {
    bar: Option<Bound<'py, PyAny>>,
    order: Option<Bound<'py, PyAny>>,
    fill: Option<Bound<'py, PyAny>>,
    trade: Option<Bound<'py, PyAny>>,
    quote: Option<Bound<'py, PyAny>>,
    book: Option<Bound<'py, PyAny>>,
    conditions: Vec<Bound<'py, PyAny>>,
    timers: Vec<Bound<'py, PyAny>>,
    progress: Option<Bound<'py, PyAny>>,
    feed: Option<Bound<'py, PyAny>>,
}

impl<'py> Handlers<'py> {
    fn new(handlers: &Bound<'py, PyDict>) -> PyResult<Self> {
        let one = |name: &str| Ok::<_, PyErr>(handlers.get_item(name)?.filter(|handler| !handler.is_none()));
        let many = |name: &str| handlers.get_item(name)?.map_or(Ok(Vec::new()), |list| list.extract());
        Ok(Self {
            bar: one("bar")?,
            order: one("order")?,
            fill: one("fill")?,
            trade: one("trade")?,
            quote: one("quote")?,
            book: one("book")?,
            conditions: many("conditions")?,
            timers: many("timers")?,
            progress: one("progress")?,
            feed: one("feed")?,
        })
    }
}

#[pymethods]
impl Engine {
    /// Adds a subscription; says its number.
    fn subscribe(&mut self, condition: &Condition) -> PyResult<u16> {
        self.still_building("a condition is")?;
        let id = self.conditions.len() as u16;
        let core = self.core_mut()?;
        for symbol in 0..core.symbols.len() {
            core.subscribe(condition.streams[symbol], id, &condition.rows(symbol));
        }
        self.conditions.push((condition.tests.clone(), condition.streams.clone()));
        Ok(id)
    }

    /// Expires whatever is still working, such as orders sent when the run had ended (rule T2).
    fn finish(&mut self) -> PyResult<()> {
        self.core_mut()?.finish();
        Ok(())
    }

    /// Runs to the end of the data; handlers are called as the core asks for them.
    fn run(slf: &Bound<'_, Self>, handlers: &Bound<'_, PyDict>) -> PyResult<()> {
        let py = slf.py();
        let handlers = Handlers::new(handlers)?;
        let mut tape = Tape::new(py, &slf.borrow())?;
        {
            let mut engine = slf.borrow_mut();
            engine.floats.clear();
            engine.running = true;
            engine.core_mut()?.arm();
        }
        let mut screen = Screen::new(py, &slf.borrow())?;
        let mut breath = 0_u32;
        loop {
            let step = slf.borrow_mut().core_mut()?.advance();
            match step {
                Step::Bar { stream, index } => {
                    let bar = screen.show(py, stream, index)?;
                    if let Some(handler) = &handlers.bar {
                        handler.call1((bar,))?;
                    }
                }
                Step::Condition { id, stream, index } => {
                    let bar = screen.show(py, stream, index)?;
                    handlers.conditions[id as usize].call1((bar,))?;
                }
                Step::Timer { id } => drop(handlers.timers[id as usize].call0()?),
                Step::Order { id } => call(handlers.order.as_ref(), id + 1)?,
                Step::Fill { index } => call(handlers.fill.as_ref(), index)?,
                Step::Trade { symbol, row } => {
                    let trade = tape.trade(py, &slf.borrow(), symbol, row)?;
                    if let Some(handler) = &handlers.trade {
                        handler.call1((trade,))?;
                    }
                }
                Step::Quote { symbol, .. } => call_quote(slf, handlers.quote.as_ref(), symbol)?,
                Step::Book { symbol, .. } => call_quote(slf, handlers.book.as_ref(), symbol)?,
                Step::Feed => {
                    let handler =
                        handlers.feed.as_ref().ok_or_else(|| PyRuntimeError::new_err("a live run needs feed"))?;
                    if !handler.call0()?.is_truthy()? {
                        slf.borrow_mut().core_mut()?.end();
                    }
                    screen.renew(slf.borrow().core()?);
                }
                Step::Done => break,
            }
            breath += 1;
            if breath == BREATH {
                breath = 0;
                breathe(slf, &handlers)?;
            }
        }
        breathe(slf, &handlers)
    }
}

fn call(handler: Option<&Bound<'_, PyAny>>, number: u32) -> PyResult<()> {
    if let Some(handler) = handler {
        handler.call1((number,))?;
    }
    Ok(())
}

/// `on_quote` and `on_book` hear of the best bid and ask as they are now; `levels` shows the rest.
fn call_quote(slf: &Bound<'_, Engine>, handler: Option<&Bound<'_, PyAny>>, symbol: u16) -> PyResult<()> {
    let quote = slf.borrow().quote(slf.py(), symbol as usize)?;
    if let (Some(handler), Some(quote)) = (handler, quote) {
        handler.call1((quote,))?;
    }
    Ok(())
}

/// Lets Ctrl-C in, reports progress, and stops a run whose numbers no longer fit.
fn breathe(slf: &Bound<'_, Engine>, handlers: &Handlers<'_>) -> PyResult<()> {
    slf.py().check_signals()?;
    let (now, overflow) = {
        let engine = slf.borrow();
        let core = engine.core()?;
        (core.now, core.overflow)
    };
    if overflow {
        return Err(PyOverflowError::new_err("an amount outgrew 64 bits at this cash scale"));
    }
    if let Some(progress) = &handlers.progress {
        progress.call1((now,))?;
    }
    Ok(())
}

/// Bars of all streams and the objects that show them.
struct Screen {
    streams: Vec<(Bars, Py<Bar>)>,
}

impl Screen {
    fn new(py: Python<'_>, engine: &Engine) -> PyResult<Self> {
        let core = engine.core()?;
        let show = |stream: &Stream| {
            let symbol = stream.symbol as usize;
            let price = POW10[core.symbols[symbol].instrument.price_decimals as usize] as f64;
            let volume = POW10[stream.bars.volume_decimals as usize] as f64;
            let name = PyString::new(py, &engine.names[symbol]).unbind();
            Ok((stream.bars.clone(), Py::new(py, Bar::blank(name, stream.timeframe, price, volume))?))
        };
        Ok(Self { streams: core.streams.iter().map(show).collect::<PyResult<_>>()? })
    }

    /// Columns that have grown are looked at from here on.
    fn renew(&mut self, core: &Core) {
        self.streams.iter_mut().zip(&core.streams).for_each(|(shown, stream)| shown.0 = stream.bars.clone());
    }

    /// The bar object of a stream, filled with bar `index`: a fresh one only when the strategy kept the last.
    #[inline]
    fn show<'py>(&mut self, py: Python<'py>, stream: u16, index: u32) -> PyResult<Bound<'py, Bar>> {
        let (bars, slot) = &mut self.streams[stream as usize];
        // SAFETY: the pointer is a live object and the interpreter is attached.
        if unsafe { pyo3::ffi::Py_REFCNT(slot.as_ptr()) } > 1 {
            *slot = Py::new(py, slot.get().sibling(py))?;
        }
        slot.get().fill(bars, index as usize);
        Ok(slot.bind(py).clone())
    }
}

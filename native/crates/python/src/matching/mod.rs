//! Python face of the matching and replay crates.

mod durable;
mod feeds;
mod records;
mod replay;
mod words;

use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use parrot_journal::Journal;
use parrot_matching::{Command, CommandKind, Engine, EventKind, Outcome, Reason};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use records::{CommandRow, EventRow, OrderRow};

/// An engine; numbers name symbols, owners and currencies.
#[pyclass(module = "parrot._core")]
struct Matching {
    engine: Engine,
    /// Where accepted commands go before anything is returned.
    journal: Option<Journal>,
}

#[pymethods]
impl Matching {
    #[new]
    fn new() -> Self {
        Self { engine: Engine::new(), journal: None }
    }

    /// Executes records in their order; one result each: a handle (0: nothing is kept), or minus the reason.
    fn execute<'py>(&mut self, py: Python<'py>, commands: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let rows = records::borrow::<CommandRow>(commands, "COMMAND")?;
        let commands = records::commands(&rows)?;
        self.commit(py)?; // what an earlier call could not make durable, or the reason why
        let Self { engine, journal } = self;
        // Other threads run meanwhile and may write into the array: what is carried out must be what is journalled.
        let copied = journal.as_ref().map(|_| commands.to_vec());
        let commands = copied.as_deref().unwrap_or(commands);
        let results = py.detach(|| execute(engine, journal.as_mut(), commands));
        self.commit(py)?;
        Ok(results.into_pyarray(py))
    }

    /// The events since the last call.
    fn events<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<EventRow>>> {
        self.commit(py)?;
        let events = PyArray1::from_slice(py, records::event_rows(self.engine.events()));
        self.engine.clear_events();
        Ok(events)
    }

    /// Drops the events since the last call.
    fn clear_events(&mut self) {
        self.engine.clear_events();
    }

    #[pyo3(signature = (symbol, owner, side, price, quantity, id=0, order=0, tif=0, stp=0, flags=0, display=0, minimum=0,
                        trigger=0, trail=0, expiry=0))]
    #[allow(clippy::too_many_arguments)] // positions are what makes it fast
    fn submit(
        &mut self,
        py: Python<'_>,
        symbol: u16,
        owner: u32,
        side: u8,
        price: i64,
        quantity: i64,
        id: u64,
        order: u8,
        tif: u8,
        stp: u8,
        flags: u32,
        display: i64,
        minimum: i64,
        trigger: i64,
        trail: i64,
        expiry: i64,
    ) -> PyResult<i64> {
        let kind = CommandKind::Order as u8;
        let named = Command { kind, side, order, tif, stp, symbol, owner, flags, id, ..Command::default() };
        self.run(py, &Command { price, quantity, display, minimum, trigger, trail, expiry, ..named })
    }

    #[pyo3(signature = (handle, owner))]
    fn cancel(&mut self, py: Python<'_>, handle: u64, owner: u32) -> PyResult<i64> {
        self.run(py, &Command { kind: CommandKind::Cancel as u8, handle, owner, ..Command::default() })
    }

    #[pyo3(signature = (handle, owner, price=0, quantity=0, trigger=0, stp=0))]
    #[allow(clippy::too_many_arguments)] // as above
    fn amend(
        &mut self,
        py: Python<'_>,
        handle: u64,
        owner: u32,
        price: i64,
        quantity: i64,
        trigger: i64,
        stp: u8,
    ) -> PyResult<i64> {
        let kind = CommandKind::Amend as u8;
        self.run(py, &Command { kind, handle, owner, price, quantity, trigger, stp, ..Command::default() })
    }

    /// How many orders it named, or minus the reason; without more, of all symbols and both sides.
    #[pyo3(signature = (owner, symbol=65_535, side=2))]
    fn mass_cancel(&mut self, py: Python<'_>, owner: u32, symbol: u16, side: u8) -> PyResult<i64> {
        self.count(py, &Command { kind: CommandKind::MassCancel as u8, owner, symbol, side, ..Command::default() })
    }

    /// How many orders it named, or minus the reason.
    fn disconnect(&mut self, py: Python<'_>, owner: u32) -> PyResult<i64> {
        self.count(py, &Command { kind: CommandKind::Disconnect as u8, owner, ..Command::default() })
    }

    fn advance(&mut self, py: Python<'_>, ts: i64) -> PyResult<i64> {
        self.run(py, &Command { kind: CommandKind::Time as u8, expiry: ts, ..Command::default() })
    }

    #[getter]
    fn symbols(&self) -> usize {
        self.engine.symbols()
    }

    #[getter]
    fn owners(&self) -> usize {
        self.engine.owners()
    }

    #[getter]
    fn currencies(&self) -> usize {
        self.engine.currencies()
    }

    fn phase(&self, symbol: u16) -> PyResult<u8> {
        self.engine.phase(symbol).map(|phase| phase as u8).ok_or_else(|| no_symbol(symbol))
    }

    fn last(&self, symbol: u16) -> PyResult<Option<i64>> {
        self.known(symbol).map(|()| self.engine.last(symbol))
    }

    fn reference(&self, symbol: u16) -> PyResult<Option<i64>> {
        self.known(symbol).map(|()| self.engine.reference(symbol))
    }

    /// Price, volume and imbalance that the auction would have now.
    fn indicative(&self, symbol: u16) -> PyResult<Option<(i64, i64, i64)>> {
        self.known(symbol).map(|()| self.engine.indicative(symbol))
    }

    /// Price, visible quantity, orders: one row a level, best first.
    fn levels<'py>(&self, py: Python<'py>, symbol: u16, side: u8) -> PyResult<Bound<'py, PyArray2<i64>>> {
        self.known_side(symbol, side)?;
        let levels = self.engine.levels(symbol, side);
        let cells: Vec<i64> = levels.flat_map(|level| [level.price, level.visible, i64::from(level.orders)]).collect();
        let rows = cells.len() / 3;
        cells.into_pyarray(py).reshape([rows, 3])
    }

    /// The orders that stand in the book, in priority.
    fn orders<'py>(&self, py: Python<'py>, symbol: u16, side: u8) -> PyResult<Bound<'py, PyArray1<OrderRow>>> {
        self.known_side(symbol, side)?;
        let rows: Vec<OrderRow> = self.engine.orders(symbol, side).map(OrderRow::from).collect();
        Ok(rows.into_pyarray(py))
    }

    /// A live order as an array of one, or none.
    fn order<'py>(&self, py: Python<'py>, handle: u64) -> Option<Bound<'py, PyArray1<OrderRow>>> {
        self.engine.order(handle).map(|order| vec![OrderRow::from(order)].into_pyarray(py))
    }

    /// Owner and symbol of a live order.
    fn order_of(&self, handle: u64) -> Option<(u32, u16)> {
        self.engine.order(handle).map(|order| (order.owner, order.symbol))
    }

    fn balance(&self, owner: u32, currency: u16) -> PyResult<(i64, i64)> {
        let unknown = || PyValueError::new_err(format!("there is no owner {owner} or no currency {currency}"));
        self.engine.balance(owner, currency).ok_or_else(unknown)
    }

    #[getter]
    fn fee_currency(&self) -> Option<u16> {
        self.engine.fee_currency()
    }

    fn fees(&self, currency: u16) -> PyResult<i64> {
        let unknown = || PyValueError::new_err(format!("there is no currency {currency}"));
        self.engine.fees(currency).ok_or_else(unknown)
    }

    fn position(&self, owner: u32, symbol: u16) -> PyResult<i64> {
        let unknown = || PyValueError::new_err(format!("there is no owner {owner} or no symbol {symbol}"));
        self.engine.position(owner, symbol).ok_or_else(unknown)
    }

    fn hash(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.engine.hash())
    }

    /// What does not hold in the state, or none.
    fn audit(&self, py: Python<'_>) -> Option<String> {
        py.detach(|| self.engine.audit().err())
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.engine.snapshot()))
    }

    #[staticmethod]
    fn restore(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        py.detach(|| Engine::restore(data)).map(|engine| Self { engine, journal: None }).map_err(PyValueError::new_err)
    }
}

impl Matching {
    #[inline]
    fn run(&mut self, py: Python<'_>, command: &Command) -> PyResult<i64> {
        if self.journal.is_some() {
            return self.run_durably(py, command);
        }
        Ok(result(&self.engine.execute(std::slice::from_ref(command))))
    }

    #[cold]
    #[inline(never)]
    fn run_durably(&mut self, py: Python<'_>, command: &Command) -> PyResult<i64> {
        self.commit(py)?;
        let results = execute(&mut self.engine, self.journal.as_mut(), std::slice::from_ref(command));
        self.commit(py)?;
        Ok(results[0])
    }

    fn count(&mut self, py: Python<'_>, command: &Command) -> PyResult<i64> {
        let refused = self.run(py, command)?;
        let done = self.engine.events().iter().rfind(|event| event.kind == EventKind::Done as u8);
        Ok(if refused < 0 { refused } else { done.map_or(0, |done| done.quantity) })
    }

    fn known(&self, symbol: u16) -> PyResult<()> {
        if usize::from(symbol) < self.engine.symbols() { Ok(()) } else { Err(no_symbol(symbol)) }
    }

    fn known_side(&self, symbol: u16, side: u8) -> PyResult<()> {
        if side > 1 {
            return Err(PyValueError::new_err(format!("side is 0 (buy) or 1 (sell), not {side}")));
        }
        self.known(symbol)
    }
}

fn no_symbol(symbol: u16) -> PyErr {
    PyValueError::new_err(format!("there is no symbol {symbol}"))
}

#[inline]
fn result(outcome: &Outcome) -> i64 {
    let reason = outcome.reason as i64;
    if reason == 0 { outcome.handle as i64 } else { -reason }
}

/// How many commands before its turn a command's memory is asked for.
const AHEAD: usize = 6;

fn execute(engine: &mut Engine, mut journal: Option<&mut Journal>, commands: &[Command]) -> Vec<i64> {
    let mut results = Vec::with_capacity(commands.len());
    while results.len() < commands.len() {
        let before = engine.events().len();
        let rest = &commands[results.len()..];
        if let Some(later) = rest.get(AHEAD) {
            engine.prefetch(later);
        }
        let outcome = engine.execute(rest);
        if let (Some(journal), Reason::None) = (&mut journal, outcome.reason) {
            journal.append(&rest[..outcome.used]);
        }
        results.push(result(&outcome));
        for leg in 1..outcome.used {
            results.push(leg_result(engine, before + leg));
        }
    }
    results
}

/// Legs are accepted, or refused, in their order and before anything else happens.
fn leg_result(engine: &Engine, at: usize) -> i64 {
    let event = &engine.events()[at];
    if event.kind == EventKind::Rejected as u8 { -i64::from(event.reason) } else { event.handle as i64 }
}

/// Adds this part's functions and classes to the compiled module.
///
/// # Errors
/// When Python refuses a new attribute.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Matching>()?;
    module.add_class::<feeds::MatchingFeeds>()?;
    module.add_function(wrap_pyfunction!(records::matching_dtypes, module)?)?;
    module.add_function(wrap_pyfunction!(words::matching_words, module)?)?;
    module.add_function(wrap_pyfunction!(replay::matching_replay, module)?)
}

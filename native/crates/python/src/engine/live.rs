//! Live: columns that grow, what venues told, and what the strategy did.

use parrot_backtest::live::{Outcome, Report};
use parrot_backtest::moves::{Deed, Move};
use parrot_backtest::order::{Level, Order, Role, Status};
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Engine;
use super::outcome::{role_name, status_name, tif_name, type_name};

/// A bar: open and close time, open, high, low, close, volume.
type BarRow = (i64, i64, i64, i64, i64, i64, i64);

fn behind(what: &str, ts: i64) -> PyErr {
    PyValueError::new_err(format!("{what} at {ts} lies before the last one"))
}

impl Engine {
    fn known_order(&self, order_id: u32) -> PyResult<u32> {
        let id = order_id.wrapping_sub(1);
        let known = (id as usize) < self.core()?.orders.len();
        known.then_some(id).ok_or_else(|| PyKeyError::new_err(format!("there is no order {order_id}")))
    }

    fn require_live(&self) -> PyResult<()> {
        if self.core()?.is_live() { Ok(()) } else { Err(PyRuntimeError::new_err("this run is not live")) }
    }
}

#[pymethods]
impl Engine {
    /// True when columns grow and fills come from outside.
    #[getter]
    fn live(&self) -> PyResult<bool> {
        Ok(self.core()?.is_live())
    }

    /// Adds bars behind the last of a stream, into its lines too; `own` are values of the strategy's own lines.
    #[pyo3(signature = (stream, row, own=Vec::new()))]
    #[allow(clippy::needless_pass_by_value)] // extraction from Python owns the list
    fn extend_bars(&mut self, stream: usize, row: BarRow, own: Vec<f64>) -> PyResult<()> {
        self.require_live()?;
        let (ts, close_ts, open, high, low, close, volume) = row;
        let row = [ts, close_ts, open, high, low, close, volume];
        self.core_mut()?.extend_bars(stream, row).map_err(|_| behind("a bar", ts))?;
        self.grow(stream)?;
        if !own.is_empty() {
            self.extend_lines(stream, &own)?;
        }
        self.ask(stream);
        Ok(())
    }

    /// Adds a trade behind the last of a symbol; sizes in 10^-8.
    fn extend_trades(&mut self, symbol: u16, ts: i64, price: i64, size: i64, side: i8) -> PyResult<()> {
        self.require_live()?;
        self.core_mut()?.extend_trades(symbol, [ts, price, size], side).map_err(|_| behind("a trade", ts))
    }

    /// Adds a quote behind the last of a symbol; sizes in 10^-8, -1 unknown.
    #[allow(clippy::too_many_arguments)] // one argument a column
    fn extend_quotes(
        &mut self,
        symbol: u16,
        ts: i64,
        bid: i64,
        ask: i64,
        bid_size: i64,
        ask_size: i64,
    ) -> PyResult<()> {
        self.require_live()?;
        let row = [ts, bid, ask, bid_size, ask_size];
        self.core_mut()?.extend_quotes(symbol, row).map_err(|_| behind("a quote", ts))
    }

    /// Adds one message of a book behind the last of a symbol: rows of side, price and size in 10^-8; `whole` replaces it.
    #[allow(clippy::needless_pass_by_value)] // extraction from Python owns the list
    fn extend_books(&mut self, symbol: u16, ts: i64, whole: bool, rows: Vec<(i8, i64, i64)>) -> PyResult<()> {
        self.require_live()?;
        let added = self.core_mut()?.extend_books(symbol, ts, whole, &rows);
        added.map_err(|_| PyValueError::new_err(format!("a message of a book at {ts} cannot follow")))
    }

    /// Orders meet the growing columns here, as in a back-test; before the first order.
    fn fill_here(&mut self) -> PyResult<()> {
        self.require_live()?;
        self.core_mut()?.fill_here();
        Ok(())
    }

    /// Hides columns that are filled already until their rows are revealed; before lines and timers are declared.
    fn hide(&mut self) -> PyResult<()> {
        self.require_live()?;
        self.core_mut()?.hide();
        Ok(())
    }

    /// The next row is known from here on: of a stream of bars, or of a symbol's trades or quotes; false without one.
    fn reveal(&mut self, kind: &str, number: usize) -> PyResult<bool> {
        self.require_live()?;
        let core = self.core_mut()?;
        Ok(match kind {
            "bars" => core.reveal_bar(number),
            _ => core.reveal_tick(number as u16, kind == "quotes"),
        })
    }

    /// Everything up to `ts` is known: bars close and timers run until then.
    fn know(&mut self, ts: i64) -> PyResult<()> {
        self.require_live()?;
        self.core_mut()?.know(ts);
        Ok(())
    }

    /// A venue filled some of an order: quantity and price in units, fee in cash units, `taken` what was kept back for it.
    /// With `protection` "stop" or "take" that of the order's symbol is meant.
    #[pyo3(signature = (order_id, ts, quantity, price, fee, taken=None, maker=false, protection=""))]
    #[allow(clippy::too_many_arguments)] // one argument a field of a fill
    fn report_fill(
        &mut self,
        order_id: u32,
        ts: i64,
        quantity: i64,
        price: i64,
        fee: i64,
        taken: Option<i64>,
        maker: bool,
        protection: &str,
    ) -> PyResult<()> {
        self.require_live()?;
        let order = self.known_order(order_id)?;
        let what = Outcome::Filled { quantity, price, fee, taken, maker };
        let protection = match protection {
            "stop" => Some(Role::Stop),
            "take" => Some(Role::Take),
            _ => None,
        };
        self.core_mut()?.report(Report { order, protection, ts, what });
        Ok(())
    }

    /// An order ended without being filled whole: canceled, expired or refused.
    fn report_end(&mut self, order_id: u32, ts: i64, status: &str, reason: String) -> PyResult<()> {
        self.require_live()?;
        let order = self.known_order(order_id)?;
        let status = match status {
            "canceled" => Status::Canceled,
            "expired" => Status::Expired,
            "refused" => Status::Refused,
            _ => return Err(PyValueError::new_err(format!("{status:?} is no end of an order"))),
        };
        let what = Outcome::Ended { status, reason };
        self.core_mut()?.report(Report { order, protection: None, ts, what });
        Ok(())
    }

    /// Takes on an order that the strategy did not make; says its number.
    fn adopt(&mut self, symbol: u16, side: i8, quantity: i64) -> PyResult<u32> {
        self.require_live()?;
        Ok(self.core_mut()?.adopt(symbol, side, quantity) + 1)
    }

    /// Keeps what the strategy does with orders from here on; a live run always does.
    fn keep_moves(&mut self) -> PyResult<()> {
        self.core_mut()?.keep_moves();
        Ok(())
    }

    /// What the strategy did since the last call: (ns UTC, "place" | "cancel" | "resize", order id, quantity units).
    fn take_moves(&mut self) -> PyResult<Vec<(i64, &'static str, u32, i64)>> {
        let told = |made: Move| {
            let deed = match made.deed {
                Deed::Placed => "place",
                Deed::Withdrawn => "cancel",
                Deed::Resized => "resize",
            };
            (made.ts, deed, made.order + 1, made.quantity)
        };
        Ok(self.core_mut()?.take_moves().into_iter().map(told).collect())
    }

    /// When the next timer is due, ns UTC; None without timers, and before the first datum.
    #[getter]
    fn next_timer(&self) -> PyResult<Option<i64>> {
        Ok(self.core()?.timer_due())
    }

    /// Number of moves so far, and the hash over them: equal where a strategy decided alike.
    #[getter]
    fn order_stream(&self) -> PyResult<(u64, String)> {
        let moves = self.core()?.moves.as_ref();
        let moves = moves.ok_or_else(|| PyRuntimeError::new_err("keep_moves first"))?;
        Ok((moves.count, format!("{:016x}", moves.hash())))
    }

    /// An order in integers, as it was asked for: what its venue has to know.
    fn order_units<'py>(&self, py: Python<'py>, order_id: u32) -> PyResult<Bound<'py, PyDict>> {
        let id = self.known_order(order_id)?;
        let core = self.core()?;
        let (dict, order): (_, &Order) = (PyDict::new(py), &core.orders[id as usize]);
        dict.set_item("symbol", order.symbol)?;
        dict.set_item("side", order.side)?;
        dict.set_item("type", type_name(order))?;
        dict.set_item("role", role_name(order.role))?;
        dict.set_item("status", status_name(order.status))?;
        dict.set_item("tif", tif_name(order.tif))?;
        dict.set_item("until", if order.until == i64::MAX { 0 } else { order.until })?;
        dict.set_item("quantity", order.quantity)?;
        dict.set_item("filled", order.filled)?;
        dict.set_item("limit", order.limit)?;
        dict.set_item("trigger", order.trigger)?;
        dict.set_item("trail", level(Some(order.trail)))?;
        dict.set_item("post_only", order.post_only)?;
        dict.set_item("reduce_only", order.reduce_only)?;
        dict.set_item("oco", order.oco)?;
        dict.set_item("stop", level(order.guard.stop))?;
        dict.set_item("trailing", order.guard.trailing)?;
        dict.set_item("take", level(order.guard.take))?;
        dict.set_item("submitted", order.submitted)?;
        dict.set_item("reason", order.reason.as_deref())?;
        dict.set_item("why", core.reasons.text(order.why))?;
        Ok(dict)
    }
}

fn level(level: Option<Level>) -> Option<(&'static str, i64)> {
    level.map(|level| match level {
        Level::Price(units) => ("price", units),
        Level::Distance(units) => ("distance", units),
        Level::Percent(share) => ("pct", share),
    })
}

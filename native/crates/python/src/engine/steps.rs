//! A run taken step by step from outside, and its records one by one: what a venue on recorded data needs.

use parrot_backtest::Step;
use parrot_backtest::order::Role;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use super::Engine;

/// A fill in integers: ns UTC, order id, symbol, side, maker, quantity, price, fee, quantity kept back.
type FillUnits = (i64, u32, u16, i8, bool, i64, i64, i64, i64);

fn told(step: Step) -> (&'static str, u32, u32) {
    match step {
        Step::Bar { stream, index } | Step::Condition { stream, index, .. } => ("bar", u32::from(stream), index),
        Step::Timer { id } => ("timer", u32::from(id), 0),
        Step::Order { id } => ("order", id + 1, 0),
        Step::Fill { index } => ("fill", index, 0),
        Step::Trade { symbol, row } => ("trade", u32::from(symbol), row),
        Step::Quote { symbol, row } => ("quote", u32::from(symbol), row),
        Step::Book { symbol, row } => ("book", u32::from(symbol), row),
        Step::Feed => ("feed", 0, 0),
        Step::Done => ("done", 0, 0),
    }
}

#[pymethods]
impl Engine {
    /// Ends the building of a run that is taken step by step.
    fn begin(&mut self) -> PyResult<()> {
        self.floats.clear();
        self.running = true;
        self.core_mut()?.arm();
        Ok(())
    }

    /// Goes on to the next thing of which a strategy would hear: its kind and numbers.
    fn step(&mut self) -> PyResult<(&'static str, u32, u32)> {
        Ok(told(self.core_mut()?.advance()))
    }

    /// What orders and fills would be told of next, without going on.
    fn notices(&mut self) -> PyResult<Vec<(&'static str, u32, u32)>> {
        Ok(self.core_mut()?.take_notices().into_iter().map(told).collect())
    }

    /// Index of the last closed bar of a stream, -1 before the first.
    fn revealed(&self, stream: usize) -> PyResult<i64> {
        Ok(self.core()?.cursor.index(stream))
    }

    /// One fill in integers.
    fn fill_units(&self, index: usize) -> PyResult<FillUnits> {
        let fill = self.core()?.fills.get(index).ok_or_else(|| PyIndexError::new_err("there is no such fill"))?;
        let taken = fill.held + fill.quantity * i64::from(fill.side) - fill.position;
        Ok((fill.ts, fill.order + 1, fill.symbol, fill.side, fill.maker, fill.quantity, fill.price, fill.fee, taken))
    }

    /// Ids of the stop and the take-profit that protect a symbol now.
    fn protection(&self, symbol: usize) -> PyResult<(Option<u32>, Option<u32>)> {
        let core = self.core()?;
        let state = core.symbols.get(symbol).ok_or_else(|| PyIndexError::new_err("there is no such symbol"))?;
        Ok((state.stop.map(|id| id + 1), state.take.map(|id| id + 1)))
    }

    /// True when there is an order of this number.
    fn has_order(&self, order_id: u32) -> PyResult<bool> {
        Ok(order_id > 0 && order_id as usize <= self.core()?.orders.len())
    }

    /// True for protection that the core made itself.
    fn protects(&self, order_id: u32) -> PyResult<bool> {
        let order = self.core()?.orders.get((order_id as usize).wrapping_sub(1));
        let order = order.ok_or_else(|| PyIndexError::new_err(format!("there is no order {order_id}")))?;
        Ok(matches!(order.role, Role::Stop | Role::Take))
    }
}

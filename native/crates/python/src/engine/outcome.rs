//! What a run left behind, as columns and figures.

#![allow(clippy::needless_pass_by_value)] // PyO3 hands borrowed arrays over by value

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use parrot_backtest::Engine as Core;
use parrot_backtest::equity::{Curve, Digest, Holding, Marks, add_symbol, cash_curve, digest};
use parrot_backtest::order::{Kind, Order, Role, Status, Tif};
use parrot_backtest::records::hash;
use parrot_backtest::trades::{Trade, round_trips};
use parrot_kernel::POW10;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Engine;

pub(super) fn type_name(order: &Order) -> &'static str {
    match (order.role, order.kind) {
        (Role::Liquidation, _) => "liquidation",
        (_, Kind::Market) => "market",
        (_, Kind::Limit) => "limit",
        (_, Kind::Stop) => "stop",
        (_, Kind::StopLimit) => "stop_limit",
        (_, Kind::Trail) => "trailing_stop",
        (_, Kind::Touch) => "market_if_touched",
        (_, Kind::TouchLimit) => "limit_if_touched",
    }
}

pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Plain => "order",
        Role::Target => "target",
        Role::Stop => "stop",
        Role::Take => "take",
        Role::Liquidation => "liquidation",
    }
}

pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Working => "working",
        Status::Filled => "filled",
        Status::Canceled => "canceled",
        Status::Expired => "expired",
        Status::Refused => "refused",
    }
}

pub(super) fn tif_name(tif: Tif) -> &'static str {
    match tif {
        Tif::Gtc => "GTC",
        Tif::Day => "DAY",
        Tif::Gtd => "GTD",
        Tif::Ioc => "IOC",
        Tif::Fok => "FOK",
    }
}

macro_rules! columns {
    ($dict:expr, $py:expr, $rows:expr, { $($name:literal: $value:expr),* $(,)? }) => {
        $($dict.set_item($name, $rows.iter().map($value).collect::<Vec<_>>().into_pyarray($py))?;)*
    };
}

#[pymethods]
impl Engine {
    /// Fills as columns of integers; `symbol` and `why` are numbers into `symbol_names` and `reasons`.
    fn fills<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core()?;
        let (dict, rows) = (PyDict::new(py), &core.fills);
        columns!(dict, py, rows, {
            "ts": |fill| fill.ts,
            "evidence_ts": |fill| fill.evidence,
            "order_id": |fill| i64::from(fill.order) + 1,
            "symbol": |fill| fill.symbol,
            "side": |fill| fill.side,
            "maker": |fill| fill.maker,
            "quantity": |fill| fill.quantity,
            "price": |fill| fill.price,
            "fee": |fill| fill.fee,
            "notional": |fill| fill.notional,
            "realised": |fill| fill.realised,
            "position": |fill| fill.position,
            "why": |fill| core.orders[fill.order as usize].why,
        });
        Ok(dict)
    }

    /// Orders as columns; names are text, prices and quantities integers (0: none).
    fn orders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core()?;
        let (dict, rows) = (PyDict::new(py), &core.orders);
        columns!(dict, py, rows, {
            "ts": |order| order.submitted,
            "updated_ts": |order| order.updated,
            "symbol": |order| order.symbol,
            "side": |order| order.side,
            "quantity": |order| order.quantity,
            "filled": |order| order.filled,
            "limit": |order| order.limit,
            "trigger": |order| order.trigger,
            "average": |order| if order.filled == 0 { f64::NAN } else { order.traded as f64 / order.filled as f64 },
            "why": |order| order.why,
        });
        dict.set_item("type", rows.iter().map(type_name).collect::<Vec<_>>())?;
        dict.set_item("role", rows.iter().map(|order| role_name(order.role)).collect::<Vec<_>>())?;
        dict.set_item("tif", rows.iter().map(|order| tif_name(order.tif)).collect::<Vec<_>>())?;
        dict.set_item("status", rows.iter().map(|order| status_name(order.status)).collect::<Vec<_>>())?;
        dict.set_item("reason", rows.iter().map(|order| order.reason.as_deref()).collect::<Vec<_>>())?;
        Ok(dict)
    }

    /// One order as plain values, for handlers.
    fn order<'py>(&self, py: Python<'py>, order_id: u32) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core()?;
        let dict = PyDict::new(py);
        let order = core.orders.get((order_id as usize).wrapping_sub(1));
        let order =
            order.ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(format!("there is no order {order_id}")))?;
        let price = POW10[core.symbols[order.symbol as usize].instrument.price_decimals as usize] as f64;
        let shown = |units: i64| (units != 0).then_some(units as f64 / price);
        dict.set_item("order_id", order_id)?;
        dict.set_item("symbol", &self.names[order.symbol as usize])?;
        dict.set_item("side", if order.buys() { "buy" } else { "sell" })?;
        dict.set_item("type", type_name(order))?;
        dict.set_item("role", role_name(order.role))?;
        dict.set_item("status", status_name(order.status))?;
        dict.set_item("quantity", order.quantity as f64 / 1e8)?;
        dict.set_item("filled", order.filled as f64 / 1e8)?;
        dict.set_item("limit", shown(order.limit))?;
        dict.set_item("trigger", shown(order.trigger))?;
        dict.set_item("reason", order.reason.as_deref())?;
        dict.set_item("why", core.reasons.text(order.why))?;
        Ok(dict)
    }

    /// One fill as plain values, for handlers.
    fn fill<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core()?;
        let (dict, fill) = (PyDict::new(py), &core.fills[index]);
        let price = POW10[core.symbols[fill.symbol as usize].instrument.price_decimals as usize] as f64;
        dict.set_item("ts", fill.ts)?;
        dict.set_item("order_id", fill.order + 1)?;
        dict.set_item("symbol", &self.names[fill.symbol as usize])?;
        dict.set_item("side", if fill.side > 0 { "buy" } else { "sell" })?;
        dict.set_item("quantity", fill.quantity as f64 / 1e8)?;
        dict.set_item("price", fill.price as f64 / price)?;
        dict.set_item("fee", fill.fee as f64 / POW10[self.cash_decimals as usize] as f64)?;
        dict.set_item("liquidity", if fill.maker { "maker" } else { "taker" })?;
        dict.set_item("position", fill.position as f64 / 1e8)?;
        Ok(dict)
    }

    /// Round trips as columns of integers (rule R2).
    fn trades<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core()?;
        let (dict, rows) = (PyDict::new(py), round_trips(&core.fills, &lots(core)));
        let average =
            |(quantity, sum): (i128, i128)| if quantity == 0 { f64::NAN } else { sum as f64 / quantity as f64 };
        columns!(dict, py, rows, {
            "symbol": |trade: &Trade| trade.symbol,
            "side": |trade: &Trade| trade.side,
            "entry_ts": |trade: &Trade| trade.entry_ts,
            "exit_ts": |trade: &Trade| trade.exit_ts,
            "quantity": |trade: &Trade| trade.quantity,
            "entry": |trade: &Trade| average(trade.entered),
            "exit": |trade: &Trade| average(trade.left),
            "notional": |trade: &Trade| trade.notional as f64,
            "pnl": |trade: &Trade| trade.pnl,
            "fees": |trade: &Trade| trade.fees,
            "why_entry": |trade: &Trade| core.orders[trade.entry_order as usize].why,
            "why_exit": |trade: &Trade| core.orders[trade.exit_order as usize].why,
            "open": |trade: &Trade| trade.open,
            "bars": |trade: &Trade| {
                let base = core.symbols[trade.symbol as usize].base.filter(|_| trade.open);
                let end = base.map_or(trade.bars.1, |base| core.streams[base as usize].bars.ts.len() as u32 - 1);
                i64::from(end) - i64::from(trade.bars.0)
            },
        });
        Ok(dict)
    }

    /// The equity curve as columns of integers: ts, equity, cash, gross.
    fn curve<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (clock, curve) = py.detach(|| self.equity_curve())?;
        let dict = PyDict::new(py);
        dict.set_item("ts", clock.into_pyarray(py))?;
        dict.set_item("equity", curve.equity.into_pyarray(py))?;
        dict.set_item("cash", curve.cash.into_pyarray(py))?;
        dict.set_item("gross", curve.gross.into_pyarray(py))?;
        Ok(dict)
    }

    /// The readable columns of a curve: equity, cash, `position_value`, exposure, drawdown, made in one pass.
    #[staticmethod]
    fn readable_curve<'py>(
        py: Python<'py>,
        equity: PyReadonlyArray1<'py, i64>,
        cash: PyReadonlyArray1<'py, i64>,
        gross: PyReadonlyArray1<'py, i64>,
        start: i64,
        scale: f64,
    ) -> PyResult<Vec<Bound<'py, PyArray1<f64>>>> {
        let (equity, cash, gross) = (equity.as_slice()?, cash.as_slice()?, gross.as_slice()?);
        let mut columns: [Vec<f64>; 5] = std::array::from_fn(|_| Vec::with_capacity(equity.len()));
        py.detach(|| {
            let [value, money, position, exposure, drawdown] = &mut columns;
            value.extend(equity.iter().map(|units| *units as f64 / scale));
            money.extend(cash.iter().map(|units| *units as f64 / scale));
            position.extend(value.iter().zip(&*money).map(|(value, money)| value - money));
            exposure.extend(
                equity
                    .iter()
                    .zip(gross)
                    .map(|(equity, gross)| if *equity > 0 { *gross as f64 / *equity as f64 } else { 0.0 }),
            );
            let mut peak = start;
            drawdown.extend(equity.iter().map(|units| {
                peak = peak.max(*units);
                *units as f64 / peak as f64 - 1.0
            }));
        });
        Ok(columns.into_iter().map(|column| column.into_pyarray(py)).collect())
    }

    /// Reasons given by the strategy, by number.
    fn reasons(&self) -> PyResult<Vec<String>> {
        Ok(self.core()?.reasons.texts().iter().map(ToString::to_string).collect())
    }

    /// Figures of the run from its curve; ratios rest on daily closes (`every_day`: days without rows keep the last value).
    #[allow(clippy::too_many_arguments)] // three columns and three terms
    fn summary<'py>(
        &self,
        py: Python<'py>,
        ts: PyReadonlyArray1<'py, i64>,
        equity: PyReadonlyArray1<'py, i64>,
        gross: PyReadonlyArray1<'py, i64>,
        every_day: bool,
        periods_per_year: f64,
    ) -> PyResult<Bound<'py, PyDict>> {
        let core = self.core()?;
        let scale = POW10[self.cash_decimals as usize] as f64;
        let (clock, equity, gross) = (ts.as_slice()?, equity.as_slice()?, gross.as_slice()?);
        let (digest, figures, trades) = py.detach(|| {
            let digest = digest(clock, self.start_equity, equity, gross);
            let closes = daily_equity(&digest, every_day, scale);
            (digest, parrot_metrics::summary(&closes, periods_per_year), round_trips(&core.fills, &lots(core)))
        });
        let mut closed: Vec<&Trade> = trades.iter().filter(|trade| !trade.open).collect();
        closed.sort_by_key(|trade| trade.exit_ts);
        let results: Vec<f64> = closed.iter().map(|trade| trade.pnl as f64 / scale).collect();
        let traded: i128 = core.fills.iter().map(|fill| i128::from(fill.notional)).sum();
        let last = equity.last().copied().unwrap_or(self.start_equity);
        let dict = PyDict::new(py);
        crate::metrics::put(&dict, &figures.figures())?;
        crate::metrics::put(&dict, &parrot_metrics::round_trips(&results).figures())?;
        dict.set_item("fills", core.fills.len())?;
        dict.set_item("orders", core.orders.len())?;
        dict.set_item("trades", trades.len())?;
        dict.set_item("fees", core.fills.iter().map(|fill| i128::from(fill.fee)).sum::<i128>() as f64 / scale)?;
        dict.set_item("final_equity", last as f64 / scale)?;
        dict.set_item("exposure", digest.exposed as f64 / clock.len().max(1) as f64)?;
        dict.set_item("turnover", (digest.mean > 0.0).then(|| traded as f64 / digest.mean))?;
        let hash = hash(&core.orders, &core.fills, &core.changes, equity, &core.reasons);
        dict.set_item("hash", format!("{hash:016x}"))?;
        Ok(dict)
    }
}

fn lots(core: &Core) -> Vec<i64> {
    core.symbols.iter().map(|symbol| symbol.instrument.lot).collect()
}

/// Daily closes as floats; with `every_day` a day without rows keeps the equity of the day before.
fn daily_equity(digest: &Digest, every_day: bool, scale: f64) -> Vec<f64> {
    let mut closes = vec![digest.daily[0] as f64 / scale];
    for (at, day) in digest.days.iter().enumerate() {
        let missing = if every_day && at > 0 { day - digest.days[at - 1] - 1 } else { 0 };
        let last = closes[closes.len() - 1];
        closes.extend((0..missing).map(|_| last));
        closes.push(digest.daily[at + 1] as f64 / scale);
    }
    closes
}

impl Engine {
    /// Close times and the curve over them.
    fn equity_curve(&self) -> PyResult<(Vec<i64>, Curve)> {
        let core = self.core()?;
        let clock: Vec<i64> = core.clock();
        let mut curve = cash_curve(clock.len(), self.start_equity, &core.changes);
        for (index, symbol) in core.symbols.iter().enumerate() {
            let marks = match symbol.base.map(|base| &core.streams[base as usize].bars) {
                Some(bars) if !symbol.by_ticks && core.has_clock(bars, &clock) => Marks::Rows(&bars.close),
                Some(bars) if !symbol.by_ticks => Marks::Bars(&bars.close_ts, &bars.close),
                _ => Marks::Rows(&symbol.marks),
            };
            let fx = symbol.fx.as_ref();
            let holding = Holding { symbol: index as u16, instrument: &symbol.instrument, marks, fx };
            add_symbol(&mut curve, &clock, &core.changes, &holding);
        }
        Ok((clock, curve))
    }
}

//! What a strategy can do and ask while its handler runs.

use parrot_backtest::order::{Guard, Kind, Level, Order, Status, Tif};
use parrot_kernel::{POW10, Rounding};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Engine;
use super::numbers::scaled;

/// A price, a percentage or a distance: ("price" | "pct" | "distance", number).
type LevelArgument<'py> = Option<(String, Bound<'py, PyAny>)>;

/// More calls of one timer are a slip of the unit: they would take minutes to hours.
const MOST_TIMER_CALLS: i64 = 1_000_000_000;

fn fault(problem: impl Into<String>) -> PyErr {
    PyValueError::new_err(problem.into())
}

fn tif(text: &str) -> PyResult<Tif> {
    Ok(match text {
        "GTC" => Tif::Gtc,
        "DAY" => Tif::Day,
        "GTD" => Tif::Gtd,
        "IOC" => Tif::Ioc,
        "FOK" => Tif::Fok,
        _ => return Err(fault(format!("tif is {text:?}; expected GTC, DAY, GTD, IOC or FOK"))),
    })
}

impl Engine {
    fn price_units(&self, symbol: u16, value: &Bound<'_, PyAny>, rounding: Rounding, name: &str) -> PyResult<i64> {
        let decimals = self.core()?.symbols[symbol as usize].instrument.price_decimals;
        let units = scaled(value, decimals, rounding, name)?;
        if units <= 0 {
            return Err(fault(format!("{name} is {value}; a price must be positive")));
        }
        Ok(units)
    }

    fn level(
        &self,
        symbol: u16,
        argument: LevelArgument<'_>,
        rounding: Rounding,
        name: &str,
    ) -> PyResult<Option<Level>> {
        let Some((kind, value)) = argument else { return Ok(None) };
        Ok(Some(match kind.as_str() {
            "pct" => Level::Percent(share(&value, name)?),
            "distance" => Level::Distance(self.price_units(symbol, &value, Rounding::HalfEven, name)?),
            _ => Level::Price(self.price_units(symbol, &value, rounding, name)?),
        }))
    }

    fn guard(&self, symbol: u16, stop: LevelArgument<'_>, trailing: bool, take: LevelArgument<'_>) -> PyResult<Guard> {
        // The side that these levels close is known only at the fill; the tick rounding happens there.
        let stop = self.level(symbol, stop, Rounding::HalfEven, "stop")?;
        let take = self.level(symbol, take, Rounding::HalfEven, "take")?;
        Ok(Guard { stop, trailing, take })
    }
}

/// A percentage as a share of 10^-8; it must lie between 0 and 100.
fn share(value: &Bound<'_, PyAny>, name: &str) -> PyResult<i64> {
    let units = scaled(value, 6, Rounding::HalfEven, name)?;
    if units <= 0 || units >= 100_000_000 {
        return Err(fault(format!("{name} is {value} %; expected more than 0 and less than 100")));
    }
    Ok(units)
}

#[pymethods]
impl Engine {
    /// Sends an order and says its id; `side` is 1 or -1.
    #[pyo3(signature = (symbol, side, quantity, *, limit=None, trigger=None, touch=None, trail=None, tif="GTC", until=None, post_only=false, reduce_only=false, oco=0, stop=None, trailing=false, take=None, why=""))]
    #[allow(clippy::too_many_arguments, clippy::too_many_lines)] // one argument a field of an order
    fn submit(
        &mut self,
        symbol: u16,
        side: i8,
        quantity: &Bound<'_, PyAny>,
        limit: Option<&Bound<'_, PyAny>>,
        trigger: Option<&Bound<'_, PyAny>>,
        touch: Option<&Bound<'_, PyAny>>,
        trail: LevelArgument<'_>,
        tif: &str,
        until: Option<i64>,
        post_only: bool,
        reduce_only: bool,
        oco: u32,
        stop: LevelArgument<'_>,
        trailing: bool,
        take: LevelArgument<'_>,
        why: &str,
    ) -> PyResult<u32> {
        let buys = side > 0;
        let kind = match (limit.is_some(), trigger.is_some(), touch.is_some(), trail.is_some()) {
            (false, false, false, false) => Kind::Market,
            (true, false, false, false) => Kind::Limit,
            (false, true, false, false) => Kind::Stop,
            (true, true, false, false) => Kind::StopLimit,
            (false, false, true, false) => Kind::Touch,
            (true, false, true, false) => Kind::TouchLimit,
            (false, false, false, true) => Kind::Trail,
            _ => return Err(fault("at most one of trigger=, touch= and trail=; limit= goes with trigger= or touch=")),
        };
        if until.is_some() && tif != "GTD" {
            return Err(fault(format!("until= is for tif=\"GTD\", not for {tif}")));
        }
        let units = scaled(quantity, 8, Rounding::Down, "quantity")?;
        if units <= 0 && !(units == 0 && quantity.gt(0)?) {
            return Err(fault(format!("the quantity is {quantity}; it must be positive")));
        }
        let (down, up) = if buys { (Rounding::Down, Rounding::Up) } else { (Rounding::Up, Rounding::Down) };
        let price = |value: Option<&Bound<'_, PyAny>>, rounding, name| {
            value.map_or(Ok(0), |value| self.price_units(symbol, value, rounding, name))
        };
        let mut order = Order::new(symbol, side.signum(), kind, units, 0);
        order.limit = price(limit, down, "limit")?;
        order.trigger = if trigger.is_some() { price(trigger, up, "trigger")? } else { price(touch, up, "touch")? };
        order.trail = match self.level(symbol, trail, Rounding::HalfEven, "trail")? {
            Some(Level::Price(units)) => Level::Distance(units),
            Some(level) => level,
            None => order.trail,
        };
        order.tif = self::tif(tif)?;
        (order.until, order.post_only, order.reduce_only, order.oco) =
            (until.unwrap_or(i64::MAX), post_only, reduce_only, oco);
        order.guard = self.guard(symbol, stop, trailing, take)?;
        let core = self.core_mut()?;
        order.why = core.reasons.intern(why);
        core.submit(order).map(|id| id + 1).map_err(|problem| fault(problem.0))
    }

    /// Brings a position to a share of equity; says the order's id, None when nothing has to change.
    #[pyo3(signature = (symbol, fraction, *, stop=None, trailing=false, take=None, why=""))]
    fn target(
        &mut self,
        symbol: u16,
        fraction: &Bound<'_, PyAny>,
        stop: LevelArgument<'_>,
        trailing: bool,
        take: LevelArgument<'_>,
        why: &str,
    ) -> PyResult<Option<u32>> {
        let share = scaled(fraction, 8, Rounding::HalfEven, "target")?;
        let guard = self.guard(symbol, stop, trailing, take)?;
        let core = self.core_mut()?;
        let why = core.reasons.intern(why);
        let id = core.target(symbol, share, guard, why).map_err(|problem| fault(problem.0))?;
        Ok(id.map(|id| id + 1))
    }

    /// Brings a position to a quantity; says the order's id, None when nothing has to change.
    #[pyo3(signature = (symbol, quantity, *, stop=None, trailing=false, take=None, why=""))]
    fn hold(
        &mut self,
        symbol: u16,
        quantity: &Bound<'_, PyAny>,
        stop: LevelArgument<'_>,
        trailing: bool,
        take: LevelArgument<'_>,
        why: &str,
    ) -> PyResult<Option<u32>> {
        let units = scaled(quantity, 8, Rounding::HalfEven, "hold")?;
        let guard = self.guard(symbol, stop, trailing, take)?;
        let core = self.core_mut()?;
        let why = core.reasons.intern(why);
        Ok(core.hold(symbol, units, guard, why).map(|id| id + 1))
    }

    /// `hold` of the only symbol without protection: the short way for the most frequent call.
    fn hold_plain(&mut self, quantity: &Bound<'_, PyAny>, why: &str) -> PyResult<Option<u32>> {
        let units = scaled(quantity, 8, Rounding::HalfEven, "hold")?;
        let core = self.core_mut()?;
        let why = core.reasons.intern(why);
        Ok(core.hold(0, units, Guard::default(), why).map(|id| id + 1))
    }

    /// Closes a position; says the order's id, None when it is flat.
    #[pyo3(signature = (symbol, why=""))]
    fn close(&mut self, symbol: u16, why: &str) -> PyResult<Option<u32>> {
        let core = self.core_mut()?;
        let why = core.reasons.intern(why);
        Ok(core.close(symbol, why).map(|id| id + 1))
    }

    /// Cancels a working order; false when it is not working any more.
    fn cancel(&mut self, order_id: u32) -> PyResult<bool> {
        Ok(order_id > 0 && self.core_mut()?.cancel(order_id - 1))
    }

    /// Cancels all working orders (of one symbol) but protection; says how many.
    #[pyo3(signature = (symbol=None))]
    fn cancel_all(&mut self, symbol: Option<u16>) -> PyResult<usize> {
        Ok(self.core_mut()?.cancel_all(symbol))
    }

    /// Adds a timer; says its number.
    fn every(&mut self, interval: i64) -> PyResult<u16> {
        self.still_building("a timer is")?;
        let core = self.core_mut()?;
        let calls = core.span_of_bars() / interval;
        if calls > MOST_TIMER_CALLS {
            return Err(fault(format!(
                "a timer every {interval} ns would be called {calls} times; expected at most {MOST_TIMER_CALLS}; \
                 numbers are nanoseconds, text such as \"1h\" or \"100ms\" says the unit"
            )));
        }
        Ok(core.every(interval))
    }

    /// Position of a symbol, in units.
    fn position(&self, symbol: usize) -> PyResult<f64> {
        Ok(self.core()?.symbols[symbol].position.quantity as f64 / 1e8)
    }

    /// Position of a symbol, in 10^-8 units.
    fn position_lots(&self, symbol: usize) -> PyResult<i64> {
        Ok(self.core()?.symbols[symbol].position.quantity)
    }

    /// True when a symbol's position is below one lot (rule N4).
    fn flat(&self, symbol: usize) -> PyResult<bool> {
        let state = &self.core()?.symbols[symbol];
        Ok(state.instrument.lots(state.position.quantity) == 0)
    }

    /// Average price of a symbol's position, derived from its total cost (rule A10); None when flat.
    fn average_price(&self, symbol: usize) -> PyResult<Option<f64>> {
        let state = &self.core()?.symbols[symbol];
        let quantity = state.position.quantity as f64 / 1e8;
        let cost = state.position.cost as f64 / POW10[self.cash_decimals as usize] as f64;
        let multiplier = state.instrument.multiplier as f64 / 10_f64.powi(state.instrument.multiplier_decimals as i32);
        if quantity == 0.0 || cost == 0.0 {
            return Ok(None);
        }
        Ok(Some(if state.instrument.kind == parrot_backtest::instrument::Kind::Inverse {
            -quantity * multiplier / cost
        } else {
            cost / quantity / multiplier
        }))
    }

    /// Last known price of a symbol; None before the first.
    fn last_price(&self, symbol: usize) -> PyResult<Option<f64>> {
        let state = &self.core()?.symbols[symbol];
        Ok((state.last > 0).then(|| state.last as f64 / POW10[state.instrument.price_decimals as usize] as f64))
    }

    /// Free cash in account currency.
    #[getter]
    fn cash(&self) -> PyResult<f64> {
        Ok(self.core()?.account.cash as f64 / POW10[self.cash_decimals as usize] as f64)
    }

    /// Cash plus the value of all positions at their last prices.
    #[getter]
    fn equity(&self) -> PyResult<f64> {
        Ok(self.core()?.equity() as f64 / POW10[self.cash_decimals as usize] as f64)
    }

    /// Time of the current step, ns UTC.
    #[getter]
    fn now(&self) -> PyResult<i64> {
        Ok(self.core()?.now)
    }

    /// Number of the symbol whose handler runs.
    #[getter]
    fn current(&self) -> PyResult<usize> {
        Ok(self.core()?.cursor.symbol())
    }

    /// Ids of working orders (of one symbol).
    #[pyo3(signature = (symbol=None))]
    fn working(&self, symbol: Option<usize>) -> PyResult<Vec<u32>> {
        let core = self.core()?;
        let wanted = core.symbols.iter().enumerate().filter(|(index, _)| symbol.is_none_or(|symbol| symbol == *index));
        let ids = wanted.flat_map(|(_, state)| state.open.iter());
        Ok(ids.filter(|id| core.orders[**id as usize].status == Status::Working).map(|id| id + 1).collect())
    }
}

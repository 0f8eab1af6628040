//! Putting a run together: terms, symbols, columns, events, indicators.

#![allow(clippy::needless_pass_by_value)] // PyO3 hands borrowed arrays over by value

use std::sync::Arc;

use numpy::PyReadonlyArray1;
use parrot_backtest::Engine as Core;
use parrot_backtest::account::AccountKind;
use parrot_backtest::calendar::Action;
use parrot_backtest::costs::{FeeCurrency, Fees, Slippage, Tier};
use parrot_backtest::data::{Bars, FxRates, Stream};
use parrot_backtest::engine::{Bounds, Config, Symbol, Wants};
use parrot_backtest::instrument::{Instrument, Kind};
use parrot_indicators::{Inputs, Spec};
use parrot_kernel::Column;
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Engine;
use super::columns::{FloatCache, Floats, borrow};
use super::series::Series;
use super::values::Values;

/// Field `name` of a dict, which must be there.
fn field<'py, T: for<'a> FromPyObject<'a, 'py, Error: Into<PyErr>>>(
    terms: &Bound<'py, PyDict>,
    name: &str,
) -> PyResult<T> {
    let value = terms.get_item(name)?.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
    value.extract::<T>().map_err(Into::into)
}

fn slippage(terms: &Bound<'_, PyDict>) -> PyResult<Slippage> {
    let (kind, amount): (String, i64) = field(terms, "slippage")?;
    Ok(match kind.as_str() {
        "ticks" => Slippage::Ticks(amount),
        "rate" => Slippage::Rate(amount),
        "spread" => Slippage::Spread(amount),
        "impact" => Slippage::Impact(amount),
        _ => Slippage::None,
    })
}

fn config(terms: &Bound<'_, PyDict>) -> PyResult<Config> {
    let margin: Option<(i64, i64)> = field(terms, "margin")?;
    let tiers: Vec<(i128, i64, i64)> = field(terms, "tiers")?;
    let bounds: String = field(terms, "bounds")?;
    Ok(Config {
        account: margin
            .map_or(AccountKind::Cash, |(initial, maintenance)| AccountKind::Margin { initial, maintenance }),
        cash: field(terms, "cash")?,
        fees: Fees {
            maker: field(terms, "maker")?,
            taker: field(terms, "taker")?,
            per_unit: field(terms, "fee_per_unit")?,
            minimum: field(terms, "fee_minimum")?,
            currency: if field::<bool>(terms, "fee_in_base")? { FeeCurrency::Base } else { FeeCurrency::Quote },
            tiers: tiers.into_iter().map(|(volume, maker, taker)| Tier { volume, maker, taker }).collect(),
        },
        slippage: slippage(terms)?,
        touch: field(terms, "touch")?,
        participation: field(terms, "participation")?,
        bounds: match bounds.as_str() {
            "pessimistic" => Bounds::Pessimistic,
            "optimistic" => Bounds::Optimistic,
            _ => Bounds::Convention,
        },
        proportional_queue: field(terms, "proportional_queue")?,
        feed_latency: field(terms, "feed_latency")?,
        order_latency: field(terms, "order_latency")?,
        borrow: field(terms, "borrow")?,
        live: terms.get_item("live")?.is_some_and(|live| live.is_truthy().unwrap_or(false)),
    })
}

#[pymethods]
impl Engine {
    /// An empty run on the given terms (integers in the scales of docs/reference/backtest.md).
    #[new]
    fn new(terms: &Bound<'_, PyDict>) -> PyResult<Self> {
        let config = config(terms)?;
        Ok(Self {
            start_equity: config.cash,
            config,
            cash_decimals: field(terms, "cash_decimals")?,
            names: Arc::new(Vec::new()),
            symbols: Vec::new(),
            streams: Vec::new(),
            core: None,
            floats: FloatCache::new(),
            conditions: Vec::new(),
            lines: Vec::new(),
            running: false,
        })
    }

    /// Adds a symbol and says its number.
    fn add_symbol(&mut self, name: String, terms: &Bound<'_, PyDict>) -> PyResult<usize> {
        let kind: String = field(terms, "kind")?;
        let instrument = Instrument {
            kind: match kind.as_str() {
                "linear" => Kind::Linear,
                "inverse" => Kind::Inverse,
                _ => Kind::Spot,
            },
            price_decimals: field(terms, "price_decimals")?,
            tick: field(terms, "tick")?,
            lot: field(terms, "lot")?,
            min_quantity: field(terms, "min_quantity")?,
            min_notional: field(terms, "min_notional")?,
            multiplier: field(terms, "multiplier")?,
            multiplier_decimals: field(terms, "multiplier_decimals")?,
            cash_decimals: self.cash_decimals,
        };
        Arc::make_mut(&mut self.names).push(name);
        self.symbols.push(Symbol::new(instrument));
        Ok(self.symbols.len() - 1)
    }

    /// Adds bars: six int64 columns by name, `session` and `member` where there are any; says the stream's number.
    fn add_bars(
        &mut self,
        symbol: u16,
        timeframe: i64,
        base: bool,
        volume_decimals: u32,
        columns: &Bound<'_, PyDict>,
    ) -> PyResult<usize> {
        let column = |name: &str| borrow(field::<PyReadonlyArray1<'_, i64>>(columns, name)?);
        let session = columns.get_item("session")?.map(|array| borrow(array.extract::<PyReadonlyArray1<'_, i64>>()?));
        let member = columns.get_item("member")?.map(|array| borrow(array.extract::<PyReadonlyArray1<'_, u8>>()?));
        let bars = Bars {
            ts: column("ts")?,
            close_ts: column("close_ts")?,
            open: column("open")?,
            high: column("high")?,
            low: column("low")?,
            close: column("close")?,
            volume: column("volume")?,
            volume_decimals,
            session: session.transpose()?,
            member: member.transpose()?,
        };
        let rows = bars.ts.len();
        let lengths =
            [&bars.close_ts, &bars.open, &bars.high, &bars.low, &bars.close, &bars.volume].map(|column| column.len());
        let optional = bars.session.as_ref().is_none_or(|column| column.len() == rows)
            && bars.member.as_ref().is_none_or(|column| column.len() == rows);
        if lengths.iter().any(|length| *length != rows) || !optional {
            return Err(PyValueError::new_err("columns differ in length"));
        }
        self.streams.push(Stream { symbol, timeframe, base, bars });
        Ok(self.streams.len() - 1)
    }

    /// Gives a symbol foreign currency rates: times and rates of 10^-8.
    fn add_fx(
        &mut self,
        symbol: usize,
        ts: PyReadonlyArray1<'_, i64>,
        rate: PyReadonlyArray1<'_, i64>,
    ) -> PyResult<()> {
        self.symbols[symbol].fx = Some(FxRates { ts: borrow(ts)?, rate: borrow(rate)? });
        Ok(())
    }

    /// Point-in-time adjustment of a stream's indicators: one factor a bar.
    fn adjust(&mut self, stream: usize, factor: PyReadonlyArray1<'_, f64>) -> PyResult<()> {
        let symbol = self.streams[stream].symbol as usize;
        let decimals = self.symbols[symbol].instrument.price_decimals;
        let factor = Arc::new(factor.as_slice()?.to_vec());
        self.floats.insert(stream, Arc::new(Floats::new(&self.streams[stream], decimals, Some(factor))));
        Ok(())
    }

    /// Ends the building; `events` are (ns UTC, symbol, kind, first, second) of splits, dividends and funding.
    fn start(&mut self, events: Vec<(i64, u16, String, i64, i64)>) -> PyResult<()> {
        if self.core.is_some() {
            return Err(PyRuntimeError::new_err("the run has been started"));
        }
        let mut core =
            Core::new(self.config.clone(), std::mem::take(&mut self.symbols), std::mem::take(&mut self.streams));
        let action = |(ts, symbol, kind, first, second): (i64, u16, String, i64, i64)| match kind.as_str() {
            "split" => (ts, symbol, Action::Split { numerator: first, denominator: second }),
            "dividend" => (ts, symbol, Action::Dividend { amount: first }),
            _ => (ts, symbol, Action::Funding { rate: first }),
        };
        core.plan(events.into_iter().map(action).collect());
        self.core = Some(core);
        Ok(())
    }

    /// Says which handlers the strategy has: bar, trade, quote, book, order, fill.
    #[allow(clippy::fn_params_excessive_bools)] // one flag a handler
    fn listen(&mut self, bar: bool, trade: bool, quote: bool, book: bool, order: bool, fill: bool) -> PyResult<()> {
        self.core_mut()?.listen(Wants { bar, trade, quote, book, order, fill });
        Ok(())
    }

    /// The lines of an indicator over every symbol's bars of `timeframe`; handlers wait for its warm-up (rule T5).
    #[pyo3(signature = (name, parameters, timeframe, source=None))]
    fn indicator(
        &mut self,
        py: Python<'_>,
        name: &str,
        parameters: Vec<f64>,
        timeframe: i64,
        source: Option<&str>,
    ) -> PyResult<Vec<(String, Series)>> {
        let spec = Spec::parse(name, &parameters).map_err(|fault| PyValueError::new_err(fault.to_string()))?;
        let streams = self.streams_of(timeframe)?;
        let mut outputs: Vec<Vec<Option<Values>>> = vec![Vec::new(); spec.outputs().len()];
        for stream in &streams {
            let lines = match stream {
                None => vec![None; outputs.len()],
                Some(stream) => self.compute(py, &spec, *stream, source)?.into_iter().map(Some).collect(),
            };
            outputs.iter_mut().zip(lines).for_each(|(output, line)| output.push(line));
        }
        self.wait_for(&streams, spec.lookback())?;
        let shown = parameters.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let label = format!("{name}({shown})");
        let named = spec.outputs().iter().zip(outputs);
        Ok(named
            .map(|(output, values)| ((*output).to_owned(), self.series(values, &streams, &label, spec.lookback())))
            .collect())
    }

    /// A column of the bars as a line: open, high, low, close or volume.
    fn price(&mut self, column: &str, timeframe: i64) -> PyResult<Series> {
        let streams = self.streams_of(timeframe)?;
        let core = self.core()?;
        let live = core.is_live();
        let mut values: Vec<Option<Values>> =
            streams.iter().map(|stream| stream.map(|stream| exact_column(core, stream, column))).collect();
        if live {
            self.grow_prices(&mut values, &streams, column);
        }
        Ok(self.series(values, &streams, column, 0))
    }

    /// A line from a float column for each symbol (None where there is none), as long as its bars.
    fn line(
        &mut self,
        label: &str,
        columns: Vec<Option<PyReadonlyArray1<'_, f64>>>,
        timeframe: i64,
        lookback: usize,
    ) -> PyResult<Series> {
        let streams = self.streams_of(timeframe)?;
        let mut values = Vec::new();
        for (column, stream) in columns.iter().zip(&streams) {
            let copied = column.as_ref().map(|column| column.as_slice().map(<[f64]>::to_vec)).transpose()?;
            let expected =
                stream.map_or(0, |stream| self.core.as_ref().map_or(0, |core| core.streams[stream].bars.ts.len()));
            if copied.as_ref().is_some_and(|copied| copied.len() != expected) {
                return Err(PyValueError::new_err(format!("{label} has another length than its bars ({expected})")));
            }
            values.push(copied.map(|copied| Values::Float(copied.into())));
        }
        if self.core()?.is_live() {
            self.grow_own(&mut values, &streams);
        }
        self.wait_for(&streams, lookback)?;
        Ok(self.series(values, &streams, label, lookback))
    }

    /// Handlers of every symbol wait for `bars` closed bars of `timeframe`.
    fn warm_up(&mut self, bars: usize, timeframe: i64) -> PyResult<()> {
        let streams = self.streams_of(timeframe)?;
        let core = self.core_mut()?;
        streams.iter().flatten().for_each(|stream| core.warm_up(*stream, bars));
        Ok(())
    }
}

impl Engine {
    /// The stream of each symbol with bars of `timeframe` (0: its base).
    fn streams_of(&self, timeframe: i64) -> PyResult<Vec<Option<usize>>> {
        self.still_building("a line is")?;
        let core = self.core()?;
        let fits = |stream: &Stream, symbol: usize| {
            stream.symbol as usize == symbol && if timeframe == 0 { stream.base } else { stream.timeframe == timeframe }
        };
        let streams: Vec<Option<usize>> =
            (0..core.symbols.len()).map(|symbol| core.streams.iter().position(|stream| fits(stream, symbol))).collect();
        if streams.iter().all(Option::is_none) {
            return Err(PyValueError::new_err("no symbol has bars of this timeframe; declare it in `timeframes`"));
        }
        Ok(streams)
    }

    fn series(&self, values: Vec<Option<Values>>, streams: &[Option<usize>], label: &str, lookback: usize) -> Series {
        Series {
            values,
            streams: streams.iter().map(|stream| stream.unwrap_or(0)).collect(),
            names: self.names.clone(),
            cursor: self.core.as_ref().expect("series are made after the start").cursor.clone(),
            fixed: None,
            label: label.to_owned(),
            lookback,
        }
    }

    fn wait_for(&mut self, streams: &[Option<usize>], lookback: usize) -> PyResult<()> {
        let core = self.core_mut()?;
        streams.iter().flatten().for_each(|stream| core.warm_up(*stream, lookback + 1));
        Ok(())
    }

    fn compute(&mut self, py: Python<'_>, spec: &Spec, stream: usize, source: Option<&str>) -> PyResult<Vec<Values>> {
        if self.core()?.is_live() {
            return self.grow_indicator(spec, stream, source);
        }
        let adjusted = self.floats.get(&stream).is_some_and(|floats| floats.factor.is_some());
        if let (Some(values), false) = (exact_average(self.core()?, spec, stream, source), adjusted) {
            return Ok(vec![values]);
        }
        let floats = self.floats_of(stream)?;
        let bars = &self.core()?.streams[stream].bars;
        let ts: &[i64] = &bars.ts;
        let replaced = source.map(|name| float_column(&floats, name)).transpose()?;
        let outputs = py.detach(|| {
            let [open, high, low, close] = &floats.prices;
            let inputs = Inputs { open, high, low, close, volume: &floats.volume, ts };
            spec.compute(replaced, &inputs)
        });
        let named = spec.outputs().iter().zip(outputs);
        Ok(named.map(|(output, line)| in_todays_terms(line, &floats, spec, output, source)).collect())
    }

    fn floats_of(&mut self, stream: usize) -> PyResult<Arc<Floats>> {
        if let Some(floats) = self.floats.get(&stream) {
            return Ok(floats.clone());
        }
        let core = self.core()?;
        let data = &core.streams[stream];
        let decimals = core.symbols[data.symbol as usize].instrument.price_decimals;
        let floats = Arc::new(Floats::new(data, decimals, None));
        self.floats.insert(stream, floats.clone());
        Ok(floats)
    }
}

/// Values that were computed in the first bar's terms, in those of each bar: prices are divided by the factor, volumes
/// multiplied; ratios and directions have no terms.
fn in_todays_terms(mut line: Vec<f64>, floats: &Floats, spec: &Spec, output: &str, source: Option<&str>) -> Values {
    const WITHOUT_TERMS: [&str; 11] =
        ["rsi", "roc", "cci", "willr", "stoch", "percent_b", "adx", "mfi", "zscore", "percent_rank", "direction"];
    let plain = WITHOUT_TERMS.contains(&spec.name()) || WITHOUT_TERMS.contains(&output);
    if let (Some(factor), false) = (&floats.factor, plain) {
        let is_volume = spec.name() == "obv" || source == Some("volume");
        for (value, factor) in line.iter_mut().zip(factor.iter()) {
            *value = if is_volume { *value * factor } else { *value / factor };
        }
    }
    Values::Float(line.into())
}

fn float_column<'a>(floats: &'a Floats, name: &str) -> PyResult<&'a [f64]> {
    let index = ["open", "high", "low", "close"].iter().position(|column| *column == name);
    match (index, name) {
        (Some(index), _) => Ok(&floats.prices[index]),
        (None, "volume") => Ok(&floats.volume),
        _ => Err(PyValueError::new_err(format!("{name:?} is not a column; expected open, high, low, close or volume"))),
    }
}

pub(super) fn column_of(core: &Core, stream: usize, name: &str) -> Option<(Column<i64>, u32)> {
    let bars = &core.streams[stream].bars;
    let prices = core.symbols[core.streams[stream].symbol as usize].instrument.price_decimals;
    Some(match name {
        "open" => (bars.open.clone(), prices),
        "high" => (bars.high.clone(), prices),
        "low" => (bars.low.clone(), prices),
        "close" => (bars.close.clone(), prices),
        "volume" => (bars.volume.clone(), bars.volume_decimals),
        _ => return None,
    })
}

pub(super) fn exact_column(core: &Core, stream: usize, name: &str) -> Values {
    let (numerators, decimals) =
        column_of(core, stream, name).unwrap_or_else(|| (core.streams[stream].bars.close.clone(), 0));
    let bound = numerators.iter().map(|value| value.abs()).max().unwrap_or(0);
    Values::Exact { numerators, denominator: 1, decimals, first: 0, bound }
}

/// Simple and weighted averages stay integers: window sums over a common denominator, so that ties are ties.
fn exact_average(core: &Core, spec: &Spec, stream: usize, source: Option<&str>) -> Option<Values> {
    let (column, decimals) = column_of(core, stream, source.unwrap_or("close"))?;
    let weighted = spec.name() == "wma";
    if !weighted && spec.name() != "sma" {
        return None;
    }
    let n = spec.lookback() + 1;
    let weights = if weighted { n as i64 * (n as i64 + 1) / 2 } else { n as i64 };
    let largest = column.iter().map(|value| value.abs()).max().unwrap_or(0);
    let bound = largest.checked_mul(weights)?;
    bound.checked_mul(2)?;
    let sums = if weighted { weighted_sums(&column, n) } else { window_sums(&column, n) };
    Some(Values::Exact { numerators: sums.into(), denominator: weights, decimals, first: n - 1, bound })
}

fn window_sums(column: &[i64], n: usize) -> Vec<i64> {
    let mut sums = Vec::with_capacity(column.len());
    let mut sum = 0;
    for value in &column[..n.min(column.len())] {
        sum += value;
        sums.push(sum);
    }
    sums.extend(column.iter().skip(n).zip(column).map(|(value, old)| {
        sum += value - old;
        sum
    }));
    sums
}

fn weighted_sums(column: &[i64], n: usize) -> Vec<i64> {
    let (mut sum, mut plain) = (0_i64, 0_i64);
    let mut sums = Vec::with_capacity(column.len());
    for (row, value) in column.iter().enumerate() {
        // Moving on takes one weight from every value of the window; the oldest then has none left.
        sum = sum - if row >= n { plain } else { 0 } + value * (row + 1).min(n) as i64;
        plain += value - if row >= n { column[row - n] } else { 0 };
        sums.push(sum);
    }
    sums
}

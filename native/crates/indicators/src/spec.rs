//! Indicators by name: what the engine, the rules and the Python face ask for.

use crate::averages::{Dema, Ema, Macd, Sma, Tema, Wma};
use crate::error::ParameterError;
use crate::indicator::{Column, Gate, Indicator, Stream};
use crate::oscillators::{Cci, Roc, Rsi, Stoch, Willr};
use crate::statistics::{Highest, Linreg, Lowest, PercentRank, Zscore};
use crate::trend::{Adx, Ichimoku, Psar, Supertrend};
use crate::volatility::{Atr, Bbands, Donchian, Keltner, PercentB, Stddev, TrueRange};
use crate::volume::{Mfi, Obv, SessionVwap, Vwap};

/// A parameter's name and the value it has unless given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// The name users write.
    pub name: &'static str,
    /// The value when left out.
    pub default: f64,
}

/// A number on its way to a parameter's type.
trait Read: Sized {
    fn read(name: &str, value: f64) -> Result<Self, ParameterError>;
}

impl Read for f64 {
    fn read(_name: &str, value: f64) -> Result<Self, ParameterError> {
        Ok(value)
    }
}

impl Read for usize {
    fn read(name: &str, value: f64) -> Result<Self, ParameterError> {
        if value.fract() == 0.0 && (0.0..1e15).contains(&value) {
            return Ok(value as usize);
        }
        Err(ParameterError::new(format!("{name} is {value}"), "a whole number of bars of at least 1"))
    }
}

fn boxed<T, const I: usize, const O: usize>(indicator: T) -> Box<dyn Stream>
where
    T: Indicator<I, O> + Send + Sync + 'static,
{
    Box::new(Gate::new(indicator))
}

fn outputs_of<T: Indicator<I, O>, const I: usize, const O: usize>() -> &'static [&'static str] {
    T::OUTPUTS
}

fn columns_of<T: Indicator<I, O>, const I: usize, const O: usize>() -> &'static [Column] {
    T::COLUMNS
}

/// Writes the enum of all indicators and what depends on the list, so that the list exists once.
macro_rules! indicators {
    ($($(#[$doc:meta])* $kind:ident $name:literal { $($field:ident: $type:ty = $default:expr),* };)*) => {
        /// An indicator with its parameters. [`Spec::parse`] gives only valid ones.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)] // the names say it
        pub enum Spec {
            $($(#[$doc])* $kind { $($field: $type),* },)*
        }

        impl Spec {
            /// The names of all indicators.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The parameters of the named indicator, in order; none where the name is unknown.
            pub fn parameters(name: &str) -> Option<&'static [Parameter]> {
                match name {
                    $($name => Some(&[$(Parameter { name: stringify!($field), default: $default }),*]),)*
                    _ => None,
                }
            }

            /// Reads the parameters in order, filling those left out.
            fn read(name: &str, given: &[f64]) -> Result<Self, ParameterError> {
                #[allow(unused_mut, unused_variables)] // an indicator without parameters reads none
                let mut given = given.iter().copied();
                Ok(match name {
                    $($name => Self::$kind {
                        $($field: <$type>::read(stringify!($field), given.next().unwrap_or($default))?),*
                    },)*
                    _ => return Err(unknown(name)),
                })
            }

            /// The name users write.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind { .. } => $name,)*
                }
            }

            /// The outputs' names, in order.
            pub fn outputs(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind { .. } => outputs_of::<$kind, _, _>(),)*
                }
            }

            /// The columns read, in order.
            pub fn columns(&self) -> &'static [Column] {
                match self {
                    $(Self::$kind { .. } => columns_of::<$kind, _, _>(),)*
                }
            }

            /// A fresh machine.
            ///
            /// # Errors
            /// When a parameter is out of its range, which [`Spec::parse`] rules out.
            pub fn stream(&self) -> Result<Box<dyn Stream>, ParameterError> {
                Ok(match *self {
                    $(Self::$kind { $($field),* } => boxed($kind::new($($field),*)?),)*
                })
            }
        }
    };
}

indicators! {
    /// Simple moving average.
    Sma "sma" { n: usize = 20.0 };
    /// Exponential moving average.
    Ema "ema" { n: usize = 20.0 };
    /// Weighted moving average.
    Wma "wma" { n: usize = 20.0 };
    /// Double exponential moving average.
    Dema "dema" { n: usize = 20.0 };
    /// Triple exponential moving average.
    Tema "tema" { n: usize = 20.0 };
    /// Moving average convergence and divergence.
    Macd "macd" { fast: usize = 12.0, slow: usize = 26.0, signal: usize = 9.0 };
    /// Relative strength index.
    Rsi "rsi" { n: usize = 14.0 };
    /// Rate of change.
    Roc "roc" { n: usize = 10.0 };
    /// Commodity channel index.
    Cci "cci" { n: usize = 20.0 };
    /// Williams %R.
    Willr "willr" { n: usize = 14.0 };
    /// Stochastic.
    Stoch "stoch" { n: usize = 14.0, smooth: usize = 3.0, d: usize = 3.0 };
    /// True range.
    TrueRange "true_range" {};
    /// Average true range.
    Atr "atr" { n: usize = 14.0 };
    /// Bollinger bands.
    Bbands "bbands" { n: usize = 20.0, k: f64 = 2.0 };
    /// Place between the Bollinger bands.
    PercentB "percent_b" { n: usize = 20.0, k: f64 = 2.0 };
    /// Population standard deviation.
    Stddev "stddev" { n: usize = 20.0 };
    /// Keltner channel.
    Keltner "keltner" { n: usize = 20.0, k: f64 = 2.0, atr_n: usize = 10.0 };
    /// Donchian channel.
    Donchian "donchian" { n: usize = 20.0 };
    /// Average directional index with its directional indicators.
    Adx "adx" { n: usize = 14.0 };
    /// Parabolic stop and reverse.
    Psar "psar" { step: f64 = 0.02, most: f64 = 0.2 };
    /// `SuperTrend`.
    Supertrend "supertrend" { n: usize = 10.0, k: f64 = 3.0 };
    /// Ichimoku lines.
    Ichimoku "ichimoku" { conversion: usize = 9.0, base: usize = 26.0, span: usize = 52.0 };
    /// On-balance volume.
    Obv "obv" {};
    /// Money flow index.
    Mfi "mfi" { n: usize = 14.0 };
    /// Volume-weighted average price since the first bar.
    Vwap "vwap" {};
    /// Volume-weighted average price since the first bar of the UTC day.
    SessionVwap "session_vwap" {};
    /// Highest of the last values.
    Highest "highest" { n: usize = 20.0 };
    /// Lowest of the last values.
    Lowest "lowest" { n: usize = 20.0 };
    /// Least-squares line.
    Linreg "linreg" { n: usize = 14.0 };
    /// Distance from the mean in standard deviations.
    Zscore "zscore" { n: usize = 20.0 };
    /// Percentage of past values not above this one.
    PercentRank "percent_rank" { n: usize = 100.0 };
}

fn unknown(name: &str) -> ParameterError {
    ParameterError::new(format!("there is no indicator {name:?}"), format!("one of {}", Spec::NAMES.join(", ")))
}

impl Spec {
    /// The named indicator with its parameters in order; those left out at the end take their defaults.
    ///
    /// # Errors
    /// When the name is unknown, there are too many parameters, or one is out of its range.
    pub fn parse(name: &str, params: &[f64]) -> Result<Self, ParameterError> {
        let most = Self::parameters(name).ok_or_else(|| unknown(name))?;
        if params.len() > most.len() {
            let names: Vec<_> = most.iter().map(|parameter| parameter.name).collect();
            return Err(ParameterError::new(
                format!("{name} was given {} parameters", params.len()),
                format!("at most {}: {}", most.len(), names.join(", ")),
            ));
        }
        let spec = Self::read(name, params)?;
        spec.stream()?;
        Ok(spec)
    }

    /// Bars before the first one at which all outputs have a value.
    ///
    /// # Panics
    /// When the spec was built by hand with a parameter that [`Spec::parse`] refuses.
    pub fn lookback(&self) -> usize {
        self.machine().lookback()
    }

    /// All outputs over whole columns; `source` replaces the close where the indicator takes one series.
    ///
    /// # Panics
    /// When the spec was built by hand with a parameter that [`Spec::parse`] refuses, or columns differ in length.
    pub fn compute(&self, source: Option<&[f64]>, inputs: &Inputs) -> Vec<Vec<f64>> {
        let days = if self.columns().contains(&Column::Day) { inputs.days() } else { Vec::new() };
        let columns: Vec<&[f64]> = self.columns().iter().map(|&column| inputs.column(column, source, &days)).collect();
        let rows = columns[0].len();
        assert!(columns.iter().all(|column| column.len() == rows), "columns of one length");
        let mut outputs = vec![vec![0.0; rows]; self.outputs().len()];
        let mut slots: Vec<&mut [f64]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        self.machine().extend(&columns, &mut slots);
        outputs
    }

    fn machine(&self) -> Box<dyn Stream> {
        self.stream().expect("parameters that parse accepts")
    }
}

/// Columns of one symbol, all of one length; those no wanted indicator reads may be empty.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)] // the names say it
pub struct Inputs<'a> {
    pub open: &'a [f64],
    pub high: &'a [f64],
    pub low: &'a [f64],
    pub close: &'a [f64],
    pub volume: &'a [f64],
    /// Open times, ns UTC.
    pub ts: &'a [i64],
}

impl<'a> Inputs<'a> {
    fn column(&self, column: Column, source: Option<&'a [f64]>, days: &'a [f64]) -> &'a [f64] {
        match column {
            Column::Source => source.unwrap_or(self.close),
            Column::High => self.high,
            Column::Low => self.low,
            Column::Close => self.close,
            Column::Volume => self.volume,
            Column::Day => days,
        }
    }

    fn days(&self) -> Vec<f64> {
        self.ts.iter().map(|&ts| day(ts)).collect()
    }
}

/// Nanoseconds in a day.
const DAY_NS: i64 = 86_400_000_000_000;

/// Number of the UTC day of a time in ns.
pub fn day(ts: i64) -> f64 {
    ts.div_euclid(DAY_NS) as f64
}

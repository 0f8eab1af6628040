//! Technical indicators, streaming and batch with identical output.
//!
//! Every indicator is a machine ([`Indicator`]): `update` takes one bar, `extend` takes many, and however the bars are cut into
//! calls the output is the same to the last bit. [`Spec`] names them all; [`many::run`] computes several in one pass.

mod averages;
mod channel;
mod error;
mod indicator;
pub mod many;
mod oscillators;
mod ring;
mod smoothing;
mod spec;
mod statistics;
mod tally;
mod trend;
mod volatility;
mod volume;
mod window;

pub use averages::{Dema, Ema, Macd, Sma, Tema, Wma};
pub use error::{LENGTH_MAX, ParameterError};
pub use indicator::{Column, Gate, Indicator, Stream, batch};
pub use oscillators::{Cci, Roc, Rsi, Stoch, Willr};
pub use spec::{Inputs, Parameter, Spec, day};
pub use statistics::{Highest, Linreg, Lowest, PercentRank, Zscore};
pub use trend::{Adx, Ichimoku, Psar, Supertrend};
pub use volatility::{Atr, Bbands, Donchian, Keltner, PercentB, Stddev, TrueRange};
pub use volume::{Mfi, Obv, SessionVwap, Vwap};

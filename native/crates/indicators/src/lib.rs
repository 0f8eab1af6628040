//! Technical indicators, streaming and batch with identical output.
//!
//! Every indicator is a machine ([`Indicator`]): `update` takes one bar, `extend` takes many, and however the bars are cut into
//! calls the output is the same to the last bit. [`Spec`] names them all; [`many::run`] computes several in one pass.

mod averages;
mod error;
mod indicator;
pub mod many;
mod oscillators;
mod spec;
mod volatility;
mod window;

pub use averages::{Ema, Sma};
pub use error::{LENGTH_MAX, ParameterError};
pub use indicator::{Column, Gate, Indicator, Stream, batch};
pub use oscillators::Rsi;
pub use spec::{Inputs, Parameter, Spec, day};
pub use volatility::{Atr, Bbands};

//! NumPy columns without a copy, and floats made from them for indicators.

#![allow(clippy::needless_pass_by_value)] // PyO3 hands borrowed arrays over by value

use std::collections::HashMap;
use std::sync::Arc;

use numpy::{Element, PyReadonlyArray1};
use parrot_backtest::data::{Bars, Stream};
use parrot_kernel::Column;
use pyo3::prelude::*;

/// Borrows a contiguous NumPy array for as long as the column lives.
pub fn borrow<T: Element + Send + Sync>(array: PyReadonlyArray1<'_, T>) -> PyResult<Column<T>> {
    let slice: *const [T] = array.as_slice()?;
    let owner: Arc<dyn Send + Sync> = Arc::new(array.as_any().clone().unbind());
    // SAFETY: the array is read-only by contract (Parrot's columns are not writeable) and kept alive by `owner`.
    Ok(unsafe { Column::borrowed(&*slice, owner) })
}

/// Float columns of one stream, in quote and base units.
pub struct Floats {
    /// Opens, highs, lows, closes.
    pub prices: [Vec<f64>; 4],
    /// Volumes.
    pub volume: Vec<f64>,
    /// Price units of a raw price for one price unit of an adjusted one, when there are splits or dividends.
    pub factor: Option<Arc<Vec<f64>>>,
}

/// Floats by stream, made when first asked for.
pub type FloatCache = HashMap<usize, Arc<Floats>>;

impl Floats {
    /// Floats of a stream; `factor` makes them point-in-time adjusted (later prices are scaled to the first one's terms).
    pub fn new(stream: &Stream, decimals: u32, factor: Option<Arc<Vec<f64>>>) -> Self {
        let scale = 10_f64.powi(decimals as i32);
        let Bars { open, high, low, close, volume, volume_decimals, .. } = &stream.bars;
        let price = |column: &Column<i64>| match &factor {
            None => column.iter().map(|ticks| *ticks as f64 / scale).collect(),
            Some(factor) => {
                column.iter().zip(factor.iter()).map(|(ticks, factor)| *ticks as f64 / scale * factor).collect()
            }
        };
        let lots = 10_f64.powi(*volume_decimals as i32);
        let volume = match &factor {
            None => volume.iter().map(|units| *units as f64 / lots).collect(),
            Some(factor) => {
                volume.iter().zip(factor.iter()).map(|(units, factor)| *units as f64 / lots / factor).collect()
            }
        };
        Self { prices: [price(open), price(high), price(low), price(close)], volume, factor }
    }
}

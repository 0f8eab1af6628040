//! Trades, quotes and books (rules K1 to K5).

use crate::engine::{Engine, Step};

/// Tick data of all symbols.
#[derive(Debug, Default)]
pub struct Ticks {}

impl Ticks {
    pub(crate) fn any(&self) -> bool {
        false
    }
    pub(crate) fn next_time(&self) -> i64 {
        i64::MAX
    }
    pub(crate) fn next_arrival(&self) -> i64 {
        i64::MAX
    }
    pub(crate) fn mark_rows(&mut self, _now: i64) {}
    pub(crate) fn arrive(&mut self, _id: u32, _from: i64) {}
}
impl Engine {
    pub(crate) fn tick_step(&mut self, _now: i64) -> Option<Step> {
        None
    }
}

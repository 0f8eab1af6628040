//! The deterministic event loop: market data and commands in, fills and records out.
//!
//! No clock, no randomness, no I/O, no threads: time comes in with the data. The engine is advanced from outside,
//! step by step; between two steps the caller runs the strategy and sends its orders. Rules: docs/reference/backtest.md.

pub mod account;
pub mod actions;
pub mod bars;
pub mod calendar;
pub mod command;
pub mod conditions;
pub mod costs;
pub mod cursor;
pub mod data;
pub mod engine;
pub mod equity;
pub mod execute;
mod feeds;
mod groups;
pub mod guard;
pub mod instrument;
pub mod live;
pub mod margin;
mod market;
pub mod moves;
pub mod order;
pub mod records;
pub mod ticks;
pub mod trades;

pub use engine::{Config, Engine, Step};

//! The matching engine: price-time priority books, accounts, triggers, lists, auctions.
//!
//! What it does is written, rule by rule, in `docs/reference/matching.md`. It reads [`Command`]s and writes [`Event`]s;
//! it has no clock, no chance, no files and no threads, so the same commands give the same events on every machine.

pub mod feeds;
mod records;
mod words;

pub use records::{Command, Event};
pub use words::{
    BOTH, BUY, CommandKind, EVERY_SYMBOL, EventKind, Limit, ListKind, OrderType, Phase, Reason, SELL, SelfTrade,
    TimeInForce, flag, mark,
};

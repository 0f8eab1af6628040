//! The matching engine: price-time priority books, accounts, triggers, lists, auctions.
//!
//! What it does is written, rule by rule, in `docs/reference/matching.md`. It reads [`Command`]s and writes [`Event`]s;
//! it has no clock, no chance, no files and no threads, so the same commands give the same events on every machine.

mod accounts;
mod admit;
mod amend;
mod auction;
mod audit;
mod cancel;
mod engine;
mod enter;
pub mod feeds;
mod fields;
mod lists;
mod locks;
mod pegs;
mod phases;
mod place;
mod plain;
mod probe;
mod records;
mod settings;
mod slab;
mod snapshot;
mod stretch;
mod symbol;
mod take;
mod taker;
mod triggers;
mod view;
mod words;

pub use engine::{Engine, Outcome};
pub use records::{Command, Event};
pub use slab::State;
pub use view::{LevelView, OrderView};
pub use words::{
    BOTH, BUY, CommandKind, EVERY_SYMBOL, EventKind, Limit, ListKind, OrderType, Phase, Reason, SELL, SelfTrade,
    TimeInForce, flag, mark,
};

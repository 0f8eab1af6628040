//! The feeds of the exchange, made from slices of [`Event`]s: best prices, depth, order by order, trades, and each owner's own reports.
//!
//! A slice holds the events of whole commands. Each feed carries the number of the events it was made from, so the feeds can
//! be laid side by side, and one that continues after recovery (see the `resume` functions) never gives a number twice.
//! [`DepthBook`] and [`OrderBook`] are the receiving ends: they rebuild the book and refuse a message that does not follow
//! the one before it.

mod depth;
mod orders;
mod reports;
mod trades;

pub use depth::{DepthBook, DepthFeed, DepthLevel, DepthSnapshot, DepthUpdate, Top};
pub use orders::{OrderBook, OrderChange, OrderFeed, OrderMessage};
pub use reports::{Report, ReportFeed, Status};
pub use trades::{PublicTrade, TradeFeed};

use crate::{BUY, Event, EventKind, SELL, mark};

/// Kinds after which `left` is what of the order is visible; `level` is what its level shows in all that are `IN_BOOK`.
const fn sets(kind: EventKind, flags: u8) -> bool {
    match kind {
        EventKind::Trade | EventKind::Reduced | EventKind::Prevented | EventKind::Shrunk => true,
        EventKind::Amended => flags & mark::KEPT != 0,
        _ => false,
    }
}

/// Does the event change the book?
#[inline]
const fn in_book(event: &Event) -> bool {
    event.flags & mark::IN_BOOK != 0
}

const fn opposite(side: u8) -> u8 {
    if side == BUY { SELL } else { BUY }
}

/// The entry of a symbol in a table by symbol, made when it is missing.
fn of_symbol<T: Default>(table: &mut Vec<T>, symbol: u16) -> &mut T {
    let at = usize::from(symbol);
    if at >= table.len() {
        table.resize_with(at + 1, T::default);
    }
    &mut table[at]
}

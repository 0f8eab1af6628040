//! Public trades.

use super::{of_symbol, opposite};
use crate::{Event, EventKind, mark};

/// A trade as everybody sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublicTrade {
    /// Running number of the symbol's trades: 1, 2, 3 ...
    pub number: u64,
    /// Number of its event.
    pub seq: u64,
    /// Nanoseconds UTC.
    pub ts: i64,
    /// Price of the trade.
    pub price: i64,
    /// Quantity traded.
    pub quantity: i64,
    /// Number of the symbol.
    pub symbol: u16,
    /// Side of the taker; in an auction of the later accepted order.
    pub aggressor: u8,
    /// A trade of an auction.
    pub auction: bool,
}

/// Numbers the trades of every symbol.
#[derive(Clone, Debug, Default)]
pub struct TradeFeed {
    counts: Vec<u64>,
}

impl TradeFeed {
    /// Goes on after the trade `number` of a symbol.
    pub fn resume(&mut self, symbol: u16, number: u64) {
        *of_symbol(&mut self.counts, symbol) = number;
    }

    /// Number of the last trade of a symbol; 0 is none yet.
    pub fn count(&self, symbol: u16) -> u64 {
        self.counts.get(usize::from(symbol)).copied().unwrap_or(0)
    }

    /// Adds the trades among `events` to `trades`.
    pub fn publish(&mut self, events: &[Event], trades: &mut Vec<PublicTrade>) {
        trades
            .extend(events.iter().filter(|event| event.kind == EventKind::Trade as u8).map(|event| self.trade(event)));
    }

    fn trade(&mut self, event: &Event) -> PublicTrade {
        let count = of_symbol(&mut self.counts, event.symbol);
        *count += 1;
        PublicTrade {
            number: *count,
            seq: event.seq,
            ts: event.ts,
            price: event.price,
            quantity: event.quantity,
            symbol: event.symbol,
            aggressor: opposite(event.side),
            auction: event.flags & mark::AUCTION != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BUY, SELL};

    #[test]
    fn trades_are_numbered_by_symbol() {
        let trade = |seq, symbol, flags| Event {
            seq,
            ts: 7,
            kind: EventKind::Trade as u8,
            symbol,
            side: SELL,
            price: 100,
            quantity: 3,
            flags,
            ..Event::default()
        };
        let other = Event { kind: EventKind::Filled as u8, ..trade(9, 0, 0) };
        let (mut feed, mut trades) = (TradeFeed::default(), Vec::new());
        feed.resume(1, 40);
        feed.publish(&[trade(5, 0, 0), trade(6, 1, mark::AUCTION), other, trade(8, 0, 0)], &mut trades);
        let first = PublicTrade {
            number: 1,
            seq: 5,
            ts: 7,
            price: 100,
            quantity: 3,
            symbol: 0,
            aggressor: BUY,
            auction: false,
        };
        let second = PublicTrade { number: 41, seq: 6, symbol: 1, auction: true, ..first };
        assert_eq!(trades, [first, second, PublicTrade { number: 2, seq: 8, ..first }]);
        assert_eq!((feed.count(0), feed.count(1), feed.count(2)), (2, 41, 0));
    }
}

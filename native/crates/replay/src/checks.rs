//! What a replay came to: counts, and hashes of all trades and of the last book.

use parrot_matching::{BUY, Engine, Event, EventKind, SELL};

/// FNV-1a over words of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv(pub u64);

impl Fnv {
    /// Nothing has been added.
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds one word.
    #[inline]
    pub const fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0000_01b3);
    }
}

impl Default for Fnv {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts and hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Operations that were executed.
    pub ops: u64,
    /// Number of trades.
    pub trades: u64,
    /// Sum of their quantities.
    pub volume: u64,
    /// Sum of price x quantity, modulo 2^64.
    pub notional: u64,
    /// Cancellations that named no order.
    pub rejects: u64,
    /// Orders in the book at the end.
    pub resting: u64,
    /// Levels in the book at the end.
    pub levels: u64,
    /// Of every trade in order: maker, taker, price, quantity.
    pub trade_hash: Fnv,
    /// Of every order in priority: symbol, side, price, quantity, id.
    pub book_hash: Fnv,
}

impl Checks {
    /// Nothing has happened.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the trades among events.
    pub fn absorb(&mut self, events: &[Event]) {
        for trade in events.iter().filter(|event| event.kind == EventKind::Trade as u8) {
            self.trades += 1;
            self.volume = self.volume.wrapping_add(trade.quantity as u64);
            self.notional = self.notional.wrapping_add((trade.price as u64).wrapping_mul(trade.quantity as u64));
            for word in [trade.id, trade.taker, trade.price as u64, trade.quantity as u64] {
                self.trade_hash.add(word);
            }
        }
    }

    /// Adds the book as it stands.
    pub fn close(&mut self, engine: &Engine, symbols: u16) {
        for symbol in 0..symbols {
            for side in [BUY, SELL] {
                self.levels += engine.levels(symbol, side).count() as u64;
                for order in engine.orders(symbol, side) {
                    self.resting += 1;
                    let left = (order.visible + order.hidden) as u64;
                    for word in [u64::from(symbol), u64::from(side), order.price as u64, left, order.id] {
                        self.book_hash.add(word);
                    }
                }
            }
        }
    }
}

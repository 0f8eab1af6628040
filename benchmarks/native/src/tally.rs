//! What an engine did, in the figures of the reference: sums and hashes of trades and of the book.

use std::fmt;

use parrot_matching::{Event, EventKind};

/// Hears what an engine does.
pub trait Hear {
    /// Whether trades must be told with the ids of both orders.
    const NAMES: bool;
    /// A trade.
    fn trade(&mut self, maker: u64, taker: u64, price: i64, quantity: i64);
    /// All trades among `events`.
    fn events(&mut self, events: &[Event]) {
        for event in events.iter().filter(|event| event.kind == EventKind::Trade as u8) {
            self.trade(event.id, event.taker, event.price, event.quantity);
        }
    }
    /// Cancels whose target was gone.
    fn rejects(&mut self, count: u64);
}

/// Adds up quantities, so that no work can be left out: for timed runs.
#[derive(Default)]
pub struct Sum {
    /// Trades, quantity and rejects.
    pub found: (u64, u64, u64),
}

impl Hear for Sum {
    const NAMES: bool = false;

    #[inline]
    fn trade(&mut self, _maker: u64, _taker: u64, _price: i64, quantity: i64) {
        self.found.0 += 1;
        self.found.1 += quantity as u64;
    }

    /// Without a branch, which would be a guess of the processor for every event.
    #[inline]
    fn events(&mut self, events: &[Event]) {
        let mut sums = [(0, 0); 32];
        for event in events {
            let sum = &mut sums[usize::from(event.kind & 31)];
            *sum = (sum.0 + 1, sum.1 + event.quantity);
        }
        let (trades, volume) = sums[EventKind::Trade as usize];
        self.found.0 += trades;
        self.found.1 += volume as u64;
    }

    #[inline]
    fn rejects(&mut self, count: u64) {
        self.found.2 += count;
    }
}

/// FNV-1a over 64-bit words.
#[derive(Clone, Copy)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds words.
    pub fn add<const N: usize>(&mut self, words: [u64; N]) {
        for word in words {
            self.0 = (self.0 ^ word).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl fmt::Display for Fnv {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:016x}", self.0)
    }
}

/// All figures of the reference; those that an engine cannot tell stay away.
#[derive(Default)]
pub struct Tally {
    trades: u64,
    volume: u64,
    notional: u64,
    rejects: u64,
    hash: Fnv,
}

impl Hear for Tally {
    const NAMES: bool = true;

    fn trade(&mut self, maker: u64, taker: u64, price: i64, quantity: i64) {
        let (price, quantity) = (price as u64, quantity as u64);
        self.trades += 1;
        self.volume += quantity;
        self.notional = self.notional.wrapping_add(price.wrapping_mul(quantity));
        self.hash.add([maker, taker, price, quantity]);
    }

    fn rejects(&mut self, count: u64) {
        self.rejects += count;
    }
}

/// An engine's book at the end; `None` where it does not say.
#[derive(Default)]
pub struct Left {
    /// Resting orders.
    pub resting: Option<usize>,
    /// Price levels.
    pub levels: Option<usize>,
    /// Hash of the book.
    pub hash: Option<Fnv>,
}

impl Left {
    /// An order of the book, told in the order of the reference.
    pub fn order(&mut self, symbol: u16, side: u8, price: i64, quantity: i64, id: u64) {
        *self.resting.get_or_insert(0) += 1;
        let words = [u64::from(symbol), u64::from(side), price as u64, quantity as u64, id];
        self.hash.get_or_insert_default().add(words);
    }

    /// A price level.
    pub fn level(&mut self) {
        *self.levels.get_or_insert(0) += 1;
    }
}

impl Tally {
    /// The figures as JSON; `rejects` only where the engine tells them.
    pub fn json(&self, left: &Left, rejects: bool) -> String {
        let mut parts = vec![format!(
            r#""trades": {}, "volume": {}, "notional": {}, "trade_hash": "{}""#,
            self.trades, self.volume, self.notional, self.hash
        )];
        parts.extend(rejects.then(|| format!(r#""rejects": {}"#, self.rejects)));
        parts.extend(left.resting.map(|count| format!(r#""resting": {count}"#)));
        parts.extend(left.levels.map(|count| format!(r#""levels": {count}"#)));
        parts.extend(left.hash.map(|hash| format!(r#""book_hash": "{hash}""#)));
        format!("{{{}}}", parts.join(", "))
    }
}

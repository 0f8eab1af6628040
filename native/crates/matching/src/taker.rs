//! An order on its way through the book, and why its way ended.

use crate::slab::NIL;
use crate::words::{SelfTrade, TimeInForce};

/// An order that is being matched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taker {
    pub symbol: u16,
    pub side: u8,
    pub owner: u32,
    pub id: u64,
    /// Its slot where it is kept already.
    pub slot: u32,
    /// Its row of terms; `NIL` for a plain order.
    pub terms: u32,
    pub arrival: u64,
    /// Worst price; a market order's is beyond every price.
    pub limit: i64,
    /// What it still wants; of a `QUOTE` order the amount.
    pub left: i64,
    pub quantity: i64,
    pub filled: i64,
    /// Price at which a buy has locked; 0: it pays from what is free.
    pub lock: i64,
    pub minimum: i64,
    /// Most that it may still trade (reduce-only).
    pub cap: i64,
    pub tif: TimeInForce,
    pub stp: SelfTrade,
    /// Has no price.
    pub market: bool,
    /// Its quantity is an amount of the quote currency.
    pub quote: bool,
}

impl Taker {
    /// Must each of its trades be looked at before it is made?
    #[inline]
    pub fn is_careful(&self) -> bool {
        self.slot != NIL || self.terms != NIL || self.lock == 0 || self.stp as u8 != SelfTrade::None as u8
    }
}

/// Why a taker's way through the book ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Nothing is left of it.
    Filled,
    /// No order on the other side within its limit.
    Book,
    /// The next trade would lie outside the price band.
    Band,
    /// No money for another lot.
    Funds,
    /// Self-trade prevention.
    SelfTrade,
    /// Reduce-only: it has traded what the position was.
    Cap,
}

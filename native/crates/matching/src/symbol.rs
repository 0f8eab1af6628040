//! One symbol: its terms and limits, phase, prices, and the two sides of its book.

use std::collections::BTreeSet;

use parrot_book::{Cell, Grid, Ladder};

use crate::slab::{NIL, Order, Terms};
use crate::words::{BUY, Limit, Phase, SELL};

const PPM: i128 = 1_000_000;
/// Largest price or quantity: more than any market needs, and exact in a float where people look at it.
pub(crate) const VALUE_MAX: i64 = 1 << 53;

/// A price level: orders in a queue, first in, first out.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub(crate) struct Level {
    pub visible: i64,
    pub head: u32,
    pub tail: u32,
    pub orders: u32,
    pub pegs: u32,
}

impl Default for Level {
    fn default() -> Self {
        Self { visible: 0, head: NIL, tail: NIL, orders: 0, pegs: 0 }
    }
}

impl Level {
    /// Adds an order at the tail; says the tail before, and what is visible then.
    #[inline]
    pub fn append(&mut self, slot: u32, visible: i64) -> (u32, i64) {
        let first = self.orders == 0;
        let tail = if first { NIL } else { self.tail };
        self.head = if first { slot } else { self.head };
        self.tail = slot;
        self.visible += visible;
        self.orders += 1;
        (tail, self.visible)
    }

    /// Takes an order out of the queue; says what is visible then.
    #[inline]
    pub fn remove(&mut self, order: &Order) -> i64 {
        self.head = if order.prev == NIL { order.next } else { self.head };
        self.tail = if order.next == NIL { order.prev } else { self.tail };
        self.visible -= order.visible;
        self.orders -= 1;
        self.visible
    }
}

impl Cell for Level {
    #[inline]
    fn is_vacant(&self) -> bool {
        self.orders == 0
    }
}

/// Orders that wait for the last price: (trigger, acceptance, slot).
#[derive(Clone, Debug, Default)]
pub(crate) struct Triggers {
    /// Reached from below.
    pub up: BTreeSet<(i64, u64, u32)>,
    /// Reached from above.
    pub down: BTreeSet<(i64, u64, u32)>,
    /// Trailing stops, by acceptance.
    pub trailing: BTreeSet<(u64, u32)>,
}

/// Bounds that follow from the reference price; `(0, i64::MAX)` where there are none.
pub(crate) type Bounds = (i64, i64);
pub(crate) const UNBOUNDED: Bounds = (0, i64::MAX);

#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub base: u16,
    pub quote: u16,
    pub tick: i64,
    pub lot: i64,
    pub base_unit: i64,
    pub quote_unit: i64,
    pub prices: Grid,
    pub lots: Grid,
    /// By [`Limit`].
    pub limits: [i64; 16],
    /// Limits beyond price and quantity are set.
    pub strict: bool,
    pub phase: Phase,
    /// Last trade price; 0 before the first.
    pub last: i64,
    /// 0 is none.
    pub reference: i64,
    pub band: Bounds,
    pub percent: [Bounds; 2],
    pub sides: [Ladder<Level>; 2],
    pub triggers: Triggers,
    /// A trade at or above this price reaches an order that waits.
    pub reach_up: i64,
    /// A trade at or below this price does.
    pub reach_down: i64,
    /// Pegged orders, by acceptance.
    pub pegs: BTreeSet<(u64, u32)>,
    /// Best not-pegged prices at the last pricing of the pegs; 0 is none.
    pub pegged_at: [i64; 2],
}

impl Symbol {
    pub fn new(base: u16, quote: u16, tick: i64, lot: i64, base_unit: i64, quote_unit: i64) -> Self {
        let mut symbol = Self {
            base,
            quote,
            tick,
            lot,
            base_unit,
            quote_unit,
            prices: Grid::new(tick),
            lots: Grid::new(lot),
            limits: [0; 16],
            strict: false,
            phase: Phase::Closed,
            last: 0,
            reference: 0,
            band: UNBOUNDED,
            percent: [UNBOUNDED; 2],
            sides: [Ladder::new(), Ladder::new()],
            triggers: Triggers::default(),
            reach_up: i64::MAX,
            reach_down: 0,
            pegs: BTreeSet::new(),
            pegged_at: [0; 2],
        };
        symbol.default_ranges();
        symbol
    }

    fn default_ranges(&mut self) {
        for (limit, value) in [
            (Limit::MinPrice, self.tick),
            (Limit::MaxPrice, VALUE_MAX),
            (Limit::MinQuantity, self.lot),
            (Limit::MaxQuantity, VALUE_MAX),
        ] {
            if self.limits[limit as usize] == 0 {
                self.limits[limit as usize] = value;
            }
        }
    }

    pub fn limit(&self, limit: Limit) -> i64 {
        self.limits[limit as usize]
    }

    /// Sets a limit; 0 brings back its default.
    pub fn set_limit(&mut self, limit: Limit, value: i64) {
        self.limits[limit as usize] = value;
        self.limits_changed();
    }

    /// Makes again what follows from the limits.
    pub fn limits_changed(&mut self) {
        self.default_ranges();
        self.strict = self.limits[Limit::MinNotional as usize..=Limit::MaxPosition as usize].iter().any(|&v| v != 0);
        self.set_reference(self.reference);
    }

    /// Sets the reference price and the bounds that follow from it (rules M14, M25).
    pub fn set_reference(&mut self, reference: i64) {
        self.reference = reference;
        let part = |ppm: i64, up: bool| -> i64 {
            let product = i128::from(reference) * i128::from(ppm);
            let rounded = if up { product / PPM } else { -(-product).div_euclid(PPM) };
            i64::try_from(rounded).unwrap_or(i64::MAX)
        };
        let bounds = |down: Limit, up: Limit| -> Bounds {
            let (down, up) = (self.limits[down as usize], self.limits[up as usize]);
            let lowest = if down == 0 { 0 } else { part(down, false) };
            (lowest, if up == 0 { i64::MAX } else { part(up, true) })
        };
        if reference == 0 {
            (self.percent, self.band) = ([UNBOUNDED; 2], UNBOUNDED);
            return;
        }
        let percent = [bounds(Limit::BuyDown, Limit::BuyUp), bounds(Limit::SellDown, Limit::SellUp)];
        let band = self.limits[Limit::Band as usize];
        self.band = if band == 0 { UNBOUNDED } else { (part(1_000_000 - band, false), part(1_000_000 + band, true)) };
        self.percent = percent;
    }

    /// The key of a price on a side's ladder: smaller is better.
    #[inline]
    pub fn key(&self, side: u8, price: i64) -> i64 {
        let level = self.prices.level(price).unwrap_or_default();
        if side == BUY { -level } else { level }
    }

    /// The price of a key.
    #[inline]
    pub fn price(&self, side: u8, key: i64) -> i64 {
        self.prices.price(if side == BUY { -key } else { key })
    }

    #[inline]
    pub fn side(&self, side: u8) -> &Ladder<Level> {
        &self.sides[usize::from(side & 1)]
    }

    #[inline]
    pub fn side_mut(&mut self, side: u8) -> &mut Ladder<Level> {
        &mut self.sides[usize::from(side & 1)]
    }

    /// Best price of a side.
    #[inline]
    pub fn best(&self, side: u8) -> Option<i64> {
        self.side(side).best_key().map(|key| self.price(side, key))
    }

    /// Best price of a side among orders that are not pegged; 0 is none (rule M30).
    pub fn best_unpegged(&self, side: u8) -> i64 {
        let mut levels = self.side(side).levels().filter(|(_, level)| level.orders > level.pegs);
        levels.next().map_or(0, |(key, _)| self.price(side, key))
    }

    /// Is a price within the range?
    #[inline]
    pub fn takes_price(&self, price: i64) -> bool {
        let [low, high] = [Limit::MinPrice, Limit::MaxPrice].map(|limit| self.limits[limit as usize]);
        low <= price && price <= high
    }

    /// Is a quantity a number of lots and within the range?
    #[inline]
    pub fn takes_quantity(&self, quantity: i64) -> bool {
        let [low, high] = [Limit::MinQuantity, Limit::MaxQuantity].map(|limit| self.limits[limit as usize]);
        low <= quantity && quantity <= high && self.lots.level(quantity).is_some()
    }

    /// The currency that an order of this side pays with, and locks.
    #[inline]
    pub const fn pays(&self, side: u8) -> u16 {
        if side == BUY { self.quote } else { self.base }
    }

    /// Does the price of an order on `side` reach a price of the other side?
    #[inline]
    pub const fn crosses(side: u8, limit: i64, price: i64) -> bool {
        if side == BUY { price <= limit } else { price >= limit }
    }

    /// Does the last price lie at or beyond a trigger?
    pub const fn reached(&self, rises: bool, trigger: i64) -> bool {
        self.last != 0 && if rises { self.last >= trigger } else { self.last <= trigger }
    }

    /// Puts an order among those that wait.
    pub fn wait(&mut self, slot: u32, arrival: u64, side: u8, terms: &Terms) {
        if terms.trail != 0 {
            self.triggers.trailing.insert((arrival, slot));
        } else if terms.rises(side) {
            self.triggers.up.insert((terms.trigger, arrival, slot));
        } else {
            self.triggers.down.insert((terms.trigger, arrival, slot));
        }
        self.watch();
    }

    /// Takes an order from those that wait.
    pub fn forget(&mut self, slot: u32, arrival: u64, side: u8, terms: &Terms) {
        if terms.trail != 0 {
            self.triggers.trailing.remove(&(arrival, slot));
        } else if terms.rises(side) {
            self.triggers.up.remove(&(terms.trigger, arrival, slot));
        } else {
            self.triggers.down.remove(&(terms.trigger, arrival, slot));
        }
        self.watch();
    }

    /// Sets the prices at which a trade has to look at the orders that wait; trailing ones look at every trade.
    fn watch(&mut self) {
        let triggers = &self.triggers;
        self.reach_up = triggers.up.first().map_or(i64::MAX, |first| first.0);
        self.reach_down = triggers.down.last().map_or(0, |last| last.0);
        if !triggers.trailing.is_empty() {
            self.reach_up = 0;
        }
    }
}

/// The other side.
#[inline]
pub(crate) const fn opposite(side: u8) -> u8 {
    if side == BUY { SELL } else { BUY }
}

//! What the strategy did with orders: placed, withdrawn, resized, in the order in which it was done.
//!
//! Fills and ends that the market decides are not among them. So a back-test and a live run in which the strategy decided
//! alike have the same moves, and the same hash over them.

use parrot_kernel::Hash;

use crate::engine::Engine;
use crate::order::{Level, Order, Status};

/// What was done with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It was made, by the strategy or as protection of what it holds.
    Placed,
    /// It was withdrawn.
    Withdrawn,
    /// It has another quantity.
    Resized,
}

/// One deed.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// When, ns UTC.
    pub ts: i64,
    /// What.
    pub deed: Deed,
    /// Number of the order.
    pub order: u32,
    /// Its quantity then, quantity units.
    pub quantity: i64,
}

/// Deeds in order, and how many of the first ones have been let go.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    /// Those that are kept.
    pub kept: Vec<Move>,
    hash: Hash,
    /// How many there were.
    pub count: u64,
}

impl Moves {
    /// The hash over all deeds so far.
    pub fn hash(&self) -> u64 {
        let mut hash = self.hash;
        hash.word(self.count as i64);
        hash.finish()
    }

    fn add(&mut self, made: Move, order: &Order, why: &str) {
        self.count += 1;
        self.hash.words(&[made.ts, made.deed as i64, i64::from(made.order), made.quantity]);
        if made.deed == Deed::Placed {
            self.hash.words(&words(order));
            self.hash.text(why);
        }
        self.kept.push(made);
    }
}

impl Engine {
    /// Keeps moves from here on.
    pub fn keep_moves(&mut self) {
        self.moves.get_or_insert_default();
    }

    /// The moves since the last call; their hash goes on.
    pub fn take_moves(&mut self) -> Vec<Move> {
        self.moves.as_mut().map_or_else(Vec::new, |moves| std::mem::take(&mut moves.kept))
    }

    /// Notes a deed.
    #[inline]
    pub(crate) fn note(&mut self, deed: Deed, id: u32) {
        if let Some(moves) = &mut self.moves {
            let order = &self.orders[id as usize];
            let made = Move { ts: self.now, deed, order: id, quantity: order.quantity };
            moves.add(made, order, self.reasons.text(order.why));
        }
    }

    /// Withdraws an order on the strategy's side.
    pub(crate) fn withdraw(&mut self, id: u32, reason: &str) {
        self.note(Deed::Withdrawn, id);
        self.end_order(id, Status::Canceled, Some(reason));
    }
}

fn level_words(level: Option<Level>) -> [i64; 2] {
    match level {
        None => [0, 0],
        Some(Level::Price(units)) => [1, units],
        Some(Level::Distance(units)) => [2, units],
        Some(Level::Percent(share)) => [3, share],
    }
}

/// Everything about an order that was asked for.
fn words(order: &Order) -> [i64; 19] {
    let [stop_kind, stop] = level_words(order.guard.stop);
    let [take_kind, take] = level_words(order.guard.take);
    let [trail_kind, trail] = level_words(Some(order.trail));
    [
        i64::from(order.symbol),
        i64::from(order.side),
        order.kind as i64,
        order.role as i64,
        order.tif as i64,
        order.until,
        i64::from(order.oco),
        order.limit,
        order.trigger,
        trail_kind,
        trail,
        i64::from(order.post_only),
        i64::from(order.reduce_only),
        stop_kind,
        stop,
        take_kind,
        take,
        i64::from(order.guard.trailing),
        order.submitted,
    ]
}

//! What a run leaves behind: fills with evidence, changes of position and cash, interned reasons.

use parrot_kernel::Hash;
use std::collections::HashMap;

use crate::order::Order;

/// One fill (rule R1: with the datum that justified it).
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    /// Time of the fill, ns UTC.
    pub ts: i64,
    /// Time of the bar, trade, quote or book update behind it.
    pub evidence: i64,
    /// Index of the order.
    pub order: u32,
    /// Index of the symbol.
    pub symbol: u16,
    /// Index of the symbol's bar in which it happened, 0 without bars.
    pub bar: u32,
    /// 1 buy, -1 sell.
    pub side: i8,
    /// It rested in the book.
    pub maker: bool,
    /// Quantity units.
    pub quantity: i64,
    /// Price units.
    pub price: i64,
    /// Cash units.
    pub fee: i64,
    /// Position before, quantity units.
    pub held: i64,
    /// Unsigned worth in cash units.
    pub notional: i64,
    /// What the closed part earned, fee left out, in cash units.
    pub realised: i64,
    /// Position afterwards, quantity units.
    pub position: i64,
}

/// A change of position or cash, and the row of the equity curve from which it counts.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Row of the equity curve.
    pub row: u32,
    /// Index of the symbol, `u16::MAX` when only cash changed.
    pub symbol: u16,
    /// Position afterwards.
    pub position: i64,
    /// Cash afterwards.
    pub cash: i64,
    /// Cost of the position afterwards if it is a future, which equity counts against its value; else 0.
    pub cost: i64,
    /// The last close in new terms after a split, until the next close; else 0.
    pub mark: i64,
}

/// Reasons given by the strategy, each stored once.
#[derive(Debug)]
pub struct Reasons {
    texts: Vec<Box<str>>,
    ids: HashMap<Box<str>, u32>,
}

impl Default for Reasons {
    fn default() -> Self {
        Self { texts: vec!["".into()], ids: HashMap::from([("".into(), 0)]) }
    }
}

impl Reasons {
    /// The number of `text`.
    pub fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as u32;
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// The text of number `id`.
    pub fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    /// All texts by number.
    pub fn texts(&self) -> &[Box<str>] {
        &self.texts
    }
}

/// Hash over every order, fill, change and equity value (rule R4).
pub fn hash(orders: &[Order], fills: &[Fill], changes: &[Change], equity: &[i64], reasons: &Reasons) -> u64 {
    let mut hash = Hash::default();
    hash.rows(orders.iter().map(order_words));
    for (number, order) in orders.iter().enumerate() {
        if let Some(reason) = &order.reason {
            hash.word(number as i64);
            hash.text(reason);
        }
    }
    hash.rows(fills.iter().map(fill_words));
    hash.rows(
        changes
            .iter()
            .map(|change| [i64::from(change.row), i64::from(change.symbol), change.position, change.cash, change.cost]),
    );
    hash.column(equity);
    reasons.texts().iter().for_each(|text| hash.text(text));
    hash.finish()
}

fn order_words(order: &Order) -> [i64; 15] {
    [
        i64::from(order.symbol),
        i64::from(order.side),
        order.kind as i64,
        order.role as i64,
        order.status as i64,
        order.tif as i64,
        order.until,
        i64::from(order.oco),
        order.updated,
        order.quantity,
        order.filled,
        order.limit,
        order.trigger,
        order.submitted,
        i64::from(order.why),
    ]
}

fn fill_words(fill: &Fill) -> [i64; 10] {
    [
        fill.ts,
        fill.evidence,
        i64::from(fill.order),
        i64::from(fill.maker),
        fill.quantity,
        fill.price,
        fill.fee,
        fill.notional,
        fill.realised,
        fill.position,
    ]
}

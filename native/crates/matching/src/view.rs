//! What can be seen of a venue without changing it.

use crate::auction::Cross;
use crate::engine::Engine;
use crate::slab::{NIL, State};
use crate::words::Phase;

/// A price level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelView {
    /// Its price.
    pub price: i64,
    /// Quantity that it shows.
    pub visible: i64,
    /// Orders that stand there.
    pub orders: u32,
}

/// A live order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// Slot and generation.
    pub handle: u64,
    /// The client's own number.
    pub id: u64,
    /// Number of the owner.
    pub owner: u32,
    /// Number of the symbol.
    pub symbol: u16,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// Price in the book, or the limit it will have there.
    pub price: i64,
    /// Whole quantity.
    pub quantity: i64,
    /// Left and visible.
    pub visible: i64,
    /// Left and hidden.
    pub hidden: i64,
    /// Where it is.
    pub state: State,
}

impl Engine {
    /// How many symbols there are.
    pub fn symbols(&self) -> usize {
        self.symbols.len()
    }

    /// How many owners there are.
    pub fn owners(&self) -> usize {
        self.accounts.owners.len()
    }

    /// How many currencies there are.
    pub fn currencies(&self) -> usize {
        self.accounts.currencies.len()
    }

    /// How many orders are alive.
    pub fn live(&self) -> usize {
        self.orders.live
    }

    /// Number of the last event; feeds that go on after recovery start behind it.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Time of the last `TIME` command.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// A symbol's phase.
    pub fn phase(&self, symbol: u16) -> Option<Phase> {
        Some(self.symbols.get(usize::from(symbol))?.phase)
    }

    /// A symbol's last trade price.
    pub fn last(&self, symbol: u16) -> Option<i64> {
        self.symbols.get(usize::from(symbol)).map(|symbol| symbol.last).filter(|&price| price != 0)
    }

    /// A symbol's reference price.
    pub fn reference(&self, symbol: u16) -> Option<i64> {
        self.symbols.get(usize::from(symbol)).map(|symbol| symbol.reference).filter(|&price| price != 0)
    }

    /// The levels of one side (0 bids, 1 asks), best first; none of an unknown symbol.
    pub fn levels(&self, symbol: u16, side: u8) -> impl Iterator<Item = LevelView> + '_ {
        let found = self.symbols.get(usize::from(symbol)).into_iter();
        found.flat_map(move |symbol| {
            symbol.side(side).levels().map(move |(key, level)| LevelView {
                price: symbol.price(side, key),
                visible: level.visible,
                orders: level.orders,
            })
        })
    }

    /// The orders in the book on one side, in priority.
    pub fn orders(&self, symbol: u16, side: u8) -> impl Iterator<Item = OrderView> + '_ {
        let found = self.symbols.get(usize::from(symbol)).into_iter();
        found.flat_map(move |symbol| {
            symbol.side(side).levels().flat_map(move |(_, level)| {
                let first = (level.head != NIL).then_some(level.head);
                let queue = std::iter::successors(first, |&slot| {
                    let next = self.orders[slot].next;
                    (next != NIL).then_some(next)
                });
                queue.map(|slot| self.view(slot))
            })
        })
    }

    /// A live order.
    pub fn order(&self, handle: u64) -> Option<OrderView> {
        self.orders.find(handle).map(|slot| self.view(slot))
    }

    /// All live orders by acceptance, wherever they are.
    pub fn live_orders(&self) -> Vec<OrderView> {
        let handles = self.chosen(|_| true);
        handles.into_iter().filter_map(|handle| self.order(handle)).collect()
    }

    pub(crate) fn view(&self, slot: u32) -> OrderView {
        let order = &self.orders[slot];
        OrderView {
            handle: order.handle(slot),
            id: order.id,
            owner: order.owner,
            symbol: order.symbol,
            side: order.side,
            price: order.price,
            quantity: order.quantity,
            visible: order.visible,
            hidden: if order.terms == NIL { 0 } else { self.terms[order.terms].hidden },
            state: order.state,
        }
    }

    /// What an owner has of a currency: free and locked.
    pub fn balance(&self, owner: u32, currency: u16) -> Option<(i64, i64)> {
        let known = (owner as usize) < self.owners() && usize::from(currency) < self.currencies();
        known.then(|| self.accounts.balance(owner, currency)).map(|balance| (balance.free, balance.locked))
    }

    /// The currency in which owners may pay their fees.
    pub fn fee_currency(&self) -> Option<u16> {
        self.accounts.fee_currency
    }

    /// Fees that the venue has collected in a currency, less rebates.
    pub fn fees(&self, currency: u16) -> Option<i64> {
        self.accounts.currencies.get(usize::from(currency)).map(|currency| currency.fees)
    }

    /// The sum of an owner's signed fills in a symbol.
    pub fn position(&self, owner: u32, symbol: u16) -> Option<i64> {
        let known = (owner as usize) < self.owners() && usize::from(symbol) < self.symbols();
        known.then(|| self.accounts.seat(owner, symbol).position)
    }

    /// Price, volume and imbalance of the auction as it would come out now (rule M43).
    pub fn indicative(&self, symbol: u16) -> Option<(i64, i64, i64)> {
        let number = usize::from(symbol);
        let Cross { price, volume, imbalance } = (number < self.symbols.len()).then(|| self.cross(number))??;
        Some((price, volume, imbalance))
    }
}

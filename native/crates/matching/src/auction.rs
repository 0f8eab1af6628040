//! Call auctions: the price of most volume, and the trades at it (rules M43, M44).

use crate::accounts::Fee;
use crate::engine::Engine;
use crate::records::Event;
use crate::slab::{NIL, Order};
use crate::symbol::{Symbol, opposite};
use crate::take::trade_marks;
use crate::words::{BUY, EventKind, Reason, SELL, mark};

/// An auction's outcome: its price, the volume there, and buys minus sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cross {
    pub price: i64,
    pub volume: i64,
    pub imbalance: i64,
}

/// Quantity wanted at a price on one side, best price first, summed up.
type Curve = Vec<(i64, i64)>;

impl Engine {
    /// The auction as it would come out now; none without volume.
    pub(crate) fn cross(&self, number: usize) -> Option<Cross> {
        let symbol = &self.symbols[number];
        let (buys, sells) = (self.curve(symbol, BUY), self.curve(symbol, SELL));
        let mut best: Option<Cross> = None;
        for price in candidates(symbol, &buys, &sells) {
            let bought = reaching(&buys, |level| level >= price);
            let sold = reaching(&sells, |level| level <= price);
            let found = Cross { price, volume: bought.min(sold), imbalance: bought - sold };
            if best.is_none_or(|best| is_better(symbol, found, best)) {
                best = Some(found);
            }
        }
        best.filter(|best| best.volume > 0)
    }

    fn curve(&self, symbol: &Symbol, side: u8) -> Curve {
        let mut sum = 0_i64;
        let levels = symbol.side(side).levels();
        levels
            .map(|(key, level)| {
                let mut slot = level.head;
                while slot != NIL {
                    sum = sum.saturating_add(self.left(slot));
                    slot = self.orders[slot].next;
                }
                (symbol.price(side, key), sum)
            })
            .collect()
    }

    /// Trades what crosses at the auction price (rules M43, M44).
    pub(crate) fn uncross(&mut self, number: u16) {
        let cross = self.cross(usize::from(number));
        let Cross { price, volume, imbalance } = cross.unwrap_or(Cross { price: 0, volume: 0, imbalance: 0 });
        self.emit(Event {
            price,
            quantity: volume,
            left: imbalance,
            symbol: number,
            kind: EventKind::Auction as u8,
            ..Event::default()
        });
        let mut left = volume;
        while left > 0 {
            left -= self.auction_trade(number, price, left);
        }
        if volume > 0 {
            let symbol = &mut self.symbols[usize::from(number)];
            symbol.last = price;
            symbol.set_reference(price);
            self.move_trailing(number); // but nothing is triggered before continuous trading
        }
    }

    /// One pair trades; says how much.
    fn auction_trade(&mut self, number: u16, price: i64, most: i64) -> i64 {
        let symbol = &self.symbols[usize::from(number)];
        let [buy, sell] = [BUY, SELL].map(|side| symbol.side(side).best().map_or(NIL, |(_, level)| level.head));
        let quantity = most.min(self.orders[buy].visible).min(self.orders[sell].visible);
        let buy_first = self.orders[buy].arrival < self.orders[sell].arrival;
        let (maker, taker) = if buy_first { (buy, sell) } else { (sell, buy) };
        let (fee, taker_fee) = self.settle_auction(maker, taker, price, quantity);
        let levels = [(buy, self.lower(buy, quantity)), (sell, self.lower(sell, quantity))];
        for slot in [buy, sell] {
            self.orders[slot].visible -= quantity;
        }
        let (first, second) = (self.orders[maker], self.orders[taker]);
        let [maker_done, taker_done] = [maker, taker].map(|slot| self.left(slot) == 0);
        self.emit(Event {
            id: first.id,
            taker: second.id,
            handle: first.handle(maker),
            price,
            quantity,
            left: first.visible,
            fee: fee.amount,
            taker_fee: taker_fee.amount,
            owner: first.owner,
            taker_owner: second.owner,
            symbol: number,
            kind: EventKind::Trade as u8,
            side: first.side,
            flags: mark::AUCTION
                | if taker_done { mark::TAKER_DONE } else { 0 }
                | trade_marks(maker_done, &fee, &taker_fee),
            ..Event::default()
        });
        for (slot, level) in levels {
            let book_price = self.orders[slot].price;
            self.tell(slot, EventKind::Reduced, Reason::None, quantity, Some((book_price, level)));
            let visible = self.orders[slot].visible;
            if let Some(event) = self.events.last_mut() {
                event.left = visible;
            }
        }
        for slot in [buy, sell] {
            self.after_auction_fill(slot);
        }
        quantity
    }

    /// Both pay, then the maker receives, then the taker; both at the maker's rate.
    fn settle_auction(&mut self, maker: u32, taker: u32, price: i64, quantity: i64) -> (Fee, Fee) {
        let [maker_side, taker_side] = [maker, taker].map(|slot| self.orders[slot].side);
        let symbol = &self.symbols[usize::from(self.orders[maker].symbol)];
        let bought = (symbol.base, quantity * symbol.base_unit);
        let sold = (symbol.quote, price * quantity * symbol.quote_unit);
        let received = |side: u8| if side == BUY { bought } else { sold };
        self.pay_locked(maker, quantity, received(taker_side).1);
        self.pay_locked(taker, quantity, received(maker_side).1);
        let fees = [maker, taker].map(|slot| {
            let Order { owner, side, symbol, .. } = self.orders[slot];
            let (currency, amount) = received(side);
            let paid = received(opposite(side)).0;
            let fee = self.accounts.credit(owner, currency, amount, paid, true);
            let seat = self.accounts.fill(owner, symbol, side, quantity);
            seat.buying -= if side == BUY { quantity } else { 0 };
            fee
        });
        fees.into()
    }

    /// A filled order leaves the book, an iceberg shows its next slice.
    fn after_auction_fill(&mut self, slot: u32) {
        if self.orders[slot].visible > 0 {
            return;
        }
        self.pull(slot);
        if self.left(slot) > 0 {
            self.refresh(slot);
        } else {
            self.drop_order(slot, Reason::None);
        }
    }
}

/// Ticks that can be the auction price: every limit price, and of each gap between two the tick nearest the reference.
fn candidates(symbol: &Symbol, buys: &Curve, sells: &Curve) -> Vec<i64> {
    let mut prices: Vec<i64> = buys.iter().chain(sells).map(|&(price, _)| price).collect();
    if symbol.reference != 0 {
        prices.push(symbol.reference);
    }
    prices.sort_unstable();
    prices.dedup();
    let gaps: Vec<i64> = prices
        .windows(2)
        .filter(|pair| pair[1] - pair[0] > symbol.tick)
        .map(|pair| symbol.reference.clamp(pair[0] + symbol.tick, pair[1] - symbol.tick))
        .collect();
    prices.extend(gaps);
    prices
}

/// Sum of a side at the last level that an auction price reaches.
fn reaching(curve: &Curve, reached: impl Fn(i64) -> bool) -> i64 {
    let count = curve.partition_point(|&(price, _)| reached(price));
    if count == 0 { 0 } else { curve[count - 1].1 }
}

/// Most volume, then least imbalance, then nearest to the reference, then higher; without reference the lowest.
fn is_better(symbol: &Symbol, a: Cross, b: Cross) -> bool {
    let distance = |price: i64| if symbol.reference == 0 { price } else { (price - symbol.reference).abs() };
    let rank = |cross: Cross| (-cross.volume, cross.imbalance.abs(), distance(cross.price), -cross.price);
    rank(a) < rank(b)
}

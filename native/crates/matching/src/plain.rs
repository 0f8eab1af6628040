//! The fast lane of plain orders: one quick look whether every check is surely passed, then straight into the book.
//!
//! It does what the general way ([`Engine::new_order`]) would do, to the last event; whatever it is not sure of, it leaves
//! to the general way.

use crate::engine::Engine;
use crate::records::{Command, Event};
use crate::slab::{NIL, Order, State};
use crate::symbol::{Symbol, opposite};
use crate::taker::Taker;
use crate::words::{BUY, EventKind, OrderType, Phase, SELL, SelfTrade, TimeInForce, mark};

const LIMIT_GTC: u16 = word(OrderType::Limit, TimeInForce::Gtc);
const LIMIT_IOC: u16 = word(OrderType::Limit, TimeInForce::Ioc);
const MARKET_IOC: u16 = word(OrderType::Market, TimeInForce::Ioc);

const fn word(order: OrderType, tif: TimeInForce) -> u16 {
    (order as u16) << 8 | tif as u16
}

/// What a plain order needs to be free, the price at which a buy locks it (0: it locks nothing), the key of its price.
struct Need {
    amount: i64,
    lock: i64,
    key: i64,
}

impl Engine {
    /// Carries out a plain order that surely passes every check; none where the general way must look.
    #[inline]
    pub(crate) fn plain_order(&mut self, command: &Command) -> Option<u64> {
        let need = self.surely_fine(command)?;
        let market = command.order == OrderType::Market as u8;
        let buys_free = command.side == BUY && market;
        let symbol = &self.symbols[usize::from(command.symbol)];
        let worst = if market { i64::MAX } else { -need.key }; // seen from the other side
        let crosses = symbol.side(opposite(command.side)).best_key().is_some_and(|key| key <= worst);
        if !buys_free {
            let currency = symbol.pays(command.side);
            let balance = self.accounts.balance_mut(command.owner, currency);
            balance.free -= need.amount;
            balance.locked += need.amount;
        }
        self.arrivals += 1;
        self.emit(Event {
            id: command.id,
            price: command.price,
            quantity: command.quantity,
            owner: command.owner,
            symbol: command.symbol,
            kind: EventKind::Accepted as u8,
            side: command.side,
            ..Event::default()
        });
        if crosses || command.tif != TimeInForce::Gtc as u8 {
            return Some(self.enter(&mut plain_taker(command, need.lock, self.arrivals)));
        }
        Some(self.rest_plain(command, need.key))
    }

    /// Is it a plain order that passes every check of rule M11, seen without looking at each?
    #[inline]
    fn surely_fine(&self, command: &Command) -> Option<Need> {
        let symbol = self.symbols.get(usize::from(command.symbol))?;
        let rare = command.display | command.minimum | command.trigger | command.trail | command.expiry;
        let rare = rare | i64::from(command.flags) | i64::from(command.list);
        let known = (command.owner as usize) < self.accounts.owners.len()
            && command.side <= SELL
            && command.stp <= SelfTrade::Decrement as u8;
        if rare != 0 || !known || symbol.strict || symbol.phase != Phase::Continuous {
            return None;
        }
        let price = match u16::from(command.order) << 8 | u16::from(command.tif) {
            LIMIT_GTC | LIMIT_IOC => command.price,
            MARKET_IOC if command.price == 0 => 0,
            _ => return None,
        };
        let level = symbol.prices.level(price)?;
        let good_price = price == 0 && command.order == OrderType::Market as u8 || symbol.takes_price(price);
        if !good_price || !symbol.takes_quantity(command.quantity) {
            return None;
        }
        let key = if command.side == BUY { -level } else { level };
        let need = plain_need(symbol, command, key)?;
        let free = self.accounts.balance(command.owner, symbol.pays(command.side)).free;
        (need.amount <= free).then_some(need)
    }

    /// A plain limit order that does not cross stands at the tail of its level.
    #[inline]
    fn rest_plain(&mut self, command: &Command, key: i64) -> u64 {
        let slot = self.orders.take();
        let quantity = command.quantity;
        let symbol = &mut self.symbols[usize::from(command.symbol)];
        let (tail, level) = symbol.side_mut(command.side).update(key, |level| level.append(slot, quantity));
        let order = &mut self.orders[slot];
        let generation = order.generation;
        *order = Order {
            price: command.price,
            visible: quantity,
            id: command.id,
            quantity,
            arrival: self.arrivals,
            owner: command.owner,
            next: NIL,
            prev: tail,
            generation,
            terms: NIL,
            symbol: command.symbol,
            side: command.side,
            state: State::Book,
        };
        let handle = order.handle(slot);
        if tail != NIL {
            self.orders[tail].next = slot;
        }
        let seat = self.accounts.seat_mut(command.owner, command.symbol);
        seat.orders += 1;
        seat.buying += if command.side == BUY { quantity } else { 0 };
        self.emit(Event {
            id: command.id,
            handle,
            price: command.price,
            quantity,
            left: quantity,
            level,
            owner: command.owner,
            symbol: command.symbol,
            kind: EventKind::Rested as u8,
            side: command.side,
            flags: mark::IN_BOOK,
            ..Event::default()
        });
        handle
    }
}

/// What an order must have free; none where an amount might not fit 63 bits.
#[inline]
fn plain_need(symbol: &Symbol, command: &Command, key: i64) -> Option<Need> {
    let market = command.order == OrderType::Market as u8;
    // The general way looks at the reference, else the last price: both fitting is more than it asks for.
    let known = if market { symbol.reference.max(symbol.last) } else { command.price };
    let value = command.quantity.checked_mul(known)?.checked_mul(symbol.quote_unit)?;
    let base = command.quantity.checked_mul(symbol.base_unit)?;
    if command.side != BUY {
        return Some(Need { amount: base, lock: 0, key });
    }
    if !market {
        return Some(Need { amount: value, lock: command.price, key });
    }
    let best = symbol.best(SELL).unwrap_or(0);
    let amount = command.quantity.checked_mul(best)?.checked_mul(symbol.quote_unit)?;
    Some(Need { amount, lock: 0, key })
}

#[inline]
fn plain_taker(command: &Command, lock: i64, arrival: u64) -> Taker {
    let market = command.order == OrderType::Market as u8;
    Taker {
        symbol: command.symbol,
        side: command.side,
        owner: command.owner,
        id: command.id,
        slot: NIL,
        terms: NIL,
        arrival,
        limit: if market { crate::enter::beyond(command.side) } else { command.price },
        left: command.quantity,
        quantity: command.quantity,
        filled: 0,
        lock,
        minimum: 0,
        cap: i64::MAX,
        tif: if command.tif == TimeInForce::Gtc as u8 { TimeInForce::Gtc } else { TimeInForce::Ioc },
        stp: SelfTrade::from_code(command.stp).unwrap_or(SelfTrade::None),
        market,
        quote: false,
    }
}

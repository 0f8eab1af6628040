//! The matching loop: an order takes from the other side, best price first, first in, first out (rules M16, M24).

use crate::accounts::Fee;
use crate::engine::{Engine, Turn};
use crate::records::Event;
use crate::slab::{NIL, Order, State};
use crate::stretch::Rung;
use crate::symbol::opposite;
use crate::taker::{Halt, Taker};
use crate::words::{BUY, EventKind, Reason, SelfTrade, flag, mark};

/// One trade of a sweep, before it is made.
struct Deal {
    maker: u32,
    key: i64,
    price: i64,
    quantity: i64,
}

/// What is to be done about the next maker.
enum Next {
    Trade(i64),
    Again,
    Stop(Halt),
}

impl Engine {
    /// Lets a taker trade until something ends its way.
    #[inline]
    pub(crate) fn take(&mut self, taker: &mut Taker) -> Halt {
        let symbol = &self.symbols[usize::from(taker.symbol)];
        let other = opposite(taker.side);
        // Keys of the other side grow away from the touch on both sides.
        let worst = if taker.market { i64::MAX } else { symbol.key(other, taker.limit) };
        let crosses = symbol.side(other).best_key().is_some_and(|key| key <= worst);
        if crosses || taker.cap == 0 { self.sweep(taker, worst) } else { Halt::Book }
    }

    /// Takes level by level down to the key `worst`.
    #[inline(never)]
    fn sweep(&mut self, taker: &mut Taker, worst: i64) -> Halt {
        let number = usize::from(taker.symbol);
        let other = opposite(taker.side);
        let (lowest, highest) = self.symbols[number].band;
        let careful = taker.is_careful();
        let plain = self.is_plain_taker(taker);
        while taker.left > 0 {
            if taker.cap == 0 {
                return Halt::Cap;
            }
            let symbol = &self.symbols[number];
            let Some((key, level)) = symbol.side(other).best().filter(|best| best.0 <= worst) else {
                return Halt::Book;
            };
            let price = symbol.price(other, key);
            if price < lowest || price > highest {
                return Halt::Band;
            }
            if plain && self.stretch(taker, &Rung { key, price, level }) {
                continue;
            }
            let maker = level.head;
            let mut quantity = taker.left.min(self.orders[maker].visible);
            if careful || self.orders[maker].terms != NIL {
                match self.consider(taker, maker, price) {
                    Next::Trade(most) => quantity = most,
                    Next::Again => continue,
                    Next::Stop(halt) => return halt,
                }
            }
            self.trade(taker, &Deal { maker, key, price, quantity });
        }
        Halt::Filled
    }

    /// Self-trade prevention, reduce-only makers, funds (rules M23, M32, M7), in this order.
    fn consider(&mut self, taker: &mut Taker, maker: u32, price: i64) -> Next {
        if self.orders[maker].owner == taker.owner && taker.stp != SelfTrade::None {
            return self.prevent(taker, maker);
        }
        if self.orders[maker].terms != NIL && self.cut_to_position(maker) {
            return Next::Again;
        }
        let visible = self.orders[maker].visible;
        if taker.quote {
            return self.afford(taker, taker.left, visible, price);
        }
        let quantity = taker.left.min(visible).min(taker.cap);
        if taker.side == BUY && taker.lock == 0 {
            return self.afford(taker, i64::MAX, quantity, price);
        }
        Next::Trade(quantity)
    }

    /// As many lots as an amount, and what the taker has free, can pay (a `QUOTE` sell: can deliver).
    fn afford(&self, taker: &Taker, amount: i64, quantity: i64, price: i64) -> Next {
        let symbol = &self.symbols[usize::from(taker.symbol)];
        let free = self.accounts.balance(taker.owner, symbol.pays(taker.side)).free;
        let unit = price * symbol.quote_unit;
        let (amount, most) =
            if taker.side == BUY { (amount.min(free), i64::MAX) } else { (amount, free / symbol.base_unit) };
        let quantity = quantity.min(most).min(taker.cap);
        // The product cannot overflow: what rests was checked at this price.
        let quantity = if quantity * unit <= amount { quantity } else { amount / unit };
        let lots = quantity - quantity % symbol.lot;
        if lots == 0 { Next::Stop(Halt::Funds) } else { Next::Trade(lots) }
    }

    /// Taker and maker have one owner: what the taker's mode says (rule M23).
    fn prevent(&mut self, taker: &mut Taker, maker: u32) -> Next {
        match taker.stp {
            SelfTrade::CancelNewest => Next::Stop(Halt::SelfTrade),
            SelfTrade::CancelOldest => {
                self.end(maker, EventKind::Cancelled, Reason::SelfTrade);
                Next::Again
            }
            SelfTrade::CancelBoth => {
                self.end(maker, EventKind::Cancelled, Reason::SelfTrade);
                Next::Stop(Halt::SelfTrade)
            }
            SelfTrade::Decrement | SelfTrade::None => self.decrement(taker, maker),
        }
    }

    fn decrement(&mut self, taker: &mut Taker, maker: u32) -> Next {
        let both = self.left(maker).min(taker.left);
        self.unlock_part(maker, both);
        let place = self.cut(maker, both);
        self.tell(maker, EventKind::Prevented, Reason::SelfTrade, both, place);
        let visible = self.orders[maker].visible;
        if let Some(event) = self.events.last_mut() {
            (event.left, event.taker, event.taker_owner) = (visible, taker.id, taker.owner);
        }
        self.decrement_taker(taker, both);
        self.shrink_sibling(maker, both);
        if taker.slot != NIL {
            self.shrink_sibling(taker.slot, both);
        }
        if self.left(maker) == 0 {
            self.end(maker, EventKind::Cancelled, Reason::SelfTrade);
        }
        if taker.left == 0 { Next::Stop(Halt::SelfTrade) } else { Next::Again }
    }

    fn decrement_taker(&mut self, taker: &mut Taker, quantity: i64) {
        taker.left -= quantity;
        taker.quantity -= quantity;
        if taker.slot != NIL {
            self.unlock_part(taker.slot, quantity);
            self.cut(taker.slot, quantity);
            return;
        }
        if taker.side != BUY || taker.lock != 0 {
            let need = self.need(taker.symbol, taker.side, quantity, taker.lock);
            let currency = self.symbols[usize::from(taker.symbol)].pays(taker.side);
            self.accounts.unlock(taker.owner, currency, need);
        }
    }

    /// Cuts a reduce-only maker to the position (rule M32); true when it is gone, or the queue has changed.
    fn cut_to_position(&mut self, maker: u32) -> bool {
        let order = &self.orders[maker];
        if !self.terms[order.terms].has(flag::REDUCE_ONLY) {
            return false;
        }
        let reducible = self.reducible(order.owner, order.symbol, order.side);
        let excess = self.left(maker) - reducible;
        if excess > 0 {
            self.shrink(maker, excess, Reason::ReduceOnly);
            return true;
        }
        false
    }

    /// Most that an order of this side may trade without growing or flipping the position.
    pub(crate) fn reducible(&self, owner: u32, symbol: u16, side: u8) -> i64 {
        let position = self.accounts.seat(owner, symbol).position;
        if side == BUY { position.saturating_neg().max(0) } else { position.max(0) }
    }

    /// Makes one trade: quantities, money, positions, the event, and what follows from it.
    #[inline]
    fn trade(&mut self, taker: &mut Taker, deal: &Deal) {
        let &Deal { maker: slot, key, price, quantity } = deal;
        let (maker, level) = self.take_from_level(slot, key, quantity);
        let special = maker.terms != NIL;
        let gone = maker.visible == 0;
        let done = gone && !(special && self.terms[maker.terms].hidden > 0);
        let (value, fee, taker_fee) = self.settle_trade(taker, slot, &maker, price, quantity);
        let seat = self.accounts.fill(maker.owner, taker.symbol, maker.side, quantity);
        if maker.side == BUY {
            seat.buying -= quantity;
        }
        seat.orders -= u32::from(done && !special);
        self.accounts.fill(taker.owner, taker.symbol, taker.side, quantity);
        self.emit(Event {
            id: maker.id,
            taker: taker.id,
            handle: maker.handle(slot),
            price,
            quantity,
            left: maker.visible,
            level,
            fee: fee.amount,
            taker_fee: taker_fee.amount,
            owner: maker.owner,
            taker_owner: taker.owner,
            symbol: taker.symbol,
            kind: EventKind::Trade as u8,
            side: maker.side,
            flags: mark::IN_BOOK | trade_marks(done, &fee, &taker_fee),
            ..Event::default()
        });
        self.count(taker, quantity, value);
        if special {
            self.special_maker_filled(slot, quantity, gone, done);
        } else if done {
            self.orders.give_back(slot);
        }
        if taker.slot != NIL {
            self.shrink_sibling(taker.slot, quantity);
        }
        let symbol = &mut self.symbols[usize::from(taker.symbol)];
        symbol.last = price;
        if price >= symbol.reach_up || price <= symbol.reach_down {
            self.reach(taker.symbol);
        }
    }

    /// Takes a fill off the first order of a level; says how the order and the level stand then.
    #[inline]
    fn take_from_level(&mut self, slot: u32, key: i64, quantity: i64) -> (Order, i64) {
        // Read whole, then written: the other way round the read would wait for the write.
        let mut maker = self.orders[slot];
        maker.visible -= quantity;
        self.orders[slot].visible = maker.visible;
        let gone = maker.visible == 0;
        let pegged = maker.terms != NIL && self.terms[maker.terms].is_peg();
        let side = self.symbols[usize::from(maker.symbol)].side_mut(maker.side);
        let level = side.update(key, |level| {
            level.visible -= quantity;
            if gone {
                level.head = maker.next;
                level.orders -= 1;
                level.pegs -= u32::from(pegged);
            }
            level.visible
        });
        if gone && maker.next != NIL {
            self.orders[maker.next].prev = NIL;
        }
        (maker, level)
    }

    /// Both pay, then the maker receives, then the taker (rules M6 to M9); says the value and the fees.
    #[inline]
    fn settle_trade(&mut self, taker: &Taker, slot: u32, maker: &Order, price: i64, quantity: i64) -> (i64, Fee, Fee) {
        let symbol = &self.symbols[usize::from(taker.symbol)];
        let (base, quote) = (symbol.base, symbol.quote);
        let value = price * quantity * symbol.quote_unit;
        let amount = quantity * symbol.base_unit;
        // What the maker pays is what the taker receives.
        let ((to_taker, received), (to_maker, paid)) =
            if taker.side == BUY { ((base, amount), (quote, value)) } else { ((quote, value), (base, amount)) };
        if maker.terms == NIL {
            self.accounts.balance_mut(maker.owner, to_taker).locked -= received;
        } else {
            self.pay_locked(slot, quantity, received);
        }
        self.pay_taker(taker, quantity, paid, to_maker);
        let fee = self.accounts.credit(maker.owner, to_maker, paid, to_taker, true);
        let taker_fee = self.accounts.credit(taker.owner, to_taker, received, to_maker, false);
        (value, fee, taker_fee)
    }

    /// The taker pays from what it has locked, or from what is free.
    #[inline]
    fn pay_taker(&mut self, taker: &Taker, quantity: i64, amount: i64, currency: u16) {
        if taker.slot != NIL && (taker.side != BUY || taker.lock != 0) {
            self.pay_locked(taker.slot, quantity, amount);
            return;
        }
        let unit = self.symbols[usize::from(taker.symbol)].quote_unit;
        let balance = self.accounts.balance_mut(taker.owner, currency);
        if taker.side != BUY && !taker.quote {
            balance.locked -= amount;
        } else if taker.lock != 0 && !taker.quote {
            let locked = quantity * taker.lock * unit;
            balance.locked -= locked;
            balance.free += locked - amount;
        } else {
            balance.free -= amount;
        }
    }

    /// Takes a fill off what the taker wants.
    #[inline]
    fn count(&mut self, taker: &mut Taker, quantity: i64, value: i64) {
        taker.filled += quantity;
        taker.left -= if taker.quote { value } else { quantity };
        if taker.cap != i64::MAX {
            taker.cap -= quantity;
        }
        if taker.slot != NIL {
            self.orders[taker.slot].visible -= quantity;
            if taker.side == BUY {
                self.accounts.seat_mut(taker.owner, taker.symbol).buying -= quantity;
            }
        }
    }

    /// What follows for a maker with special terms: the next slice, its list, its end.
    #[cold]
    fn special_maker_filled(&mut self, slot: u32, quantity: i64, gone: bool, done: bool) {
        if !done {
            if gone {
                self.refresh(slot);
            }
            self.shrink_sibling(slot, quantity);
            return;
        }
        let mate = self.mate(slot);
        self.drop_order(slot, Reason::None);
        if let Some((list, mate)) = mate {
            self.shrink_mate(list, mate, quantity);
        }
    }

    /// An iceberg's next slice stands at the tail of its level (rule M20).
    pub(crate) fn refresh(&mut self, slot: u32) {
        self.slice_again(slot);
        let level = self.push(slot);
        let order = &self.orders[slot];
        self.emit(Event {
            id: order.id,
            handle: order.handle(slot),
            price: order.price,
            quantity: order.visible,
            left: order.visible,
            level,
            owner: order.owner,
            symbol: order.symbol,
            kind: EventKind::Refreshed as u8,
            side: order.side,
            flags: mark::IN_BOOK,
            ..Event::default()
        });
    }

    fn slice_again(&mut self, slot: u32) {
        let order = &mut self.orders[slot];
        let terms = &mut self.terms[order.terms];
        order.visible = terms.display.min(terms.hidden);
        terms.hidden -= order.visible;
    }

    /// Queues the orders that the last price reaches (rules M27, M28).
    #[cold]
    #[inline(never)]
    pub(crate) fn reach(&mut self, number: u16) {
        self.move_trailing(number);
        for slot in self.reached_by_last(number) {
            self.queue_trigger(slot);
        }
    }

    /// Takes an order from those that wait and queues it.
    pub(crate) fn queue_trigger(&mut self, slot: u32) {
        let order = self.orders[slot];
        let terms = self.terms[order.terms];
        self.symbols[usize::from(order.symbol)].forget(slot, order.arrival, order.side, &terms);
        self.orders[slot].state = State::Queued;
        self.queue.push_back(Turn::Triggered(order.handle(slot)));
    }
}

/// The marks that every trade may have.
#[inline]
pub(crate) fn trade_marks(maker_done: bool, fee: &Fee, taker_fee: &Fee) -> u8 {
    let marks = [(maker_done, mark::MAKER_DONE), (fee.third, mark::MAKER_THIRD), (taker_fee.third, mark::TAKER_THIRD)];
    marks.into_iter().filter(|(set, _)| *set).map(|(_, mark)| mark).sum()
}

//! The fast lane of the matching loop: plain makers of one level, one after the other, the taker settled once behind them.
//!
//! It does what [`Engine::take`] would do maker by maker, to the last event. A maker that asks for more (special terms,
//! the taker's own, fees in another currency, a rebate) ends the stretch.

use crate::accounts::fee_of;
use crate::engine::Engine;
use crate::records::Event;
use crate::slab::NIL;
use crate::symbol::{Level, Symbol};
use crate::taker::Taker;
use crate::words::{BUY, EventKind, mark};

/// What a taker's trades at one price come to.
#[derive(Default)]
struct Run {
    quantity: i64,
    value: i64,
    fees: i64,
}

/// One price on the way of a taker.
#[derive(Clone, Copy)]
pub(crate) struct Rung {
    pub key: i64,
    pub price: i64,
    pub level: Level,
}

impl Engine {
    /// May a taker use the fast lane?
    #[inline]
    pub(crate) fn is_plain_taker(&self, taker: &Taker) -> bool {
        let owner = &self.accounts.owners[taker.owner as usize];
        let simple = taker.slot | taker.terms == NIL && !taker.quote;
        simple && !owner.third && owner.taker >= 0
    }

    /// Trades with the plain makers at the head of a level; false when the first one asks for more.
    #[inline]
    pub(crate) fn stretch(&mut self, taker: &mut Taker, rung: &Rung) -> bool {
        let run = if taker.side == BUY { self.run::<true>(taker, rung) } else { self.run::<false>(taker, rung) };
        if run.quantity == 0 {
            return false;
        }
        self.settle_run(taker, &run);
        let symbol = &mut self.symbols[usize::from(taker.symbol)];
        symbol.last = rung.price;
        if rung.price >= symbol.reach_up || rung.price <= symbol.reach_down {
            self.reach(taker.symbol);
        }
        true
    }

    /// The trades of a stretch: makers, their money and seats, the events, the level.
    #[inline]
    fn run<const BUYS: bool>(&mut self, taker: &mut Taker, rung: &Rung) -> Run {
        let symbol = &mut self.symbols[usize::from(taker.symbol)];
        let Symbol { base, quote, base_unit, quote_unit, .. } = *symbol;
        let (paid, received) = if BUYS { (base, quote) } else { (quote, base) }; // by the maker
        let unit = rung.price * quote_unit;
        let taker_rate = i64::from(self.accounts.owners[taker.owner as usize].taker);
        let pays_free = BUYS && taker.lock == 0;
        let funds = if pays_free { self.accounts.balance(taker.owner, quote).free } else { i64::MAX };
        let (mut run, mut maker_fees) = (Run::default(), 0);
        let Level { mut head, mut visible, mut orders, .. } = rung.level;
        while taker.left > 0 && head != NIL {
            let slot = head;
            let maker = self.orders[slot];
            self.orders.prefetch(maker.next);
            let owner = self.accounts.owners[maker.owner as usize];
            let quantity = taker.left.min(maker.visible);
            let value = quantity * unit;
            let special = maker.terms != NIL || maker.owner == taker.owner || owner.third || owner.maker < 0;
            if special || value > funds - run.value {
                break;
            }
            let amount = quantity * base_unit;
            let (gives, gets) = if BUYS { (amount, value) } else { (value, amount) };
            let fee = fee_of(gets, i64::from(owner.maker));
            let taker_fee = fee_of(gives, taker_rate);
            self.accounts.balance_mut(maker.owner, paid).locked -= gives;
            self.accounts.balance_mut(maker.owner, received).free += gets - fee;
            let left = maker.visible - quantity;
            let gone = left == 0;
            let seat = self.accounts.seat_mut(maker.owner, taker.symbol);
            seat.position = seat.position.saturating_add(if BUYS { -quantity } else { quantity });
            seat.buying -= if BUYS { 0 } else { quantity };
            seat.orders -= u32::from(gone);
            visible -= quantity;
            taker.left -= quantity;
            maker_fees += fee;
            run.quantity += quantity;
            run.value += value;
            run.fees += taker_fee;
            self.emit(Event {
                id: maker.id,
                taker: taker.id,
                handle: maker.handle(slot),
                price: rung.price,
                quantity,
                left,
                level: visible,
                fee,
                taker_fee,
                owner: maker.owner,
                taker_owner: taker.owner,
                symbol: taker.symbol,
                kind: EventKind::Trade as u8,
                side: maker.side,
                flags: mark::IN_BOOK | if gone { mark::MAKER_DONE } else { 0 },
                ..Event::default()
            });
            self.orders[slot].visible = left;
            if gone {
                head = maker.next;
                orders -= 1;
                self.orders.give_back(slot);
            }
        }
        if run.quantity > 0 {
            self.accounts.currencies[usize::from(received)].fees += maker_fees;
            self.set_head(taker, rung, Level { visible, head, orders, ..rung.level });
        }
        run
    }

    /// Writes back what a stretch left of its level.
    #[inline]
    fn set_head(&mut self, taker: &Taker, rung: &Rung, level: Level) {
        let side = crate::symbol::opposite(taker.side);
        self.symbols[usize::from(taker.symbol)].side_mut(side).set(rung.key, level);
        if level.head != NIL {
            self.orders[level.head].prev = NIL;
        }
    }

    /// The taker pays and receives for a whole stretch.
    #[inline]
    fn settle_run(&mut self, taker: &mut Taker, run: &Run) {
        let Symbol { base, quote, base_unit, quote_unit, .. } = self.symbols[usize::from(taker.symbol)];
        let amount = run.quantity * base_unit;
        let (gives, gets, received) =
            if taker.side == BUY { (run.value, amount, base) } else { (amount, run.value, quote) };
        let pays = if taker.side == BUY { quote } else { base };
        let locked = if taker.side == BUY { run.quantity * taker.lock * quote_unit } else { amount };
        let balance = self.accounts.balance_mut(taker.owner, pays);
        balance.locked -= locked;
        balance.free += locked - gives;
        self.accounts.balance_mut(taker.owner, received).free += gets - run.fees;
        self.accounts.currencies[usize::from(received)].fees += run.fees;
        taker.filled += run.quantity;
        self.accounts.fill(taker.owner, taker.symbol, taker.side, run.quantity);
    }
}

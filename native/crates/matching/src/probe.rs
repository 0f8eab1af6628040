//! What an order could fill at once, tried without touching anything (rule M18).

use std::collections::{BTreeMap, VecDeque};

use crate::engine::Engine;
use crate::slab::NIL;
use crate::symbol::{Symbol, opposite};
use crate::taker::Taker;
use crate::words::{BUY, Reason, SelfTrade, TimeInForce, flag};

/// A maker as the trial sees it.
struct Maker {
    slot: u32,
    visible: i64,
    hidden: i64,
}

/// A sweep on trial: what it filled, what it cost, and how positions and lists would have changed.
#[derive(Default)]
struct Trial {
    filled: i64,
    cost: i128,
    positions: BTreeMap<u32, i64>,
    lists: BTreeMap<u32, i64>,
}

impl Engine {
    /// Why a fill-or-kill order or one with a minimum may not enter; none where it may (rules M17, M19).
    #[cold]
    #[inline(never)]
    pub(crate) fn falls_short(&self, taker: &Taker) -> Option<Reason> {
        let all = taker.tif == TimeInForce::Fok;
        let (wanted, reason) = if all { (taker.left, Reason::FillOrKill) } else { (taker.minimum, Reason::Minimum) };
        if wanted > taker.cap {
            return Some(reason);
        }
        let trial = self.sweep_on_trial(taker, wanted);
        let short_of_funds = || {
            let currency = self.symbols[usize::from(taker.symbol)].quote;
            taker.market
                && taker.side == BUY
                && trial.cost > i128::from(self.accounts.balance(taker.owner, currency).free)
        };
        (trial.filled < wanted || short_of_funds()).then_some(reason)
    }

    fn sweep_on_trial(&self, taker: &Taker, wanted: i64) -> Trial {
        let symbol = &self.symbols[usize::from(taker.symbol)];
        let other = opposite(taker.side);
        let mut trial = Trial::default();
        for (key, level) in symbol.side(other).levels() {
            let price = symbol.price(other, key);
            let within =
                Symbol::crosses(taker.side, taker.limit, price) && price >= symbol.band.0 && price <= symbol.band.1;
            if !within || trial.filled >= wanted {
                break;
            }
            if !self.level_on_trial(taker, wanted, level.head, price, &mut trial) {
                break;
            }
        }
        trial
    }

    /// Goes through one level, fresh slices of icebergs too; false when an own order ends the sweep.
    fn level_on_trial(&self, taker: &Taker, wanted: i64, head: u32, price: i64, trial: &mut Trial) -> bool {
        let mut makers = self.makers_from(head);
        while let Some(mut maker) = makers.pop_front() {
            if trial.filled >= wanted {
                break;
            }
            let order = &self.orders[maker.slot];
            if order.owner == taker.owner && taker.stp != SelfTrade::None {
                if taker.stp == SelfTrade::CancelOldest {
                    continue;
                }
                return false;
            }
            let available = self.available(&mut maker, trial);
            let quantity = available.min(wanted - trial.filled);
            self.fill_on_trial(taker, &maker, quantity, price, trial);
            maker.visible -= quantity;
            if maker.visible == 0 && maker.hidden > 0 {
                let display = self.terms[order.terms].display;
                maker.visible = display.min(maker.hidden);
                maker.hidden -= maker.visible;
                makers.push_back(maker);
            }
        }
        true
    }

    fn makers_from(&self, head: u32) -> VecDeque<Maker> {
        let mut makers = VecDeque::new();
        let mut slot = head;
        while slot != NIL {
            let order = &self.orders[slot];
            let hidden = if order.terms == NIL { 0 } else { self.terms[order.terms].hidden };
            makers.push_back(Maker { slot, visible: order.visible, hidden });
            slot = order.next;
        }
        makers
    }

    /// What a maker would show at its turn: less what its list has traded, cut to the position where it only reduces.
    fn available(&self, maker: &mut Maker, trial: &Trial) -> i64 {
        let order = &self.orders[maker.slot];
        if order.terms == NIL {
            return maker.visible;
        }
        let terms = &self.terms[order.terms];
        if self.shared_lock(maker.slot).is_some() {
            maker.visible = (maker.visible - trial.lists.get(&terms.list).copied().unwrap_or(0)).max(0);
        }
        if terms.has(flag::REDUCE_ONLY) {
            let now = self.accounts.seat(order.owner, order.symbol).position;
            let position = now.saturating_add(trial.positions.get(&order.owner).copied().unwrap_or(0));
            let reducible = if order.side == BUY { position.saturating_neg().max(0) } else { position.max(0) };
            let excess = (maker.visible + maker.hidden - reducible).max(0); // both are at least zero
            let from_hidden = excess.min(maker.hidden);
            maker.hidden -= from_hidden;
            maker.visible -= excess - from_hidden;
        }
        maker.visible
    }

    fn fill_on_trial(&self, taker: &Taker, maker: &Maker, quantity: i64, price: i64, trial: &mut Trial) {
        let order = &self.orders[maker.slot];
        let symbol = &self.symbols[usize::from(taker.symbol)];
        trial.filled += quantity;
        trial.cost += i128::from(quantity) * i128::from(price) * i128::from(symbol.quote_unit);
        let signed = if order.side == BUY { quantity } else { -quantity };
        *trial.positions.entry(order.owner).or_insert(0) += signed;
        *trial.positions.entry(taker.owner).or_insert(0) -= signed;
        if self.shared_lock(maker.slot).is_some() {
            *trial.lists.entry(self.terms[order.terms].list).or_insert(0) += quantity;
        }
    }
}

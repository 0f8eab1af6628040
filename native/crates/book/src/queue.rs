//! How orders of ours would have fared in a recorded market: a place in the queue (rule K4), liquidity used up (rule K3).
//!
//! Recorded data do not know our orders. Nothing here changes the book; both sides of the fiction are kept apart from it.

use std::collections::BTreeMap;

use crate::book::{Book, Side};
use crate::replay::{Columns, Message};

/// A recorded trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Price in price units.
    pub price: i64,
    /// Size in lots.
    pub size: i64,
    /// Who took: bid is a buyer, ask a seller; none where the venue does not say.
    pub aggressor: Option<Side>,
}

/// How lots cancelled at a price shrink the queue ahead of us there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueModel {
    /// Not at all: cancelled lots count as having stood behind us as long as the level's size allows it.
    Trades,
    /// By the share of the level that stood ahead of us.
    #[default]
    Proportional,
}

/// The place of one resting order of ours in the queue at its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestingQueue {
    side: Side,
    price: i64,
    model: QueueModel,
    ahead: i64,
    shown: i64,
    /// Lots traded at the price since its size was last stated: that much of the next fall is not cancelled.
    traded: i64,
}

impl RestingQueue {
    /// Joins the back of the `shown` lots at a price; `i64::MAX` where the size there is not known yet.
    pub const fn join(side: Side, price: i64, shown: i64, model: QueueModel) -> Self {
        Self { side, price, model, ahead: shown, shown, traded: 0 }
    }

    /// The order's side.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The order's price.
    pub const fn price(&self) -> i64 {
        self.price
    }

    /// Lots that must trade at the price before the order is next.
    pub const fn ahead(&self) -> i64 {
        self.ahead
    }

    /// The lots of a trade that fill the order, at its own price.
    ///
    /// `left` is what the order still wants, `taken` what orders of ours with priority got of this trade. So all of them
    /// together, asked best price first and then by arrival, never get more than was traded.
    pub fn on_trade(&mut self, trade: &Trade, left: i64, taken: i64) -> i64 {
        let reaching = self.reaching(trade);
        left.min(reaching - taken).max(0)
    }

    /// The lots of a trade that come past the queue ahead.
    fn reaching(&mut self, trade: &Trade) -> i64 {
        if trade.price != self.price {
            // Through the price: whoever stood ahead is gone. Beyond it on the other side: not for us.
            let through = self.side.opposite().reaches(trade.price, self.price);
            self.ahead = if through { 0 } else { self.ahead };
            return if through { trade.size } else { 0 };
        }
        if trade.aggressor == Some(self.side) {
            return 0;
        }
        let before = self.ahead.min(trade.size);
        self.ahead -= before;
        self.traded = self.traded.saturating_add(trade.size);
        trade.size - before
    }

    /// The venue states the size at the price anew; `shown` is 0 where the level is gone.
    ///
    /// To be called for every update of the level, also one that repeats its size, and for no other
    /// (see [`Columns::touches`]).
    pub fn on_level_change(&mut self, shown: i64) {
        let untraded = (self.shown - self.traded.min(self.shown)).max(self.ahead);
        let canceled = (untraded - shown).max(0);
        if self.model == QueueModel::Proportional && canceled > 0 {
            let share = i128::from(canceled) * i128::from(self.ahead) / i128::from(untraded);
            self.ahead -= share as i64;
        }
        self.ahead = self.ahead.min(shown); // no more can stand ahead than stands there
        (self.shown, self.traded) = (shown, 0);
    }
}

/// Lots that we took from the recorded book and that it still shows: they are gone until their level's next update.
#[derive(Debug, Clone, Default)]
pub struct Consumed {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

impl Consumed {
    /// Nothing taken yet.
    pub const fn new() -> Self {
        Self { bids: BTreeMap::new(), asks: BTreeMap::new() }
    }

    /// Takes up to `quantity` lots from a side of the book, best level first, no worse than `limit`.
    ///
    /// A buy takes from the asks. Returns (price, lots) for each level, at most `quantity` lots in all.
    pub fn take(&mut self, book: &Book, from: Side, quantity: i64, limit: Option<i64>) -> Vec<(i64, i64)> {
        let fills = self.offered(book, from, quantity, limit);
        for &(price, lots) in &fills {
            self.hide(from, price, lots);
        }
        fills
    }

    /// What [`Consumed::take`] would get, level by level.
    pub fn offered(&self, book: &Book, from: Side, quantity: i64, limit: Option<i64>) -> Vec<(i64, i64)> {
        let mut left = quantity;
        let mut fills = Vec::new();
        for (price, size) in self.offers(book, from, limit) {
            if left <= 0 {
                break;
            }
            fills.push((price, size.min(left)));
            left -= size.min(left);
        }
        fills
    }

    /// `lots` were taken at a price.
    pub fn hide(&mut self, from: Side, price: i64, lots: i64) {
        if lots > 0 {
            *self.side_mut(from).entry(price).or_insert(0) += lots;
        }
    }

    /// The lots, at most `quantity`, that [`Consumed::take`] would get: what a fill-or-kill order asks first.
    pub fn available(&self, book: &Book, from: Side, quantity: i64, limit: Option<i64>) -> i64 {
        let mut found = 0;
        for (_, size) in self.offers(book, from, limit) {
            if found >= quantity {
                break;
            }
            found += size.min(quantity - found);
        }
        found
    }

    /// The level was stated anew: what we took from it is no longer shown, or others have come.
    pub fn release(&mut self, side: Side, price: i64) {
        self.side_mut(side).remove(&price);
    }

    /// Releases every level that a message states anew.
    pub fn on_message(&mut self, columns: &Columns<'_>, message: &Message) {
        if self.is_empty() || !message.applied {
            return;
        }
        if message.snapshot {
            *self = Self::new();
            return;
        }
        for row in message.rows.clone() {
            let (side, price) = columns.level(row);
            self.release(side, price);
        }
    }

    /// Is nothing hidden?
    pub fn is_empty(&self) -> bool {
        self.bids.is_empty() && self.asks.is_empty()
    }

    /// What is left of the levels within `limit`, best first.
    fn offers<'a>(
        &'a self,
        book: &'a Book,
        from: Side,
        limit: Option<i64>,
    ) -> impl Iterator<Item = (i64, i64)> + use<'a> {
        let hidden = match from {
            Side::Bid => &self.bids,
            Side::Ask => &self.asks,
        };
        book.levels(from, usize::MAX)
            .take_while(move |&(price, _)| limit.is_none_or(|limit| from.reaches(price, limit)))
            .map(|(price, size)| (price, size - hidden.get(&price).copied().unwrap_or(0)))
            .filter(|&(_, size)| size > 0)
    }

    const fn side_mut(&mut self, side: Side) -> &mut BTreeMap<i64, i64> {
        match side {
            Side::Bid => &mut self.bids,
            Side::Ask => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::QueueModel::{Proportional, Trades};
    use super::*;

    fn sold(price: i64, size: i64) -> Trade {
        Trade { price, size, aggressor: Some(Side::Ask) }
    }

    fn bid(shown: i64, model: QueueModel) -> RestingQueue {
        RestingQueue::join(Side::Bid, 100, shown, model)
    }

    #[test]
    fn k4_trades_at_the_price_consume_the_queue_ahead_then_fill() {
        let mut queue = bid(10, Proportional);
        assert_eq!(queue.on_trade(&sold(100, 6), 5, 0), 0);
        assert_eq!(queue.ahead(), 4);
        assert_eq!(queue.on_trade(&sold(100, 7), 5, 0), 3);
        assert_eq!(queue.on_trade(&sold(100, 7), 2, 0), 2);
    }

    #[test]
    fn k4_only_trades_against_the_side_count_and_unknown_ones_do() {
        let mut queue = bid(4, Proportional);
        let bought = Trade { price: 100, size: 9, aggressor: Some(Side::Bid) };
        assert_eq!((queue.on_trade(&bought, 5, 0), queue.ahead()), (0, 4));
        assert_eq!(queue.on_trade(&Trade { aggressor: None, ..bought }, 5, 0), 5);
        let mut ask = RestingQueue::join(Side::Ask, 100, 4, Proportional);
        assert_eq!(ask.on_trade(&sold(100, 9), 5, 0), 0);
        assert_eq!(ask.on_trade(&bought, 5, 0), 5);
    }

    #[test]
    fn k4_a_trade_through_the_price_fills_whatever_stood_ahead() {
        for aggressor in [Some(Side::Bid), Some(Side::Ask), None] {
            let mut queue = bid(1_000, Trades);
            assert_eq!(queue.on_trade(&Trade { price: 99, size: 3, aggressor }, 5, 0), 3);
            assert_eq!(queue.ahead(), 0);
            assert_eq!(bid(0, Trades).on_trade(&Trade { price: 101, size: 3, aggressor }, 5, 0), 0);
        }
        let mut ask = RestingQueue::join(Side::Ask, 100, 1_000, Trades);
        assert_eq!(ask.on_trade(&Trade { price: 101, size: 9, aggressor: Some(Side::Bid) }, 5, 0), 5);
    }

    #[test]
    fn k4_cancelled_lots_shrink_the_queue_by_the_model() {
        let (mut proportional, mut trades) = (bid(10, Proportional), bid(10, Trades));
        for queue in [&mut proportional, &mut trades] {
            queue.on_level_change(30); // 20 more join behind
            assert_eq!(queue.ahead(), 10);
            queue.on_level_change(21); // 9 cancelled
        }
        assert_eq!((proportional.ahead(), trades.ahead()), (7, 10));
        trades.on_level_change(8);
        assert_eq!(trades.ahead(), 8, "no more can stand ahead than the level shows");
        trades.on_level_change(0);
        assert_eq!(trades.ahead(), 0);
    }

    #[test]
    fn k4_a_share_of_a_lot_stays_ahead() {
        let mut queue = bid(2, Proportional);
        queue.on_level_change(3);
        queue.on_level_change(2);
        assert_eq!(queue.ahead(), 2);
    }

    #[test]
    fn k4_lots_that_traded_were_not_cancelled() {
        let mut queue = bid(10, Proportional);
        queue.on_level_change(20);
        queue.on_trade(&sold(100, 4), 5, 0);
        queue.on_level_change(16);
        assert_eq!(queue.ahead(), 6);
        queue.on_level_change(8);
        assert_eq!(queue.ahead(), 3);
    }

    #[test]
    fn k4_an_unknown_queue_becomes_known_with_its_level() {
        for model in [Proportional, Trades] {
            let mut queue = bid(i64::MAX, model);
            assert_eq!(queue.on_trade(&sold(100, 50), 5, 0), 0);
            queue.on_level_change(7);
            assert_eq!(queue.ahead(), 7);
        }
    }

    #[test]
    fn k4_orders_of_ours_share_a_trade_by_priority() {
        let (mut first, mut second) = (bid(2, Trades), bid(6, Trades));
        let trade = sold(100, 10);
        let got = first.on_trade(&trade, 1, 0);
        assert_eq!((got, second.on_trade(&trade, 9, got)), (1, 3));
    }

    fn book(asks: &[(i64, i64)]) -> Book {
        let mut book = Book::new(1);
        for &(price, size) in asks {
            book.apply(Side::Ask, price, size);
        }
        book
    }

    #[test]
    fn k3_a_taker_walks_the_levels_to_its_limit() {
        let book = book(&[(101, 3), (102, 4), (105, 9)]);
        let mut consumed = Consumed::new();
        assert_eq!(consumed.available(&book, Side::Ask, 99, Some(104)), 7);
        assert_eq!(consumed.available(&book, Side::Ask, 5, None), 5);
        assert_eq!(consumed.take(&book, Side::Ask, 5, None), vec![(101, 3), (102, 2)]);
        assert_eq!(consumed.take(&book, Side::Ask, 5, Some(104)), vec![(102, 2)]);
        assert_eq!(consumed.take(&book, Side::Ask, 5, Some(100)), vec![]);
        assert_eq!(consumed.take(&book, Side::Bid, 5, None), vec![]);
    }

    #[test]
    fn k3_what_was_taken_is_gone_until_the_levels_next_update() {
        let mut book = book(&[(101, 3), (102, 4)]);
        let mut consumed = Consumed::new();
        consumed.take(&book, Side::Ask, 4, None);
        book.apply(Side::Ask, 101, 2);
        consumed.release(Side::Ask, 101);
        assert_eq!(consumed.take(&book, Side::Ask, 9, None), vec![(101, 2), (102, 3)]);
    }

    #[test]
    fn k3_a_message_releases_the_levels_that_it_states() {
        let columns =
            Columns { ts: &[1, 2], side: &[-1, -1], price: &[101, 102], size: &[3, 4], flags: &[0, 1], last_id: None };
        let delta = Message { ts: 1, last_id: None, rows: 0..1, snapshot: false, applied: true };
        let book = book(&[(101, 3), (102, 4)]);
        let mut consumed = Consumed::new();
        consumed.take(&book, Side::Ask, 9, None);
        consumed.on_message(&columns, &Message { applied: false, ..delta.clone() });
        assert_eq!(consumed.available(&book, Side::Ask, 9, None), 0);
        consumed.on_message(&columns, &delta);
        assert_eq!(consumed.available(&book, Side::Ask, 9, None), 3);
        consumed.on_message(&columns, &Message { rows: 1..2, snapshot: true, ..delta });
        assert!(consumed.is_empty());
    }

    /// What happens to the others at our price: traded, cancelled ahead and behind of us, joining, and "the size is stated".
    #[derive(Debug, Clone)]
    enum Event {
        Trade(i64),
        Cancel(i64, i64),
        Join(i64),
        State,
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = prop_oneof![
            (1_i64..20).prop_map(Event::Trade),
            (0_i64..10, 0_i64..10).prop_map(|(ahead, behind)| Event::Cancel(ahead, behind)),
            (1_i64..20).prop_map(Event::Join),
            Just(Event::State),
        ];
        prop::collection::vec(event, 0..60)
    }

    /// The true queue: others ahead and behind, and what a first-in, first-out venue gives us.
    struct Truth {
        ahead: i64,
        behind: i64,
        left: i64,
    }

    impl Truth {
        fn trade(&mut self, size: i64) -> i64 {
            let before = size.min(self.ahead);
            self.ahead -= before;
            self.behind -= (size - before).min(self.behind);
            let fill = (size - before).min(self.left);
            self.left -= fill;
            fill
        }

        fn apply(&mut self, event: &Event, queues: &mut [(RestingQueue, i64)]) -> i64 {
            match *event {
                Event::Trade(size) => {
                    for (queue, left) in queues {
                        *left -= queue.on_trade(&sold(100, size), *left, 0);
                    }
                    return self.trade(size);
                }
                Event::Cancel(ahead, behind) => {
                    self.ahead -= ahead.min(self.ahead);
                    self.behind -= behind.min(self.behind);
                }
                Event::Join(size) => self.behind += size,
                Event::State => {
                    for (queue, _) in queues {
                        queue.on_level_change(self.ahead + self.behind);
                    }
                }
            }
            0
        }
    }

    proptest! {
        #[test]
        fn k4_without_cancellations_the_place_is_exact(shown in 0_i64..50, events in events()) {
            let mut truth = Truth { ahead: shown, behind: 0, left: 25 };
            let mut queues = [(bid(shown, Proportional), 25), (bid(shown, Trades), 25)];
            for event in events.iter().filter(|event| !matches!(event, Event::Cancel(..))) {
                truth.apply(event, &mut queues);
                for (queue, left) in &queues {
                    prop_assert_eq!((queue.ahead(), *left), (truth.ahead, truth.left));
                }
            }
        }

        #[test]
        fn k4_the_model_trades_never_fills_before_its_turn(shown in 0_i64..50, events in events()) {
            let mut truth = Truth { ahead: shown, behind: 0, left: 25 };
            let mut queues = [(bid(shown, Trades), 25), (bid(shown, Proportional), 25)];
            for event in &events {
                truth.apply(event, &mut queues);
                let [(trades, trades_left), (proportional, proportional_left)] = queues;
                prop_assert!(trades.ahead() >= truth.ahead && trades_left >= truth.left);
                prop_assert!(trades.ahead() >= proportional.ahead() && trades_left >= proportional_left);
                prop_assert!(proportional.ahead() >= 0 && proportional_left >= 0);
            }
        }

        #[test]
        fn k4_our_orders_together_get_no_more_than_was_traded(
            orders in prop::collection::vec((95_i64..105, 0_i64..9, 1_i64..9), 1..6),
            trade in (90_i64..110, 1_i64..40),
        ) {
            let (trade, mut taken) = (sold(trade.0, trade.1), 0);
            for (price, shown, left) in orders {
                let filled = RestingQueue::join(Side::Bid, price, shown, Proportional).on_trade(&trade, left, taken);
                prop_assert!((0..=left).contains(&filled));
                taken += filled;
            }
            prop_assert!(taken <= trade.size);
        }

        #[test]
        fn k4_sizes_near_the_end_of_the_integers_do_not_overflow(
            sizes in prop::collection::vec((any::<bool>(), prop_oneof![Just(i64::MAX), Just(i64::MAX - 1), 0..i64::MAX]), 1..20),
        ) {
            let mut queue = bid(i64::MAX, Proportional);
            for (trade, size) in sizes {
                if trade { queue.on_trade(&sold(100, size), 5, 0); } else { queue.on_level_change(size); }
                prop_assert!(queue.ahead() >= 0);
            }
        }

        #[test]
        fn k3_no_lot_is_taken_twice(
            asks in prop::collection::vec((1_i64..30, 1_i64..9), 1..20),
            takes in prop::collection::vec((1_i64..30, prop::option::of(1_i64..30)), 1..10),
        ) {
            let book = book(&asks);
            let mut consumed = Consumed::new();
            let mut by_price = BTreeMap::new();
            for (quantity, limit) in takes {
                let could = consumed.available(&book, Side::Ask, quantity, limit);
                let fills = consumed.take(&book, Side::Ask, quantity, limit);
                prop_assert_eq!(fills.iter().map(|fill| fill.1).sum::<i64>(), could);
                prop_assert!(could <= quantity);
                prop_assert!(fills.is_sorted_by(|a, b| a.0 < b.0));
                for (price, lots) in fills {
                    prop_assert!(lots > 0 && limit.is_none_or(|limit| price <= limit));
                    *by_price.entry(price).or_insert(0) += lots;
                }
            }
            prop_assert!(by_price.iter().all(|(&price, &lots)| lots <= book.size_at(Side::Ask, price)));
        }
    }
}

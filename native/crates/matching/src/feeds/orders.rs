//! Order by order (L3).

use std::collections::{BTreeMap, HashMap};

use super::{in_book, of_symbol, sets};
use crate::{BUY, Event, EventKind};

/// What happens to an order in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderChange {
    /// It stands at the tail of its level.
    Add,
    /// What is visible of it changes in place.
    Set,
    /// It leaves the book.
    Remove,
}

/// One change of one order; nobody's name is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderMessage {
    /// Number of its event.
    pub seq: u64,
    /// Number of the message of this symbol before it; 0 is none.
    pub previous: u64,
    /// The order.
    pub handle: u64,
    /// Its price.
    pub price: i64,
    /// What of it is visible after the change; 0 when it leaves.
    pub size: i64,
    /// Number of the symbol.
    pub symbol: u16,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// What happens.
    pub change: OrderChange,
}

impl OrderMessage {
    /// The message that an event becomes, still without `previous`.
    #[inline]
    fn of(event: &Event) -> Option<Self> {
        let kind = EventKind::from_code(event.kind).filter(|_| in_book(event))?;
        if kind == EventKind::Cancelled && event.quantity == 0 {
            return None; // self-trade prevention took all of it: its PREVENTED has removed it
        }
        let (change, size) = match kind {
            EventKind::Rested | EventKind::Refreshed => (OrderChange::Add, event.left),
            kind if sets(kind, event.flags) && event.left > 0 => (OrderChange::Set, event.left),
            _ => (OrderChange::Remove, 0),
        };
        let &Event { seq, handle, price, symbol, side, .. } = event;
        Some(Self { seq, previous: 0, handle, price, size, symbol, side, change })
    }
}

/// Makes the order-by-order messages of all symbols.
#[derive(Clone, Debug, Default)]
pub struct OrderFeed {
    last: Vec<u64>,
}

impl OrderFeed {
    /// Goes on with a symbol after recovery: `last` is the number of the engine's last event.
    pub fn resume(&mut self, symbol: u16, last: u64) {
        *of_symbol(&mut self.last, symbol) = last;
    }

    /// Number of the last message of a symbol, for a snapshot to begin with; 0 is none.
    pub fn last(&self, symbol: u16) -> u64 {
        self.last.get(usize::from(symbol)).copied().unwrap_or(0)
    }

    /// Adds the messages that `events` become to `messages`.
    pub fn publish(&mut self, events: &[Event], messages: &mut Vec<OrderMessage>) {
        messages.extend(events.iter().filter_map(OrderMessage::of).map(|message| {
            let last = of_symbol(&mut self.last, message.symbol);
            OrderMessage { previous: std::mem::replace(last, message.seq), ..message }
        }));
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
    side: u8,
    price: i64,
    arrival: u64,
    size: i64,
}

impl Place {
    /// Sorts by priority within its side.
    const fn rank(&self) -> (i64, u64) {
        (if self.side == BUY { -self.price } else { self.price }, self.arrival)
    }
}

/// One symbol's book order by order, kept from its messages.
#[derive(Clone, Debug, Default)]
pub struct OrderBook {
    places: HashMap<u64, Place>,
    queues: [BTreeMap<(i64, u64), u64>; 2],
    arrivals: u64,
    last: u64,
}

impl OrderBook {
    /// The book of a snapshot: `orders` are (side, handle, price, visible) in priority, after the message `last`.
    pub fn from_orders(last: u64, orders: impl IntoIterator<Item = (u8, u64, i64, i64)>) -> Self {
        let mut book = Self { last, ..Self::default() };
        for (side, handle, price, size) in orders {
            book.add(handle, Place { side, price, arrival: 0, size });
        }
        book
    }

    /// Takes a message over. One that the book already holds is passed over.
    ///
    /// # Errors
    /// When messages before it are missing, or it does not fit the book; then the book is as it was.
    pub fn apply(&mut self, message: &OrderMessage) -> Result<(), String> {
        if message.seq <= self.last {
            return Ok(());
        }
        if message.previous != self.last {
            return Err(format!("messages between {} and {} are missing", self.last, message.previous));
        }
        self.change(message).ok_or_else(|| format!("message {} does not fit the book", message.seq))?;
        self.last = message.seq;
        Ok(())
    }

    /// Handle, price and visible quantity of a side's orders in their priority.
    pub fn orders(&self, side: u8) -> impl Iterator<Item = (u64, i64, i64)> + '_ {
        self.queues[usize::from(side != BUY)].values().map(|handle| {
            let place = &self.places[handle];
            (*handle, place.price, place.size)
        })
    }

    /// Number of orders in the book.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Is there no order in the book?
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn change(&mut self, message: &OrderMessage) -> Option<()> {
        let &OrderMessage { handle, side, price, size, change, .. } = message;
        if change == OrderChange::Add {
            return (size > 0).then(|| self.add(handle, Place { side, price, arrival: 0, size }))?;
        }
        let place = self.places.get_mut(&handle).filter(|place| (place.side, place.price) == (side, price))?;
        place.size = size;
        if change == OrderChange::Remove {
            self.remove(handle);
        }
        Some(())
    }

    fn add(&mut self, handle: u64, place: Place) -> Option<()> {
        if self.places.contains_key(&handle) {
            return None;
        }
        self.arrivals += 1;
        let place = Place { arrival: self.arrivals, ..place };
        self.queues[usize::from(place.side != BUY)].insert(place.rank(), handle);
        self.places.insert(handle, place);
        Some(())
    }

    fn remove(&mut self, handle: u64) {
        if let Some(place) = self.places.remove(&handle) {
            self.queues[usize::from(place.side != BUY)].remove(&place.rank());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SELL, mark};

    fn event(seq: u64, kind: EventKind, handle: u64, price: i64, left: i64) -> Event {
        let kind = kind as u8;
        Event { seq, kind, handle, price, left, side: SELL, flags: mark::IN_BOOK, ..Event::default() }
    }

    fn rebuilt(events: &[Event]) -> (OrderBook, Vec<OrderMessage>) {
        let (mut feed, mut book, mut messages) = (OrderFeed::default(), OrderBook::default(), Vec::new());
        feed.publish(events, &mut messages);
        for message in &messages {
            book.apply(message).unwrap();
        }
        (book, messages)
    }

    #[test]
    fn an_iceberg_goes_to_the_tail_with_its_next_slice() {
        let (book, messages) = rebuilt(&[
            event(1, EventKind::Rested, 8, 100, 2),
            event(2, EventKind::Rested, 9, 100, 5),
            event(3, EventKind::Rested, 7, 99, 1),
            event(4, EventKind::Trade, 8, 100, 0),
            event(6, EventKind::Refreshed, 8, 100, 2),
            event(7, EventKind::Trade, 9, 100, 3),
        ]);
        assert_eq!(book.orders(SELL).collect::<Vec<_>>(), [(7, 99, 1), (9, 100, 3), (8, 100, 2)]);
        assert_eq!(messages[4].previous, 4);
        assert_eq!((book.len(), book.orders(BUY).count()), (3, 0));
    }

    #[test]
    fn an_amendment_in_place_keeps_the_place_and_another_leaves_it() {
        let kept = Event { flags: mark::IN_BOOK | mark::KEPT, ..event(3, EventKind::Amended, 8, 100, 1) };
        let added = [event(1, EventKind::Rested, 8, 100, 2), event(2, EventKind::Rested, 9, 100, 5)];
        let (book, _) = rebuilt(&[added[0], added[1], kept]);
        assert_eq!(book.orders(SELL).collect::<Vec<_>>(), [(8, 100, 1), (9, 100, 5)]);
        let (book, _) = rebuilt(&[added[0], added[1], event(3, EventKind::Amended, 8, 100, 0)]);
        assert_eq!(book.orders(SELL).collect::<Vec<_>>(), [(9, 100, 5)]);
    }

    #[test]
    fn a_message_that_does_not_follow_or_does_not_fit_is_refused() {
        let (book, messages) = rebuilt(&[event(1, EventKind::Rested, 8, 100, 2)]);
        let next = |handle, price, change| OrderMessage { seq: 5, previous: 1, handle, price, change, ..messages[0] };
        let mut other = book.clone();
        assert!(other.apply(&OrderMessage { previous: 3, ..next(9, 100, OrderChange::Add) }).is_err());
        for wrong in [next(8, 100, OrderChange::Add), next(9, 100, OrderChange::Set), next(8, 101, OrderChange::Remove)]
        {
            assert!(other.apply(&wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(other.orders(SELL).collect::<Vec<_>>(), book.orders(SELL).collect::<Vec<_>>());
        other.apply(&next(8, 100, OrderChange::Remove)).unwrap();
        assert!(other.is_empty());
        other.apply(&next(8, 100, OrderChange::Remove)).expect("known already");
    }

    #[test]
    fn a_book_from_a_snapshot_goes_on_with_the_messages_after_it() {
        let orders = [(SELL, 3, 101, 4), (SELL, 2, 101, 1)];
        let mut book = OrderBook::from_orders(6, orders);
        let (_, messages) = rebuilt(&[event(1, EventKind::Rested, 8, 100, 2)]);
        book.apply(&messages[0]).expect("older than the snapshot");
        book.apply(&OrderMessage { seq: 7, previous: 6, handle: 5, price: 101, ..messages[0] }).unwrap();
        assert_eq!(book.orders(SELL).collect::<Vec<_>>(), [(3, 101, 4), (2, 101, 1), (5, 101, 2)]);
    }
}

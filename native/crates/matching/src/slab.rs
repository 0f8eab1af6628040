//! Orders in slots that are used again: a handle is a slot and its generation, so no hashing finds an order.

use parrot_kernel::prefetch;

use crate::words::{BUY, OrderType, SelfTrade, TimeInForce};

/// No slot: slots count from 1.
pub(crate) const NIL: u32 = 0;
/// A slot is not used again after this generation: handles stay positive as signed numbers, and none ever means two orders.
const LAST_GENERATION: u32 = i32::MAX as u32;

/// Where an order is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Nowhere: the slot is free.
    #[default]
    Free = 0,
    /// Stands in the book.
    Book = 1,
    /// Waits for its trigger.
    Waiting = 2,
    /// Its trigger was reached; it waits for its turn.
    Queued = 3,
    /// Stands aside until it may enter the book.
    Aside = 4,
    /// Waits for the end of its parent.
    Child = 5,
    /// Is just being matched.
    Taking = 6,
}

impl State {
    /// The state of a code.
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Free,
            1 => Self::Book,
            2 => Self::Waiting,
            3 => Self::Queued,
            4 => Self::Aside,
            5 => Self::Child,
            6 => Self::Taking,
            _ => return None,
        })
    }
}

/// An order that the engine keeps, in one line of the processor's cache.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct Order {
    /// Price in the book, or the limit it will have there.
    pub price: i64,
    /// Left and visible.
    pub visible: i64,
    pub id: u64,
    /// The whole quantity; what is filled is this less what is left.
    pub quantity: i64,
    /// Number of the order by acceptance.
    pub arrival: u64,
    pub owner: u32,
    pub generation: u32,
    /// The order behind it at its price, or the next free slot. It and `prev` are read at once: they share 16 bytes.
    pub next: u32,
    pub prev: u32,
    /// Its row of special terms, `NIL` for a plain limit order.
    pub terms: u32,
    pub symbol: u16,
    pub side: u8,
    pub state: State,
}

impl Order {
    #[inline]
    pub const fn handle(&self, slot: u32) -> u64 {
        (self.generation as u64) << 32 | slot as u64
    }
}

/// What only special orders have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub order: OrderType,
    pub tif: TimeInForce,
    pub stp: SelfTrade,
    pub flags: u32,
    /// Left and hidden.
    pub hidden: i64,
    pub display: i64,
    /// Trigger, or the level that a trailing stop has now.
    pub trigger: i64,
    /// Trailing distance or offset.
    pub trail: i64,
    /// Best price that a trailing stop has seen.
    pub best: i64,
    /// The command's price: limit after the trigger, cap of a peg; 0 is none.
    pub limit: i64,
    /// Price at which a buy has locked; 0: nothing is locked.
    pub lock: i64,
    pub expiry: i64,
    /// Its list, `NIL` for none.
    pub list: u32,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            order: OrderType::Limit,
            tif: TimeInForce::Gtc,
            stp: SelfTrade::None,
            flags: 0,
            hidden: 0,
            display: 0,
            trigger: 0,
            trail: 0,
            best: 0,
            limit: 0,
            lock: 0,
            expiry: 0,
            list: NIL,
        }
    }
}

impl Terms {
    pub const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Does it wait for a trigger?
    pub const fn is_algo(&self) -> bool {
        matches!(
            self.order,
            OrderType::Stop | OrderType::StopLimit | OrderType::Touch | OrderType::TouchLimit | OrderType::Trailing
        )
    }

    pub const fn is_peg(&self) -> bool {
        matches!(self.order, OrderType::PegPrimary | OrderType::PegMid)
    }

    /// Does a higher last price reach the trigger (a lower one otherwise)?
    pub const fn rises(&self, side: u8) -> bool {
        let touches = matches!(self.order, OrderType::Touch | OrderType::TouchLimit);
        (side == BUY) != touches
    }
}

/// Orders that belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct List {
    /// `NIL` once it has ended, and for an OCO.
    pub parent: u32,
    /// Legs of the OCO or children; `NIL` where one is gone.
    pub legs: [u32; 2],
    /// Are the legs active (an OCO, or children whose parent has ended)?
    pub active: bool,
    /// What the active legs have locked together.
    pub locked: i64,
}

/// Rows that are used again, the one freed last first; row 0 is never used.
#[derive(Clone, Debug)]
pub(crate) struct Rows<T> {
    pub rows: Vec<T>,
    pub free: Vec<u32>,
}

impl<T: Default + Copy> Rows<T> {
    pub fn new() -> Self {
        Self { rows: vec![T::default()], free: Vec::new() }
    }

    pub fn add(&mut self, row: T) -> u32 {
        if let Some(number) = self.free.pop() {
            self.rows[number as usize] = row;
            return number;
        }
        self.rows.push(row);
        (self.rows.len() - 1) as u32
    }

    pub fn remove(&mut self, number: u32) {
        self.rows[number as usize] = T::default();
        self.free.push(number);
    }
}

impl<T> std::ops::Index<u32> for Rows<T> {
    type Output = T;

    #[inline]
    fn index(&self, number: u32) -> &T {
        &self.rows[number as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Rows<T> {
    #[inline]
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.rows[number as usize]
    }
}

/// All orders that the engine keeps.
#[derive(Clone, Debug)]
pub(crate) struct Slab {
    pub slots: Vec<Order>,
    /// First free slot; the others hang on its `next`.
    pub free: u32,
    pub live: usize,
}

impl Slab {
    pub fn new() -> Self {
        Self { slots: vec![Order::default()], free: NIL, live: 0 }
    }

    /// A slot for a new order, with its generation set.
    #[inline]
    pub fn take(&mut self) -> u32 {
        self.live += 1;
        let slot = self.free;
        if slot == NIL {
            self.slots.push(Order { generation: 1, ..Order::default() });
            return (self.slots.len() - 1) as u32;
        }
        self.free = self[slot].next;
        slot
    }

    /// Joins the neighbours of an order that leaves its queue; slot 0 stands for no neighbour, so nothing is asked.
    #[inline]
    pub fn unlink(&mut self, order: &Order) {
        self[order.prev].next = order.next;
        self[order.next].prev = order.prev;
    }

    #[inline]
    pub fn give_back(&mut self, slot: u32) {
        let free = self.free;
        let order = &mut self[slot];
        order.state = State::Free;
        order.next = free;
        if order.generation < LAST_GENERATION {
            order.generation += 1;
            self.free = slot;
        }
        self.live -= 1;
    }

    /// Asks for the memory of a slot.
    #[inline]
    pub fn prefetch(&self, slot: u32) {
        prefetch(&self.slots, slot as usize);
    }

    /// The slot of a live order.
    #[inline]
    pub fn find(&self, handle: u64) -> Option<u32> {
        let slot = handle as u32;
        let order = self.slots.get(slot as usize)?;
        (u64::from(order.generation) == handle >> 32 && order.state != State::Free && slot != NIL).then_some(slot)
    }
}

impl std::ops::Index<u32> for Slab {
    type Output = Order;

    #[inline]
    fn index(&self, slot: u32) -> &Order {
        &self.slots[slot as usize]
    }
}

impl std::ops::IndexMut<u32> for Slab {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut Order {
        &mut self.slots[slot as usize]
    }
}

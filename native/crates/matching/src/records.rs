//! Commands and events: fixed records, little-endian, without padding.

/// One command; fields that it does not use are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Command {
    /// See [`crate::CommandKind`].
    pub kind: u8,
    /// 0 buy, 1 sell; 2 both (mass cancel).
    pub side: u8,
    /// See [`crate::OrderType`]; of other commands: the phase, the limit, the tier.
    pub order: u8,
    /// See [`crate::TimeInForce`].
    pub tif: u8,
    /// See [`crate::SelfTrade`].
    pub stp: u8,
    /// See [`crate::ListKind`]; 0 is no list.
    pub list: u8,
    /// Number of the symbol, or of the currency.
    pub symbol: u16,
    /// Number of the owner.
    pub owner: u32,
    /// See [`crate::flag`].
    pub flags: u32,
    /// The client's own number of the order.
    pub id: u64,
    /// The order that is meant (cancel, amend).
    pub handle: u64,
    /// Limit price, or the value of a setting.
    pub price: i64,
    /// Quantity, or amount.
    pub quantity: i64,
    /// Visible quantity of an iceberg; 0 is all.
    pub display: i64,
    /// Least quantity to fill at once.
    pub minimum: i64,
    /// Price that triggers.
    pub trigger: i64,
    /// Trailing distance, or a peg's offset.
    pub trail: i64,
    /// When a GTD order expires; of `TIME` the time; nanoseconds UTC.
    pub expiry: i64,
    /// Not used; zero.
    pub spare: i64,
}

/// One event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Event {
    /// Number of the event; 0 for rejections.
    pub seq: u64,
    /// Time of the last `TIME` command, nanoseconds UTC.
    pub ts: i64,
    /// The client's number of the order (trade: the maker's).
    pub id: u64,
    /// The client's number of the taker (trade, prevented).
    pub taker: u64,
    /// The order's handle (trade: the maker's); 0 where it has none.
    pub handle: u64,
    /// Price; of a trade its price, of a phase event the new phase.
    pub price: i64,
    /// How much: see the table in the reference.
    pub quantity: i64,
    /// What of the order is still visible in the book; of an auction the imbalance.
    pub left: i64,
    /// What is visible at that side and price after the event.
    pub level: i64,
    /// The maker's fee.
    pub fee: i64,
    /// The taker's fee.
    pub taker_fee: i64,
    /// Owner of the order (trade: of the maker).
    pub owner: u32,
    /// Owner of the taker.
    pub taker_owner: u32,
    /// Number of the symbol, or of the currency.
    pub symbol: u16,
    /// See [`crate::EventKind`].
    pub kind: u8,
    /// Side of the order (trade: of the maker).
    pub side: u8,
    /// See [`crate::Reason`].
    pub reason: u8,
    /// See [`crate::mark`].
    pub flags: u8,
    /// Kind of the command that was rejected or done.
    pub command: u8,
    /// Not used; zero.
    pub spare: u8,
}

const _: () = assert!(size_of::<Command>() == 96 && size_of::<Event>() == 104);

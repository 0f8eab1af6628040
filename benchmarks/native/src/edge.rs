//! The edge of a venue: the stream's numbers become handles, its records commands.

use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use parrot_matching::{Command, CommandKind, OrderType, SelfTrade, TimeInForce};

use crate::stream::{CANCEL, Record, Stream};

/// How many records ahead places are fetched.
pub const AHEAD: usize = 12;

const LIMIT: u8 = OrderType::Limit as u8;
/// Kind, type and time in force by operation.
const WORDS: [(u8, u8, u8); 4] = [
    (CommandKind::Order as u8, LIMIT, TimeInForce::Gtc as u8),
    (CommandKind::Cancel as u8, 0, 0),
    (CommandKind::Order as u8, LIMIT, TimeInForce::Ioc as u8),
    (CommandKind::Order as u8, OrderType::Market as u8, TimeInForce::Ioc as u8),
];

/// Where the stream's orders are: its numbers on one side, handles and owners on the other.
pub struct Edge {
    places: Vec<(u64, u32)>,
    stp: u8,
}

impl Edge {
    /// None yet; the table is written once, so that no run pays for its first touch.
    pub fn new(stream: &Stream, stp: SelfTrade) -> Self {
        Self { places: vec![(1, 0); stream.ids + 1], stp: stp as u8 }
    }

    /// Writes the command of a record over another one, without branches: which operation comes next, no processor
    /// guesses. Fields that no operation uses stay as they are.
    #[inline]
    pub fn write(&self, command: &mut Command, record: &Record) {
        (command.kind, command.order, command.tif) = WORDS[usize::from(record.op & 3)];
        command.side = record.side;
        command.stp = self.stp & !mask(record) as u8;
        command.symbol = record.symbol;
        command.id = record.id;
        command.price = record.price;
        command.quantity = record.quantity;
        self.find(command, record);
    }

    /// Says in a cancel where its target is now, and in the name of its owner.
    #[inline]
    pub fn find(&self, command: &mut Command, record: &Record) {
        let mask = mask(record);
        let (handle, owner) = self.places[record.id as usize];
        command.owner = record.owner ^ (record.owner ^ owner) & mask as u32;
        command.handle = handle & mask;
    }

    /// Asks the memory for the place of a record that comes soon.
    #[inline]
    pub fn fetch(&self, record: Option<&Record>) {
        if let Some(place) = record.and_then(|record| self.places.get(record.id as usize)) {
            // SAFETY: a prefetch of an address that exists; it changes nothing.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) };
        }
    }

    /// Where the order of a record is now.
    #[inline]
    pub fn place(&mut self, record: &Record, handle: u64) {
        self.places[record.id as usize] = (handle, record.owner);
    }
}

/// All bits of a cancel, none of another operation.
#[inline]
fn mask(record: &Record) -> u64 {
    u64::from(record.op == CANCEL).wrapping_neg()
}

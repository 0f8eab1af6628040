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

    /// The command of a record, without branches: which operation comes next, no processor guesses.
    #[inline]
    pub fn command(&self, record: &Record) -> Command {
        let cancel = record.op == CANCEL;
        let (handle, owner) = self.places[record.id as usize];
        let (kind, order, tif) = WORDS[usize::from(record.op & 3)];
        Command {
            kind,
            side: record.side,
            order,
            tif,
            stp: if cancel { 0 } else { self.stp },
            symbol: record.symbol,
            owner: if cancel { owner } else { record.owner },
            id: record.id,
            handle: if cancel { handle } else { 0 },
            price: record.price,
            quantity: record.quantity,
            ..Command::default()
        }
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

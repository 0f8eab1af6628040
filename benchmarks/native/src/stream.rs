//! PMB1 files: a stream of orders, read into memory before anything is timed.

use std::{fs, io};

/// A limit order that may stay.
pub const ADD: u8 = 0;
/// A cancel by id.
pub const CANCEL: u8 = 1;
/// A limit order whose rest is dropped.
pub const IOC: u8 = 2;
/// A market order.
pub const MARKET: u8 = 3;

/// One operation.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Record {
    /// [`ADD`], [`CANCEL`], [`IOC`] or [`MARKET`].
    pub op: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// Number of the symbol.
    pub symbol: u16,
    /// Number of the trader.
    pub owner: u32,
    /// Ticks; 0 where there is none.
    pub price: i64,
    /// Lots; 0 of a cancel.
    pub quantity: i64,
    /// The order's number, of a cancel its target's.
    pub id: u64,
}

const _: () = assert!(size_of::<Record>() == 32);

/// A whole file.
pub struct Stream {
    /// Its operations.
    pub records: Vec<Record>,
    /// How many symbols it has.
    pub symbols: usize,
    /// The highest order number.
    pub ids: usize,
}

impl Stream {
    /// Reads the first `most` operations of a file.
    ///
    /// # Errors
    /// When the file cannot be read or is not PMB1.
    pub fn read(path: &str, most: usize) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        if bytes.len() < 32 || &bytes[..4] != b"PMB1" {
            return Err(io::Error::other(format!("{path} is not a PMB1 file")));
        }
        let symbols = u32::from_le_bytes(word(&bytes[16..])) as usize;
        let records: Vec<Record> = bytes[32..].chunks_exact(32).take(most).map(record).collect();
        let ids = records.iter().map(|record| record.id as usize).max().unwrap_or(0);
        Ok(Self { records, symbols, ids })
    }
}

fn word<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes[..N].try_into().expect("a chunk is long enough")
}

fn record(bytes: &[u8]) -> Record {
    Record {
        op: bytes[0],
        side: bytes[1],
        symbol: u16::from_le_bytes(word(&bytes[2..])),
        owner: u32::from_le_bytes(word(&bytes[4..])),
        price: i64::from_le_bytes(word(&bytes[8..])),
        quantity: i64::from_le_bytes(word(&bytes[16..])),
        id: u64::from_le_bytes(word(&bytes[24..])),
    }
}

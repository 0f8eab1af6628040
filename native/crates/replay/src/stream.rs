//! The file format PMB1: a header of 32 bytes and records of 32 bytes, little-endian.

/// A limit order that stays.
pub const ADD: u8 = 0;
/// Cancels the order with that id.
pub const CANCEL: u8 = 1;
/// A limit order, immediate or cancel.
pub const IOC: u8 = 2;
/// A market order.
pub const MARKET: u8 = 3;

/// How many traders there are: the format numbers them from 0 to 999.
pub const OWNERS: u32 = 1_000;
/// Most symbols that one file may have: each brings a currency, in which every owner holds a balance.
pub const SYMBOLS_MAX: u32 = 10_000;
/// Highest price and quantity: the engine's own limit.
const VALUE_MAX: i64 = 1 << 53;

const LENGTH: usize = 32;
const MAGIC: &[u8; 4] = b"PMB1";
const VERSION: u32 = 1;

/// What the first 32 bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Number of records.
    pub ops: u64,
    /// Number of symbols.
    pub symbols: u32,
    /// Seed of the generator.
    pub seed: u64,
}

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    /// 0 add, 1 cancel, 2 immediate or cancel, 3 market.
    pub kind: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// Number of the symbol.
    pub symbol: u16,
    /// Number of the trader.
    pub owner: u32,
    /// Limit price in ticks; 0 of cancellations and market orders.
    pub price: i64,
    /// Quantity in lots; 0 of cancellations.
    pub quantity: i64,
    /// Client's number of the order.
    pub id: u64,
}

/// The records of a file that lies in memory.
#[derive(Clone, Copy)]
pub struct Stream<'a> {
    /// What the file says about itself.
    pub header: Header,
    records: &'a [u8],
}

impl<'a> Stream<'a> {
    /// The first `limit` records (all when `None`).
    ///
    /// # Errors
    /// What is wrong with the header, or with the length.
    pub fn open(bytes: &'a [u8], limit: Option<u64>) -> Result<Self, String> {
        let Some((first, records)) = bytes.split_first_chunk::<LENGTH>() else {
            return Err(format!("the file has {} bytes, the header alone has {LENGTH}", bytes.len()));
        };
        let header = Header::read(first)?;
        let length = records.len() as u128;
        let announced = u128::from(header.ops) * LENGTH as u128;
        if length != announced {
            let how = if length < announced { "is cut off" } else { "is too long" };
            return Err(format!("the file {how}: {length} bytes follow the header, {announced} are announced"));
        }
        let count = limit.map_or(header.ops, |limit| limit.min(header.ops)) as usize;
        Ok(Self { header, records: &records[..count * LENGTH] })
    }

    /// Number of records.
    pub const fn len(&self) -> usize {
        self.records.len() / LENGTH
    }

    /// Has it none?
    pub const fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The record of a number from 0, or none when it cannot be: then [`Stream::fault`] says why.
    #[inline]
    pub fn op(&self, number: usize) -> Option<Op> {
        let op = self.read(number);
        self.sound(op).then_some(op)
    }

    #[inline]
    fn read(&self, number: usize) -> Op {
        let at = number * LENGTH;
        Op::read(&self.records[at..at + LENGTH])
    }

    /// Written without jumps: which kind comes next is chance, and a processor that guesses wrong loses its head start.
    #[inline]
    #[allow(clippy::needless_bitwise_bool)] // && is a jump
    fn sound(&self, op: Op) -> bool {
        let cancels = op.kind == CANCEL;
        let priced = (op.kind == ADD) | (op.kind == IOC);
        let numbered = op.id.wrapping_sub(1) < self.len() as u64;
        let sized = cancels | (in_range(op.quantity) & numbered);
        let price = (priced & in_range(op.price)) | (!priced & (op.price == 0));
        let known = (u32::from(op.symbol) < self.header.symbols) & (op.owner < OWNERS);
        (op.kind <= MARKET) & (op.side <= 1) & known & sized & price
    }

    /// The number of a record and what cannot be in it.
    #[cold]
    pub fn fault(&self, number: usize) -> String {
        let op = self.read(number);
        let what = if op.kind > MARKET {
            format!("unknown op {} (expected 0 to 3)", op.kind)
        } else if op.side > 1 {
            format!("side {} (expected 0 or 1)", op.side)
        } else if u32::from(op.symbol) >= self.header.symbols {
            format!("symbol {} (the header announces {} symbols)", op.symbol, self.header.symbols)
        } else if op.owner >= OWNERS {
            format!("owner {} (expected 0 to {})", op.owner, OWNERS - 1)
        } else if op.kind != CANCEL && !in_range(op.quantity) {
            format!("quantity {} (expected 1 to 2^53)", op.quantity)
        } else if op.kind != CANCEL && (op.id < 1 || op.id > self.len() as u64) {
            format!("order id {} (expected the running number of the order)", op.id)
        } else {
            format!("price {} (expected 1 to 2^53; 0 of cancellations and market orders)", op.price)
        };
        format!("record {number}: {what}")
    }
}

#[inline]
const fn in_range(value: i64) -> bool {
    (value.wrapping_sub(1) as u64) < VALUE_MAX as u64
}

impl Header {
    fn read(bytes: &[u8; LENGTH]) -> Result<Self, String> {
        if &bytes[..4] != MAGIC {
            return Err(format!("the file begins with {:?}, not with \"PMB1\"", String::from_utf8_lossy(&bytes[..4])));
        }
        let version = u32::from_le_bytes(field(bytes, 4));
        if version != VERSION {
            return Err(format!("the file has version {version}, not {VERSION}"));
        }
        let symbols = u32::from_le_bytes(field(bytes, 16));
        if !(1..=SYMBOLS_MAX).contains(&symbols) {
            return Err(format!("the header announces {symbols} symbols (expected 1 to {SYMBOLS_MAX})"));
        }
        Ok(Self { ops: u64::from_le_bytes(field(bytes, 8)), symbols, seed: u64::from_le_bytes(field(bytes, 24)) })
    }
}

impl Op {
    #[inline]
    fn read(bytes: &[u8]) -> Self {
        Self {
            kind: bytes[0],
            side: bytes[1],
            symbol: u16::from_le_bytes(field(bytes, 2)),
            owner: u32::from_le_bytes(field(bytes, 4)),
            price: i64::from_le_bytes(field(bytes, 8)),
            quantity: i64::from_le_bytes(field(bytes, 16)),
            id: u64::from_le_bytes(field(bytes, 24)),
        }
    }
}

#[inline]
fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut found = [0; N];
    found.copy_from_slice(&bytes[at..at + N]);
    found
}

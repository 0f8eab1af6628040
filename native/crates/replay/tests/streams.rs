//! Small streams written by hand, and bytes that are none.

use parrot_replay::{CHUNK, Checks, Fnv, Header, Replay, Stream};

const ADD: u8 = 0;
const CANCEL: u8 = 1;
const IOC: u8 = 2;
const MARKET: u8 = 3;
/// Where the header counts symbols; thousands of them are valid and slow.
const SYMBOLS: std::ops::Range<usize> = 16..20;

fn header(ops: u64, symbols: u32) -> Vec<u8> {
    let mut bytes = b"PMB1".to_vec();
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(ops.to_le_bytes());
    bytes.extend(symbols.to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(7_u64.to_le_bytes());
    bytes
}

fn record(op: u8, side: u8, price: i64, quantity: i64, id: u64) -> Vec<u8> {
    let mut bytes = vec![op, side, 0, 0];
    bytes.extend(5_u32.to_le_bytes());
    bytes.extend(price.to_le_bytes());
    bytes.extend(quantity.to_le_bytes());
    bytes.extend(id.to_le_bytes());
    bytes
}

fn stream(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = header(records.len() as u64, 1);
    bytes.extend(records.concat());
    bytes
}

fn replayed(bytes: &[u8], limit: Option<u64>) -> Result<Checks, String> {
    let mut replay = Replay::new(bytes, limit)?;
    while replay.advance()? {
        replay.absorb();
    }
    Ok(replay.finish())
}

fn fnv(words: &[u64]) -> Fnv {
    let mut hash = Fnv::new();
    for word in words {
        hash.add(*word);
    }
    hash
}

#[test]
fn trades_cancellations_and_the_last_book_are_counted_and_hashed() {
    let bytes = stream(&[
        record(ADD, 1, 101, 5, 1),
        record(ADD, 1, 101, 4, 2),
        record(IOC, 0, 101, 7, 3),  // 5 of the first, 2 of the second
        record(MARKET, 1, 0, 9, 4), // nobody buys
        record(CANCEL, 1, 0, 0, 1), // gone
        record(ADD, 0, 99, 6, 5),
    ]);
    let found = replayed(&bytes, None).unwrap();
    let counts = (found.ops, found.trades, found.volume, found.notional, found.rejects, found.resting, found.levels);
    assert_eq!(counts, (6, 2, 7, 707, 1, 2, 2));
    assert_eq!(found.trade_hash, fnv(&[1, 3, 101, 5, 2, 3, 101, 2]));
    assert_eq!(found.book_hash, fnv(&[0, 0, 99, 6, 5, 0, 1, 101, 2, 2]));
}

#[test]
fn an_order_can_be_cancelled_across_the_edge_of_a_chunk() {
    let count = CHUNK as u64 + 1;
    let mut records: Vec<_> = (1..=count).map(|id| record(ADD, 0, 100 + (id % 7) as i64, 1, id)).collect();
    records.extend((1..=count).map(|id| record(CANCEL, 0, 0, 0, id)));
    let found = replayed(&stream(&records), None).unwrap();
    assert_eq!((found.ops, found.rejects, found.resting, found.levels), (2 * count, 0, 0, 0));
    let half = replayed(&stream(&records), Some(count + 3)).unwrap();
    assert_eq!((half.ops, half.rejects, half.resting), (count + 3, 0, count - 3));
}

#[test]
fn the_header_is_read() {
    let bytes = stream(&[record(ADD, 0, 100, 1, 1)]);
    let found = Stream::open(&bytes, None).unwrap();
    assert_eq!((found.header, found.len(), found.is_empty()), (Header { ops: 1, symbols: 1, seed: 7 }, 1, false));
    assert!(Stream::open(&bytes, Some(0)).unwrap().is_empty());
}

#[test]
fn no_bytes_make_it_panic() {
    let sound = stream(&[record(ADD, 0, 100, 1, 1), record(CANCEL, 0, 0, 0, 1)]);
    for cut in 0..sound.len() {
        assert!(replayed(&sound[..cut], None).is_err(), "{cut} bytes");
    }
    for at in (0..sound.len()).filter(|at| !SYMBOLS.contains(at)) {
        for bit in [0, 3, 7] {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << bit;
            match replayed(&bytes, None) {
                Ok(found) => assert_eq!(found.ops, 2),
                Err(told) => assert!(!told.is_empty()),
            }
        }
    }
}

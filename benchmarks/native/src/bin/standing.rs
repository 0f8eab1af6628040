//! A million orders that stand in the books of a hundred symbols: the memory that they add, and a snapshot of them.
//! `standing [ORDERS]`

use std::fs;

use parrot_bench::clock::seconds;
use parrot_bench::venue::{OWNERS, opened};
use parrot_matching::{Command, CommandKind, Engine, Reason};

const SYMBOLS: u16 = 100;
const MIDDLE: i64 = 100_000;
const LEVELS: u64 = 500; // of each side
const BATCH: u64 = 64;

fn main() {
    let orders = std::env::args().nth(1).map_or(1_000_000, |text| text.parse().expect("a number"));
    let mut engine = opened(SYMBOLS);
    let before = resident();
    fill(&mut engine, orders);
    let grown = (resident() - before) as f64 / 1e6;
    let (taken, bytes) = timed(|| engine.snapshot());
    let (restored, copy) = timed(|| Engine::restore(&bytes).expect("it restores"));
    println!(
        r#"{{"orders": {orders}, "megabytes": {grown:.1}, "snapshot_ms": {:.1}, "restore_ms": {:.1}, "bytes": {}, "same": {}}}"#,
        taken * 1e3,
        restored * 1e3,
        bytes.len(),
        copy.hash() == engine.hash() && copy.snapshot() == bytes
    );
}

/// Orders round the symbols, owners and levels; none crosses another.
fn fill(engine: &mut Engine, orders: u64) {
    for id in 1..=orders {
        let (side, level) = ((id & 1) as u8, (id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % LEVELS);
        let distance = level as i64 + 1;
        let command = Command {
            kind: CommandKind::Order as u8,
            side,
            symbol: (id / 2 % u64::from(SYMBOLS)) as u16,
            owner: (id % u64::from(OWNERS)) as u32,
            id,
            price: if side == 0 { MIDDLE - distance } else { MIDDLE + distance },
            quantity: 1 + (id % 100) as i64,
            ..Command::default()
        };
        assert_eq!(engine.execute(&[command]).reason, Reason::None);
        if id % BATCH == 0 {
            engine.clear_events();
        }
    }
}

/// Bytes of memory that this process has.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages: u64 = text.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a number of pages");
    pages * 4096
}

/// The median time of five, and what the last one gave.
fn timed<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut once = || {
        let start = seconds();
        let found = work();
        (seconds() - start, found)
    };
    let mut times: Vec<f64> = (0..4).map(|_| once().0).collect();
    let (time, found) = once();
    times.push(time);
    times.sort_unstable_by(f64::total_cmp);
    (times[2], found)
}

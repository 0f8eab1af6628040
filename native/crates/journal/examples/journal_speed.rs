//! How fast the journal is: `journal_speed FOLDER [RECORDS]` prints one JSON object, after it has checked the results.
//!
//! Acks are measured record by record, from the append to the moment at which the appending thread sees the record durable:
//! once with a million records a second offered, once with as many as the disk takes. Recovery and the making of snapshots
//! are given in processor time, acks and writing in time on the wall.

use std::collections::VecDeque;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use parrot_journal::{Committer, Journal, Opened, Snapshot, recover};
use parrot_matching::{BUY, Command, CommandKind, Engine, Phase, Reason, SELL};

type Answer<T> = Result<T, Box<dyn Error>>;

/// Records appended at once.
const GROUP: usize = 8;

fn main() -> Answer<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: journal_speed FOLDER [RECORDS]")?;
    let records: usize = arguments.next().map_or(Ok(2_000_000), |text| text.parse())?;
    let folder = Path::new(&folder).join(format!("journal-speed-{}", std::process::id()));
    let lines = measure(&folder, records);
    fs::remove_dir_all(&folder)?;
    println!("{{{}}}", lines?.join(", "));
    Ok(())
}

fn measure(folder: &Path, records: usize) -> Answer<Vec<String>> {
    let (engine, commands) = accepted(records);
    let mut lines = vec![format!("\"records\": {}", commands.len())];
    lines.extend(acks("paced", &folder.join("paced"), &commands, Some(1_000_000))?);
    lines.extend(acks("full", &folder.join("full"), &commands, None)?);
    for name in ["paced", "full"] {
        if name == "full" {
            lines.push(recovery(&folder.join(name), &engine)?);
        } else if recover(&folder.join(name))?.engine.hash() != engine.hash() {
            return Err("the journal gives another engine".into());
        }
    }
    lines.extend(snapshots(&folder.join("snapshot"), records / 2)?);
    Ok(lines)
}

#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn now() -> Instant {
    Instant::now()
}

/// Seconds of processor time that this thread has used: what else runs on the machine does not count.
fn processor() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills in the struct that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn command(kind: CommandKind) -> Command {
    Command { kind: kind as u8, ..Command::default() }
}

fn settings() -> Vec<Command> {
    let mut commands = vec![
        command(CommandKind::AddCurrency),
        Command { symbol: 1, ..command(CommandKind::AddCurrency) },
        Command { owner: 1, price: 1, quantity: 1, display: 1, minimum: 1, ..command(CommandKind::AddSymbol) },
    ];
    for owner in 0..16 {
        commands.push(Command { owner, ..command(CommandKind::AddOwner) });
        for symbol in 0..2 {
            commands.push(Command { owner, symbol, quantity: 1 << 57, ..command(CommandKind::Deposit) });
        }
    }
    commands.push(Command { order: Phase::Continuous as u8, ..command(CommandKind::Phase) });
    commands
}

/// A stream as a busy book sees it: nine in twenty commands cancel, a few orders trade.
struct Stream {
    state: u64,
    live: Vec<(u64, u32)>,
}

impl Stream {
    fn random(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn next(&mut self) -> Command {
        let random = self.random();
        if random % 20 < 9 && self.live.len() > 1000 {
            let at = (random >> 8) as usize % self.live.len();
            let (handle, owner) = self.live.swap_remove(at);
            return Command { owner, handle, ..command(CommandKind::Cancel) };
        }
        let side = if random & 32 == 0 { BUY } else { SELL };
        let away = (random >> 40) as i64 % 200 - 3;
        let price = 100_000 + if side == BUY { -away } else { away };
        let quantity = 1 + (random >> 16) as i64 % 100;
        Command { side, owner: (random >> 24) as u32 % 16, id: random, price, quantity, ..command(CommandKind::Order) }
    }
}

/// Commands that the engine accepted, and the engine after them.
fn accepted(records: usize) -> (Engine, Vec<Command>) {
    let mut engine = Engine::new();
    let mut stream = Stream { state: 0x9e37_79b9_7f4a_7c15, live: Vec::new() };
    let mut commands = settings();
    for command in &commands {
        assert_eq!(engine.execute(&[*command]).reason, Reason::None);
    }
    while commands.len() < records {
        let command = stream.next();
        let outcome = engine.execute(&[command]);
        engine.clear_events();
        if outcome.reason == Reason::None {
            commands.push(command);
            if outcome.handle != 0 {
                stream.live.push((outcome.handle, command.owner));
            }
        }
    }
    (engine, commands)
}

/// Appends all commands, the given number a second or as many as go, and tells how long acks took.
fn acks(name: &str, folder: &Path, commands: &[Command], rate: Option<u64>) -> Answer<Vec<String>> {
    let Opened { mut journal, .. } = Journal::open(folder)?;
    journal.reserve(commands.len() as u64)?;
    let committer = journal.committer();
    let mut waits = Waits::default();
    let start = now();
    for (number, group) in commands.chunks(GROUP).enumerate() {
        if let Some(rate) = rate {
            let due = start + Duration::from_nanos((number * GROUP) as u64 * 1_000_000_000 / rate);
            while now() < due {
                waits.see(&committer);
                std::thread::sleep(Duration::from_micros(20));
            }
        }
        let appended = now();
        waits.open.push_back((committer.append(group)?, group.len(), appended));
        waits.see(&committer);
    }
    committer.flush()?;
    waits.see(&committer);
    let seconds = start.elapsed().as_secs_f64();
    drop(committer);
    if !waits.open.is_empty() {
        return Err("a record was flushed and not acknowledged".into());
    }
    let rate = commands.len() as f64 / seconds;
    let (p50, p99, max) = (waits.at(0.5), waits.at(0.99), waits.at(1.0));
    Ok(vec![
        format!("\"{name}_records_per_s\": {rate:.0}"),
        format!("\"{name}_ack_p50_us\": {p50:.1}"),
        format!("\"{name}_ack_p99_us\": {p99:.1}"),
        format!("\"{name}_ack_max_us\": {max:.1}"),
    ])
}

#[derive(Default)]
struct Waits {
    /// Last record, number of records and time of each append that is not acknowledged.
    open: VecDeque<(u64, usize, Instant)>,
    /// Nanoseconds, one entry a record.
    done: Vec<u64>,
}

impl Waits {
    fn see(&mut self, committer: &Committer) {
        let durable = committer.durable();
        while let Some((_, count, appended)) = self.open.front().copied().filter(|(last, ..)| *last <= durable) {
            self.done.extend(std::iter::repeat_n(appended.elapsed().as_nanos() as u64, count));
            self.open.pop_front();
        }
    }

    /// A quantile in microseconds.
    fn at(&mut self, part: f64) -> f64 {
        self.done.sort_unstable();
        let last = self.done.len() - 1;
        self.done[(last as f64 * part) as usize] as f64 / 1e3
    }
}

fn recovery(folder: &Path, engine: &Engine) -> Answer<String> {
    let mut best = f64::MAX;
    let mut count = 0;
    for _ in 0..3 {
        let start = processor();
        let found = recover(folder)?;
        best = best.min(processor() - start);
        count = found.replayed;
        if found.engine.hash() != engine.hash() {
            return Err("the journal gives another engine".into());
        }
    }
    Ok(format!("\"recovery_records_per_s\": {:.0}", count as f64 / best))
}

/// Snapshots of so many resting orders: to make, to write, to read back.
fn snapshots(folder: &Path, orders: usize) -> Answer<Vec<String>> {
    let Opened { mut journal, mut engine, .. } = Journal::open(folder)?;
    let rest = |n: usize| {
        let (side, price) = if n.is_multiple_of(2) { (BUY, 50_000) } else { (SELL, 60_000) };
        let away = (n as i64).wrapping_mul(7919) % 10_000;
        let price = if side == BUY { price - away } else { price + away };
        Command { side, owner: n as u32 % 16, id: n as u64, price, quantity: 5, ..command(CommandKind::Order) }
    };
    for command in settings().into_iter().chain((0..orders).map(rest)) {
        if engine.execute(&[command]).reason != Reason::None {
            return Err("an order was refused".into());
        }
        engine.clear_events();
        journal.append(&[command]);
    }
    journal.commit()?;
    let (mut make, mut bytes) = (f64::MAX, 0);
    for _ in 0..3 {
        let start = processor();
        bytes = engine.snapshot().len();
        make = make.min(processor() - start);
    }
    let snapshot = Snapshot::new(&engine, journal.place());
    let start = now();
    snapshot.write(folder)?;
    let write = start.elapsed().as_secs_f64();
    let start = processor();
    let found = recover(folder)?;
    let back = processor() - start;
    if found.replayed != 0 || found.engine.hash() != engine.hash() {
        return Err("the snapshot gives another engine".into());
    }
    Ok(vec![
        format!("\"snapshot_orders\": {orders}"),
        format!("\"snapshot_bytes\": {bytes}"),
        format!("\"snapshot_make_ms\": {:.1}", make * 1e3),
        format!("\"snapshot_write_ms\": {:.1}", write * 1e3),
        format!("\"snapshot_recover_ms\": {:.1}", back * 1e3),
    ])
}

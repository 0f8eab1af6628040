//! Bytes of any kind as commands and as snapshots: no panic, and nothing that the audit would not allow.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use parrot_kernel::Hash;
use parrot_matching::{Command, CommandKind, Engine};

use crate::generator::{self, Chance};
use crate::venue::Venue;

/// Calls `round` with seed after seed: so many, or for as long as `PARROT_FUZZ_SECONDS` says.
fn rounds(count: u64, round: impl Fn(u64)) {
    let seconds: Option<u64> = std::env::var("PARROT_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    #[expect(clippy::disallowed_methods, reason = "a long run is told how long it may take")]
    let start = Instant::now();
    let mut seed = 0;
    while seconds.map_or(seed < count, |seconds| start.elapsed() < Duration::from_secs(seconds)) {
        let outcome = catch_unwind(AssertUnwindSafe(|| round(seed)));
        assert!(outcome.is_ok(), "seed {seed}");
        seed += 1;
    }
}

/// 96 bytes of noise; half of them aim at something that exists.
fn noise(chance: &mut Chance) -> Command {
    let wild = |chance: &mut Chance| -> i64 {
        let bits = chance.below(64);
        let word = chance.word() as i64 >> bits;
        if chance.percent(20) { word & 1023 } else { word }
    };
    let mut record = Command {
        kind: chance.word() as u8,
        side: chance.word() as u8,
        order: chance.word() as u8,
        tif: chance.word() as u8,
        stp: chance.word() as u8,
        list: chance.word() as u8,
        symbol: chance.word() as u16,
        owner: chance.word() as u32,
        flags: chance.word() as u32,
        id: chance.word(),
        handle: chance.word(),
        price: wild(chance),
        quantity: wild(chance),
        display: wild(chance),
        minimum: wild(chance),
        trigger: wild(chance),
        trail: wild(chance),
        expiry: wild(chance),
        spare: wild(chance),
    };
    if chance.percent(80) {
        record.kind = chance.of(&[1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
        record.side %= 3;
        record.order %= 16;
        record.tif %= 8;
        record.stp %= 6;
        record.list = if chance.percent(80) { 0 } else { record.list % 4 };
        record.symbol %= 5;
        record.owner %= 5;
        record.flags &= if chance.percent(50) { 0 } else { 127 };
        record.handle = chance.below(3) << 32 | chance.below(40);
    }
    record
}

fn feed(engine: &mut Engine, records: &[Command]) {
    let mut rest = records;
    while !rest.is_empty() {
        engine.clear_events();
        let outcome = engine.execute(rest);
        assert!((1..=rest.len()).contains(&outcome.used) && !engine.events().is_empty());
        rest = &rest[outcome.used..];
    }
    assert_eq!(engine.audit(), Ok(()));
}

#[test]
fn noise_is_refused_or_carried_out_but_never_breaks_the_venue() {
    rounds(60, |seed| {
        let mut chance = Chance(seed);
        let mut venue = Venue::new();
        for _ in 0..40 {
            venue.step(chance.word());
        }
        for _ in 0..40 {
            let records: Vec<Command> = (0..8).map(|_| noise(&mut chance)).collect();
            feed(&mut venue.engine, &records);
        }
    });
}

#[test]
fn spoiled_streams_never_break_the_venue() {
    rounds(60, |seed| {
        let mut chance = Chance(!seed);
        let mut engine = Engine::new();
        feed(&mut engine, &generator::settings());
        let mut venue = Venue::new();
        for _ in 0..120 {
            let mut records = venue.records(chance.word());
            for record in &mut records {
                for _ in 0..chance.below(3) {
                    generator::spoil(record, &mut chance);
                }
                if chance.percent(50) && record.kind == CommandKind::Cancel as u8 {
                    record.handle = (chance.below(2) + 1) << 32 | chance.below(30);
                }
            }
            feed(&mut engine, &records);
            feed(&mut venue.engine, &records);
            assert_eq!(engine.hash(), venue.engine.hash(), "the same commands, the same state");
        }
    });
}

#[test]
fn a_spoiled_snapshot_is_refused_or_gives_a_sound_venue() {
    rounds(12, |seed| {
        let mut chance = Chance(seed ^ 0x5eed);
        let mut venue = Venue::new();
        for _ in 0..80 {
            venue.step(chance.word());
        }
        let sound = venue.engine.snapshot();
        for _ in 0..60 {
            let mut bytes = sound.clone();
            for _ in 0..=chance.below(3) {
                let at = chance.below(bytes.len() as u64) as usize;
                bytes[at] = if chance.percent(50) { bytes[at] ^ (1 << chance.below(8)) } else { chance.word() as u8 };
            }
            if chance.percent(20) {
                bytes.truncate(chance.below(bytes.len() as u64) as usize);
            }
            if chance.percent(80) && bytes.len() >= 16 && bytes.len().is_multiple_of(8) {
                reseal(&mut bytes); // else the hash alone refuses it
            }
            if let Ok(engine) = Engine::restore(&bytes) {
                assert_eq!(engine.audit(), Ok(()));
            }
        }
    });
}

/// Gives changed bytes the hash that a snapshot with this content would have.
fn reseal(bytes: &mut [u8]) {
    let (content, seal) = bytes.split_at_mut(bytes.len() - 8);
    let words: Vec<i64> = content.as_chunks().0.iter().map(|word| i64::from_le_bytes(*word)).collect();
    let mut hash = Hash::default();
    for block in words.chunks(1_024) {
        hash.column(block);
    }
    seal.copy_from_slice(&hash.finish().to_le_bytes());
}

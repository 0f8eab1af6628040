//! Random streams through an engine under watch, and through its copies.

use std::collections::BTreeSet;

use parrot_matching::{Command, Engine, Event, EventKind, Reason};
use proptest::prelude::*;

use crate::generator::Chance;
use crate::venue::Venue;

fn settings() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() }
}

/// The events of all commands and the hash after them.
fn told(engine: &mut Engine, commands: &[Vec<Command>]) -> (Vec<Event>, u64) {
    engine.clear_events();
    for records in commands {
        let mut rest = &records[..];
        while !rest.is_empty() {
            rest = &rest[engine.execute(rest).used..];
        }
    }
    assert_eq!(engine.audit(), Ok(()));
    (engine.events().to_vec(), engine.hash())
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn every_command_keeps_every_rule_that_can_be_seen_from_outside(seeds in prop::collection::vec(any::<u64>(), 1..160)) {
        let mut venue = Venue::new();
        for seed in seeds {
            venue.step(seed);
        }
    }

    #[test]
    fn a_copy_and_a_restored_snapshot_do_the_same_with_the_same_commands(
        seeds in prop::collection::vec(any::<u64>(), 20..120),
        after in 0_usize..100,
    ) {
        let mut venue = Venue::new();
        let (before, later) = seeds.split_at(after.min(seeds.len() - 1));
        for seed in before {
            venue.step(*seed);
        }
        let (mut copy, snapshot) = (venue.engine.clone(), venue.engine.snapshot());
        let mut commands = Vec::new();
        let mut events = Vec::new();
        for seed in later {
            commands.push(venue.records(*seed));
            events.extend(told(&mut venue.engine, &commands[commands.len() - 1..]).0);
        }
        let expected = (events, venue.engine.hash());
        let mut restored = Engine::restore(&snapshot).map_err(TestCaseError::fail)?;
        prop_assert_eq!(restored.hash(), copy.hash());
        prop_assert_eq!(&restored.snapshot(), &snapshot);
        prop_assert!(told(&mut copy, &commands) == expected, "a copy went another way");
        prop_assert!(told(&mut restored, &commands) == expected, "a restored snapshot went another way");
    }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn the_accepted_records_and_a_snapshot_with_those_after_it_give_the_same_venue(
        seeds in prop::collection::vec(any::<u64>(), 20..120),
        after in 0_usize..100,
    ) {
        let mut venue = Venue::new();
        let mut kept = (venue.journal.len(), venue.engine.snapshot());
        for (number, seed) in seeds.iter().enumerate() {
            venue.step(*seed);
            if number == after {
                kept = (venue.journal.len(), venue.engine.snapshot());
            }
        }
        let hash = venue.engine.hash();
        let replayed = told(&mut Engine::new(), std::slice::from_ref(&venue.journal));
        prop_assert_eq!(replayed.1, hash, "M47: the journal");
        let mut restored = Engine::restore(&kept.1).map_err(TestCaseError::fail)?;
        let tail = venue.journal[kept.0..].to_vec();
        prop_assert_eq!(told(&mut restored, &[tail]).1, hash, "M47: a snapshot and its tail");
    }
}

/// Properties of streams that never reach a rule say nothing of it.
#[test]
fn the_streams_reach_every_event_and_every_reason() {
    let (mut kinds, mut reasons) = (BTreeSet::new(), BTreeSet::new());
    for stream in 0..150 {
        let (mut venue, mut chance) = (Venue::new(), Chance(stream));
        for _ in 0..150 {
            for event in venue.step(chance.word()) {
                kinds.insert(event.kind);
                reasons.insert(event.reason);
            }
        }
    }
    let missing = |all: &[(&'static str, u8)], seen: &BTreeSet<u8>| -> Vec<&str> {
        all.iter().filter(|(_, code)| !seen.contains(code)).map(|(name, _)| *name).collect()
    };
    assert_eq!(missing(EventKind::ALL, &kinds), [""; 0]);
    assert_eq!(missing(Reason::ALL, &reasons), [""; 0]);
}

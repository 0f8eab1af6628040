//! Snapshots, checkpoints, one opener at a time, group commit (M47).

mod street;

use std::fs;
use std::path::Path;

use parrot_journal::{Error, Journal, Opened, Snapshot, recover};
use parrot_matching::{Command, Engine, Reason};
use proptest::prelude::*;
use street::{Folder, accept, order, settings};

fn started(folder: &Folder) -> Opened {
    let mut opened = Journal::open(&folder.0).unwrap();
    for command in settings() {
        accept(&mut opened.engine, &mut opened.journal, command);
    }
    opened.journal.commit().unwrap();
    opened
}

fn trade(opened: &mut Opened, numbers: std::ops::Range<u64>) {
    for number in numbers {
        accept(&mut opened.engine, &mut opened.journal, order(number));
    }
    opened.journal.commit().unwrap();
}

fn found(folder: &Path) -> (u64, u64, u64) {
    let found = recover(folder).unwrap();
    (found.next, found.replayed, found.engine.hash())
}

#[test]
fn a_folder_is_made_when_it_is_missing_and_opens_again_where_it_ended() {
    let folder = Folder::new("again");
    let mut opened = started(&folder);
    trade(&mut opened, 1..50);
    let (next, hash) = (opened.journal.place().next, opened.engine.hash());
    drop(opened);
    let mut opened = Journal::open(&folder.0).unwrap();
    assert_eq!((opened.journal.place().next, opened.engine.hash(), opened.replayed), (next, hash, next - 1));
    trade(&mut opened, 50..60);
    assert_eq!(found(&folder.0).2, opened.engine.hash());
}

#[test]
fn a_folder_that_is_open_cannot_be_opened_again() {
    let folder = Folder::new("locked");
    let opened = started(&folder);
    assert!(matches!(Journal::open(&folder.0), Err(Error::Locked(_))));
    assert_eq!(found(&folder.0).2, opened.engine.hash(), "reading is allowed");
    drop(opened);
    Journal::open(&folder.0).unwrap();
}

#[test]
fn a_note_stays_beside_the_journal() {
    let folder = Folder::new("note");
    let opened = started(&folder);
    assert_eq!(opened.journal.note().unwrap(), None);
    opened.journal.write_note(b"first").unwrap();
    opened.journal.write_note(b"second").unwrap();
    drop(opened);
    assert_eq!(Journal::open(&folder.0).unwrap().journal.note().unwrap().as_deref(), Some(&b"second"[..]));
}

#[test]
fn only_what_was_committed_is_found() {
    let folder = Folder::new("uncommitted");
    let mut opened = started(&folder);
    let durable = opened.journal.place().next;
    let last = opened.journal.append(&[order(1), order(2)]);
    assert_eq!((last, found(&folder.0).0), (durable + 1, durable));
    assert_eq!(opened.journal.commit().unwrap(), last);
    assert_eq!(opened.journal.commit().unwrap(), last, "nothing new");
    assert_eq!(found(&folder.0).0, last + 1);
}

#[test]
fn a_snapshot_and_the_records_after_it_give_the_same_engine() {
    let folder = Folder::new("snapshot");
    let mut opened = started(&folder);
    trade(&mut opened, 1..80);
    opened.journal.snapshot(&opened.engine).unwrap();
    assert_eq!(found(&folder.0).1, 0);
    trade(&mut opened, 80..120);
    let after = found(&folder.0);
    assert_eq!(after.2, opened.engine.hash());
    assert!(after.1 > 0 && after.1 <= 40, "only the tail is replayed: {}", after.1);
    fs::remove_file(folder.0.join("snapshot")).unwrap();
    let whole = found(&folder.0);
    assert_eq!((whole.0, whole.2), (after.0, after.2));
    assert_eq!(whole.1, whole.0 - 1);
}

#[test]
fn a_checkpoint_begins_a_new_journal_and_keeps_the_old_one() {
    let folder = Folder::new("checkpoint");
    let mut opened = started(&folder);
    trade(&mut opened, 1..80);
    opened.journal.checkpoint(&opened.engine).unwrap();
    assert_eq!(opened.journal.place().epoch, 2);
    trade(&mut opened, 80..120);
    let (next, _, hash) = found(&folder.0);
    assert_eq!((next, hash), (opened.journal.place().next, opened.engine.hash()));
    drop(opened);
    let mut opened = Journal::open(&folder.0).unwrap();
    opened.journal.checkpoint(&opened.engine).unwrap();
    assert_eq!(found(&folder.0), (next, 0, hash));
    assert!(folder.0.join("journal-1").exists() && folder.0.join("journal-2").exists());
}

#[test]
fn a_crash_between_snapshot_and_new_journal_loses_nothing() {
    let folder = Folder::new("between");
    let mut opened = started(&folder);
    trade(&mut opened, 1..80);
    opened.journal.snapshot(&opened.engine).unwrap();
    fs::copy(folder.0.join("journal"), folder.0.join("journal-1")).unwrap();
    fs::write(folder.0.join("journal.new"), b"half a header").unwrap();
    fs::write(folder.0.join("snapshot.new"), b"half a snapshot").unwrap();
    let hash = opened.engine.hash();
    drop(opened);
    let mut opened = Journal::open(&folder.0).unwrap();
    assert_eq!(opened.engine.hash(), hash);
    opened.journal.checkpoint(&opened.engine).unwrap();
    assert_eq!(found(&folder.0).2, hash);
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let folder = Folder::new("apart");
    let mut opened = started(&folder);
    trade(&mut opened, 1..30);
    opened.journal.checkpoint(&opened.engine).unwrap();
    opened.journal.checkpoint(&opened.engine).unwrap();
    let path = folder.0.join("snapshot");
    let (snapshot, journal) = (fs::read(&path).unwrap(), fs::read(folder.0.join("journal")).unwrap());
    drop(opened);
    let refused = |what: &str| assert!(matches!(Journal::open(&folder.0), Err(Error::Apart(_))), "{what}");
    fs::copy(folder.0.join("journal-1"), folder.0.join("journal")).unwrap();
    refused("an older journal");
    fs::write(folder.0.join("journal"), &journal).unwrap();
    fs::remove_file(&path).unwrap();
    refused("a later journal without its snapshot");
    fs::write(&path, &snapshot).unwrap();
    fs::remove_file(folder.0.join("journal")).unwrap();
    refused("a snapshot without a journal");
    fs::write(folder.0.join("journal"), &journal).unwrap();
    for at in (0..snapshot.len()).step_by(37) {
        let mut bytes = snapshot.clone();
        bytes[at] ^= 4;
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(recover(&folder.0), Err(Error::Foreign(..))), "byte {at} of the snapshot");
    }
    fs::write(&path, &snapshot).unwrap();
    Journal::open(&folder.0).unwrap();
}

#[test]
fn a_journal_shorter_than_its_snapshot_is_refused() {
    let folder = Folder::new("short");
    let mut opened = started(&folder);
    let before = opened.journal.place().offset;
    trade(&mut opened, 1..30);
    opened.journal.snapshot(&opened.engine).unwrap();
    drop(opened);
    let file = fs::OpenOptions::new().write(true).open(folder.0.join("journal")).unwrap();
    file.set_len(before).unwrap();
    assert!(matches!(Journal::open(&folder.0), Err(Error::Apart(_))));
}

#[test]
fn room_made_in_advance_is_no_end_of_the_journal() {
    let folder = Folder::new("reserve");
    let mut opened = started(&folder);
    trade(&mut opened, 1..20);
    opened.journal.reserve(400_000).unwrap();
    assert!(fs::metadata(folder.0.join("journal")).unwrap().len() > 70 << 20);
    let state = |opened: &Opened| (opened.journal.place().next, opened.engine.hash());
    let before = state(&opened);
    assert_eq!(found(&folder.0).2, before.1);
    trade(&mut opened, 20..40);
    let after = state(&opened);
    drop(opened);
    assert!(after > before && state(&Journal::open(&folder.0).unwrap()) == after);
}

#[test]
fn a_committer_makes_what_it_is_given_durable_in_order() {
    let folder = Folder::new("committer");
    let Opened { journal, mut engine, .. } = started(&folder);
    let committer = journal.committer();
    let mut last = committer.durable();
    for number in 1..=5000 {
        let command = order(number);
        if engine.execute(&[command]).reason == Reason::None {
            last += 1;
            assert_eq!(committer.append(&[command]).unwrap(), last);
        }
        engine.clear_events();
        if number % 500 == 0 {
            committer.wait(last).unwrap();
            assert!(committer.durable() >= last);
            assert!(recover(&folder.0).unwrap().next > last, "acknowledged, so it is there");
        }
    }
    let place = committer.flush().unwrap();
    assert_eq!((place.next, committer.durable()), (last + 1, last));
    Snapshot::new(&engine, place).write(&folder.0).unwrap();
    committer.append(&[order(9999)]).unwrap();
    assert_eq!(engine.execute(&[order(9999)]).reason, Reason::None);
    let journal = committer.close().unwrap();
    assert_eq!(journal.place().next, last + 2, "closing commits what was appended");
    assert_eq!(found(&folder.0), (last + 2, 1, engine.hash()));
}

#[test]
fn many_threads_may_append_and_each_waits_for_its_own() {
    let folder = Folder::new("threads");
    let Opened { journal, engine, .. } = started(&folder);
    let hash = engine.hash();
    let start = journal.place().next;
    let committer = journal.committer();
    // Deposits may come in any order and give the same engine.
    let deposit = |owner| Command { owner, quantity: 7, ..street::command(parrot_matching::CommandKind::Deposit) };
    std::thread::scope(|scope| {
        for owner in 0..2 {
            let committer = &committer;
            scope.spawn(move || {
                for _ in 0..200 {
                    let number = committer.append(&[deposit(owner)]).unwrap();
                    committer.wait(number).unwrap();
                    assert!(committer.durable() >= number);
                }
            });
        }
    });
    drop(committer);
    let (next, _, found) = found(&folder.0);
    assert_eq!(next, start + 400);
    assert_ne!(found, hash);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_and_a_snapshot_with_its_tail_give_the_hash_of_the_live_engine(
        batches in prop::collection::vec((0_u64..40, 0_u8..6), 1..12),
    ) {
        let folder = Folder::new("property");
        let mut opened = started(&folder);
        let mut number = 0;
        for (size, then) in batches {
            trade(&mut opened, number..number + size);
            number += size;
            match then {
                0 => opened.journal.snapshot(&opened.engine).unwrap(),
                1 => opened.journal.checkpoint(&opened.engine).unwrap(),
                2 => {
                    let hash = opened.engine.hash();
                    drop(opened);
                    opened = Journal::open(&folder.0).unwrap();
                    prop_assert_eq!(opened.engine.hash(), hash);
                }
                _ => {}
            }
            let found = recover(&folder.0).unwrap();
            prop_assert_eq!((found.next, found.engine.hash()), (opened.journal.place().next, opened.engine.hash()));
        }
        let copy = Engine::restore(&opened.engine.snapshot()).unwrap();
        prop_assert_eq!(copy.hash(), opened.engine.hash());
    }
}

//! What a crash, a torn write or a flipped bit leaves behind (M47).

mod street;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use parrot_journal::{Error, Journal, Recovered, recover};
use parrot_matching::Engine;
use proptest::prelude::*;
use street::{Folder, accept, order, settings};

/// Bytes before the first frame.
const START: usize = 4096;

/// The bytes of a journal up to its end, and after each commit where it ended, the next record and the engine's hash.
struct Written {
    bytes: Vec<u8>,
    commits: Vec<(usize, u64, u64)>,
}

fn written(name: &str, sizes: &[u64]) -> Written {
    let folder = Folder::new(name);
    let mut opened = Journal::open(&folder.0).unwrap();
    let (journal, engine) = (&mut opened.journal, &mut opened.engine);
    let mut commits = vec![(START, 1, engine.hash())];
    let mut number = 0;
    for (batch, size) in sizes.iter().enumerate() {
        for command in if batch == 0 { settings() } else { Vec::new() } {
            accept(engine, journal, command);
        }
        for _ in 0..*size {
            number += 1;
            accept(engine, journal, order(number));
        }
        journal.commit().unwrap();
        let place = journal.place();
        commits.push((place.offset as usize, place.next, engine.hash()));
    }
    let mut bytes = vec![0; journal.place().offset as usize];
    fs::File::open(folder.0.join("journal")).unwrap().read_exact(&mut bytes).unwrap();
    Written { bytes, commits }
}

impl Written {
    /// The last commit of which all lies in the first `len` bytes.
    fn kept(&self, len: usize) -> (u64, u64) {
        let (_, next, hash) = self.commits.iter().rev().find(|(end, ..)| *end <= len).unwrap_or(&self.commits[0]);
        (*next, *hash)
    }
}

fn recovered(folder: &Folder, bytes: &[u8]) -> Result<Recovered, Error> {
    fs::create_dir_all(&folder.0).unwrap();
    fs::write(folder.0.join("journal"), bytes).unwrap();
    recover(&folder.0)
}

fn state(recovered: &Recovered) -> (u64, u64) {
    (recovered.next, recovered.engine.hash())
}

/// Opens what is there, writes on, and finds all of it again.
fn goes_on(folder: &Path, kept: (u64, u64)) {
    let mut opened = Journal::open(folder).unwrap();
    assert_eq!((opened.journal.place().next, opened.engine.hash()), kept);
    for number in 1000..1003 {
        accept(&mut opened.engine, &mut opened.journal, order(number));
    }
    let commands = if kept.0 == 1 { settings() } else { Vec::new() };
    for command in commands {
        accept(&mut opened.engine, &mut opened.journal, command);
    }
    let last = opened.journal.commit().unwrap();
    let again = recover(folder).unwrap();
    assert_eq!(state(&again), (last + 1, opened.engine.hash()));
}

#[test]
fn a_journal_cut_at_any_byte_holds_every_commit_before_the_cut() {
    let written = written("cut", &[3, 1, 5, 2]);
    let folder = Folder::new("cut-read");
    for len in 0..40 {
        assert!(matches!(recovered(&folder, &written.bytes[..len]), Err(Error::Foreign(..))), "{len} bytes");
    }
    for len in 40..=written.bytes.len() {
        if (50..START - 50).contains(&len) {
            continue;
        }
        let found = recovered(&folder, &written.bytes[..len]).unwrap();
        assert_eq!(state(&found), written.kept(len), "{len} bytes");
        if len % 401 == 0 || len + 2 > written.bytes.len() {
            goes_on(&folder.0, written.kept(len));
        }
    }
}

#[test]
fn a_last_frame_that_lacks_sectors_is_cut_and_the_journal_goes_on() {
    let written = written("sectors", &[3, 40]);
    let (from, ..) = written.commits[1];
    let folder = Folder::new("sectors-read");
    let sectors = (written.bytes.len() - from).div_ceil(512);
    for missing in 0..sectors {
        let mut bytes = written.bytes.clone();
        bytes.resize(bytes.len() + 10_000, 0);
        let lost = from + missing * 512..(from + missing * 512 + 512).min(written.bytes.len());
        bytes[lost].fill(0);
        assert_eq!(state(&recovered(&folder, &bytes).unwrap()), written.kept(from), "sector {missing}");
    }
    goes_on(&folder.0, written.kept(from));
}

#[test]
fn a_flipped_bit_before_the_last_frame_is_an_error_that_names_the_record() {
    let written = written("flip", &[2, 1, 3, 2]);
    let folder = Folder::new("flip-read");
    let [.., (last, ..), _] = written.commits[..] else { panic!("commits") };
    for at in (0..40).chain(START..written.bytes.len()) {
        let mut bytes = written.bytes.clone();
        bytes[at] ^= 1 << (at * 7 % 8);
        let found = recovered(&folder, &bytes);
        if at < START {
            assert!(matches!(found, Err(Error::Foreign(..))), "byte {at}");
        } else if at < last {
            let (expected, _) = written.kept(at);
            assert!(matches!(found, Err(Error::Damaged { record, .. }) if record == expected), "byte {at}: {found:?}");
        } else {
            assert_eq!(state(&found.unwrap()), written.kept(last), "byte {at}");
        }
    }
}

#[test]
fn a_frame_that_is_missing_in_the_middle_is_an_error() {
    let written = written("hole", &[2, 1, 3]);
    let folder = Folder::new("hole-read");
    let [_, (first, next, _), (second, ..), ..] = written.commits[..] else { panic!("commits") };
    let mut moved = written.bytes.clone();
    moved.drain(first..second);
    assert!(matches!(recovered(&folder, &moved), Err(Error::Damaged { record, .. }) if record == next));
    let mut zeros = written.bytes.clone();
    zeros[first..second].fill(0);
    assert!(matches!(recovered(&folder, &zeros), Err(Error::Damaged { record, .. }) if record == next));
}

#[test]
fn what_was_cut_off_never_comes_back() {
    // The torn frame is longer than the one that takes its place: what remains of it must not be read behind that.
    let written = written("ghost", &[1, 30]);
    let folder = Folder::new("ghost-read");
    let (from, ..) = written.commits[1];
    let mut bytes = written.bytes.clone();
    bytes[from + 50] ^= 1;
    recovered(&folder, &bytes).unwrap();
    goes_on(&folder.0, written.kept(from));
    goes_on(&folder.0, state(&recover(&folder.0).unwrap()));
}

#[test]
fn a_refused_record_names_itself() {
    let folder = Folder::new("refused");
    let mut opened = Journal::open(&folder.0).unwrap();
    for command in settings() {
        accept(&mut opened.engine, &mut opened.journal, command);
    }
    let number = opened.journal.append(&[parrot_matching::Command::default()]);
    opened.journal.commit().unwrap();
    let found = recover(&folder.0);
    assert!(matches!(found, Err(Error::Refused { record, reason: "INVALID_KIND" }) if record == number), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_are_read_without_a_panic(
        noise in prop::collection::vec(any::<u8>(), 0..600),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        static WRITTEN: LazyLock<Written> = LazyLock::new(|| written("noise", &[1, 2]));
        let written = &*WRITTEN;
        let folder = Folder::new("noise-read");
        let mut bytes = written.bytes.clone();
        bytes.extend_from_slice(&noise);
        let behind = recovered(&folder, &bytes).unwrap();
        prop_assert_eq!(state(&behind), written.kept(bytes.len()));
        for (place, byte) in places {
            let at = START + place.index(bytes.len() - START);
            bytes[at] = byte;
        }
        if let Ok(found) = recovered(&folder, &bytes) {
            prop_assert!(written.commits.iter().any(|(_, next, hash)| state(&found) == (*next, *hash)));
        }
        prop_assert!(recovered(&folder, &noise).is_err());
        fs::write(folder.0.join("snapshot"), &noise).unwrap();
        prop_assert!(recover(&folder.0).is_err());
        let engine = Engine::restore(&noise);
        prop_assert!(engine.is_err() || engine.unwrap().audit().is_ok());
    }
}

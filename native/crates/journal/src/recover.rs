//! From a folder back to the engine.

use std::path::Path;

use parrot_matching::{Command, Engine, Reason};

use crate::error::Error;
use crate::log::{End, Place, Reading};
use crate::snapshot::Snapshot;

/// Name of the journal in its folder.
pub(crate) const NAME: &str = "journal";
/// How many records before its turn a record's memory is asked for.
const AHEAD: usize = 6;

/// What a folder holds.
#[derive(Debug)]
pub struct Recovered {
    /// The engine after the last record.
    pub engine: Engine,
    /// Number of the record that comes next; the first of all is 1.
    pub next: u64,
    /// Number of records that were replayed; those before them came from the snapshot.
    pub replayed: u64,
}

/// Reads a folder without changing it: the snapshot if there is one, then the records after it.
///
/// # Errors
/// [`Error::Damaged`], [`Error::Foreign`] and [`Error::Apart`] say what is wrong with the files, [`Error::Refused`] that the
/// engine does not accept what is in them.
pub fn recover(folder: &Path) -> Result<Recovered, Error> {
    let reading = Reading::open(&folder.join(NAME), false)?;
    replay(&reading, folder).map(|(recovered, _)| recovered)
}

pub(crate) fn replay(reading: &Reading, folder: &Path) -> Result<(Recovered, End), Error> {
    let snapshot = Snapshot::read(folder)?;
    let from = tail(reading, snapshot.as_ref())?;
    let mut engine = snapshot.as_ref().map_or_else(|| Ok(Engine::new()), |snapshot| snapshot.engine(folder))?;
    drop(snapshot);
    let end = reading.scan(from, |first, records| execute(&mut engine, first, records))?;
    let next = end.place.next;
    Ok((Recovered { engine, next, replayed: next - from.next }, end))
}

/// Where the records after the snapshot begin.
fn tail(reading: &Reading, snapshot: Option<&Snapshot>) -> Result<Place, Error> {
    let start = reading.start;
    let Some(place) = snapshot.map(Snapshot::place) else {
        return if start.next == 1 {
            Ok(start)
        } else {
            Err(Error::Apart(format!("the journal begins with record {} and there is no snapshot", start.next)))
        };
    };
    if place.epoch == start.epoch && place.offset >= start.offset && reading.reaches(place)? {
        return Ok(place);
    }
    if place.epoch + 1 == start.epoch && place.next == start.next {
        return Ok(start);
    }
    Err(Error::Apart(format!(
        "the snapshot ends before record {} of journal {} and this is journal {}, which begins with record {} and may be cut off",
        place.next, place.epoch, start.epoch, start.next
    )))
}

fn execute(engine: &mut Engine, first: u64, records: &[Command]) -> Result<(), Error> {
    let mut done = 0;
    while done < records.len() {
        if let Some(soon) = records.get(done + AHEAD) {
            engine.prefetch(soon);
        }
        let outcome = engine.execute(&records[done..]);
        engine.clear_events();
        if outcome.reason != Reason::None {
            return Err(Error::Refused { record: first + done as u64, reason: outcome.reason.name() });
        }
        done += outcome.used.max(1);
    }
    Ok(())
}

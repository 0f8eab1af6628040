//! Group commit: callers append, one thread writes and syncs whatever has gathered meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use parrot_matching::Command;

use crate::error::Error;
use crate::frame::{self, HEAD};
use crate::journal::Journal;
use crate::log::Place;

/// Words that may wait for the disk before those who append have to: about four thousand records, which a disk takes in about a millisecond.
const WAITING: usize = 12 << 12;

/// A journal that is committed by a thread of its own. Dropping it commits what was appended.
#[derive(Debug)]
pub struct Committer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Journal>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// There is something to write.
    work: Condvar,
    /// Something was written.
    written: Condvar,
    durable: AtomicU64,
}

#[derive(Debug)]
struct State {
    frame: Vec<i64>,
    last: u64,
    place: Place,
    /// The thread waits for work.
    idle: bool,
    /// How many wait for something to be written.
    waiting: usize,
    closing: bool,
    failed: bool,
}

impl Committer {
    pub(crate) fn new(journal: Journal) -> Self {
        let (place, last) = (journal.place(), journal.log.last());
        let state = State { frame: vec![0; HEAD], last, place, idle: false, waiting: 0, closing: false, failed: false };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            work: Condvar::new(),
            written: Condvar::new(),
            durable: AtomicU64::new(place.next - 1),
        });
        let own = Arc::clone(&shared);
        #[expect(clippy::disallowed_methods, reason = "this thread waits for the disk so that the engine need not")]
        let thread = std::thread::spawn(move || own.run(journal));
        Self { shared, thread: Some(thread) }
    }

    /// Hands records over (the legs of a list in one call) and returns the number of the last. Waits only while the disk
    /// is far behind.
    ///
    /// # Errors
    /// [`Error::Broken`] when the thread could not write.
    pub fn append(&self, records: &[Command]) -> Result<u64, Error> {
        let mut state = self.shared.lock();
        while state.frame.len() > WAITING && !state.failed {
            state = self.shared.wait_for_write(state);
        }
        if state.failed {
            return Err(Error::Broken);
        }
        state.frame.extend_from_slice(frame::words_of(records));
        state.last += records.len() as u64;
        let (last, wake) = (state.last, std::mem::take(&mut state.idle));
        drop(state);
        if wake {
            self.shared.work.notify_one();
        }
        Ok(last)
    }

    /// Number of the last durable record; those up to it may be acknowledged.
    #[inline]
    pub fn durable(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }

    /// Returns when a record is durable.
    ///
    /// # Errors
    /// [`Error::Broken`] when the thread could not write it.
    pub fn wait(&self, record: u64) -> Result<(), Error> {
        let mut state = self.shared.lock();
        while state.place.next <= record {
            if state.failed {
                return Err(Error::Broken);
            }
            state = self.shared.wait_for_write(state);
        }
        Ok(())
    }

    /// Waits for everything that was appended and returns where it ends: the place for a [`crate::Snapshot`] of an engine
    /// whose last command that was.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn flush(&self) -> Result<Place, Error> {
        let last = self.shared.lock().last;
        self.wait(last)?;
        Ok(self.shared.lock().place)
    }

    /// Commits what was appended and gives the journal back.
    ///
    /// # Errors
    /// [`Error::Broken`] when that failed.
    pub fn close(mut self) -> Result<Journal, Error> {
        let journal = self.stop().ok_or(Error::Broken)?;
        if self.shared.lock().failed { Err(Error::Broken) } else { Ok(journal) }
    }

    fn stop(&mut self) -> Option<Journal> {
        let thread = self.thread.take()?;
        self.shared.lock().closing = true;
        self.shared.work.notify_one();
        thread.join().ok()
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_write<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let mut state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    fn run(&self, mut journal: Journal) -> Journal {
        while self.gather(&mut journal) {
            let written = journal.commit();
            let mut state = self.lock();
            state.failed = written.is_err();
            state.place = journal.place();
            self.durable.store(state.place.next - 1, Ordering::Release);
            let (stop, waiting) = (state.failed, state.waiting > 0);
            drop(state);
            if waiting {
                self.written.notify_all();
            }
            if stop {
                break;
            }
        }
        journal
    }

    /// Moves what was appended into the journal; false when there will be no more.
    fn gather(&self, journal: &mut Journal) -> bool {
        let mut state = self.lock();
        while state.frame.len() == HEAD && journal.log.is_empty() {
            if state.closing {
                return false;
            }
            state.idle = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.idle = false;
        if journal.log.is_empty() {
            journal.log.swap(&mut state.frame);
        }
        true
    }
}

//! The journal of a folder, open for writing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use parrot_matching::{Command, Engine};

use crate::committer::Committer;
use crate::error::Error;
use crate::log::{self, Log, Place, Reading};
use crate::recover::{NAME, replay};
use crate::snapshot::{Snapshot, replace, sync_folder};

const NOTE: &str = "note";

/// A folder's journal, locked against others.
#[derive(Debug)]
pub struct Journal {
    pub(crate) log: Log,
    folder: PathBuf,
    /// Held for its lock.
    _lock: File,
}

/// A journal and the engine that it recovered.
#[derive(Debug)]
pub struct Opened {
    /// Where further commands go.
    pub journal: Journal,
    /// The engine after the last record.
    pub engine: Engine,
    /// Number of records that were replayed; those before them came from the snapshot.
    pub replayed: u64,
}

impl Journal {
    /// Opens a folder, which is made when it is missing: recovers what it holds and goes on behind it.
    ///
    /// # Errors
    /// [`Error::Locked`] when it is open elsewhere; else see [`crate::recover`].
    pub fn open(folder: &Path) -> Result<Opened, Error> {
        let lock = lock(folder)?;
        let path = folder.join(NAME);
        if !path.try_exists().map_err(Error::io("look for", &path))? {
            if Snapshot::read(folder)?.is_some() {
                return Err(Error::Apart("there is a snapshot but no journal".to_owned()));
            }
            log::create(&path, 1, 1)?;
        }
        let reading = Reading::open(&path, true)?;
        let (recovered, end) = replay(&reading, folder)?;
        let journal = Self { log: reading.resume(end)?, folder: folder.to_owned(), _lock: lock };
        Ok(Opened { journal, engine: recovered.engine, replayed: recovered.replayed })
    }

    /// Gathers records (the legs of a list in one call) and returns the number of the last. None is safe before [`Self::commit`].
    pub fn append(&mut self, records: &[Command]) -> u64 {
        self.log.append(records)
    }

    /// Makes what was gathered safe with one write and one sync; returns the number of the last durable record.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses. Where only room was missing the call may be repeated; otherwise every further
    /// one is [`Error::Broken`].
    pub fn commit(&mut self) -> Result<u64, Error> {
        self.log.commit()
    }

    /// Makes room for further records in advance by writing zeros: some 200 bytes a record. The journal grows by itself,
    /// but in room that was written before a sync is quicker and its time more even.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses; nothing is lost then.
    pub fn reserve(&mut self, records: u64) -> Result<(), Error> {
        self.log.reserve(records * 2 * size_of::<Command>() as u64)
    }

    /// Where the last commit ended.
    pub const fn place(&self) -> Place {
        self.log.place()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Commits, and writes a snapshot of the engine: recovery then replays only what comes after it.
    ///
    /// # Errors
    /// As [`Self::commit`] and [`Snapshot::write`].
    pub fn snapshot(&mut self, engine: &Engine) -> Result<(), Error> {
        self.commit()?;
        Snapshot::new(engine, self.place()).write(&self.folder)
    }

    /// Writes a snapshot and begins a new journal behind it; the old one stays as `journal-<epoch>`, which is not needed
    /// any more. A crash at any moment leaves a folder that recovers to the same engine.
    ///
    /// # Errors
    /// As [`Self::snapshot`].
    pub fn checkpoint(&mut self, engine: &Engine) -> Result<(), Error> {
        self.snapshot(engine)?;
        let Place { epoch, next, .. } = self.place();
        let path = self.folder.join(NAME);
        keep(&path, &self.folder.join(format!("{NAME}-{epoch}"))).map_err(Error::io("keep", &path))?;
        self.log.shut(); // it must not go on behind the new one, should something fail from here
        log::create(&path, epoch + 1, next)?;
        let reading = Reading::open(&path, true)?;
        let end = reading.scan(reading.start, |_, _| Ok(()))?;
        self.log = reading.resume(end)?;
        Ok(())
    }

    /// Puts a note beside the journal, in the place of the older one: what commands do not say, such as names.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses; then the old one still stands.
    pub fn write_note(&self, note: &[u8]) -> Result<(), Error> {
        let path = self.folder.join(NOTE);
        replace(&path, |file| file.write_all(note)).map_err(Error::io("write", &path))
    }

    /// The note, if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses.
    pub fn note(&self) -> Result<Option<Vec<u8>>, Error> {
        let path = self.folder.join(NOTE);
        match fs::read(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    /// Commits on a thread of its own from now on.
    pub fn committer(self) -> Committer {
        Committer::new(self)
    }
}

/// Gives a file a second name.
fn keep(path: &Path, second: &Path) -> io::Result<()> {
    match fs::hard_link(path, second) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Makes the folder if it is missing and locks it for as long as the file that is returned lives.
fn lock(folder: &Path) -> Result<File, Error> {
    if !folder.is_dir() {
        // Every folder that is made needs its parent on disk, or the whole path may be gone after a power cut.
        let missing: Vec<&Path> = folder.ancestors().take_while(|path| !path.is_dir()).collect();
        fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        for made in missing.into_iter().filter(|path| !path.as_os_str().is_empty()) {
            let parent = made.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            sync_folder(parent).map_err(Error::io("create", folder))?;
        }
    }
    let path = folder.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(Error::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Locked(folder.to_owned())),
        Err(fs::TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
    }
}

//! Snapshots: the whole engine in one file, replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use parrot_matching::Engine;

use crate::error::Error;
use crate::frame::{self, WORD};
use crate::log::Place;

const NAME: &str = "snapshot";
const MAGIC: i64 = i64::from_le_bytes(*b"PARROTSN");
const VERSION: i64 = 1;
/// Words before the engine's bytes, which carry a hash of their own: magic, version, epoch, offset, next record, number of
/// bytes, checksum of these.
const HEAD: usize = 7;

const WITHOUT: &str = "without this file the journal is replayed from its beginning";

/// The state of the engine at a place of the journal, in memory.
///
/// To make it is all that the engine has to stand still for; [`Snapshot::write`] can run on another thread meanwhile.
#[derive(Clone, Debug)]
pub struct Snapshot {
    place: Place,
    bytes: Vec<u8>,
}

impl Snapshot {
    /// The engine as it is now; `place` is where the journal is, with every command of the engine committed.
    pub fn new(engine: &Engine, place: Place) -> Self {
        Self { place, bytes: engine.snapshot() }
    }

    /// The next record after it.
    pub const fn next(&self) -> u64 {
        self.place.next
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// Puts it in the place of the folder's older one. A crash leaves either the old or the new.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses; then the old one still stands.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let Place { epoch, offset, next } = self.place;
        let lead = [MAGIC, VERSION, epoch as i64, offset as i64, next as i64, self.bytes.len() as i64];
        let mut head = lead.to_vec();
        head.push(frame::checksum(&lead, &[]));
        let path = folder.join(NAME);
        replace(&path, |file| {
            file.write_all(frame::bytes_of(&head))?;
            file.write_all(&self.bytes)
        })
        .map_err(Error::io("write", &path))
    }

    /// The snapshot of a folder, if there is one.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(NAME);
        match fs::read(&path) {
            Ok(bytes) => Self::from_bytes(bytes).map(Some).map_err(|problem| Error::Foreign(path, problem)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    fn from_bytes(mut bytes: Vec<u8>) -> Result<Self, String> {
        let rest = bytes.split_off(bytes.len().min(HEAD * WORD as usize));
        let mut words = [0; HEAD];
        if bytes.len() == size_of_val(&words) {
            frame::bytes_of_mut(&mut words).copy_from_slice(&bytes);
        }
        let [magic, version, epoch, offset, next, count, sum] = words;
        if magic != MAGIC || count != rest.len() as i64 || frame::checksum(&words[..HEAD - 1], &[]) != sum {
            return Err(format!("a damaged snapshot; {WITHOUT}"));
        }
        if version != VERSION {
            return Err(format!("a snapshot of version {version}; this is version {VERSION}"));
        }
        let place = Place { epoch: epoch as u64, offset: offset as u64, next: next as u64 };
        Ok(Self { place, bytes: rest })
    }

    /// The engine as it was.
    pub(crate) fn engine(&self, folder: &Path) -> Result<Engine, Error> {
        Engine::restore(&self.bytes)
            .map_err(|problem| Error::Foreign(folder.join(NAME), format!("{problem}; {WITHOUT}")))
    }
}

/// Writes a file under another name and gives it its own when it is safe.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = File::create(&draft)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in a folder safe.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

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
/// Words before the engine's bytes: magic, version, epoch, offset, next record, hash, number of bytes, checksum.
const HEAD: usize = 8;

/// The state of the engine at a place of the journal, in memory.
///
/// To make it is all that the engine has to stand still for; [`Snapshot::write`] can run on another thread meanwhile.
#[derive(Clone, Debug)]
pub struct Snapshot {
    place: Place,
    hash: u64,
    bytes: Vec<u8>,
}

impl Snapshot {
    /// The engine as it is now; `place` is where the journal is, with every command of the engine committed.
    pub fn new(engine: &Engine, place: Place) -> Self {
        Self { place, hash: engine.hash(), bytes: engine.snapshot() }
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
        let Self { place, hash, bytes } = self;
        let lead = [
            MAGIC,
            VERSION,
            place.epoch as i64,
            place.offset as i64,
            place.next as i64,
            *hash as i64,
            bytes.len() as i64,
        ];
        let mut head = lead.to_vec();
        head.push(frame::checksum(&lead, &words_of(bytes)));
        let path = folder.join(NAME);
        replace(&path, |file| {
            file.write_all(frame::bytes_of(&head))?;
            file.write_all(bytes)
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
        let damaged = || "a damaged snapshot; without it the journal is replayed from its beginning".to_owned();
        let at = HEAD * WORD as usize;
        if bytes.len() < at {
            return Err(damaged());
        }
        let rest = bytes.split_off(at);
        let words = words_of(&bytes);
        let [magic, version, epoch, offset, next, hash, count] = std::array::from_fn(|i| words[i]);
        if magic != MAGIC || count != rest.len() as i64 || frame::checksum(&words[..7], &words_of(&rest)) != words[7] {
            return Err(damaged());
        }
        if version != VERSION {
            return Err(format!("a snapshot of version {version}; this is version {VERSION}"));
        }
        let place = Place { epoch: epoch as u64, offset: offset as u64, next: next as u64 };
        Ok(Self { place, hash: hash as u64, bytes: rest })
    }

    /// The engine as it was, compared with the hash that it had.
    pub(crate) fn engine(&self) -> Result<Engine, Error> {
        let engine = Engine::restore(&self.bytes).map_err(|problem| Error::Apart(format!("snapshot: {problem}")))?;
        if engine.hash() != self.hash {
            return Err(Error::Apart("the snapshot's engine has another hash than when it was written".to_owned()));
        }
        Ok(engine)
    }
}

/// Bytes as words, the last one filled up with zeros.
fn words_of(bytes: &[u8]) -> Vec<i64> {
    let mut words = vec![0; bytes.len().div_ceil(WORD as usize)];
    frame::bytes_of_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    words
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

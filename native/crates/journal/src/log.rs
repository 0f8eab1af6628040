//! The file of frames: its header, the scan that finds its end, and writing at that end.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use parrot_matching::Command;

use crate::error::Error;
use crate::frame::{self, HEAD, Remains, WORD, Window};
use crate::snapshot::replace;

/// Bytes before the first frame; a page, so that writing a frame never touches the header's page.
const START: u64 = 4096;
/// Bytes by which the file grows before they are needed.
const STEP: u64 = 64 << 20;
const MAGIC: i64 = i64::from_le_bytes(*b"PARROTJL");
const VERSION: i64 = 1;

/// A place between two frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which journal of the folder: 1, 2, 3 ...
    pub epoch: u64,
    /// Byte of the file.
    pub offset: u64,
    /// Number of the record that comes next; the first of all is 1.
    pub next: u64,
}

/// What a log needs of its file.
pub(crate) trait Disk {
    /// Makes room for the bytes `from..to`.
    fn allocate(&self, from: u64, to: u64) -> io::Result<()>;
    /// Writes all bytes.
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Returns when all that was written would survive a loss of power.
    fn sync(&self) -> io::Result<()>;
}

impl Disk for File {
    fn allocate(&self, from: u64, to: u64) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            use std::os::fd::AsRawFd;
            loop {
                // SAFETY: the descriptor is open as long as `self` is.
                match unsafe { libc::posix_fallocate(self.as_raw_fd(), from as i64, (to - from) as i64) } {
                    0 => return Ok(()),
                    libc::EINTR => {}
                    code => return Err(io::Error::from_raw_os_error(code)),
                }
            }
        }
        #[cfg(not(target_os = "linux"))]
        self.set_len(to.max(from))
    }

    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// The journal's file, open at its end.
#[derive(Debug)]
pub(crate) struct Log<D = File> {
    disk: D,
    path: PathBuf,
    place: Place,
    allocated: u64,
    /// The frame that is being gathered: room for its head, then records.
    frame: Vec<i64>,
    broken: bool,
}

impl<D: Disk> Log<D> {
    pub(crate) fn new(disk: D, path: &Path, place: Place, allocated: u64) -> Self {
        Self { disk, path: path.to_owned(), place, allocated, frame: vec![0; HEAD], broken: false }
    }

    /// Gathers records; their numbers follow the last one.
    pub(crate) fn append(&mut self, records: &[Command]) -> u64 {
        self.frame.extend_from_slice(frame::words_of(records));
        self.last()
    }

    /// Number of the last record gathered.
    pub(crate) fn last(&self) -> u64 {
        self.place.next + frame::records_in(self.frame.len()) - 1
    }

    /// Where the last commit ended.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.frame.len() == HEAD
    }

    /// Swaps the gathered frame for an empty one, or the other way round.
    pub(crate) fn swap(&mut self, frame: &mut Vec<i64>) {
        std::mem::swap(&mut self.frame, frame);
    }

    /// Writes what was gathered as one frame and returns when it is safe: the number of the last durable record.
    ///
    /// Without room nothing was written and it can be tried again. After any other failure nobody knows what the disk
    /// holds (a second sync may succeed although the first lost pages), so the log stays shut.
    pub(crate) fn commit(&mut self) -> Result<u64, Error> {
        if self.broken {
            return Err(Error::Broken);
        }
        if !self.is_empty() {
            self.make_room().map_err(Error::io("make room in", &self.path))?;
            self.broken = true;
            self.write().map_err(Error::io("write", &self.path))?;
            self.broken = false;
        }
        Ok(self.place.next - 1)
    }

    /// Takes nothing more.
    pub(crate) fn shut(&mut self) {
        self.broken = true;
    }

    fn make_room(&mut self) -> io::Result<()> {
        let end = self.place.offset + self.frame.len() as u64 * WORD;
        if end > self.allocated {
            let to = end.next_multiple_of(STEP);
            self.disk.allocate(self.allocated, to)?;
            self.allocated = to;
        }
        Ok(())
    }

    /// Writes zeros where the next `bytes` will go: a sync then has nothing to tell the file system but the data.
    pub(crate) fn reserve(&mut self, bytes: u64) -> Result<(), Error> {
        if self.broken {
            return Err(Error::Broken);
        }
        let to = (self.place.offset + bytes).next_multiple_of(STEP);
        let zeros = vec![0; 1 << 20];
        let reserve = || -> io::Result<()> {
            let mut at = self.place.offset;
            while at < to {
                let count = (to - at).min(zeros.len() as u64);
                self.disk.write(&zeros[..count as usize], at)?;
                at += count;
            }
            self.disk.sync()
        };
        reserve().map_err(Error::io("make room in", &self.path))?;
        self.allocated = self.allocated.max(to);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        frame::seal(&mut self.frame, self.place.epoch, self.place.next);
        let bytes = frame::bytes_of(&self.frame);
        self.disk.write(bytes, self.place.offset)?;
        self.disk.sync()?;
        self.place.offset += bytes.len() as u64;
        self.place.next += frame::records_in(self.frame.len());
        self.frame.truncate(HEAD);
        Ok(())
    }
}

/// A journal's file and what its header says.
#[derive(Debug)]
pub(crate) struct Reading {
    file: File,
    path: PathBuf,
    /// The first frame.
    pub(crate) start: Place,
}

/// Where the frames end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) place: Place,
    /// A frame that did not arrive whole stands there.
    pub(crate) torn: bool,
}

impl Reading {
    pub(crate) fn open(path: &Path, write: bool) -> Result<Self, Error> {
        let file = OpenOptions::new().read(true).write(write).open(path).map_err(Error::io("open", path))?;
        let mut bytes = [0; 5 * WORD as usize];
        file.read_exact_at(&mut bytes, 0).map_err(|_| foreign(path, "too short for a journal"))?;
        let mut words = bytes.chunks_exact(WORD as usize).map(|b| i64::from_le_bytes(b.try_into().unwrap_or_default()));
        let [magic, version, epoch, next, sum] = std::array::from_fn(|_| words.next().unwrap_or(0));
        if magic != MAGIC || frame::checksum(&[magic, version, epoch, next], &[]) != sum {
            return Err(foreign(path, "not a journal"));
        }
        if version != VERSION {
            return Err(foreign(path, &format!("a journal of version {version}; this is version {VERSION}")));
        }
        let start = Place { epoch: epoch as u64, offset: START, next: next as u64 };
        Ok(Self { file, path: path.to_owned(), start })
    }

    /// Shows each frame from `from` on, first record's number and records, and returns where they end.
    pub(crate) fn scan<F>(&self, from: Place, mut visit: F) -> Result<End, Error>
    where
        F: FnMut(u64, &[Command]) -> Result<(), Error>,
    {
        let failed = || Error::io("read", &self.path);
        let mut window = Window::new(&self.file).map_err(failed())?;
        let mut place = from;
        while let Some((first, records)) = window.frame(place.offset, place.epoch).map_err(failed())? {
            if first != place.next {
                return Err(Error::Damaged { record: place.next, next: first });
            }
            visit(first, records)?;
            place.offset += (HEAD * WORD as usize + size_of_val(records)) as u64;
            place.next += records.len() as u64;
        }
        match window.remains(place.offset, place.epoch).map_err(failed())? {
            Remains::Frame(next) => Err(Error::Damaged { record: place.next, next }),
            remains => Ok(End { place, torn: remains == Remains::Torn }),
        }
    }

    /// Goes on writing at the end. What stands behind it is cut off, so that it can never be read as a frame again.
    pub(crate) fn resume(self, end: End) -> Result<Log, Error> {
        let Self { file, path, .. } = self;
        let mut allocated = file.metadata().map_err(Error::io("look at", &path))?.len();
        if end.torn {
            allocated = end.place.offset;
            file.set_len(allocated).map_err(Error::io("cut", &path))?;
            file.sync_all().map_err(Error::io("cut", &path))?;
        }
        Ok(Log::new(file, &path, end.place, allocated))
    }

    /// Does the file reach the place?
    pub(crate) fn reaches(&self, place: Place) -> Result<bool, Error> {
        Ok(self.file.metadata().map_err(Error::io("look at", &self.path))?.len() >= place.offset)
    }
}

/// Puts a journal without frames in the place of `path`.
pub(crate) fn create(path: &Path, epoch: u64, next: u64) -> Result<(), Error> {
    let lead = [MAGIC, VERSION, epoch as i64, next as i64];
    let header = [lead[0], lead[1], lead[2], lead[3], frame::checksum(&lead, &[])];
    replace(path, |file| {
        file.allocate(0, STEP)?;
        file.write_all_at(frame::bytes_of(&header), 0)
    })
    .map_err(Error::io("create", path))
}

fn foreign(path: &Path, problem: &str) -> Error {
    Error::Foreign(path.to_owned(), problem.to_owned())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// A disk of limited room that may fail to write or to sync.
    #[derive(Default)]
    struct Small {
        room: u64,
        fails: &'static str,
        done: Vec<String>,
    }

    struct Shared(Rc<RefCell<Small>>);

    impl Shared {
        fn does(&self, what: &str, entry: String) -> io::Result<()> {
            let mut small = self.0.borrow_mut();
            if small.fails == what {
                return Err(io::Error::other("failed"));
            }
            small.done.push(entry);
            Ok(())
        }
    }

    impl Disk for Shared {
        fn allocate(&self, _: u64, to: u64) -> io::Result<()> {
            if to > self.0.borrow().room { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
        fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
            self.does("write", format!("{} at {at}", bytes.len()))
        }
        fn sync(&self) -> io::Result<()> {
            self.does("sync", "sync".to_owned())
        }
    }

    fn log(room: u64, fails: &'static str) -> (Rc<RefCell<Small>>, Log<Shared>) {
        let small = Rc::new(RefCell::new(Small { room, fails, done: Vec::new() }));
        let place = Place { epoch: 1, offset: START, next: 1 };
        (Rc::clone(&small), Log::new(Shared(small), Path::new("j"), place, START))
    }

    #[test]
    fn a_batch_is_one_write_and_one_sync() {
        let (disk, mut log) = log(STEP, "");
        assert_eq!(log.commit().unwrap(), 0);
        log.append(&[Command::default(); 2]);
        assert_eq!(log.append(&[Command::default()]), 3);
        assert_eq!(log.commit().unwrap(), 3);
        assert_eq!(disk.borrow().done, ["328 at 4096", "sync"]);
    }

    #[test]
    fn a_full_disk_is_said_before_anything_is_written_and_room_mends_it() {
        let (disk, mut log) = log(0, "");
        log.append(&[Command::default()]);
        assert!(matches!(log.commit(), Err(Error::Io(_, error)) if error.kind() == io::ErrorKind::StorageFull));
        assert!(disk.borrow().done.is_empty());
        disk.borrow_mut().room = STEP;
        assert_eq!(log.commit().unwrap(), 1);
    }

    #[test]
    fn after_a_failed_write_or_sync_nothing_is_acknowledged_any_more() {
        for fails in ["write", "sync"] {
            let (disk, mut log) = log(STEP, fails);
            log.append(&[Command::default()]);
            assert!(matches!(log.commit(), Err(Error::Io(..))), "{fails}");
            disk.borrow_mut().fails = "";
            assert!(matches!(log.commit(), Err(Error::Broken)), "{fails}: a second sync proves nothing");
            assert_eq!(log.place().next, 1);
        }
    }
}

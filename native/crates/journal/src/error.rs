//! What can go wrong between the journal and the disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a journal cannot be opened, recovered or written.
#[derive(Debug)]
pub enum Error {
    /// The system refused: what was being done, and its answer.
    Io(String, io::Error),
    /// Somebody else has the folder open.
    Locked(PathBuf),
    /// A file is not what its name says, or of another version.
    Foreign(PathBuf, String),
    /// Frames follow after one that cannot be read.
    Damaged {
        /// The first record that is lost.
        record: u64,
        /// The first record of the next frame that can be read.
        next: u64,
    },
    /// The snapshot and the journal do not belong together.
    Apart(String),
    /// The engine refused a record that it once accepted.
    Refused {
        /// Number of the record.
        record: u64,
        /// The engine's reason.
        reason: &'static str,
    },
    /// An earlier write or sync failed: nobody knows what the disk holds until the folder is opened again.
    Broken,
}

impl Error {
    pub(crate) fn io(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io(format!("{doing} {}", path.display()), error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(doing, error) => write!(f, "{doing}: {error}"),
            Self::Locked(folder) => write!(f, "{} is open elsewhere", folder.display()),
            Self::Foreign(path, problem) => write!(f, "{}: {problem}", path.display()),
            Self::Damaged { record, next } => {
                write!(f, "the journal is damaged: record {record} cannot be read, though record {next} can")
            }
            Self::Apart(problem) => write!(f, "snapshot and journal do not belong together: {problem}"),
            Self::Refused { record, reason } => {
                write!(f, "the engine refuses record {record} of its journal: {reason}")
            }
            Self::Broken => write!(f, "an earlier write failed; open the journal again to see what was kept"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            _ => None,
        }
    }
}

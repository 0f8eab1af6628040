//! The journal of the matching engine: every accepted command is on the disk before it is acknowledged.
//!
//! A folder holds `journal`, frames of 96-byte commands behind a header, and perhaps `snapshot`, the state up to some
//! record. [`Journal::open`] is the only way to start: it recovers what is there, or makes an empty folder, and goes on.
//! A batch of commands is one frame, one write and one sync ([`Journal::commit`]); [`Committer`] gathers the commands of a
//! running engine into batches on a thread of its own. A frame that was torn by a crash was never acknowledged and is cut
//! off; damage before the last frame is an error that names the first record that is lost.

mod committer;
mod error;
mod frame;
mod journal;
mod log;
mod recover;
mod snapshot;

pub use committer::Committer;
pub use error::Error;
pub use journal::{Journal, Opened};
pub use log::Place;
pub use recover::{Recovered, recover};
pub use snapshot::Snapshot;

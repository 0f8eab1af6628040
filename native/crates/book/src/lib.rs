//! Price-level order books rebuilt from L2 data, and the ladder of levels that every book stands on.
//!
//! [`Book`] holds both sides, [`Replay`] feeds it the messages of recorded columns; [`RestingQueue`] and [`Consumed`]
//! say how orders of ours would have fared in it.

mod book;
mod grid;
mod ladder;
mod queue;
mod replay;

pub use book::{Book, BookLevels, Depth, Side};
pub use grid::{Grid, PRICE_LIMIT, grid_step};
pub use ladder::{Cell, Ladder, Levels};
pub use queue::{Consumed, QueueModel, RestingQueue, Trade};
pub use replay::{BadRow, Columns, Message, Position, Replay};

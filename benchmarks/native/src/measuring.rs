//! What every measured engine shares: the stream of orders, the checks of its result, the clocks, the report.

pub mod clock;
pub mod edge;
pub mod report;
pub mod stream;
pub mod tally;
pub mod venue;

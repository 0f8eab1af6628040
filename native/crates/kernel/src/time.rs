//! Time is int64 nanoseconds since 1970-01-01 UTC.

/// Nanoseconds in one second.
pub const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Nanoseconds in one UTC day.
pub const DAY: i64 = 86_400 * SECOND;

/// Number of the UTC day that contains `ts`.
pub fn day(ts: i64) -> i64 {
    ts.div_euclid(DAY)
}

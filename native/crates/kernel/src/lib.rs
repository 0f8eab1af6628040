//! Exact values, time and hashing: the words every other crate speaks.

pub mod column;
pub mod decimal;
pub mod growing;
pub mod hash;
pub mod round;
pub mod time;

pub use column::{Column, prefetch};
pub use decimal::{Rounding, parse_decimal, scaled_f64};
pub use growing::Growing;
pub use hash::Hash;
pub use round::{POW10, div_half_even, isqrt, mul_pow10_half_even, round_to};

//! What an indicator says about a parameter it cannot work with.

use std::fmt;

/// A parameter out of its range: what was wrong, and what would have been right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterError {
    /// What was given.
    pub problem: String,
    /// What would have been accepted.
    pub expected: String,
}

impl ParameterError {
    /// An error from its two sentences.
    pub fn new(problem: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { problem: problem.into(), expected: expected.into() }
    }
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; expected: {}", self.problem, self.expected)
    }
}

impl std::error::Error for ParameterError {}

/// The longest window: beyond it a mistyped length would fill the memory instead of being refused.
pub const LENGTH_MAX: usize = 10_000_000;

/// Accepts a window length from `least` bars up to [`LENGTH_MAX`].
///
/// # Errors
/// When `n` lies outside.
pub fn length(name: &str, n: usize, least: usize) -> Result<usize, ParameterError> {
    if (least..=LENGTH_MAX).contains(&n) {
        return Ok(n);
    }
    Err(ParameterError::new(format!("{name} is {n}"), format!("a whole number of bars from {least} to {LENGTH_MAX}")))
}

/// Accepts a finite factor that is not negative, such as a band's width.
///
/// # Errors
/// When `value` is negative, infinite or not a number.
pub fn factor(name: &str, value: f64) -> Result<f64, ParameterError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(ParameterError::new(format!("{name} is {value}"), "a finite number of at least 0"))
}

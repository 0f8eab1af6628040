//! Python face of the indicators crate.

use pyo3::prelude::*;

/// Adds this part's functions and classes to the compiled module.
///
/// # Errors
/// When Python refuses a new attribute.
#[allow(clippy::unnecessary_wraps)]
pub fn register(_module: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}

//! The compiled module `parrot._core`: the only door between Python and the Rust core.

mod book;
mod engine;
mod indicators;
mod matching;
mod memory;
mod metrics;

use pyo3::prelude::*;

#[global_allocator]
static MEMORY: memory::Paged = memory::Paged::new();

/// Registers every part of the compiled module.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    indicators::register(module)?;
    book::register(module)?;
    matching::register(module)?;
    metrics::register(module)?;
    engine::register(module)?;
    module.delattr("__all__") // the hand-written stub lists the names, one block a part
}

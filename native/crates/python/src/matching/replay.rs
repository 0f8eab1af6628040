//! Replaying a recorded stream of orders.

use std::time::{Duration, Instant};

use parrot_replay::{Checks, Replay};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Replays the bytes of a PMB1 file; the seconds are those of decoding and matching, without the checks.
#[pyfunction]
#[pyo3(signature = (data, limit=None))]
pub fn matching_replay<'py>(py: Python<'py>, data: &[u8], limit: Option<u64>) -> PyResult<Bound<'py, PyDict>> {
    let (checks, took) = py.detach(|| replay(data, limit)).map_err(PyValueError::new_err)?;
    let answer = PyDict::new(py);
    let counts = [
        ("ops", checks.ops),
        ("trades", checks.trades),
        ("volume", checks.volume),
        ("notional", checks.notional),
        ("rejects", checks.rejects),
        ("resting", checks.resting),
        ("levels", checks.levels),
    ];
    for (name, count) in counts {
        answer.set_item(name, count)?;
    }
    answer.set_item("trade_hash", format!("{:016x}", checks.trade_hash.0))?;
    answer.set_item("book_hash", format!("{:016x}", checks.book_hash.0))?;
    answer.set_item("seconds", took.as_secs_f64())?;
    Ok(answer)
}

#[allow(clippy::disallowed_methods)] // how long it took is about this machine; nothing depends on it
fn replay(data: &[u8], limit: Option<u64>) -> Result<(Checks, Duration), String> {
    let mut replay = Replay::new(data, limit)?;
    let mut took = Duration::ZERO;
    loop {
        let start = Instant::now();
        let more = replay.advance()?;
        took += start.elapsed();
        if !more {
            return Ok((replay.finish(), took));
        }
        replay.absorb();
    }
}

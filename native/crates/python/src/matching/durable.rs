//! The journal behind an engine: nothing is returned before what it rests on is durable.

use std::path::PathBuf;

use parrot_journal::{Error, Journal, Opened};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::Matching;

#[pymethods]
impl Matching {
    /// The engine of a folder, which is made when it is missing; every accepted command goes to its journal.
    #[staticmethod]
    #[allow(clippy::needless_pass_by_value)] // Python gives it away
    fn open(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| Journal::open(&folder)).map_err(|error| raised(py, &error))?;
        let Opened { journal, engine, .. } = opened;
        Ok(Self { engine, journal: Some(journal) })
    }

    /// Writes a snapshot and begins a new journal behind it.
    fn checkpoint(&mut self, py: Python<'_>) -> PyResult<()> {
        let Self { engine, journal } = self;
        let journal = journal.as_mut().ok_or_else(|| none(py))?;
        py.detach(|| journal.checkpoint(engine)).map_err(|error| raised(py, &error))
    }

    /// Commits and gives the folder back; the engine goes on without a journal.
    fn leave(&mut self, py: Python<'_>) -> PyResult<()> {
        self.commit(py)?;
        self.journal = None;
        Ok(())
    }

    /// What was last written with `write_note`, or none.
    fn note<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let journal = self.journal.as_ref().ok_or_else(|| none(py))?;
        let note = journal.note().map_err(|error| raised(py, &error))?;
        Ok(note.map(|note| PyBytes::new(py, &note)))
    }

    /// Keeps a note beside the journal.
    fn write_note(&self, py: Python<'_>, note: &[u8]) -> PyResult<()> {
        let journal = self.journal.as_ref().ok_or_else(|| none(py))?;
        py.detach(|| journal.write_note(note)).map_err(|error| raised(py, &error))
    }
}

impl Matching {
    /// Makes durable what was carried out; without a journal there is nothing to do.
    pub fn commit(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        py.detach(|| journal.commit()).map(drop).map_err(|error| raised(py, &error))
    }
}

fn none(py: Python<'_>) -> PyErr {
    error_of(py, "StorageError", "this exchange has no journal", "Exchange(journal=folder)")
}

fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let problem = error.to_string();
    match error {
        Error::Io(..) => {
            error_of(py, "StorageError", &problem, "see to free space and permissions, then open the folder again")
        }
        Error::Locked(_) => error_of(py, "StorageError", &problem, "one exchange at a time may use a folder"),
        Error::Broken => error_of(py, "StorageError", &problem, ""),
        Error::Foreign(..) | Error::Damaged { .. } | Error::Apart(_) | Error::Refused { .. } => {
            error_of(py, "DataError", &problem, "bring the folder back from a copy")
        }
    }
}

/// An error of `parrot.kernel.errors`.
fn error_of(py: Python<'_>, name: &str, problem: &str, fix: &str) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let words = PyDict::new(py);
        words.set_item("fix", fix)?;
        let class = py.import("parrot.kernel.errors")?.getattr(name)?;
        Ok(PyErr::from_value(class.call((problem,), Some(&words))?))
    };
    made().unwrap_or_else(|error| error)
}

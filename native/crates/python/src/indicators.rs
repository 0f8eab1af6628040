//! Python face of the indicators crate.

use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1};
use parrot_indicators::many::{self, Task};
use parrot_indicators::{Column, ParameterError, Spec, day};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// The indicator a caller wants: name, parameters, and which of the given columns it reads.
type Wanted = (String, Vec<f64>, Vec<usize>);

/// Most columns any indicator reads or writes.
const COLUMNS_MAX: usize = 8;

type Columns<'py> = Vec<Bound<'py, PyArray1<f64>>>;

/// The Parrot exception of a parameter error.
fn raised(py: Python<'_>, error: &ParameterError) -> PyErr {
    let build = || -> PyResult<PyErr> {
        let class = py.import("parrot.kernel.errors")?.getattr("ParameterError")?;
        let keywords = pyo3::types::PyDict::new(py);
        keywords.set_item("expected", &error.expected)?;
        keywords.set_item("fix", "see docs/reference/indicators.md for the parameters and their ranges")?;
        Ok(PyErr::from_value(class.call((&error.problem,), Some(&keywords))?))
    };
    build().unwrap_or_else(|failed| failed)
}

fn parse(py: Python<'_>, name: &str, params: &[f64]) -> PyResult<Spec> {
    Spec::parse(name, params).map_err(|error| raised(py, &error))
}

/// Allocates the outputs of a spec, to be written in full before anyone reads them.
fn allocate<'py>(py: Python<'py>, spec: &Spec, rows: usize) -> Columns<'py> {
    // SAFETY: every row is written by the indicator before the arrays leave this module.
    spec.outputs().iter().map(|_| unsafe { PyArray1::new(py, [rows], false) }).collect()
}

fn task<'a>(
    py: Python<'_>,
    spec: &Spec,
    reads: &[usize],
    columns: &[&'a [f64]],
    outputs: &'a Columns<'_>,
) -> PyResult<Task<'a>> {
    if reads.len() != spec.columns().len() || reads.iter().any(|&column| column >= columns.len()) {
        return Err(PyTypeError::new_err(format!("{} reads {} columns", spec.name(), spec.columns().len())));
    }
    Ok(Task {
        machine: spec.stream().map_err(|error| raised(py, &error))?,
        inputs: reads.iter().map(|&column| columns[column]).collect(),
        // SAFETY: the arrays were allocated above, contiguous, and nobody else has them yet.
        outputs: outputs.iter().map(|array| unsafe { array.as_slice_mut() }).collect::<Result<_, _>>()?,
    })
}

/// Runs indicators over columns of one length in one pass; each gives its output arrays.
#[pyfunction]
#[allow(clippy::needless_pass_by_value)] // extraction from Python owns the lists
fn indicator_run<'py>(
    py: Python<'py>,
    wanted: Vec<Wanted>,
    columns: Vec<PyReadonlyArray1<'py, f64>>,
) -> PyResult<Vec<Columns<'py>>> {
    let columns = columns.iter().map(|column| column.as_slice()).collect::<Result<Vec<_>, _>>()?;
    let rows = columns.first().map_or(0, |column| column.len());
    if columns.iter().any(|column| column.len() != rows) {
        return Err(PyTypeError::new_err("columns differ in length"));
    }
    let specs = wanted.iter().map(|(name, params, _)| parse(py, name, params)).collect::<PyResult<Vec<_>>>()?;
    let outputs: Vec<_> = specs.iter().map(|spec| allocate(py, spec, rows)).collect();
    let mut tasks = Vec::with_capacity(wanted.len());
    for ((spec, (_, _, reads)), outputs) in specs.iter().zip(&wanted).zip(&outputs) {
        tasks.push(task(py, spec, reads, &columns, outputs)?);
    }
    py.detach(|| many::run(&mut tasks, rows));
    drop(tasks);
    Ok(outputs)
}

/// Names of the columns and outputs of an indicator, and its lookback in bars.
#[pyfunction]
#[allow(clippy::needless_pass_by_value)] // extraction from Python owns the list
fn indicator_describe(
    py: Python<'_>,
    name: &str,
    params: Vec<f64>,
) -> PyResult<(Vec<&'static str>, Vec<&'static str>, usize)> {
    let spec = parse(py, name, &params)?;
    let columns = spec.columns().iter().map(|column| column.name()).collect();
    Ok((columns, spec.outputs().to_vec(), spec.lookback()))
}

/// One indicator, fed one bar a call.
#[pyclass(module = "parrot._core")]
struct IndicatorStream {
    machine: Box<dyn parrot_indicators::Stream>,
    spec: Spec,
}

impl IndicatorStream {
    fn read(&self, py: Python<'_>, values: &Bound<'_, PyTuple>) -> PyResult<[f64; COLUMNS_MAX]> {
        let columns = self.spec.columns();
        let expected = || columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(", ");
        if values.len() != columns.len() {
            let problem = format!("{} was given {} values", self.spec.name(), values.len());
            return Err(raised(py, &ParameterError::new(problem, expected())));
        }
        let mut row = [0.0; COLUMNS_MAX];
        for ((slot, value), column) in row.iter_mut().zip(values.iter_borrowed()).zip(columns) {
            let number = if *column == Column::Day { value.extract().map(day) } else { value.extract() };
            *slot = number.map_err(|_| {
                let problem = format!("{} is {}", column.name(), value.get_type());
                raised(py, &ParameterError::new(problem, format!("numbers for {}", expected())))
            })?;
        }
        Ok(row)
    }
}

#[pymethods]
impl IndicatorStream {
    #[new]
    #[allow(clippy::needless_pass_by_value)] // extraction from Python owns the list
    fn new(py: Python<'_>, name: &str, params: Vec<f64>) -> PyResult<Self> {
        let spec = parse(py, name, &params)?;
        let machine = spec.stream().map_err(|error| raised(py, &error))?;
        Ok(Self { machine, spec })
    }

    /// Takes the next bar's values; gives a float, or a tuple where there are several outputs.
    #[pyo3(signature = (*values))]
    fn update<'py>(&mut self, values: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let py = values.py();
        let (row, mut given) = (self.read(py, values)?, [0.0; COLUMNS_MAX]);
        let given = &mut given[..self.spec.outputs().len()];
        self.machine.update(&row[..self.spec.columns().len()], given);
        match given {
            [value] => Ok(value.into_pyobject(py)?.into_any()),
            several => Ok(PyTuple::new(py, several.iter())?.into_any()),
        }
    }
}

/// Adds this part's functions and classes to the compiled module.
///
/// # Errors
/// When Python refuses a new attribute.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(indicator_run, module)?)?;
    module.add_function(wrap_pyfunction!(indicator_describe, module)?)?;
    module.add_class::<IndicatorStream>()
}

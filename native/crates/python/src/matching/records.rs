//! Commands, events and orders as records of NumPy arrays.

use std::mem::offset_of;

use numpy::{Element, PyArray1, PyArrayDescr, PyArrayMethods, PyReadonlyArray1, PyUntypedArray, PyUntypedArrayMethods};
use parrot_matching::{Command, Event, OrderView};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// Name, format and offset of a field.
type Field = (&'static str, &'static str, usize);

/// A record whose fields NumPy knows.
macro_rules! record {
    ($(#[$about:meta])* $row:ident($record:ty) { $($field:ident: $format:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        #[repr(transparent)]
        pub struct $row($record);

        impl $row {
            const FIELDS: &'static [Field] = &[$((stringify!($field), $format, offset_of!($record, $field))),+];
        }

        // SAFETY: the fields below are all that the record holds, plain numbers at these offsets.
        unsafe impl Element for $row {
            const IS_COPY: bool = true;

            fn get_dtype(py: Python<'_>) -> Bound<'_, PyArrayDescr> {
                static KNOWN: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();
                let known = KNOWN.get_or_init(py, || {
                    let made = describe(py, Self::FIELDS, size_of::<Self>());
                    made.expect("NumPy takes this description").unbind()
                });
                known.bind(py).clone()
            }

            fn clone_ref(&self, _py: Python<'_>) -> Self {
                *self
            }
        }
    };
}

record! {
    /// A command.
    CommandRow(Command) {
        kind: "u1", side: "u1", order: "u1", tif: "u1", stp: "u1", list: "u1", symbol: "<u2", owner: "<u4", flags: "<u4",
        id: "<u8", handle: "<u8", price: "<i8", quantity: "<i8", display: "<i8", minimum: "<i8", trigger: "<i8",
        trail: "<i8", expiry: "<i8", spare: "<i8",
    }
}

record! {
    /// An event.
    EventRow(Event) {
        seq: "<u8", ts: "<i8", id: "<u8", taker: "<u8", handle: "<u8", price: "<i8", quantity: "<i8", left: "<i8",
        level: "<i8", fee: "<i8", taker_fee: "<i8", owner: "<u4", taker_owner: "<u4", symbol: "<u2", kind: "u1",
        side: "u1", reason: "u1", flags: "u1", command: "u1", spare: "u1",
    }
}

record! {
    /// A live order.
    OrderRow(Order) {
        handle: "<u8", id: "<u8", price: "<i8", quantity: "<i8", visible: "<i8", hidden: "<i8", owner: "<u4",
        symbol: "<u2", side: "u1", state: "u1",
    }
}

/// What an engine tells of a live order, without padding.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Order {
    handle: u64,
    id: u64,
    price: i64,
    quantity: i64,
    visible: i64,
    hidden: i64,
    owner: u32,
    symbol: u16,
    side: u8,
    state: u8,
}

impl From<OrderView> for OrderRow {
    fn from(view: OrderView) -> Self {
        Self(Order {
            handle: view.handle,
            id: view.id,
            price: view.price,
            quantity: view.quantity,
            visible: view.visible,
            hidden: view.hidden,
            owner: view.owner,
            symbol: view.symbol,
            side: view.side,
            state: view.state as u8,
        })
    }
}

fn describe<'py>(py: Python<'py>, fields: &[Field], size: usize) -> PyResult<Bound<'py, PyArrayDescr>> {
    let about = PyDict::new(py);
    about.set_item("names", fields.iter().map(|field| field.0).collect::<Vec<_>>())?;
    about.set_item("formats", fields.iter().map(|field| field.1).collect::<Vec<_>>())?;
    about.set_item("offsets", fields.iter().map(|field| field.2).collect::<Vec<_>>())?;
    about.set_item("itemsize", size)?;
    let aligned = true; // else arrays of these records could begin anywhere
    Ok(py.import("numpy")?.getattr("dtype")?.call1((about, aligned))?.cast_into::<PyArrayDescr>()?)
}

/// Layouts of command, event and order.
#[pyfunction]
pub fn matching_dtypes(py: Python<'_>) -> [Bound<'_, PyArrayDescr>; 3] {
    [CommandRow::get_dtype(py), EventRow::get_dtype(py), OrderRow::get_dtype(py)]
}

/// An array of commands, checked by its type.
pub fn borrow<'py>(commands: &Bound<'py, PyAny>) -> PyResult<PyReadonlyArray1<'py, CommandRow>> {
    let Ok(array) = commands.cast::<PyUntypedArray>() else {
        let kind = commands.get_type().name()?;
        return Err(PyTypeError::new_err(format!("commands are a NumPy array of COMMAND records, not {kind}")));
    };
    if !array.dtype().is(CommandRow::get_dtype(array.py())) && !is_command(array) {
        let found = array.dtype().str()?;
        return Err(PyTypeError::new_err(format!("commands are records of the dtype COMMAND, not {found}")));
    }
    let Ok(array) = commands.cast::<PyArray1<CommandRow>>() else {
        return Err(PyValueError::new_err(format!("commands have one dimension, not {}", array.ndim())));
    };
    Ok(array.try_readonly()?)
}

fn is_command(array: &Bound<'_, PyUntypedArray>) -> bool {
    use numpy::PyArrayDescrMethods;
    array.dtype().is_equiv_to(&CommandRow::get_dtype(array.py()))
}

/// The records of an array that lies in one piece.
pub fn commands<'a>(rows: &'a PyReadonlyArray1<'_, CommandRow>) -> PyResult<&'a [Command]> {
    if !rows.data().is_aligned() {
        return Err(PyValueError::new_err("commands must begin at a multiple of 8 bytes: copy the array"));
    }
    let rows = rows.as_slice().map_err(|_| PyValueError::new_err("commands must lie in one piece, without gaps"))?;
    // SAFETY: the wrapper is transparent.
    Ok(unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len()) })
}

/// Events as rows of an array.
pub const fn event_rows(events: &[Event]) -> &[EventRow] {
    // SAFETY: the wrapper is transparent.
    unsafe { std::slice::from_raw_parts(events.as_ptr().cast(), events.len()) }
}

//! Commands, events and orders as records of NumPy arrays.

use numpy::{
    Element, PyArray1, PyArrayDescr, PyArrayDescrMethods, PyArrayMethods, PyReadonlyArray1, PyUntypedArray,
    PyUntypedArrayMethods,
};
use parrot_matching::{Command, Event, OrderView};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Name, format and offset of a field.
pub type Field = (&'static str, &'static str, usize);

/// A record whose fields NumPy knows.
macro_rules! record {
    ($(#[$about:meta])* $row:ident($record:ty) { $($field:ident: $format:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        #[repr(transparent)]
        pub struct $row(pub $record);

        impl $row {
            pub const FIELDS: &'static [$crate::matching::records::Field] =
                &[$((stringify!($field), $format, std::mem::offset_of!($record, $field))),+];
        }

        // SAFETY: the fields below are all that the record holds, plain numbers at these offsets.
        unsafe impl numpy::Element for $row {
            const IS_COPY: bool = true;

            fn get_dtype(py: pyo3::Python<'_>) -> pyo3::Bound<'_, numpy::PyArrayDescr> {
                static KNOWN: pyo3::sync::PyOnceLock<pyo3::Py<numpy::PyArrayDescr>> = pyo3::sync::PyOnceLock::new();
                let known = KNOWN.get_or_init(py, || {
                    let made = $crate::matching::records::describe(py, Self::FIELDS, size_of::<Self>());
                    made.expect("NumPy takes this description").unbind()
                });
                known.bind(py).clone()
            }

            fn clone_ref(&self, _py: pyo3::Python<'_>) -> Self {
                *self
            }
        }
    };
}

pub(super) use record;

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

/// The layout of records with these fields.
pub fn describe<'py>(py: Python<'py>, fields: &[Field], size: usize) -> PyResult<Bound<'py, PyArrayDescr>> {
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

/// Records of one kind in an array, checked by its type; `name` is what Python calls that type.
pub fn borrow<'py, T: Element>(array: &Bound<'py, PyAny>, name: &str) -> PyResult<PyReadonlyArray1<'py, T>> {
    let Ok(untyped) = array.cast::<PyUntypedArray>() else {
        let kind = array.get_type().name()?;
        return Err(PyTypeError::new_err(format!("expected a NumPy array of {name} records, not {kind}")));
    };
    let wanted = T::get_dtype(array.py());
    if !untyped.dtype().is(&wanted) && !untyped.dtype().is_equiv_to(&wanted) {
        let found = untyped.dtype().str()?;
        return Err(PyTypeError::new_err(format!("expected records of the dtype {name}, not {found}")));
    }
    let Ok(array) = array.cast::<PyArray1<T>>() else {
        return Err(PyValueError::new_err(format!("{name} records have one dimension, not {}", untyped.ndim())));
    };
    let rows = array.try_readonly()?;
    if !rows.data().is_aligned() {
        return Err(PyValueError::new_err(format!("{name} records begin at a multiple of 8 bytes: copy the array")));
    }
    if rows.as_slice().is_err() {
        return Err(PyValueError::new_err(format!("{name} records must lie in one piece, without gaps")));
    }
    Ok(rows)
}

/// The commands of an array.
pub fn commands<'a>(rows: &'a PyReadonlyArray1<'_, CommandRow>) -> PyResult<&'a [Command]> {
    let rows = rows.as_slice()?;
    // SAFETY: the wrapper is transparent.
    Ok(unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len()) })
}

/// The events of an array.
pub fn events<'a>(rows: &'a PyReadonlyArray1<'_, EventRow>) -> PyResult<&'a [Event]> {
    let rows = rows.as_slice()?;
    // SAFETY: the wrapper is transparent.
    Ok(unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len()) })
}

/// Events as rows of an array.
pub const fn event_rows(events: &[Event]) -> &[EventRow] {
    // SAFETY: the wrapper is transparent.
    unsafe { std::slice::from_raw_parts(events.as_ptr().cast(), events.len()) }
}

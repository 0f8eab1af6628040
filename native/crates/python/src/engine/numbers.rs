//! Numbers from Python, exactly: ints, floats (their shortest decimal), Decimals and text.

use parrot_kernel::{POW10, Rounding, parse_decimal, scaled_f64};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use super::series::Series;

/// `value` as an integer of 10^-`decimals`.
pub fn scaled(value: &Bound<'_, PyAny>, decimals: u32, rounding: Rounding, name: &str) -> PyResult<i64> {
    let units = if value.is_instance_of::<PyInt>() {
        value
            .extract::<i64>()
            .map(|whole| i128::from(whole) * POW10[decimals as usize])
            .map_err(|_| format!("{value} is too large"))
    } else if let Ok(float) = value.cast::<PyFloat>() {
        scaled_f64(float.value(), decimals, rounding)
    } else if value.is_instance_of::<Series>() {
        scaled_f64(value.extract::<f64>()?, decimals, rounding)
    } else {
        parse_decimal(&value.str()?.to_string_lossy(), decimals, rounding)
    };
    let fault = |problem: String| PyValueError::new_err(format!("{name}: {problem}"));
    i64::try_from(units.map_err(fault)?).map_err(|_| PyValueError::new_err(format!("{name}: {value} is too large")))
}

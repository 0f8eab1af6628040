//! Live: indicator lines that grow bar by bar, with the same bits as over whole columns.

use std::sync::Arc;

use parrot_backtest::Engine as Core;
use parrot_indicators::{Column as Input, Spec, Stream, day};
use parrot_kernel::Growing;
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;

use super::Engine;
use super::build::{column_of, exact_column};
use super::values::{Shown, Values};

/// The lines of one indicator over one stream.
pub struct Line {
    stream: usize,
    shown: Vec<Arc<Shown>>,
    machine: Machine,
}

enum Machine {
    /// A column of the bars.
    Price(String),
    /// Window sums of integers, plain or weighted, over a common denominator.
    Sums { column: String, n: usize, weighted: bool, sum: i64, plain: i64, sums: Growing<i64> },
    /// Anything else.
    Floats { machine: Box<dyn Stream>, inputs: Vec<Input>, source: Option<String>, outputs: Vec<Growing<f64>> },
    /// A line of the strategy's own; its values come from outside.
    Own { values: Growing<f64> },
}

impl Engine {
    pub(super) fn grow_prices(&mut self, values: &mut [Option<Values>], streams: &[Option<usize>], column: &str) {
        for (values, stream) in values.iter_mut().zip(streams) {
            let (Some(found), Some(stream)) = (values.take(), *stream) else { continue };
            let shown = Shown::new(found);
            *values = Some(Values::Live(shown.clone()));
            self.lines.push(Line { stream, shown: vec![shown], machine: Machine::Price(column.to_owned()) });
        }
    }

    pub(super) fn grow_own(&mut self, values: &mut [Option<Values>], streams: &[Option<usize>]) {
        for (values, stream) in values.iter_mut().zip(streams) {
            let (Some(Values::Float(found)), Some(stream)) = (values.take(), *stream) else { continue };
            let grown = Growing::from(&found[..]);
            let shown = Shown::new(Values::Float(grown.column()));
            *values = Some(Values::Live(shown.clone()));
            let machine = Machine::Own { values: grown };
            self.lines.push(Line { stream, shown: vec![shown], machine });
        }
    }

    /// The lines of an indicator, computed over the bars that are there, and growing from then on.
    pub(super) fn grow_indicator(&mut self, spec: &Spec, stream: usize, source: Option<&str>) -> PyResult<Vec<Values>> {
        let column = source.unwrap_or("close");
        let core = self.core()?;
        if column_of(core, stream, column).is_none() {
            let expected = "expected open, high, low, close or volume";
            return Err(PyValueError::new_err(format!("{column:?} is not a column; {expected}")));
        }
        let machine = if matches!(spec.name(), "sma" | "wma") {
            let (n, weighted) = (spec.lookback() + 1, spec.name() == "wma");
            Machine::Sums { column: column.to_owned(), n, weighted, sum: 0, plain: 0, sums: Growing::default() }
        } else {
            let machine = spec.stream().map_err(|fault| PyValueError::new_err(fault.to_string()))?;
            let outputs = spec.outputs().iter().map(|_| Growing::default()).collect();
            Machine::Floats { machine, inputs: spec.columns().to_vec(), source: source.map(str::to_owned), outputs }
        };
        let empty = || Shown::new(Values::Float(Vec::new().into()));
        let shown: Vec<_> = spec.outputs().iter().map(|_| empty()).collect();
        let mut line = Line { stream, shown: shown.clone(), machine };
        for row in 0..core.streams[stream].bars.ts.len() {
            line.take(core, row)?;
        }
        line.show(core);
        self.lines.push(line);
        Ok(shown.into_iter().map(Values::Live).collect())
    }

    /// Takes the newest bar of a stream into its lines, and asks the conditions that rest on them.
    pub(super) fn grow(&mut self, stream: usize) -> PyResult<()> {
        let core = self.core.as_mut().expect("a live run has been started");
        let row = core.streams[stream].bars.ts.len() - 1;
        for line in self.lines.iter_mut().filter(|line| line.stream == stream) {
            line.take(core, row)?;
            line.show(core);
        }
        Ok(())
    }

    /// Conditions that hold on the newest bar of a stream.
    pub(super) fn ask(&mut self, stream: usize) {
        let core = self.core.as_mut().expect("a live run has been started");
        let (row, symbol) = (core.streams[stream].bars.ts.len() - 1, core.streams[stream].symbol as usize);
        for (id, (tests, streams)) in self.conditions.iter().enumerate() {
            let test = tests[symbol].as_ref().filter(|_| streams[symbol] == stream);
            if test.is_some_and(|test| test.holds(row as i64)) {
                core.holds(stream, id as u16, row as u32);
            }
        }
    }
}

impl Engine {
    /// The newest value of every line of the strategy's own over a stream, in the order of their declaration.
    pub(super) fn extend_lines(&mut self, stream: usize, values: &[f64]) -> PyResult<()> {
        let own = self.lines.iter_mut().filter(|line| line.stream == stream && line.is_own());
        let mut count = 0;
        for (line, value) in own.zip(values) {
            line.add(*value);
            count += 1;
        }
        if count != values.len() {
            return Err(PyValueError::new_err(format!("{} values for {count} lines", values.len())));
        }
        Ok(())
    }
}

fn float(core: &Core, stream: usize, row: usize, name: &str) -> f64 {
    let (column, decimals) = column_of(core, stream, name).expect("a known column");
    column[row] as f64 / 10_f64.powi(decimals as i32)
}

impl Line {
    fn is_own(&self) -> bool {
        matches!(self.machine, Machine::Own { .. })
    }

    fn add(&mut self, value: f64) {
        if let Machine::Own { values } = &mut self.machine {
            values.push(value);
            self.shown[0].show(Values::Float(values.column()));
        }
    }

    /// Takes bar `row`, the one behind the last taken.
    fn take(&mut self, core: &Core, row: usize) -> PyResult<()> {
        let stream = self.stream;
        match &mut self.machine {
            Machine::Price(_) | Machine::Own { .. } => {}
            Machine::Sums { column, n, weighted, sum, plain, sums } => {
                let (values, _) = column_of(core, stream, column).expect("a known column");
                let next = next_sum(&values, row, *n, *weighted, *sum, plain);
                *sum = next.ok_or_else(|| PyOverflowError::new_err("the sum of a window outgrew 64 bits"))?;
                sums.push(*sum);
            }
            Machine::Floats { machine, inputs, source, outputs } => {
                let value = |input: &Input| match (input, source.as_deref()) {
                    (Input::Day, _) => day(core.streams[stream].bars.ts[row]),
                    (Input::Source, Some(source)) => float(core, stream, row, source),
                    (input, _) => float(core, stream, row, input.name()),
                };
                let given: Vec<f64> = inputs.iter().map(value).collect();
                let mut made = vec![0.0; outputs.len()];
                machine.update(&given, &mut made);
                outputs.iter_mut().zip(made).for_each(|(output, value)| output.push(value));
            }
        }
        Ok(())
    }

    /// Lets holders of the lines see what has been taken.
    fn show(&self, core: &Core) {
        match &self.machine {
            Machine::Price(column) => self.shown[0].show(exact_column(core, self.stream, column)),
            Machine::Own { .. } => {}
            Machine::Sums { column, n, weighted, sums, .. } => {
                let (_, decimals) = column_of(core, self.stream, column).expect("a known column");
                let denominator = if *weighted { (*n * (*n + 1) / 2) as i64 } else { *n as i64 };
                let (numerators, first) = (sums.column(), *n - 1);
                self.shown[0].show(Values::Exact { numerators, denominator, decimals, first, bound: i64::MAX });
            }
            Machine::Floats { outputs, .. } => {
                self.shown.iter().zip(outputs).for_each(|(shown, output)| shown.show(Values::Float(output.column())));
            }
        }
    }
}

/// The sum of the window that ends at `row`: integers, so that ties are ties; None when it does not fit.
fn next_sum(values: &[i64], row: usize, n: usize, weighted: bool, sum: i64, plain: &mut i64) -> Option<i64> {
    let gone = if row >= n { values[row - n] } else { 0 };
    if !weighted {
        return sum.checked_add(values[row])?.checked_sub(gone);
    }
    // Moving on takes one weight from every value of the window; the oldest then has none left.
    let added = values[row].checked_mul((row + 1).min(n) as i64)?;
    let next = sum.checked_sub(if row >= n { *plain } else { 0 })?.checked_add(added);
    *plain = plain.checked_add(values[row])?.checked_sub(gone)?;
    next
}

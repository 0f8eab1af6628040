//! What every indicator is: a machine that takes bars in order and gives values.

/// A column an indicator reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The one series of an indicator that takes any: the close unless another is given.
    Source,
    /// Highest price of the bar.
    High,
    /// Lowest price of the bar.
    Low,
    /// Last price of the bar.
    Close,
    /// Traded volume of the bar.
    Volume,
    /// Number of the UTC day the bar opens in.
    Day,
}

impl Column {
    /// The column's name as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Column::Source | Column::Close => "close",
            Column::High => "high",
            Column::Low => "low",
            Column::Volume => "volume",
            Column::Day => "ts",
        }
    }
}

/// An indicator of `I` input columns and `O` outputs.
///
/// However the rows are cut into calls of `update` and `extend`, the outputs are the same to the last bit: that is what makes
/// streaming and batch one thing. Outputs are NaN while warming up.
pub trait Indicator<const I: usize, const O: usize> {
    /// The input columns, in the order of a row.
    const COLUMNS: &'static [Column];
    /// The outputs' names, in order.
    const OUTPUTS: &'static [&'static str];

    /// Bars before the first one at which all outputs have a value.
    fn lookback(&self) -> usize;

    /// Takes the next bar and gives its values.
    fn update(&mut self, row: [f64; I]) -> [f64; O];

    /// Takes the next bars, all columns of one length, and writes their values.
    #[inline]
    fn extend(&mut self, inputs: [&[f64]; I], mut outputs: [&mut [f64]; O]) {
        let rows = inputs[0].len();
        let inputs = inputs.map(|column| &column[..rows]);
        for column in &mut outputs {
            *column = &mut std::mem::take(column)[..rows];
        }
        for t in 0..rows {
            let values = self.update(inputs.map(|column| column[t]));
            for (column, value) in outputs.iter_mut().zip(values) {
                column[t] = value;
            }
        }
    }
}

/// Runs a fresh indicator over whole columns.
pub fn batch<const I: usize, const O: usize>(
    mut indicator: impl Indicator<I, O>,
    inputs: [&[f64]; I],
) -> [Vec<f64>; O] {
    let mut outputs = std::array::from_fn(|_| vec![0.0; inputs[0].len()]);
    indicator.extend(inputs, outputs.each_mut().map(Vec::as_mut_slice));
    outputs
}

/// An indicator behind one face, whatever its numbers of columns and outputs.
pub trait Stream: Send + Sync {
    /// Bars before the first one at which all outputs have a value, counted from the first complete row.
    fn lookback(&self) -> usize;

    /// Takes the next row and writes its values.
    fn update(&mut self, row: &[f64], values: &mut [f64]);

    /// Takes the next rows; `inputs` and `outputs` have one length and the number of columns of the indicator.
    fn extend(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]);
}

/// Starts an indicator at the first row without NaN, so that one indicator can be fed with another's output.
pub struct Gate<T, const I: usize, const O: usize> {
    inner: T,
    open: bool,
}

impl<T: Indicator<I, O>, const I: usize, const O: usize> Gate<T, I, O> {
    /// Puts a fresh indicator behind the gate.
    pub fn new(inner: T) -> Self {
        Self { inner, open: false }
    }
}

impl<T: Indicator<I, O> + Send + Sync, const I: usize, const O: usize> Stream for Gate<T, I, O> {
    fn lookback(&self) -> usize {
        self.inner.lookback()
    }

    fn update(&mut self, row: &[f64], values: &mut [f64]) {
        self.open = self.open || row.iter().all(|value| !value.is_nan());
        if self.open {
            values.copy_from_slice(&self.inner.update(std::array::from_fn(|i| row[i])));
        } else {
            values.fill(f64::NAN);
        }
    }

    fn extend(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let rows = inputs[0].len();
        let mut start = 0;
        if !self.open {
            start = (0..rows).find(|&t| inputs.iter().all(|column| !column[t].is_nan())).unwrap_or(rows);
            self.open = start < rows;
        }
        let mut ends = outputs.iter_mut();
        let outputs = std::array::from_fn(|_| {
            let (before, after) = ends.next().expect("as many outputs as the indicator has").split_at_mut(start);
            before.fill(f64::NAN);
            after
        });
        self.inner.extend(std::array::from_fn(|i| &inputs[i][start..]), outputs);
    }
}

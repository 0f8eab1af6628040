//! Several indicators in one pass over memory.

use crate::indicator::Stream;

/// Rows a pass takes at a time: few enough that the columns of a block stay in the nearest cache.
const BLOCK_ROWS: usize = 2048;

/// An indicator at work in a pass: its machine, the columns it reads and the columns it writes.
pub struct Task<'a> {
    /// The machine, fresh or warm.
    pub machine: Box<dyn Stream>,
    /// Input columns in the machine's order.
    pub inputs: Vec<&'a [f64]>,
    /// Output columns in the machine's order.
    pub outputs: Vec<&'a mut [f64]>,
}

impl Task<'_> {
    fn take(&mut self, start: usize, rows: usize) {
        let inputs: Vec<&[f64]> = self.inputs.iter().map(|column| &column[start..start + rows]).collect();
        let mut outputs: Vec<&mut [f64]> =
            self.outputs.iter_mut().map(|column| &mut column[start..start + rows]).collect();
        self.machine.extend(&inputs, &mut outputs);
    }
}

/// Runs all tasks block by block, so that each column comes from memory once; all columns have `rows` rows.
pub fn run(tasks: &mut [Task<'_>], rows: usize) {
    let mut start = 0;
    while start < rows {
        let block = BLOCK_ROWS.min(rows - start);
        for task in &mut *tasks {
            task.take(start, block);
        }
        start += block;
    }
}

//! Sliding windows that never subtract, so they do not drift however long the series is.
//!
//! The series is cut into blocks as long as the window. A window that ends inside a block is a tail of the block before, known
//! once for all tails when that block closed, joined with a head of this block, which grows bar by bar. Nothing that left the
//! window leaves a trace: neither rounding error, nor a spike, nor NaN.
//!
//! Sums are taken over distances from a pivot, the last value of the block before. The pivot lies in every window it is used
//! for, so distances are no larger than the window's range: flat windows give exact results and variances do not cancel.

use crate::tally::Tally;

/// A sliding window of `n` values and its tally.
#[derive(Clone)]
pub struct Window<T> {
    n: usize,
    /// Position in the current block.
    at: usize,
    pivot: f64,
    head: T,
    /// Values of the current block; behind `at`, of the block before.
    block: Vec<f64>,
    /// `tails[i]` tallies the block before from position `i` to its end.
    tails: Vec<T>,
}

impl<T: Tally> Window<T> {
    /// A window of `n` values, at least one.
    pub fn new(n: usize) -> Self {
        Self { n, at: 0, pivot: 0.0, head: T::EMPTY, block: vec![0.0; n], tails: vec![T::UNKNOWN; n] }
    }

    /// Length of the window.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Takes a value; gives the tally of the last `n` and the pivot it is measured from.
    #[inline]
    pub fn push(&mut self, x: f64) -> (T, f64) {
        self.block[self.at] = x;
        if self.at + 1 == self.n {
            return self.close();
        }
        self.head = self.head.append(T::measure(x, self.pivot));
        self.at += 1;
        (T::join(self.tails[self.at], self.head, self.n as f64), self.pivot)
    }

    /// Takes values in order and writes what `finish` makes of each tally, pivot and value.
    #[inline]
    pub fn extend<const O: usize>(
        &mut self,
        x: &[f64],
        mut outputs: [&mut [f64]; O],
        finish: impl Fn(T, f64, f64) -> [f64; O],
    ) {
        let open = if self.at == 0 { 0 } else { (self.n - self.at).min(x.len()) };
        let (now, later) = x.split_at(open);
        self.fill(now, cut(&mut outputs, open), &finish);
        let blocks = later.chunks_exact(self.n);
        let rest = blocks.remainder();
        for block in blocks {
            self.pass(block, cut(&mut outputs, block.len()), &finish);
        }
        self.fill(rest, outputs, &finish);
    }

    /// Takes values up to the end of the current block.
    #[inline]
    fn fill<const O: usize>(
        &mut self,
        x: &[f64],
        mut outputs: [&mut [f64]; O],
        finish: &impl Fn(T, f64, f64) -> [f64; O],
    ) {
        let inside = (self.n - 1 - self.at).min(x.len());
        self.block[self.at..][..x.len()].copy_from_slice(x);
        let tails = &self.tails[self.at + 1..][..inside];
        self.head = grow(self.head, tails, self.pivot, &x[..inside], &mut outputs, self.n as f64, finish);
        self.at += inside;
        if let Some(&last) = x.get(inside) {
            let (tally, pivot) = self.close();
            write(&mut outputs, inside, finish(tally, pivot, last));
        }
    }

    /// Takes a whole block.
    #[inline]
    fn pass<const O: usize>(
        &mut self,
        block: &[f64],
        mut outputs: [&mut [f64]; O],
        finish: &impl Fn(T, f64, f64) -> [f64; O],
    ) {
        let (&last, inside) = block.split_last().expect("blocks are not empty");
        grow(T::EMPTY, &self.tails[1..], self.pivot, inside, &mut outputs, self.n as f64, finish);
        self.pivot = last;
        let tally = shrink(&mut self.tails, block, last);
        write(&mut outputs, inside.len(), finish(tally, last, last));
    }

    /// Ends the full block: it becomes the block before.
    #[inline]
    fn close(&mut self) -> (T, f64) {
        self.pivot = self.block[self.n - 1];
        let tally = shrink(&mut self.tails, &self.block, self.pivot);
        (self.at, self.head) = (0, T::EMPTY);
        (tally, self.pivot)
    }
}

/// Grows a head over the values inside a block and writes what `finish` makes of each window.
#[inline]
fn grow<T: Tally, const O: usize>(
    mut head: T,
    tails: &[T],
    pivot: f64,
    x: &[f64],
    outputs: &mut [&mut [f64]; O],
    n: f64,
    finish: &impl Fn(T, f64, f64) -> [f64; O],
) -> T {
    let rows = x.len();
    let tails = &tails[..rows];
    let mut outputs = outputs.each_mut().map(|column| &mut column[..rows]);
    for t in 0..rows {
        head = head.append(T::measure(x[t], pivot));
        let values = finish(T::join(tails[t], head, n), pivot, x[t]);
        for (column, value) in outputs.iter_mut().zip(values) {
            column[t] = value;
        }
    }
    head
}

/// Tallies all tails of a block; gives the tally of the whole block.
#[inline]
fn shrink<T: Tally>(tails: &mut [T], block: &[f64], pivot: f64) -> T {
    let mut tail = T::EMPTY;
    for (slot, &x) in tails.iter_mut().zip(block).rev() {
        tail = tail.prepend(T::measure(x, pivot));
        *slot = tail;
    }
    tail
}

#[inline]
fn write<const O: usize>(outputs: &mut [&mut [f64]; O], t: usize, values: [f64; O]) {
    for (column, value) in outputs.iter_mut().zip(values) {
        column[t] = value;
    }
}

/// Takes the first `rows` of each column off.
#[inline]
fn cut<'a, const O: usize>(columns: &mut [&'a mut [f64]; O], rows: usize) -> [&'a mut [f64]; O] {
    columns.each_mut().map(|column| {
        let (now, later) = std::mem::take(column).split_at_mut(rows);
        *column = later;
        now
    })
}

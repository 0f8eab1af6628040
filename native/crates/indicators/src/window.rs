//! Sliding windows that never subtract, so they do not drift however long the series is.
//!
//! The series is cut into blocks as long as the window. A window that ends inside a block is a tail of the block before, known
//! once for all tails when that block closed, joined with a head of this block, which grows bar by bar. Nothing that left the
//! window leaves a trace: neither rounding error, nor a spike, nor NaN.
//!
//! Sums are taken over distances from a pivot, the last value of the block before. The pivot lies in every window it is used
//! for, so distances are no larger than the window's range: flat windows give exact results and variances do not cancel.

/// What is tallied over a window.
pub trait Tally: Copy {
    /// Nothing tallied yet.
    const EMPTY: Self;
    /// What stands for bars before the series: joining it gives NaN.
    const UNKNOWN: Self;
    /// The number that enters for value `x`.
    fn measure(x: f64, pivot: f64) -> f64;
    /// Adds a newer value to a head.
    fn append(self, d: f64) -> Self;
    /// Adds an older value to a tail.
    fn prepend(self, d: f64) -> Self;
    /// Joins a tail with a newer head into the tally of a window of `n`.
    fn join(tail: Self, head: Self, n: f64) -> Self;
}

/// Sum of distances from the pivot.
#[derive(Clone, Copy)]
pub struct Sum(pub f64);

impl Tally for Sum {
    const EMPTY: Self = Self(0.0);
    const UNKNOWN: Self = Self(f64::NAN);
    #[inline]
    fn measure(x: f64, pivot: f64) -> f64 {
        x - pivot
    }
    #[inline]
    fn append(self, d: f64) -> Self {
        Self(self.0 + d)
    }
    #[inline]
    fn prepend(self, d: f64) -> Self {
        Self(self.0 + d)
    }
    #[inline]
    fn join(tail: Self, head: Self, _n: f64) -> Self {
        Self(tail.0 + head.0)
    }
}

/// Sums of distances and of their squares.
#[derive(Clone, Copy)]
pub struct Squares {
    /// Sum of distances.
    pub sum: f64,
    /// Sum of squared distances.
    pub squares: f64,
}

impl Squares {
    /// Population variance of a window of `n`.
    #[inline]
    pub fn variance(self, n: f64) -> f64 {
        let mean = self.sum / n;
        let variance = self.squares / n - mean * mean;
        if variance < 0.0 { 0.0 } else { variance }
    }
}

impl Tally for Squares {
    const EMPTY: Self = Self { sum: 0.0, squares: 0.0 };
    const UNKNOWN: Self = Self { sum: f64::NAN, squares: f64::NAN };
    #[inline]
    fn measure(x: f64, pivot: f64) -> f64 {
        x - pivot
    }
    #[inline]
    fn append(self, d: f64) -> Self {
        Self { sum: self.sum + d, squares: self.squares + d * d }
    }
    #[inline]
    fn prepend(self, d: f64) -> Self {
        self.append(d)
    }
    #[inline]
    fn join(tail: Self, head: Self, _n: f64) -> Self {
        Self { sum: tail.sum + head.sum, squares: tail.squares + head.squares }
    }
}

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
        mut x: &[f64],
        mut outputs: [&mut [f64]; O],
        finish: impl Fn(T, f64, f64) -> [f64; O],
    ) {
        while !x.is_empty() {
            let inside = (self.n - 1 - self.at).min(x.len());
            let (now, later) = x.split_at(inside);
            let parts = cut(&mut outputs, inside);
            self.grow(now, parts, &finish);
            x = later;
            if let Some((&last, later)) = x.split_first() {
                self.block[self.n - 1] = last;
                let (tally, pivot) = self.close();
                for (column, value) in cut(&mut outputs, 1).into_iter().zip(finish(tally, pivot, last)) {
                    column[0] = value;
                }
                x = later;
            }
        }
    }

    /// Takes values that do not reach the block's end.
    #[inline]
    fn grow<const O: usize>(
        &mut self,
        x: &[f64],
        mut outputs: [&mut [f64]; O],
        finish: &impl Fn(T, f64, f64) -> [f64; O],
    ) {
        let rows = x.len();
        let (n, pivot, mut head) = (self.n as f64, self.pivot, self.head);
        let tails = &self.tails[self.at + 1..][..rows];
        self.block[self.at..][..rows].copy_from_slice(x);
        for column in &mut outputs {
            *column = &mut std::mem::take(column)[..rows];
        }
        for t in 0..rows {
            head = head.append(T::measure(x[t], pivot));
            let values = finish(T::join(tails[t], head, n), pivot, x[t]);
            for (column, value) in outputs.iter_mut().zip(values) {
                column[t] = value;
            }
        }
        self.head = head;
        self.at += rows;
    }

    /// Ends the full block: it becomes the block before.
    #[inline]
    fn close(&mut self) -> (T, f64) {
        self.pivot = self.block[self.n - 1];
        let mut tail = T::EMPTY;
        for (slot, &x) in self.tails.iter_mut().zip(&self.block).rev() {
            tail = tail.prepend(T::measure(x, self.pivot));
            *slot = tail;
        }
        self.at = 0;
        self.head = T::EMPTY;
        (tail, self.pivot)
    }
}

/// Takes the first `rows` of each column off.
#[inline]
pub fn cut<'a, const O: usize>(columns: &mut [&'a mut [f64]; O], rows: usize) -> [&'a mut [f64]; O] {
    columns.each_mut().map(|column| {
        let (now, later) = std::mem::take(column).split_at_mut(rows);
        *column = later;
        now
    })
}

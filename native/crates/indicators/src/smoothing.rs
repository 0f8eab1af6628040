//! Exponential smoothing: each value moves by a fixed factor towards the input.

use std::marker::PhantomData;

/// Steps taken from one known value before the next takes its place.
///
/// A plain recursion waits for its own last result at every bar. Here the steps of a group are written as the group's start,
/// decayed, plus what came since; only the starts form a chain, so a processor works on several groups at once. Groups are
/// counted from the seed, so however the bars are cut into calls the arithmetic is the same.
pub const GROUP: usize = 8;

/// Rows prepared at a time for smoothing: they stay in the nearest cache.
pub const STRIP: usize = 64 * GROUP;

/// Where distances are measured from.
pub trait Anchor: Copy {
    /// The origin after input `x`.
    fn after(x: f64) -> f64;
    /// The distance of `x` from the origin.
    fn distance(x: f64, origin: f64) -> f64;
    /// The value at a distance from the origin.
    fn place(distance: f64, origin: f64) -> f64;
}

/// Distances from the last input: a flat series smooths to exactly itself.
#[derive(Clone, Copy, Debug)]
pub struct Input;

/// Plain values, for inputs that are never negative: the result is never negative either.
#[derive(Clone, Copy, Debug)]
pub struct Zero;

impl Anchor for Input {
    #[inline]
    fn after(x: f64) -> f64 {
        x
    }
    #[inline]
    fn distance(x: f64, origin: f64) -> f64 {
        x - origin
    }
    #[inline]
    fn place(distance: f64, origin: f64) -> f64 {
        origin + distance
    }
}

impl Anchor for Zero {
    #[inline]
    fn after(_x: f64) -> f64 {
        0.0
    }
    #[inline]
    fn distance(x: f64, _origin: f64) -> f64 {
        x
    }
    #[inline]
    fn place(distance: f64, _origin: f64) -> f64 {
        distance
    }
}

/// The mean of the first values, from which smoothing starts, as TA-Lib does it.
#[derive(Clone, Copy, Debug)]
struct Seed {
    left: usize,
    divisor: f64,
    first: Option<f64>,
    sum: f64,
}

/// Smoothing by a factor, started at a mean.
#[derive(Clone, Copy, Debug)]
pub struct Smoothing<A> {
    seed: Seed,
    factor: f64,
    /// Powers 1 to [`GROUP`] of what a step keeps.
    kept: [f64; GROUP],
    /// Steps taken in this group.
    at: usize,
    origin: f64,
    /// Distance of the group's start from the origin.
    start: f64,
    /// What the group's steps added.
    recent: f64,
    value: f64,
    anchor: PhantomData<A>,
}

/// Smoothing of an exponential average.
pub type Exponential = Smoothing<Input>;

/// Wilder's smoothing of values that are never negative.
pub type Wilder = Smoothing<Zero>;

impl Exponential {
    /// Factor 2 / (n + 1), started at the mean of `n` values.
    pub fn over(n: usize) -> Self {
        Self::new(2.0 / (n as f64 + 1.0), n, n)
    }
}

impl Wilder {
    /// Factor 1 / n, started at the mean of `n` values.
    pub fn over(n: usize) -> Self {
        Self::new(1.0 / n as f64, n, n)
    }

    /// Factor 1 / n, started at the sum of the first n - 1 values over n: how TA-Lib starts directional movement.
    pub fn over_sum(n: usize) -> Self {
        Self::new(1.0 / n as f64, n - 1, n)
    }
}

impl<A: Anchor> Smoothing<A> {
    fn new(factor: f64, seeds: usize, divisor: usize) -> Self {
        let mut kept = [1.0 - factor; GROUP];
        for i in 1..GROUP {
            kept[i] = kept[i - 1] * kept[0];
        }
        let seed = Seed { left: seeds, divisor: divisor as f64, first: None, sum: 0.0 };
        let value = if seeds == 0 { 0.0 } else { f64::NAN };
        Self { seed, factor, kept, at: 0, origin: 0.0, start: 0.0, recent: 0.0, value, anchor: PhantomData }
    }

    /// Whether the seed is complete.
    #[inline]
    pub fn warm(&self) -> bool {
        self.seed.left == 0
    }

    /// The smoothed value; NaN until the seed is complete.
    #[inline]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Takes a value, gives the smoothed one.
    #[inline]
    pub fn push(&mut self, x: f64) -> f64 {
        if !self.warm() {
            self.take_seed(x);
            return self.value;
        }
        self.recent = self.kept[0] * self.recent + self.factor * A::distance(x, self.origin);
        self.value = A::place(self.kept[self.at] * self.start + self.recent, self.origin);
        self.at += 1;
        if self.at == GROUP {
            self.begin(x);
        }
        self.value
    }

    /// Takes values in order and writes the smoothed ones.
    pub fn extend(&mut self, x: &[f64], out: &mut [f64]) {
        let mut ahead = 0;
        while ahead < x.len() && !(self.warm() && self.at == 0) {
            out[ahead] = self.push(x[ahead]);
            ahead += 1;
        }
        let (x, x_rest) = x[ahead..].as_chunks::<GROUP>();
        let (out, out_rest) = out[ahead..].as_chunks_mut::<GROUP>();
        for (x, out) in x.iter().zip(out) {
            *out = self.group(x);
        }
        for (&x, out) in x_rest.iter().zip(out_rest) {
            *out = self.push(x);
        }
    }

    /// Takes a whole group, gives the smoothed values.
    #[inline]
    fn group(&mut self, x: &[f64; GROUP]) -> [f64; GROUP] {
        let mut recent = 0.0;
        let mut values = x.map(|x| self.factor * A::distance(x, self.origin));
        for value in &mut values {
            recent = self.kept[0] * recent + *value;
            *value = recent;
        }
        for (value, kept) in values.iter_mut().zip(self.kept) {
            *value = A::place(kept * self.start + *value, self.origin);
        }
        self.value = values[GROUP - 1];
        self.begin(x[GROUP - 1]);
        values
    }

    /// Starts a group at the present value, reached with input `x`; a factor of one gives the input exactly.
    #[inline]
    fn begin(&mut self, x: f64) {
        self.origin = if self.factor == 1.0 { 0.0 } else { A::after(x) };
        self.start = A::distance(self.value, self.origin);
        self.recent = 0.0;
        self.at = 0;
    }

    fn take_seed(&mut self, x: f64) {
        let first = *self.seed.first.get_or_insert(A::after(x));
        self.seed.sum += x - first;
        self.seed.left -= 1;
        if self.seed.left == 0 {
            self.value = first + self.seed.sum / self.seed.divisor;
            self.begin(x);
        }
    }
}

//! What a sliding window tallies: sums, squares, weighted sums, extremes.

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
        let variance = (self.squares - self.sum * (self.sum / n)) * (1.0 / n);
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

/// Sum of distances, and the sum weighted 1, 2, ... n from the oldest to the newest.
#[derive(Clone, Copy)]
pub struct Weighted {
    /// Sum of distances.
    pub sum: f64,
    /// In a tail and in a joined window the weighted sum; in a head, what the weights of its values have lost since they came.
    pub weighted: f64,
}

impl Tally for Weighted {
    const EMPTY: Self = Self { sum: 0.0, weighted: 0.0 };
    const UNKNOWN: Self = Self { sum: f64::NAN, weighted: f64::NAN };
    #[inline]
    fn measure(x: f64, pivot: f64) -> f64 {
        x - pivot
    }
    #[inline]
    fn append(self, d: f64) -> Self {
        Self { sum: self.sum + d, weighted: self.weighted + self.sum }
    }
    #[inline]
    fn prepend(self, d: f64) -> Self {
        let sum = self.sum + d;
        Self { sum, weighted: self.weighted + sum }
    }
    #[inline]
    fn join(tail: Self, head: Self, n: f64) -> Self {
        Self { sum: tail.sum + head.sum, weighted: tail.weighted + (n * head.sum - head.weighted) }
    }
}

/// Plain sum, for quantities whose zero matters more than their mean.
#[derive(Clone, Copy)]
pub struct Total(pub f64);

impl Tally for Total {
    const EMPTY: Self = Self(0.0);
    const UNKNOWN: Self = Self(f64::NAN);
    #[inline]
    fn measure(x: f64, _pivot: f64) -> f64 {
        x
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

/// Greatest value; NaN wins, so that it shows in every window it is in.
#[derive(Clone, Copy)]
pub struct Greatest(pub f64);

/// Least value; NaN wins.
#[derive(Clone, Copy)]
pub struct Least(pub f64);

#[inline]
fn greater(a: f64, b: f64) -> f64 {
    if b <= a || a.is_nan() { a } else { b }
}

#[inline]
fn lesser(a: f64, b: f64) -> f64 {
    if b >= a || a.is_nan() { a } else { b }
}

impl Tally for Greatest {
    const EMPTY: Self = Self(f64::NEG_INFINITY);
    const UNKNOWN: Self = Self(f64::NAN);
    #[inline]
    fn measure(x: f64, _pivot: f64) -> f64 {
        x
    }
    #[inline]
    fn append(self, d: f64) -> Self {
        Self(greater(self.0, d))
    }
    #[inline]
    fn prepend(self, d: f64) -> Self {
        Self(greater(self.0, d))
    }
    #[inline]
    fn join(tail: Self, head: Self, _n: f64) -> Self {
        Self(greater(tail.0, head.0))
    }
}

impl Tally for Least {
    const EMPTY: Self = Self(f64::INFINITY);
    const UNKNOWN: Self = Self(f64::NAN);
    #[inline]
    fn measure(x: f64, _pivot: f64) -> f64 {
        x
    }
    #[inline]
    fn append(self, d: f64) -> Self {
        Self(lesser(self.0, d))
    }
    #[inline]
    fn prepend(self, d: f64) -> Self {
        Self(lesser(self.0, d))
    }
    #[inline]
    fn join(tail: Self, head: Self, _n: f64) -> Self {
        Self(lesser(tail.0, head.0))
    }
}

//! The price grid: integer prices to level numbers without a division.

/// Prices must lie within plus and minus this bound, which leaves room for the ladder's arithmetic.
pub const PRICE_LIMIT: i64 = 1 << 61;

/// A grid of prices that are multiples of one step.
///
/// The step is not the price scale: prices may be stored in units of 10^-8 while the market moves by 0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    step: i64,
    /// Inverse of the step's odd part modulo 2^64: multiplying by it divides multiples of the step exactly.
    inverse: u64,
    shift: u32,
    limit: u64,
    bias: i64,
}

impl Grid {
    /// The grid of all multiples of `step`.
    ///
    /// # Panics
    /// When `step` is not positive.
    pub fn new(step: i64) -> Self {
        assert!(step > 0, "a price step must be positive, not {step}");
        let shift = step.trailing_zeros();
        let limit = PRICE_LIMIT / step;
        Self { step, inverse: odd_inverse((step >> shift) as u64), shift, limit: 2 * limit as u64, bias: limit * step }
    }

    /// The distance between neighbouring prices.
    pub const fn step(&self) -> i64 {
        self.step
    }

    /// The level number of `price`; none when it is not a multiple of the step or beyond [`PRICE_LIMIT`].
    #[inline]
    pub fn level(&self, price: i64) -> Option<i64> {
        // Granlund and Montgomery 1994, section 9: a multiple of the step gives its quotient, anything else a larger number.
        let shifted = price.wrapping_add(self.bias) as u64;
        let quotient = shifted.wrapping_mul(self.inverse).rotate_right(self.shift);
        (quotient <= self.limit).then(|| quotient as i64 - (self.limit / 2) as i64)
    }

    /// The price of a level number.
    #[inline]
    pub const fn price(&self, level: i64) -> i64 {
        level * self.step
    }
}

/// The coarsest grid that holds all `prices`: their greatest common divisor, or 1 when there is none above zero.
pub fn grid_step(prices: &[i64]) -> i64 {
    let mut step = 0_u64;
    let mut grid: Option<Grid> = None;
    for &price in prices {
        // Almost every price lies on the grid found so far, and that test is much cheaper than a division.
        if grid.is_some_and(|grid| grid.level(price).is_some()) {
            continue;
        }
        step = gcd(step, price.unsigned_abs());
        grid = i64::try_from(step).ok().filter(|&step| step > 0).map(Grid::new);
    }
    i64::try_from(step).unwrap_or(i64::MAX).max(1)
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn odd_inverse(odd: u64) -> u64 {
    // Newton's iteration doubles the correct bits: 3, 6, 12, 24, 48, 96.
    let mut inverse = odd;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
    }
    inverse
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_step_is_the_greatest_common_divisor() {
        assert_eq!(grid_step(&[]), 1);
        assert_eq!(grid_step(&[0, 0]), 1);
        assert_eq!(grid_step(&[6_180_020_000_000, 6_180_030_000_000]), 10_000_000);
        assert_eq!(grid_step(&[12, 18, -27]), 3);
        assert_eq!(grid_step(&[700]), 700);
    }

    #[test]
    #[should_panic(expected = "must be positive")]
    fn a_step_of_zero_is_refused() {
        let _ = Grid::new(0);
    }

    proptest! {
        #[test]
        fn a_level_is_found_exactly_for_multiples(step in 1_i64..1 << 40, price in any::<i64>()) {
            let grid = Grid::new(step);
            let expected = (price % step == 0 && price.abs_diff(0) <= ((PRICE_LIMIT / step) * step) as u64)
                .then(|| price / step);
            prop_assert_eq!(grid.level(price), expected);
        }

        #[test]
        fn prices_come_back(step in 1_i64..1 << 40, level in -(1_i64 << 20)..1 << 20) {
            let grid = Grid::new(step);
            prop_assert_eq!(grid.level(level * step), Some(level));
            prop_assert_eq!(grid.price(level), level * step);
            if step > 1 {
                prop_assert_eq!(grid.level(level * step + 1), None);
            }
        }

        #[test]
        fn the_step_divides_all_prices_and_nothing_larger_does(prices in prop::collection::vec(-10_000_i64..10_000, 1..20)) {
            let step = grid_step(&prices);
            let plain = prices.iter().fold(0, |a, &b| gcd(a, b.unsigned_abs())).max(1);
            prop_assert_eq!(step as u64, plain);
        }
    }
}

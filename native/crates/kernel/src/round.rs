//! Rounding of integer quotients: the only place where exactness is given up, and it says how.

/// Powers of ten that fit an `i128` comfortably.
pub const POW10: [i128; 31] = {
    let mut table = [1_i128; 31];
    let mut i = 1;
    while i < 31 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};

/// Quotient rounded half to even; `divisor` must be positive.
pub fn div_half_even(dividend: i128, divisor: i128) -> i128 {
    if let (Ok(n), Ok(d)) = (i64::try_from(dividend), i64::try_from(divisor)) {
        return i128::from(narrow_half_even(n, d));
    }
    let (quotient, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    let twice = rest * 2;
    if twice > divisor || (twice == divisor && quotient & 1 == 1) { quotient + 1 } else { quotient }
}

fn narrow_half_even(dividend: i64, divisor: i64) -> i64 {
    let (quotient, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    let other = divisor - rest;
    if rest > other || (rest == other && quotient & 1 == 1) { quotient + 1 } else { quotient }
}

/// `value` x 10^`power`; a negative power divides, rounded half to even.
pub fn mul_pow10_half_even(value: i128, power: i32) -> i128 {
    let scale = POW10[power.unsigned_abs() as usize];
    if power >= 0 { value * scale } else { div_half_even(value, scale) }
}

/// `value` moved to a multiple of `step`: down or up.
pub fn round_to(value: i64, step: i64, up: bool) -> i64 {
    if step <= 1 {
        return value;
    }
    let down = value.div_euclid(step) * step;
    if up && down != value { down + step } else { down }
}

/// Largest integer whose square is at most `value`.
pub fn isqrt(value: u128) -> u128 {
    value.isqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_even() {
        let results: Vec<i128> = [-5, -3, -1, 1, 3, 5].iter().map(|n| div_half_even(*n, 2)).collect();
        assert_eq!(results, [-2, -2, 0, 0, 2, 2]);
    }

    proptest! {
        #[test]
        fn nearest_for_any_quotient(n in -1_000_000_000_000_i128..1_000_000_000_000, d in 1_i128..1_000_000) {
            let q = div_half_even(n, d);
            prop_assert!((2 * (n - q * d)).abs() <= d);
            let wide = div_half_even(n * POW10[20], d * POW10[20]);
            prop_assert_eq!(q, wide);
        }

        #[test]
        fn round_to_brackets(v in -1_000_000_i64..1_000_000, step in 1_i64..1000) {
            let (down, up) = (round_to(v, step, false), round_to(v, step, true));
            prop_assert!(down <= v && v <= up && up - down < step.max(2) + step);
            prop_assert_eq!(down % step, 0);
            prop_assert_eq!(up % step, 0);
        }
    }
}

//! Decimal text and floats to scaled integers, exactly.

use crate::round::{POW10, div_half_even};

/// What to do with digits beyond the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity.
    Down,
    /// Towards plus infinity.
    Up,
    /// To the nearest; halves to the even neighbour.
    HalfEven,
}

/// `text` ("12.5", "-3e-4") as an integer of 10^-`decimals`.
///
/// # Errors
/// Names what is wrong: not a number, not finite, or too many digits for 128 bits.
pub fn parse_decimal(text: &str, decimals: u32, rounding: Rounding) -> Result<i128, String> {
    let (digits, exponent) =
        digits_and_exponent(text.trim()).ok_or_else(|| format!("{text:?} is not a decimal number"))?;
    let power = exponent + decimals as i32;
    let too_large = || format!("{text:?} has more digits than fit");
    if power >= 0 {
        let scale = POW10.get(power as usize).ok_or_else(too_large)?;
        return digits.checked_mul(*scale).ok_or_else(too_large);
    }
    let Some(scale) = POW10.get(power.unsigned_abs() as usize) else {
        return Ok(i128::from(digits != 0 && rounding == Rounding::Up && digits > 0)
            - i128::from(digits < 0 && rounding == Rounding::Down));
    };
    Ok(match rounding {
        Rounding::Down => digits.div_euclid(*scale),
        Rounding::Up => -(-digits).div_euclid(*scale),
        Rounding::HalfEven => div_half_even(digits, *scale),
    })
}

/// A float as an integer of 10^-`decimals`: the float stands for its shortest decimal ("0.1" is one tenth).
///
/// # Errors
/// When it is NaN, infinite or too large.
pub fn scaled_f64(value: f64, decimals: u32, rounding: Rounding) -> Result<i128, String> {
    if !value.is_finite() {
        return Err(format!("{value} is not a finite number"));
    }
    parse_decimal(&format!("{value:e}"), decimals, rounding)
}

fn digits_and_exponent(text: &str) -> Option<(i128, i32)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut digits = 0_i128;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        digits = digits.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
    }
    let exponent = exponent.checked_sub(fraction.len() as i32)?;
    (exponent.abs() < 100_000).then_some((if negative { -digits } else { digits }, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse_decimal("12.5", 2, Rounding::HalfEven), Ok(1250));
        assert_eq!(parse_decimal("-3e-4", 8, Rounding::HalfEven), Ok(-30_000));
        assert_eq!(parse_decimal("0.019", 2, Rounding::Down), Ok(1));
        assert_eq!(parse_decimal("0.011", 2, Rounding::Up), Ok(2));
        assert_eq!(parse_decimal("1e-90", 2, Rounding::Up), Ok(1));
        for bad in ["", "-", "1.2.3", "nan", "0x10", "1e", "1_0"] {
            assert!(parse_decimal(bad, 2, Rounding::Down).is_err(), "{bad}");
        }
        assert!(parse_decimal("1e99", 8, Rounding::Down).is_err());
        assert!(scaled_f64(f64::NAN, 8, Rounding::Down).is_err());
    }

    proptest! {
        #[test]
        fn floats_stand_for_their_shortest_decimal(units in -1_000_000_000_000_i64..1_000_000_000_000, decimals in 0_u32..9) {
            let value = units as f64 / POW10[decimals as usize] as f64;
            prop_assert_eq!(scaled_f64(value, decimals, Rounding::HalfEven), Ok(i128::from(units)));
        }
    }
}

//! What a quantity of an instrument is worth, on integers.

use parrot_kernel::{POW10, div_half_even};

/// Quantities are integers of 10^-8.
pub const QUANTITY_DECIMALS: u32 = 8;
/// Rates (fees, margins, funding) are integers of 10^-8.
pub const RATE: i128 = 100_000_000;

/// Whether the instrument is owned, or a linear or inverse future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Owned: buying costs its price.
    Spot,
    /// A future settled in the quote currency.
    Linear,
    /// A future settled in the base coin (rule A4).
    Inverse,
}

/// Terms of one instrument in integers (rules N1, N4).
#[derive(Clone, Debug)]
pub struct Instrument {
    /// Spot or future.
    pub kind: Kind,
    /// Prices are integers of 10^-`price_decimals`.
    pub price_decimals: u32,
    /// Smallest price step, in price units.
    pub tick: i64,
    /// Smallest quantity step, in quantity units.
    pub lot: i64,
    /// Smallest order quantity, in quantity units.
    pub min_quantity: i64,
    /// Smallest order value, in cash units.
    pub min_notional: i64,
    /// Contract multiplier as `multiplier` x 10^-`multiplier_decimals`.
    pub multiplier: i64,
    /// Decimals of `multiplier`.
    pub multiplier_decimals: u32,
    /// Cash is integers of 10^-`cash_decimals`.
    pub cash_decimals: u32,
}

/// `rate` (10^-8) of the quotient `dividend` / `divisor`, rounded half-even once.
#[inline]
pub fn rated(dividend: i128, divisor: i128, rate: i64) -> i128 {
    let rate = i128::from(rate);
    if let Some(product) = dividend.checked_mul(rate) {
        return div_half_even(product, divisor * RATE);
    }
    // Too wide for one product: whole quotient and rest apart, exactly.
    let (quotient, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    let (whole, part) = ((quotient * rate).div_euclid(RATE), (quotient * rate).rem_euclid(RATE));
    whole + div_half_even(part * divisor + rest * rate, divisor * RATE)
}

impl Instrument {
    /// The unsigned worth of `quantity` (>= 0) at `price` as an exact quotient in cash units.
    #[inline]
    pub fn worth_ratio(&self, quantity: i64, price: i64) -> (i128, i128) {
        let amount = i128::from(quantity) * i128::from(self.multiplier);
        if self.kind == Kind::Inverse {
            let power = self.cash_decimals as i32 + self.price_decimals as i32
                - (QUANTITY_DECIMALS + self.multiplier_decimals) as i32;
            let scale = POW10[power.unsigned_abs() as usize];
            return if power >= 0 { (amount * scale, i128::from(price)) } else { (amount, i128::from(price) * scale) };
        }
        let power =
            (self.price_decimals + QUANTITY_DECIMALS + self.multiplier_decimals) as i32 - self.cash_decimals as i32;
        let product = amount * i128::from(price);
        let scale = POW10[power.unsigned_abs() as usize];
        if power >= 0 { (product, scale) } else { (product * scale, 1) }
    }

    /// The unsigned worth of `quantity` (>= 0) at `price` in cash units, rounded half-even once (rule N2).
    #[inline]
    pub fn worth(&self, quantity: i64, price: i64) -> i128 {
        let (dividend, divisor) = self.worth_ratio(quantity, price);
        div_half_even(dividend, divisor)
    }

    /// The signed value of a position: what it adds to equity, up to its cost (rule A4: an inverse long gains as 1/price falls).
    #[inline]
    pub fn value(&self, position: i64, price: i64) -> i128 {
        let worth = self.worth(position.abs(), price);
        if (position < 0) == (self.kind == Kind::Inverse) { worth } else { -worth }
    }

    /// True when profit settles against cost instead of the whole price moving through cash.
    #[inline]
    pub fn is_future(&self) -> bool {
        self.kind != Kind::Spot
    }

    /// `quantity` rounded down to whole lots.
    #[inline]
    pub fn lots(&self, quantity: i64) -> i64 {
        quantity - quantity % self.lot
    }
}

#[cfg(test)]
mod tests {
    use super::{RATE, rated};
    use parrot_kernel::div_half_even;

    #[test]
    fn a_wide_product_is_rounded_like_a_narrow_one() {
        let divisor = 10_i128.pow(28);
        for rate in [1, 10_000, -10_000, 99_999_999] {
            for dividend in [divisor / 2, 7 * divisor + 12_345, 123_456_789 * divisor] {
                let narrow = div_half_even((dividend / 1_000_000) * i128::from(rate), (divisor / 1_000_000) * RATE);
                let wide = rated(dividend, divisor, rate);
                assert!((narrow - wide).abs() <= 1, "{dividend} {rate}");
            }
        }
        assert_eq!(rated(i128::MAX / 2, 10_i128.pow(20), 100_000_000), div_half_even(i128::MAX / 2, 10_i128.pow(20)));
    }
}

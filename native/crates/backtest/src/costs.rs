//! Fees and slippage (rules A5, A6).

use crate::instrument::{Instrument, RATE, rated};
use parrot_kernel::{div_half_even, isqrt};

/// The currency in which a fee is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeCurrency {
    /// The quote (settlement) currency.
    Quote,
    /// What a buy receives.
    Base,
}

/// Maker and taker rates from a traded volume on.
#[derive(Clone, Copy, Debug)]
pub struct Tier {
    /// Traded notional of the last 30 days, in cash units.
    pub volume: i128,
    /// Maker rate, 10^-8.
    pub maker: i64,
    /// Taker rate, 10^-8.
    pub taker: i64,
}

/// Fee schedule of an account.
#[derive(Clone, Debug)]
pub struct Fees {
    /// Maker rate, 10^-8.
    pub maker: i64,
    /// Taker rate, 10^-8.
    pub taker: i64,
    /// Amount for one whole unit of quantity, in cash units.
    pub per_unit: i64,
    /// Least fee of a fill, in cash units.
    pub minimum: i64,
    /// Where the fee is taken from.
    pub currency: FeeCurrency,
    /// Volume tiers, rising.
    pub tiers: Vec<Tier>,
}

impl Fees {
    /// The rate for one fill, given the notional traded in the last 30 days.
    #[inline]
    pub fn rate(&self, maker: bool, volume: i128) -> i64 {
        let (mut low, mut high) = (self.maker, self.taker);
        for tier in self.tiers.iter().take_while(|tier| volume >= tier.volume) {
            (low, high) = (tier.maker, tier.taker);
        }
        if maker { low } else { high }
    }

    /// The fee of a fill in cash units, rounded half-even once.
    #[inline]
    pub fn of(&self, instrument: &Instrument, quantity: i64, price: i64, rate: i64) -> i128 {
        let (dividend, divisor) = instrument.worth_ratio(quantity, price);
        let mut fee = if rate == 0 { 0 } else { rated(dividend, divisor, rate) };
        if self.per_unit > 0 {
            fee += div_half_even(i128::from(quantity) * i128::from(self.per_unit), RATE);
        }
        if self.minimum > 0 { fee.max(i128::from(self.minimum)) } else { fee } // without one, a rebate may be negative
    }
}

/// How far a taker's price moves against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slippage {
    /// None at all.
    None,
    /// A number of the instrument's ticks.
    Ticks(i64),
    /// A share of the price, 10^-8.
    Rate(i64),
    /// A share of the spread, 10^-8.
    Spread(i64),
    /// Square-root impact coefficient, 10^-8.
    Impact(i64),
}

/// What slippage may depend on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Liquidity {
    /// Traded volume of the bar, in quantity units.
    pub volume: i64,
    /// Best ask less best bid, in price units.
    pub spread: i64,
    /// The instrument's tick, in price units.
    pub tick: i64,
}

impl Slippage {
    /// `price` moved against a taker of `quantity`; never below one price unit.
    #[inline]
    pub fn apply(self, price: i64, buy: bool, quantity: i64, liquidity: Liquidity) -> i64 {
        let distance = match self {
            Self::None => return price,
            Self::Ticks(ticks) => ticks.saturating_mul(liquidity.tick),
            Self::Rate(rate) => div_half_even(i128::from(price) * i128::from(rate), RATE) as i64,
            Self::Spread(share) => div_half_even(i128::from(liquidity.spread) * i128::from(share), RATE) as i64,
            Self::Impact(coefficient) => impact(price, coefficient, quantity, liquidity.volume),
        };
        if buy { price.saturating_add(distance) } else { (price - distance).max(1) }
    }
}

/// price x coefficient x sqrt(quantity / volume), the root taken on integers with nine decimals.
fn impact(price: i64, coefficient: i64, quantity: i64, volume: i64) -> i64 {
    let share = i128::from(quantity) * 1_000_000_000_000_000_000 / i128::from(volume.max(quantity).max(1));
    let root = isqrt(share as u128) as i128;
    div_half_even(i128::from(price) * i128::from(coefficient) * root, RATE * 1_000_000_000) as i64
}

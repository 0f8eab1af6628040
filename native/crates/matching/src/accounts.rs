//! Owners, their balances, fee rates and seats: exact integers, one total a currency.

use parrot_kernel::prefetch;

use crate::words::{BUY, Reason};

/// Scale of fee rates and conversions.
const RATE_ONE: i64 = 100_000_000;
const PPM: i64 = 1_000_000;
/// Most that may be deposited of a currency; with the rebates' bound every balance fits 63 bits.
pub(crate) const SUPPLY_MAX: i64 = 1 << 62;
const REBATES_MAX: i64 = 1 << 61;
/// Largest fee rate on either side of zero: a tenth.
pub(crate) const RATE_MAX: i64 = RATE_ONE / 10;

/// What an owner has of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub free: i64,
    pub locked: i64,
}

/// An owner's fee rates in 10^-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub maker: i32,
    pub taker: i32,
    pub tier: u8,
    /// Pays in the fee currency where it can.
    pub third: bool,
}

/// What an owner has going on in one symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Sum of signed fills.
    pub position: i64,
    /// Left of all open buys.
    pub buying: i64,
    pub orders: u32,
    pub algos: u32,
}

/// One currency of the venue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Currency {
    /// Deposits minus withdrawals.
    pub supply: i64,
    /// Fees minus rebates.
    pub fees: i64,
    /// Units of the fee currency for 10^8 units of this one; 0 is none.
    pub conversion: i64,
}

/// A tier's rates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tier {
    pub maker: i32,
    pub taker: i32,
}

/// A fee that was charged, and whether in the fee currency.
pub(crate) struct Fee {
    pub amount: i64,
    pub third: bool,
}

/// All accounts of the venue.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    pub owners: Vec<Owner>,
    pub currencies: Vec<Currency>,
    pub tiers: Vec<Tier>,
    pub fee_currency: Option<u16>,
    pub discount: i64,
    pub symbols: usize,
    pub balances: Vec<Balance>,
    pub seats: Vec<Seat>,
}

impl Accounts {
    pub fn new() -> Self {
        Self {
            owners: Vec::new(),
            currencies: Vec::new(),
            tiers: vec![Tier::default(); 256],
            fee_currency: None,
            discount: 0,
            symbols: 0,
            balances: Vec::new(),
            seats: Vec::new(),
        }
    }

    pub fn add_owner(&mut self) {
        let Tier { maker, taker } = self.tiers[0];
        self.owners.push(Owner { maker, taker, tier: 0, third: false });
        self.balances.resize(self.owners.len() * self.currencies.len(), Balance::default());
        self.seats.resize(self.owners.len() * self.symbols, Seat::default());
    }

    pub fn add_currency(&mut self) {
        widen(&mut self.balances, self.owners.len(), self.currencies.len());
        self.currencies.push(Currency::default());
    }

    pub fn add_symbol(&mut self) {
        widen(&mut self.seats, self.owners.len(), self.symbols);
        self.symbols += 1;
    }

    pub fn set_tier(&mut self, number: u8, tier: Tier) {
        self.tiers[usize::from(number)] = tier;
        for owner in self.owners.iter_mut().filter(|owner| owner.tier == number) {
            (owner.maker, owner.taker) = (tier.maker, tier.taker);
        }
    }

    pub fn join_tier(&mut self, owner: u32, number: u8, third: bool) {
        let Tier { maker, taker } = self.tiers[usize::from(number)];
        self.owners[owner as usize] = Owner { maker, taker, tier: number, third };
    }

    #[inline]
    pub fn balance(&self, owner: u32, currency: u16) -> Balance {
        self.balances[self.place(owner, currency)]
    }

    #[inline]
    pub fn balance_mut(&mut self, owner: u32, currency: u16) -> &mut Balance {
        let place = self.place(owner, currency);
        &mut self.balances[place]
    }

    #[inline]
    pub fn seat(&self, owner: u32, symbol: u16) -> &Seat {
        &self.seats[owner as usize * self.symbols + usize::from(symbol)]
    }

    #[inline]
    pub fn seat_mut(&mut self, owner: u32, symbol: u16) -> &mut Seat {
        &mut self.seats[owner as usize * self.symbols + usize::from(symbol)]
    }

    /// Asks for the memory of an owner's seat in a symbol.
    #[inline]
    pub fn prefetch(&self, owner: u32, symbol: u16) {
        prefetch(&self.seats, owner as usize * self.symbols + usize::from(symbol));
        prefetch(&self.balances, owner as usize * self.currencies.len() + usize::from(symbol));
    }

    #[inline]
    fn place(&self, owner: u32, currency: u16) -> usize {
        owner as usize * self.currencies.len() + usize::from(currency)
    }

    /// Moves an amount from free to locked.
    #[inline]
    pub fn lock(&mut self, owner: u32, currency: u16, amount: i64) -> Result<(), Reason> {
        let balance = self.balance_mut(owner, currency);
        if balance.free < amount {
            return Err(Reason::InsufficientBalance);
        }
        balance.free -= amount;
        balance.locked += amount;
        Ok(())
    }

    /// Moves an amount from locked to free.
    #[inline]
    pub fn unlock(&mut self, owner: u32, currency: u16, amount: i64) {
        let balance = self.balance_mut(owner, currency);
        balance.locked -= amount;
        balance.free += amount;
        debug_assert!(balance.locked >= 0, "more unlocked than was locked");
    }

    pub fn deposit(&mut self, owner: u32, currency: u16, amount: i64) -> Result<(), Reason> {
        let supply = &mut self.currencies[usize::from(currency)].supply;
        *supply = supply.checked_add(amount).filter(|&sum| sum <= SUPPLY_MAX).ok_or(Reason::Amount)?;
        self.balance_mut(owner, currency).free += amount;
        Ok(())
    }

    pub fn withdraw(&mut self, owner: u32, currency: u16, amount: i64) -> Result<(), Reason> {
        let balance = self.balance_mut(owner, currency);
        if balance.free < amount {
            return Err(Reason::InsufficientBalance);
        }
        balance.free -= amount;
        self.currencies[usize::from(currency)].supply -= amount;
        Ok(())
    }

    /// Gives `amount` to an owner that paid in the currency `paid`, less its fee (rules M8, M9).
    #[inline]
    pub fn credit(&mut self, owner: u32, currency: u16, amount: i64, paid: u16, maker: bool) -> Fee {
        let Owner { maker: maker_rate, taker, third, .. } = self.owners[owner as usize];
        let mut fee = fee_of(amount, i64::from(if maker { maker_rate } else { taker }));
        if third
            && fee > 0
            && let Some(fee) = self.credit_third(owner, currency, amount, paid, fee)
        {
            return fee;
        }
        if fee < 0 && self.currencies[usize::from(currency)].fees + fee < -REBATES_MAX {
            fee = 0;
        }
        self.balance_mut(owner, currency).free += amount - fee;
        self.currencies[usize::from(currency)].fees += fee;
        Fee { amount: fee, third: false }
    }

    /// Pays `amount` whole and takes the fee from the fee currency; none where that cannot be.
    #[cold]
    fn credit_third(&mut self, owner: u32, currency: u16, amount: i64, paid: u16, fee: i64) -> Option<Fee> {
        let target = self.fee_currency.filter(|&target| target != paid)?;
        let conversion = self.currencies[usize::from(currency)].conversion;
        if conversion == 0 {
            return None;
        }
        let converted = ceil_div(i128::from(fee) * i128::from(conversion), RATE_ONE);
        let third = i64::try_from(ceil_div(converted * i128::from(PPM - self.discount), PPM)).ok()?;
        let balance = self.balance_mut(owner, target);
        // What is being received in the same currency counts as free at that moment only after the trade.
        if balance.free < third {
            return None;
        }
        balance.free -= third;
        self.currencies[usize::from(target)].fees += third;
        self.balance_mut(owner, currency).free += amount;
        Some(Fee { amount: third, third: true })
    }

    /// A fill's effect on an owner's position.
    #[inline]
    pub fn fill(&mut self, owner: u32, symbol: u16, side: u8, quantity: i64) -> &mut Seat {
        let seat = self.seat_mut(owner, symbol);
        seat.position = seat.position.saturating_add(if side == BUY { quantity } else { -quantity });
        seat
    }

    /// Does every currency add up (rule M5)?
    pub fn conserved(&self) -> Result<(), String> {
        let width = self.currencies.len();
        for (number, currency) in self.currencies.iter().enumerate() {
            let mut sum = i128::from(currency.fees);
            for (owner, _) in self.owners.iter().enumerate() {
                let Balance { free, locked } = self.balances[owner * width + number];
                if free < 0 || locked < 0 {
                    return Err(format!("owner {owner} has {free} free and {locked} locked of currency {number}"));
                }
                sum += i128::from(free) + i128::from(locked);
            }
            if sum != i128::from(currency.supply) {
                return Err(format!("currency {number} adds up to {sum}, not {}", currency.supply));
            }
        }
        Ok(())
    }
}

/// A row more cells wide: one column is added on the right.
fn widen<T: Copy + Default>(table: &mut Vec<T>, rows: usize, width: usize) {
    let mut wide = Vec::with_capacity(rows * (width + 1));
    for row in 0..rows {
        wide.extend_from_slice(&table[row * width..(row + 1) * width]);
        wide.push(T::default());
    }
    *table = wide;
}

/// A fee rounded up to the unit, so towards the venue, for rebates too.
#[inline]
pub(crate) fn fee_of(amount: i64, rate: i64) -> i64 {
    if let Some(product) = amount.checked_mul(rate) {
        // Division truncates, which for negative products is upwards already.
        let above = i64::from(product > 0);
        return (product - above) / RATE_ONE + above;
    }
    ceil_div(i128::from(amount) * i128::from(rate), RATE_ONE) as i64
}

fn ceil_div(dividend: i128, divisor: i64) -> i128 {
    -(-dividend).div_euclid(i128::from(divisor))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fees_round_towards_the_venue(amount in 0_i64..i64::MAX, rate in -RATE_MAX..=RATE_MAX) {
            let exact = i128::from(amount) * i128::from(rate);
            let fee = i128::from(fee_of(amount, rate)) * i128::from(RATE_ONE);
            prop_assert!(fee >= exact && fee - exact < i128::from(RATE_ONE));
        }
    }
}

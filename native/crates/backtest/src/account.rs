//! Cash and positions (rules A1, A4, A10): exact, the average cost derived from the stored total.

use parrot_kernel::{div_half_even, time};
use std::collections::VecDeque;

use crate::instrument::{Instrument, RATE};

/// How the account pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// Shorts are refused, purchases are paid in full.
    Cash,
    /// Positions need only a margin; rates of 10^-8.
    Margin {
        /// Share of a new position that equity must cover.
        initial: i64,
        /// Share of open positions below which they are liquidated.
        maintenance: i64,
    },
}

/// Position of one symbol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position {
    /// Quantity units, negative when short.
    pub quantity: i64,
    /// Signed value paid for it, in cash units; of the settlement currency for a future, else of the account's.
    pub cost: i128,
}

/// What one fill did to a position.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effect {
    /// Change of cash before the fee, in cash units.
    pub cash: i128,
    /// Realised profit, in cash units.
    pub realised: i128,
}

impl Position {
    /// Books a fill of signed `quantity` whose unsigned worth in the currency of the cost is `worth` (`closed_worth` for the part
    /// that closes).
    pub fn fill(&mut self, instrument: &Instrument, quantity: i64, worth: i128, closed_worth: i128) -> Effect {
        let side = i128::from(quantity.signum());
        let sign = if instrument.kind == crate::instrument::Kind::Inverse { -side } else { side };
        let closing =
            if self.quantity.signum() == -quantity.signum() { quantity.abs().min(self.quantity.abs()) } else { 0 };
        let mut realised = 0;
        if closing > 0 {
            let share = div_half_even(self.cost * i128::from(closing), i128::from(self.quantity.abs()));
            realised = -sign * closed_worth - share;
            self.cost -= share;
        }
        if closing < quantity.abs() {
            self.cost += sign * (worth - closed_worth);
        }
        self.quantity = self.quantity.saturating_add(quantity);
        let cash = if instrument.is_future() { realised } else { -sign * worth };
        Effect { cash, realised }
    }
}

/// Cash of the account and its traded volume.
#[derive(Clone, Debug)]
pub struct Account {
    /// How it pays.
    pub kind: AccountKind,
    /// Free cash, in cash units.
    pub cash: i128,
    /// Yearly borrow rate, 10^-8.
    pub borrow: i64,
    traded: VecDeque<(i64, i128)>,
    volume: i128,
}

impl Account {
    /// An account with nothing but `cash`.
    pub fn new(kind: AccountKind, cash: i128, borrow: i64) -> Self {
        Self { kind, cash, borrow, traded: VecDeque::new(), volume: 0 }
    }

    /// Notional traded in the 30 days before `now`, in cash units.
    pub fn volume(&mut self, now: i64) -> i128 {
        while let Some((day, notional)) = self.traded.front().copied() {
            if day > time::day(now) - 30 {
                break;
            }
            self.volume -= notional;
            self.traded.pop_front();
        }
        self.volume
    }

    /// Adds a fill's notional to the traded volume.
    pub fn trade(&mut self, now: i64, notional: i128) {
        let day = time::day(now);
        self.volume += notional;
        match self.traded.back_mut() {
            Some(last) if last.0 == day => last.1 += notional,
            _ => self.traded.push_back((day, notional)),
        }
    }

    /// Borrow cost of one day on `amount`, in cash units.
    pub fn borrow_cost(&self, amount: i128) -> i128 {
        div_half_even(amount * i128::from(self.borrow), RATE * 365)
    }
}

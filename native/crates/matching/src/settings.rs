//! Symbols, owners, currencies, deposits, fees: commands that are not about orders.

use crate::accounts::{RATE_MAX, Tier};
use crate::engine::Engine;
use crate::records::Command;
use crate::symbol::{Symbol, VALUE_MAX};
use crate::words::{CommandKind, Limit, Reason, flag};

/// Largest tick, lot or unit.
pub(crate) const STEP_MAX: i64 = 1 << 40;
const PPM: i64 = 1_000_000;

impl Engine {
    /// Carries out a setting.
    pub(crate) fn set(&mut self, kind: CommandKind, command: &Command) -> Result<u64, Reason> {
        match kind {
            CommandKind::Reference => self.set_reference(command),
            CommandKind::AddCurrency => self.add_currency(command),
            CommandKind::AddSymbol => self.add_symbol(command),
            CommandKind::SetLimit => self.set_limit(command),
            CommandKind::AddOwner => self.add_owner(command),
            CommandKind::Deposit | CommandKind::Withdraw => self.move_money(kind, command),
            CommandKind::SetTier => self.set_tier(command),
            CommandKind::JoinTier => self.join_tier(command),
            CommandKind::FeeCurrency => self.set_fee_currency(command),
            CommandKind::Conversion => self.set_conversion(command),
            _ => Err(Reason::InvalidKind),
        }?;
        self.done(command, 0);
        Ok(0)
    }

    fn check_currency(&self, currency: u16) -> Result<(), Reason> {
        let known = usize::from(currency) < self.accounts.currencies.len();
        if known { Ok(()) } else { Err(Reason::UnknownCurrency) }
    }

    fn set_reference(&mut self, command: &Command) -> Result<(), Reason> {
        let number = self.check_symbol(command.symbol)?;
        let symbol = &mut self.symbols[number];
        if command.price < 0 {
            return Err(Reason::InvalidPrice);
        }
        if command.price % symbol.tick != 0 {
            return Err(Reason::PriceTick);
        }
        symbol.set_reference(command.price);
        Ok(())
    }

    fn add_currency(&mut self, command: &Command) -> Result<(), Reason> {
        let next = usize::from(command.symbol) == self.accounts.currencies.len() && command.symbol < u16::MAX;
        if !next {
            return Err(Reason::InvalidValue);
        }
        self.accounts.add_currency();
        Ok(())
    }

    fn add_symbol(&mut self, command: &Command) -> Result<(), Reason> {
        let (base, quote) = ((command.owner >> 16) as u16, command.owner as u16);
        let values = [command.price, command.quantity, command.display, command.minimum];
        let next = usize::from(command.symbol) == self.symbols.len() && command.symbol < u16::MAX;
        if !next || values.iter().any(|value| !(1..=STEP_MAX).contains(value)) || base == quote {
            return Err(Reason::InvalidValue);
        }
        self.check_currency(base)?;
        self.check_currency(quote)?;
        let [tick, lot, base_unit, quote_unit] = values;
        self.symbols.push(Symbol::new(base, quote, tick, lot, base_unit, quote_unit));
        self.accounts.add_symbol();
        Ok(())
    }

    fn set_limit(&mut self, command: &Command) -> Result<(), Reason> {
        let number = self.check_symbol(command.symbol)?;
        let limit = Limit::from_code(command.order).ok_or(Reason::InvalidValue)?;
        let most = if limit == Limit::Band { PPM - 1 } else { VALUE_MAX };
        if !(0..=most).contains(&command.price) {
            return Err(Reason::InvalidValue);
        }
        self.symbols[number].set_limit(limit, command.price);
        Ok(())
    }

    fn add_owner(&mut self, command: &Command) -> Result<(), Reason> {
        if command.owner as usize != self.accounts.owners.len() {
            return Err(Reason::InvalidValue);
        }
        self.accounts.add_owner();
        Ok(())
    }

    fn move_money(&mut self, kind: CommandKind, command: &Command) -> Result<(), Reason> {
        self.check_owner(command.owner)?;
        self.check_currency(command.symbol)?;
        if command.quantity < 1 {
            return Err(Reason::InvalidQuantity);
        }
        if kind == CommandKind::Deposit {
            self.accounts.deposit(command.owner, command.symbol, command.quantity)
        } else {
            self.accounts.withdraw(command.owner, command.symbol, command.quantity)
        }
    }

    fn set_tier(&mut self, command: &Command) -> Result<(), Reason> {
        let rates = -RATE_MAX..=RATE_MAX;
        if !rates.contains(&command.price) || !rates.contains(&command.quantity) {
            return Err(Reason::InvalidValue);
        }
        self.accounts.set_tier(command.order, Tier { maker: command.price as i32, taker: command.quantity as i32 });
        Ok(())
    }

    fn join_tier(&mut self, command: &Command) -> Result<(), Reason> {
        self.check_owner(command.owner)?;
        if command.flags & !flag::FEE_CURRENCY != 0 {
            return Err(Reason::InvalidFlags);
        }
        self.accounts.join_tier(command.owner, command.order, command.flags != 0);
        Ok(())
    }

    fn set_fee_currency(&mut self, command: &Command) -> Result<(), Reason> {
        self.check_currency(command.symbol)?;
        if !(0..=PPM).contains(&command.price) {
            return Err(Reason::InvalidValue);
        }
        (self.accounts.fee_currency, self.accounts.discount) = (Some(command.symbol), command.price);
        Ok(())
    }

    fn set_conversion(&mut self, command: &Command) -> Result<(), Reason> {
        self.check_currency(command.symbol)?;
        if command.price < 0 {
            return Err(Reason::InvalidValue);
        }
        self.accounts.currencies[usize::from(command.symbol)].conversion = command.price;
        Ok(())
    }
}

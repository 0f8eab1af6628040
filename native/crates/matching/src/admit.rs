//! What a new order must be like beyond its fields, check by check in the order of rule M11.

use parrot_book::Grid;

use crate::accounts::SUPPLY_MAX;
use crate::engine::Engine;
use crate::enter::beyond;
use crate::fields::{SHOWN, Words, check_fields};
use crate::records::Command;
use crate::slab::{NIL, Terms};
use crate::symbol::{Symbol, opposite};
use crate::taker::Taker;
use crate::words::{BUY, Limit, OrderType, Phase, Reason, SELL, TimeInForce, flag};

/// What legs of the same list before this one count for (rule M15).
#[derive(Clone, Copy, Default)]
pub(crate) struct Earlier {
    pub orders: u32,
    pub algos: u32,
    pub buying: i64,
}

impl Engine {
    /// The checks up to M13 for any order; says its words.
    #[inline]
    pub(crate) fn check_form(&self, command: &Command) -> Result<Words, Reason> {
        self.check_symbol(command.symbol)?;
        self.check_owner(command.owner)?;
        let words = check_fields(command, self.now)?;
        self.check_phase(command, words)?;
        Ok(words)
    }

    /// The checks from M14 on of a plain order; says the price at which it locks.
    #[inline]
    pub(crate) fn admit_plain(&self, command: &Command, words: Words) -> Result<i64, Reason> {
        let symbol = &self.symbols[usize::from(command.symbol)];
        check_prices(symbol, command.price, 0, 0)?;
        check_quantity(symbol, command.quantity)?;
        check_worth(symbol, command.side, command.quantity, (command.price, 0), false, false)?;
        if symbol.strict {
            self.check_counts(symbol, command, words, Earlier::default())?;
        }
        let lock = if command.side == BUY { command.price } else { 0 };
        self.check_balance(symbol, command.side, command.owner, command.quantity, lock)?;
        Ok(lock)
    }

    /// The checks from M14 on; a child's are fewer (rule M34). Says how it enters, and its terms.
    #[cold]
    pub(crate) fn admit_leg(
        &self,
        command: &Command,
        words: Words,
        child: bool,
        earlier: Earlier,
    ) -> Result<(Taker, Terms), Reason> {
        let symbol = &self.symbols[usize::from(command.symbol)];
        check_values(symbol, command, words)?;
        if !child && command.flags & flag::REDUCE_ONLY != 0 {
            let reducible = self.reducible(command.owner, command.symbol, command.side);
            if reducible == 0 {
                return Err(Reason::ReduceOnly);
            }
        }
        if symbol.strict {
            self.check_counts(symbol, command, words, earlier)?;
        }
        if child {
            self.check_child(command, earlier)?;
        }
        let mut taker = plain_taker(command, words);
        let plain = words.order as u8 <= OrderType::Market as u8 && !words.for_auction();
        if plain && command.flags & SHOWN == 0 {
            taker.lock = if command.side == BUY { command.price } else { 0 };
        } else {
            resolve(symbol, command, words, child, &mut taker)?;
        }
        if command.flags & flag::REDUCE_ONLY != 0 {
            taker.cap = self.reducible(command.owner, command.symbol, command.side);
        }
        if !child && !taker.quote {
            self.check_balance(symbol, taker.side, taker.owner, taker.left, taker.lock)?;
        }
        Ok((taker, self.special_terms(command, words, &taker)))
    }

    fn special_terms(&self, command: &Command, words: Words, taker: &Taker) -> Terms {
        let symbol = &self.symbols[usize::from(command.symbol)];
        let trailing = words.order == OrderType::Trailing;
        Terms {
            order: match words.order {
                OrderType::MarketToLimit => OrderType::Limit,
                OrderType::Market if words.for_auction() => OrderType::Limit,
                order => order,
            },
            tif: words.tif,
            stp: words.stp,
            flags: command.flags,
            hidden: 0,
            display: command.display,
            trigger: if trailing { trail_level(command.side, symbol.last, command) } else { command.trigger },
            trail: command.trail,
            best: if trailing { symbol.last } else { 0 },
            limit: command.price,
            lock: taker.lock,
            expiry: command.expiry,
            list: NIL,
        }
    }

    /// Rule M13.
    #[inline]
    pub(crate) fn check_phase(&self, command: &Command, words: Words) -> Result<(), Reason> {
        let phase = self.phase_of(command.symbol);
        if phase == Phase::Continuous {
            return if words.tif == TimeInForce::AtOpen { Err(Reason::WrongPhase) } else { Ok(()) };
        }
        match phase {
            Phase::Closed => return Err(Reason::MarketClosed),
            Phase::Halted => return Err(Reason::MarketHalted),
            Phase::Closing if words.tif == TimeInForce::AtOpen => return Err(Reason::WrongPhase),
            _ => {}
        }
        let at_once = matches!(words.tif, TimeInForce::Ioc | TimeInForce::Fok);
        let refused = at_once
            || words.order == OrderType::MarketToLimit
            || command.minimum != 0
            || command.flags & SHOWN != 0
            || command.list != 0;
        if refused { Err(Reason::WrongPhase) } else { Ok(()) }
    }

    /// Rule M15.
    #[cold]
    fn check_counts(&self, symbol: &Symbol, command: &Command, words: Words, earlier: Earlier) -> Result<(), Reason> {
        let seat = self.accounts.seat(command.owner, command.symbol);
        let over = |limit: Limit, open: u32| symbol.limit(limit) != 0 && i64::from(open) >= symbol.limit(limit);
        if (words.stays() || words.for_auction()) && over(Limit::MaxOrders, seat.orders + earlier.orders) {
            return Err(Reason::MaxOrders);
        }
        if words.has_trigger() && over(Limit::MaxAlgoOrders, seat.algos + earlier.algos) {
            return Err(Reason::MaxAlgoOrders);
        }
        if command.side == BUY && command.flags & flag::QUOTE == 0 {
            self.check_position(command.symbol, command.owner, command.quantity + earlier.buying)?;
        }
        Ok(())
    }

    /// May an owner's open buys grow by `more`?
    pub(crate) fn check_position(&self, number: u16, owner: u32, more: i64) -> Result<(), Reason> {
        let symbol = &self.symbols[usize::from(number)];
        let most = symbol.limit(Limit::MaxPosition);
        let balance = self.accounts.balance(owner, symbol.base);
        let held = (balance.free + balance.locked) / symbol.base_unit;
        let sum = i128::from(held) + i128::from(self.accounts.seat(owner, number).buying) + i128::from(more);
        if most != 0 && sum > i128::from(most) { Err(Reason::MaxPosition) } else { Ok(()) }
    }

    /// A waiting child has locked nothing that would bound it: the sum of open buys does.
    fn check_child(&self, command: &Command, earlier: Earlier) -> Result<(), Reason> {
        let seat = self.accounts.seat(command.owner, command.symbol);
        let buying = i128::from(seat.buying) + i128::from(earlier.buying) + i128::from(command.quantity);
        if command.side == BUY && buying > i128::from(SUPPLY_MAX) { Err(Reason::Amount) } else { Ok(()) }
    }

    /// Rules M6, M7.
    #[inline]
    fn check_balance(&self, symbol: &Symbol, side: u8, owner: u32, quantity: i64, lock: i64) -> Result<(), Reason> {
        let need = if side == BUY {
            let price = if lock == 0 { symbol.best(SELL).unwrap_or(0) } else { lock };
            quantity.checked_mul(price).and_then(|value| value.checked_mul(symbol.quote_unit))
        } else {
            quantity.checked_mul(symbol.base_unit)
        };
        let free = self.accounts.balance(owner, symbol.pays(side)).free;
        match need {
            Some(need) if need <= free => Ok(()),
            _ => Err(Reason::InsufficientBalance),
        }
    }
}

/// Triggers, auction prices, post-only, market-to-limit (rules M26, M42, M22, M21): sets limit and lock.
#[cold]
fn resolve(symbol: &Symbol, command: &Command, words: Words, child: bool, taker: &mut Taker) -> Result<(), Reason> {
    let mut lock = command.price;
    if words.has_trigger() {
        let level = check_trigger(symbol, command, words, child)?;
        lock = if command.price == 0 { level } else { command.price };
    } else if words.for_auction() && words.order == OrderType::Market {
        taker.limit = auction_limit(symbol, command.side)?;
        (taker.market, lock) = (false, taker.limit);
    } else if words.order == OrderType::MarketToLimit {
        taker.limit = symbol.best(opposite(command.side)).ok_or(Reason::NoLiquidity)?;
        (taker.market, lock) = (false, taker.limit);
    } else if command.flags & SHOWN != 0 && !child {
        taker.limit = passive(symbol, command.side, command.price, command.flags & flag::SLIDE != 0)?;
        lock = taker.limit;
    }
    if command.side == BUY {
        taker.lock = lock;
    }
    if !child && !words.is_peg() && !taker.market {
        fits(symbol, taker.left, taker.limit)?;
    }
    Ok(())
}

/// Rule M26; says the first trigger level.
fn check_trigger(symbol: &Symbol, command: &Command, words: Words, child: bool) -> Result<i64, Reason> {
    if words.order == OrderType::Trailing {
        if symbol.last == 0 && !child {
            return Err(Reason::NoReference);
        }
        return Ok(trail_level(command.side, symbol.last, command));
    }
    let terms = Terms { order: words.order, ..Terms::default() };
    if !child && symbol.reached(terms.rises(command.side), command.trigger) {
        return Err(Reason::WouldTrigger);
    }
    Ok(command.trigger)
}

/// The taker that a command describes, its price taken as it is.
#[inline]
pub(crate) fn plain_taker(command: &Command, words: Words) -> Taker {
    let unpriced = matches!(words.order, OrderType::Market | OrderType::Stop | OrderType::Touch)
        || words.order == OrderType::Trailing && command.price == 0;
    Taker {
        symbol: command.symbol,
        side: command.side,
        owner: command.owner,
        id: command.id,
        slot: NIL,
        terms: NIL,
        arrival: 0,
        limit: if unpriced { beyond(command.side) } else { command.price },
        left: command.quantity,
        quantity: command.quantity,
        filled: 0,
        lock: 0,
        minimum: command.minimum,
        cap: i64::MAX,
        tif: words.tif,
        stp: words.stp,
        market: unpriced,
        quote: command.flags & flag::QUOTE != 0,
    }
}

/// Rule M14.
#[inline]
fn check_values(symbol: &Symbol, command: &Command, words: Words) -> Result<(), Reason> {
    let trail = if command.flags & flag::PERCENT == 0 { command.trail } else { 0 };
    check_prices(symbol, command.price, command.trigger, trail)?;
    let quote = command.flags & flag::QUOTE != 0;
    if !quote {
        check_quantities(symbol, command)?;
    }
    let capped = words.is_peg();
    check_worth(symbol, command.side, command.quantity, (command.price, command.trigger), quote, capped)
}

/// Ticks and ranges of a price and a trigger, the tick of a distance; 0 is none.
#[inline]
pub(crate) fn check_prices(symbol: &Symbol, price: i64, trigger: i64, distance: i64) -> Result<(), Reason> {
    if !is_multiple(&symbol.prices, price) || trigger | distance != 0 && !is_multiple(&symbol.prices, trigger) {
        return Err(Reason::PriceTick);
    }
    if distance != 0 && !is_multiple(&symbol.prices, distance) {
        return Err(Reason::PriceTick);
    }
    let range = symbol.limit(Limit::MinPrice)..=symbol.limit(Limit::MaxPrice);
    if price != 0 && !range.contains(&price) || trigger != 0 && !range.contains(&trigger) {
        return Err(Reason::PriceRange);
    }
    Ok(())
}

/// Is a value a whole number of the grid's steps? Values beyond the grid are divided.
#[inline]
fn is_multiple(grid: &Grid, value: i64) -> bool {
    grid.level(value).is_some() || value % grid.step() == 0
}

#[inline]
fn check_quantities(symbol: &Symbol, command: &Command) -> Result<(), Reason> {
    let whole = |quantity: i64| is_multiple(&symbol.lots, quantity);
    if command.display | command.minimum != 0 && !(whole(command.display) && whole(command.minimum)) {
        return Err(Reason::QuantityLot);
    }
    check_quantity(symbol, command.quantity)
}

#[inline]
pub(crate) fn check_quantity(symbol: &Symbol, quantity: i64) -> Result<(), Reason> {
    if !is_multiple(&symbol.lots, quantity) {
        return Err(Reason::QuantityLot);
    }
    let range = symbol.limit(Limit::MinQuantity)..=symbol.limit(Limit::MaxQuantity);
    if range.contains(&quantity) { Ok(()) } else { Err(Reason::QuantityRange) }
}

/// Amounts, notional and percent-price bounds of an order with these values (rule M14).
#[inline]
pub(crate) fn check_worth(
    symbol: &Symbol,
    side: u8,
    quantity: i64,
    (price, trigger): (i64, i64),
    quote: bool,
    capped: bool,
) -> Result<(), Reason> {
    let known = [price, trigger, symbol.reference, symbol.last].into_iter().find(|&price| price != 0);
    let worth = if quote { Some(quantity) } else { fits(symbol, quantity, known.unwrap_or(0))? };
    if symbol.strict {
        let worth = worth.filter(|_| quote || known.is_some());
        return check_strict_worth(symbol, side, price, worth, capped);
    }
    Ok(())
}

#[cold]
fn check_strict_worth(symbol: &Symbol, side: u8, price: i64, worth: Option<i64>, capped: bool) -> Result<(), Reason> {
    let most = symbol.limit(Limit::MaxNotional);
    let outside = |worth: i64| worth < symbol.limit(Limit::MinNotional) || most != 0 && worth > most;
    if worth.is_some_and(outside) {
        return Err(Reason::Notional);
    }
    let (lowest, highest) = symbol.percent[usize::from(side)];
    if price != 0 && !capped && !(lowest..=highest).contains(&price) {
        return Err(Reason::PercentPrice);
    }
    Ok(())
}

/// The notional where both amounts fit 63 bits.
#[inline]
pub(crate) fn fits(symbol: &Symbol, quantity: i64, price: i64) -> Result<Option<i64>, Reason> {
    let value = quantity.checked_mul(price).and_then(|value| value.checked_mul(symbol.quote_unit));
    let base = quantity.checked_mul(symbol.base_unit);
    if value.is_none() || base.is_none() { Err(Reason::Amount) } else { Ok(value) }
}

/// Where a trailing stop triggers while `best` is the best price (rule M27).
pub(crate) fn trail_level(side: u8, best: i64, command: &Command) -> i64 {
    trail_from(side, best, command.trail, command.flags & flag::PERCENT != 0)
}

/// As [`trail_level`].
pub(crate) fn trail_from(side: u8, best: i64, trail: i64, percent: bool) -> i64 {
    let distance =
        if percent { (i128::from(best) * i128::from(trail) + 9_999).div_euclid(10_000) as i64 } else { trail };
    if side == BUY { best.saturating_add(distance) } else { best - distance }
}

/// The price at which an order does not take: its own, or with slide one tick behind the other side (rule M22).
pub(crate) fn passive(symbol: &Symbol, side: u8, price: i64, slide: bool) -> Result<i64, Reason> {
    let Some(best) = symbol.best(opposite(side)) else { return Ok(price) };
    if !Symbol::crosses(side, price, best) {
        return Ok(price);
    }
    let behind = if side == BUY { best - symbol.tick } else { best + symbol.tick };
    let range = symbol.limit(Limit::MinPrice)..=symbol.limit(Limit::MaxPrice);
    if slide && range.contains(&behind) { Ok(behind) } else { Err(Reason::WouldTake) }
}

/// The limit of a market order for an auction (rule M42).
fn auction_limit(symbol: &Symbol, side: u8) -> Result<i64, Reason> {
    if symbol.reference == 0 || symbol.limit(Limit::Band) == 0 {
        return Err(Reason::NoReference);
    }
    let (low, high) = (symbol.limit(Limit::MinPrice), symbol.limit(Limit::MaxPrice));
    let edge = if side == BUY { symbol.band.1 } else { symbol.band.0 }.max(low).min(high);
    let down = edge - edge.rem_euclid(symbol.tick);
    let limit = if side == BUY || down == edge { down } else { down + symbol.tick };
    if (low..=high).contains(&limit) { Ok(limit) } else { Err(Reason::NoReference) }
}

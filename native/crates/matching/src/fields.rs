//! An order's fields: what each type allows (rule M12).

use crate::records::Command;
use crate::words::{OrderType, Reason, SELL, SelfTrade, TimeInForce, flag};

/// What a type allows (the table of rule M12).
struct Allowed {
    /// Bit by [`TimeInForce`].
    tifs: u8,
    flags: u32,
    price: bool,
    trigger: bool,
    trail: bool,
}

/// Most slices of an iceberg: what one order can make of work has to have an end.
pub(crate) const SLICES_MAX: i64 = 1_000;

const STAYS: u8 = 0b0000_0111;
const AT_ONCE: u8 = 0b0001_1000;
const AUCTIONS: u8 = 0b0110_0000;
pub(crate) const SHOWN: u32 = flag::POST_ONLY | flag::SLIDE;
const ANY: u32 = flag::REDUCE_ONLY | flag::ON_DISCONNECT;

/// By [`OrderType`].
const ALLOWED: [Allowed; 10] = [
    Allowed { tifs: STAYS | AT_ONCE | AUCTIONS, flags: ANY | SHOWN, price: true, trigger: false, trail: false },
    Allowed { tifs: AT_ONCE | AUCTIONS, flags: ANY | flag::QUOTE, price: false, trigger: false, trail: false },
    Allowed { tifs: STAYS, flags: ANY, price: false, trigger: false, trail: false },
    Allowed { tifs: STAYS, flags: ANY, price: false, trigger: true, trail: false },
    Allowed { tifs: STAYS, flags: ANY, price: true, trigger: true, trail: false },
    Allowed { tifs: STAYS, flags: ANY, price: false, trigger: true, trail: false },
    Allowed { tifs: STAYS, flags: ANY, price: true, trigger: true, trail: false },
    Allowed { tifs: STAYS, flags: ANY | flag::PERCENT, price: true, trigger: false, trail: true },
    Allowed { tifs: STAYS, flags: ANY, price: true, trigger: false, trail: true },
    Allowed { tifs: STAYS, flags: ANY, price: true, trigger: false, trail: false },
];

/// An order's words, decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub order: OrderType,
    pub tif: TimeInForce,
    pub stp: SelfTrade,
}

impl Words {
    pub fn is_peg(self) -> bool {
        matches!(self.order, OrderType::PegPrimary | OrderType::PegMid)
    }

    pub fn has_trigger(self) -> bool {
        ALLOWED[self.order as usize].trigger || self.order == OrderType::Trailing
    }

    pub fn stays(self) -> bool {
        self.tif as u8 <= TimeInForce::Day as u8
    }

    pub fn for_auction(self) -> bool {
        self.tif >= TimeInForce::AtOpen
    }
}

/// Rule M12, without lists.
#[inline]
pub(crate) fn check_fields(command: &Command, now: i64) -> Result<Words, Reason> {
    if command.side > SELL {
        return Err(Reason::InvalidSide);
    }
    let order = OrderType::from_code(command.order).ok_or(Reason::InvalidType)?;
    let allowed = &ALLOWED[order as usize];
    let tif = TimeInForce::from_code(command.tif).ok_or(Reason::InvalidTif)?;
    if allowed.tifs >> tif as u8 & 1 == 0 {
        return Err(Reason::InvalidTif);
    }
    let stp = SelfTrade::from_code(command.stp).ok_or(Reason::InvalidStp)?;
    let words = Words { order, tif, stp };
    let unused = command.display | command.minimum | command.trigger | command.trail | command.expiry;
    if command.flags == 0 && unused == 0 && order as u8 <= OrderType::Market as u8 && tif != TimeInForce::Gtd {
        // The common case: nothing special.
        if (command.price > 0) != allowed.price || command.price < 0 {
            return Err(Reason::InvalidPrice);
        }
    } else {
        check_special_fields(command, words, allowed, now)?;
    }
    if command.quantity <= 0 {
        return Err(Reason::InvalidQuantity);
    }
    Ok(words)
}

#[cold]
fn check_special_fields(command: &Command, words: Words, allowed: &Allowed, now: i64) -> Result<(), Reason> {
    let Words { order, tif, stp } = words;
    let set = |flags: u32| command.flags & flags != 0;
    if set(flag::QUOTE) && stp == SelfTrade::Decrement {
        return Err(Reason::InvalidStp);
    }
    let market = order == OrderType::Market;
    let bad_flags = set(!allowed.flags)
        || set(SHOWN) && (!words.stays() || command.flags & SHOWN == SHOWN)
        || set(flag::QUOTE) && tif != TimeInForce::Ioc
        || market && set(flag::REDUCE_ONLY) && words.for_auction();
    if bad_flags {
        return Err(Reason::InvalidFlags);
    }
    let optional = order == OrderType::Trailing || words.is_peg() && command.side == SELL;
    let good_price =
        if allowed.price { command.price > 0 || optional && command.price == 0 } else { command.price == 0 };
    if !good_price {
        return Err(Reason::InvalidPrice);
    }
    let shows_part = order == OrderType::Limit && words.stays();
    let positive_below = |value: i64, most: i64| value == 0 || value > 0 && value < most;
    let slices = command.display == 0 || command.quantity / command.display.max(1) <= SLICES_MAX;
    if !(if shows_part { positive_below(command.display, command.quantity) && slices } else { command.display == 0 }) {
        return Err(Reason::InvalidDisplay);
    }
    let takes_minimum = shows_part
        || order == OrderType::Limit && tif == TimeInForce::Ioc
        || market && tif == TimeInForce::Ioc && !set(flag::QUOTE);
    let clash = command.display != 0 || set(SHOWN);
    let good_minimum =
        command.minimum == 0 || takes_minimum && !clash && command.minimum > 0 && command.minimum <= command.quantity;
    if !good_minimum {
        return Err(Reason::InvalidMinimum);
    }
    check_trigger_fields(command, order, allowed)?;
    let good_expiry = if tif == TimeInForce::Gtd { command.expiry > now } else { command.expiry == 0 };
    if good_expiry { Ok(()) } else { Err(Reason::InvalidExpiry) }
}

fn check_trigger_fields(command: &Command, order: OrderType, allowed: &Allowed) -> Result<(), Reason> {
    let good_trigger = if allowed.trigger { command.trigger > 0 } else { command.trigger == 0 };
    let good_trail = match order {
        OrderType::PegPrimary => command.trail >= 0,
        _ if !allowed.trail => command.trail == 0,
        _ if command.flags & flag::PERCENT != 0 => (1..=5_000).contains(&command.trail),
        _ => command.trail > 0,
    };
    if good_trigger && good_trail { Ok(()) } else { Err(Reason::InvalidTrigger) }
}

/// Is it a limit or market order with nothing special about it?
#[inline]
pub(crate) fn is_plain(command: &Command, words: Words) -> bool {
    const TIFS: u8 = 1 << TimeInForce::Gtc as u8 | AT_ONCE;
    words.order as u8 <= OrderType::Market as u8
        && TIFS >> words.tif as u8 & 1 == 1
        && command.flags | u32::from(command.list) == 0
        && command.display | command.minimum == 0
}

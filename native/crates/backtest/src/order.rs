//! One order and its life.

/// How an order waits for its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// At the next open or quote.
    Market,
    /// At a price or better.
    Limit,
    /// A market order once the price reaches the trigger against it.
    Stop,
    /// A limit order once triggered like a stop.
    StopLimit,
    /// A stop whose trigger follows the best price.
    Trail,
    /// A market order once the price reaches the trigger in its favour.
    Touch,
    /// A limit order once touched.
    TouchLimit,
}

/// How long an order lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tif {
    /// Until cancelled.
    Gtc,
    /// The session of its first open.
    Day,
    /// Until a time.
    Gtd,
    /// What is there at arrival, the rest is cancelled.
    Ioc,
    /// All at arrival, or nothing.
    Fok,
}

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sent by the strategy.
    Plain,
    /// Made by `target` or `hold`.
    Target,
    /// Protective stop of a position.
    Stop,
    /// Take-profit of a position.
    Take,
    /// Forced by the maintenance margin.
    Liquidation,
}

/// Where an order stands; all but `Working` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waiting.
    Working,
    /// Nothing is left to fill.
    Filled,
    /// Withdrawn.
    Canceled,
    /// Its time is over.
    Expired,
    /// Not taken on.
    Refused,
}

/// A distance or a level, in price units or as a share of a price (10^-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A price.
    Price(i64),
    /// A distance in price units.
    Distance(i64),
    /// A distance as a share of the reference price.
    Percent(i64),
}

impl Level {
    /// The level after a split of `new` for `old` units.
    pub(crate) fn split(self, new: i64, old: i64) -> Self {
        match self {
            Self::Price(units) => Self::Price(crate::actions::scaled(units, old, new)),
            Self::Distance(units) => Self::Distance(crate::actions::scaled(units, old, new)),
            Self::Percent(share) => Self::Percent(share),
        }
    }
}

/// Protection that an order brings along for the position it opens (rules O2, O3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Stop level.
    pub stop: Option<Level>,
    /// The stop follows the best price.
    pub trailing: bool,
    /// Take-profit level.
    pub take: Option<Level>,
}

/// An order in integers; `side` is 1 to buy, -1 to sell.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // independent flags of the field's own
pub struct Order {
    /// Index of the symbol.
    pub symbol: u16,
    /// 1 buy, -1 sell.
    pub side: i8,
    /// How it waits.
    pub kind: Kind,
    /// What it is for.
    pub role: Role,
    /// How long it lives.
    pub tif: Tif,
    /// Whole quantity.
    pub quantity: i64,
    /// Quantity filled.
    pub filled: i64,
    /// Quantity of the last fill.
    pub last_fill: i64,
    /// Limit price, 0 when none.
    pub limit: i64,
    /// Trigger price, 0 when none.
    pub trigger: i64,
    /// Distance of a trailing stop.
    pub trail: Level,
    /// Best price since arrival, for trailing stops.
    pub best: i64,
    /// End of a GTD order, ns UTC.
    pub until: i64,
    /// Must not take.
    pub post_only: bool,
    /// Must not grow or flip the position.
    pub reduce_only: bool,
    /// One-cancels-other group, 0 when none.
    pub oco: u32,
    /// Protection for the position.
    pub guard: Guard,
    /// Its trigger has been reached.
    pub triggered: bool,
    /// Index of the bar at whose open it arrived, -1 before.
    pub arrived: i64,
    /// Session of its first open (DAY).
    pub session: i64,
    /// Made inside the bar that is being worked through.
    pub inside: bool,
    /// Price of the first fill (an entry), or of the entry that made this protection.
    pub entry: i64,
    /// Time of submission.
    pub submitted: i64,
    /// Time from which it can meet the market.
    pub active_from: i64,
    /// Interned reason given by the strategy.
    pub why: u32,
    /// Where it stands.
    pub status: Status,
    /// Why it was refused, cancelled, trimmed or expired.
    pub reason: Option<Box<str>>,
    /// Time of the last change.
    pub updated: i64,
    /// Sum of price x quantity over its fills.
    pub traded: i128,
}

impl Order {
    /// A working order of `side` and `quantity`; everything else at rest.
    pub fn new(symbol: u16, side: i8, kind: Kind, quantity: i64, submitted: i64) -> Self {
        Self {
            symbol,
            side,
            kind,
            role: Role::Plain,
            tif: Tif::Gtc,
            quantity,
            filled: 0,
            last_fill: 0,
            limit: 0,
            trigger: 0,
            trail: Level::Distance(0),
            best: 0,
            until: i64::MAX,
            post_only: false,
            reduce_only: false,
            oco: 0,
            guard: Guard::default(),
            triggered: false,
            arrived: -1,
            session: i64::MIN,
            inside: false,
            entry: 0,
            submitted,
            active_from: submitted,
            why: 0,
            status: Status::Working,
            reason: None,
            updated: submitted,
            traded: 0,
        }
    }

    /// Still waiting for (more of) its quantity.
    #[inline]
    pub fn is_live(&self) -> bool {
        self.status == Status::Working
    }

    /// True for an order to buy.
    #[inline]
    pub fn buys(&self) -> bool {
        self.side > 0
    }

    /// Quantity still to fill.
    #[inline]
    pub fn remaining(&self) -> i64 {
        self.quantity - self.filled
    }

    /// Behaves as a limit order from here on.
    #[inline]
    pub fn rests_as_limit(&self) -> bool {
        match self.kind {
            Kind::Limit => true,
            Kind::StopLimit | Kind::TouchLimit => self.triggered,
            _ => false,
        }
    }

    /// Behaves as a market order from here on.
    #[inline]
    pub fn acts_as_market(&self) -> bool {
        match self.kind {
            Kind::Market => true,
            Kind::Stop | Kind::Trail | Kind::Touch => self.triggered,
            _ => false,
        }
    }

    /// The trigger of a stop-like order now; for a trailing stop the level from the best price so far (rule B8).
    #[inline]
    pub fn stop_level(&self, tick: i64) -> i64 {
        if self.kind != Kind::Trail {
            return self.trigger;
        }
        let distance = match self.trail {
            Level::Percent(share) => {
                parrot_kernel::div_half_even(i128::from(self.best) * i128::from(share), crate::instrument::RATE) as i64
            }
            Level::Distance(units) | Level::Price(units) => units,
        };
        let level = if self.buys() { self.best + distance } else { self.best - distance };
        parrot_kernel::round_to(level, tick, self.buys())
    }
}

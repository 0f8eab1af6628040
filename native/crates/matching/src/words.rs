//! The words of commands and events: kinds, order types, times in force, flags, reasons.

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $word:ident = $code:literal => $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$doc])* $word = $code,)+ }

        impl $name {
            /// All words with their codes and their names as users read them.
            pub const ALL: &'static [(&'static str, u8)] = &[$(($text, $code)),+];

            /// The word of a code.
            #[inline]
            pub const fn from_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$word),)+
                    _ => None,
                }
            }

            /// The name as users read it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }
        }
    };
}

words! {
    /// What a command asks for.
    CommandKind {
        /// A new order; `list` above 0: the first leg of a list whose other legs follow.
        Order = 1 => "ORDER",
        /// Cancels the order `handle`.
        Cancel = 2 => "CANCEL",
        /// Changes the order `handle`.
        Amend = 3 => "AMEND",
        /// Cancels the owner's orders of `symbol` (65535: all) and `side` (2: both).
        MassCancel = 4 => "MASS_CANCEL",
        /// Cancels the owner's orders flagged `ON_DISCONNECT`.
        Disconnect = 5 => "DISCONNECT",
        /// Sets the time to `expiry`.
        Time = 6 => "TIME",
        /// Moves `symbol` to the phase `order`.
        Phase = 7 => "PHASE",
        /// Sets the reference price of `symbol` to `price` (0: none).
        Reference = 8 => "REFERENCE",
        /// Adds the next currency (`symbol` is its number).
        AddCurrency = 16 => "ADD_CURRENCY",
        /// Adds the next symbol: `price` tick, `quantity` lot, `display` base unit, `minimum` quote unit, `owner` = base << 16 | quote.
        AddSymbol = 17 => "ADD_SYMBOL",
        /// Sets the limit `order` of `symbol` to `price`.
        SetLimit = 18 => "SET_LIMIT",
        /// Adds the next owner.
        AddOwner = 19 => "ADD_OWNER",
        /// Adds `quantity` of the currency `symbol` to what `owner` has free.
        Deposit = 20 => "DEPOSIT",
        /// Takes `quantity` of the currency `symbol` from what `owner` has free.
        Withdraw = 21 => "WITHDRAW",
        /// Sets the rates of the tier `order`: `price` maker, `quantity` taker, in 10^-8.
        SetTier = 22 => "SET_TIER",
        /// Puts `owner` into the tier `order`; flag `FEE_CURRENCY`: pays in the fee currency.
        JoinTier = 23 => "JOIN_TIER",
        /// Makes `symbol` the fee currency, with a discount of `price` ppm.
        FeeCurrency = 24 => "FEE_CURRENCY",
        /// Sets the conversion of the currency `symbol`: `price` units of the fee currency for 10^8 of it (0: none).
        Conversion = 25 => "CONVERSION",
    }
}

words! {
    /// Types of order.
    OrderType {
        /// At a price or better.
        Limit = 0 => "LIMIT",
        /// At any price, at once.
        Market = 1 => "MARKET",
        /// Takes at the best price, the rest stands there.
        MarketToLimit = 2 => "MARKET_TO_LIMIT",
        /// A market order once the market has moved against it to the trigger.
        Stop = 3 => "STOP",
        /// A limit order once the market has moved against it to the trigger.
        StopLimit = 4 => "STOP_LIMIT",
        /// A market order once the market has come to the trigger.
        Touch = 5 => "TOUCH",
        /// A limit order once the market has come to the trigger.
        TouchLimit = 6 => "TOUCH_LIMIT",
        /// A stop whose trigger follows the best price.
        Trailing = 7 => "TRAILING",
        /// Follows the best price of its own side.
        PegPrimary = 8 => "PEG_PRIMARY",
        /// Follows the middle of the market.
        PegMid = 9 => "PEG_MID",
    }
}

words! {
    /// How long an order lives.
    TimeInForce {
        /// Until cancelled.
        Gtc = 0 => "GTC",
        /// Until its expiry.
        Gtd = 1 => "GTD",
        /// Until the symbol closes.
        Day = 2 => "DAY",
        /// What is not filled at once expires.
        Ioc = 3 => "IOC",
        /// All at once or nothing.
        Fok = 4 => "FOK",
        /// For the opening auction.
        AtOpen = 5 => "AT_OPEN",
        /// For the closing auction.
        AtClose = 6 => "AT_CLOSE",
    }
}

words! {
    /// What happens when an order would trade with one of the same owner.
    SelfTrade {
        /// They trade.
        None = 0 => "NONE",
        /// The taker is cancelled.
        CancelNewest = 1 => "CANCEL_NEWEST",
        /// The maker is cancelled.
        CancelOldest = 2 => "CANCEL_OLDEST",
        /// Both are cancelled.
        CancelBoth = 3 => "CANCEL_BOTH",
        /// Both lose the smaller of the two quantities.
        Decrement = 4 => "DECREMENT",
    }
}

words! {
    /// Orders that belong together.
    ListKind {
        /// One cancels the other.
        Oco = 1 => "OCO",
        /// One triggers the other.
        Oto = 2 => "OTO",
        /// One triggers an OCO.
        Bracket = 3 => "BRACKET",
    }
}

words! {
    /// Phases of a symbol's trading.
    Phase {
        /// Nothing but cancels.
        Closed = 0 => "CLOSED",
        /// Orders are collected for the opening auction.
        Opening = 1 => "OPENING",
        /// Orders trade as they come.
        Continuous = 2 => "CONTINUOUS",
        /// Orders are collected for the closing auction.
        Closing = 3 => "CLOSING",
        /// Stopped: nothing but cancels.
        Halted = 4 => "HALTED",
    }
}

words! {
    /// Limits of a symbol.
    Limit {
        /// Lowest price.
        MinPrice = 1 => "MIN_PRICE",
        /// Highest price.
        MaxPrice = 2 => "MAX_PRICE",
        /// Smallest quantity.
        MinQuantity = 3 => "MIN_QUANTITY",
        /// Largest quantity.
        MaxQuantity = 4 => "MAX_QUANTITY",
        /// Smallest notional in units of the quote currency.
        MinNotional = 5 => "MIN_NOTIONAL",
        /// Largest notional.
        MaxNotional = 6 => "MAX_NOTIONAL",
        /// Lowest price of a buy in ppm of the reference.
        BuyDown = 7 => "BUY_DOWN",
        /// Highest price of a buy in ppm of the reference.
        BuyUp = 8 => "BUY_UP",
        /// Lowest price of a sell in ppm of the reference.
        SellDown = 9 => "SELL_DOWN",
        /// Highest price of a sell in ppm of the reference.
        SellUp = 10 => "SELL_UP",
        /// Most open orders of an owner.
        MaxOrders = 11 => "MAX_ORDERS",
        /// Most orders of an owner that wait for a trigger.
        MaxAlgoOrders = 12 => "MAX_ALGO_ORDERS",
        /// Most that an owner may hold, open buys included, in units of quantity.
        MaxPosition = 13 => "MAX_POSITION",
        /// Width of the price band on either side of the reference in ppm.
        Band = 14 => "BAND",
        /// 1: a trade outside the band halts the symbol.
        BandHalts = 15 => "BAND_HALTS",
    }
}

words! {
    /// What happened.
    EventKind {
        /// The command was refused and changed nothing.
        Rejected = 1 => "REJECTED",
        /// An order was admitted.
        Accepted = 2 => "ACCEPTED",
        /// An order stands at the tail of its level.
        Rested = 3 => "RESTED",
        /// Two orders traded.
        Trade = 4 => "TRADE",
        /// An iceberg's next slice stands at the tail of its level.
        Refreshed = 5 => "REFRESHED",
        /// A taker is filled.
        Filled = 6 => "FILLED",
        /// An order was cancelled.
        Cancelled = 7 => "CANCELLED",
        /// An order expired.
        Expired = 8 => "EXPIRED",
        /// An order was changed.
        Amended = 9 => "AMENDED",
        /// A waiting order was reached.
        Triggered = 10 => "TRIGGERED",
        /// A pegged order leaves its level for another.
        Repriced = 11 => "REPRICED",
        /// Self-trade prevention took quantity off maker and taker.
        Prevented = 12 => "PREVENTED",
        /// An order lost quantity without a trade.
        Shrunk = 13 => "SHRUNK",
        /// An order stands aside.
        Aside = 14 => "ASIDE",
        /// A symbol changed its phase.
        Phase = 15 => "PHASE",
        /// The price and volume of an auction.
        Auction = 16 => "AUCTION",
        /// An order in the book lost what it traded in an auction.
        Reduced = 17 => "REDUCED",
        /// A command without an event of its own was carried out.
        Done = 18 => "DONE",
    }
}

words! {
    /// Why a command was refused, or an order ended.
    Reason {
        /// None needed.
        None = 0 => "NONE",
        /// No such symbol.
        UnknownSymbol = 1 => "UNKNOWN_SYMBOL",
        /// No such owner.
        UnknownOwner = 2 => "UNKNOWN_OWNER",
        /// No order with that handle is alive.
        UnknownOrder = 3 => "UNKNOWN_ORDER",
        /// The order belongs to somebody else.
        NotOwner = 4 => "NOT_OWNER",
        /// No such currency.
        UnknownCurrency = 5 => "UNKNOWN_CURRENCY",
        /// No such kind of command.
        InvalidKind = 6 => "INVALID_KIND",
        /// A side that is none.
        InvalidSide = 7 => "INVALID_SIDE",
        /// No such type.
        InvalidType = 8 => "INVALID_TYPE",
        /// A time in force that the type does not allow.
        InvalidTif = 9 => "INVALID_TIF",
        /// No such mode of self-trade prevention.
        InvalidStp = 10 => "INVALID_STP",
        /// Flags that the type does not allow.
        InvalidFlags = 11 => "INVALID_FLAGS",
        /// A price where none belongs, or none where one does.
        InvalidPrice = 12 => "INVALID_PRICE",
        /// A display quantity that cannot be.
        InvalidDisplay = 13 => "INVALID_DISPLAY",
        /// A minimum quantity that cannot be.
        InvalidMinimum = 14 => "INVALID_MINIMUM",
        /// A trigger or trail that cannot be.
        InvalidTrigger = 15 => "INVALID_TRIGGER",
        /// An expiry that cannot be.
        InvalidExpiry = 16 => "INVALID_EXPIRY",
        /// A quantity that cannot be.
        InvalidQuantity = 17 => "INVALID_QUANTITY",
        /// Orders that cannot form a list.
        InvalidList = 18 => "INVALID_LIST",
        /// A phase that cannot be.
        InvalidPhase = 19 => "INVALID_PHASE",
        /// A value that cannot be.
        InvalidValue = 20 => "INVALID_VALUE",
        /// Time does not go back.
        TimeBackward = 21 => "TIME_BACKWARD",
        /// The symbol is closed.
        MarketClosed = 22 => "MARKET_CLOSED",
        /// The symbol is halted.
        MarketHalted = 23 => "MARKET_HALTED",
        /// Not in this phase.
        WrongPhase = 24 => "WRONG_PHASE",
        /// Not a multiple of the tick.
        PriceTick = 25 => "PRICE_TICK",
        /// Outside the lowest and highest price.
        PriceRange = 26 => "PRICE_RANGE",
        /// Not a multiple of the lot.
        QuantityLot = 27 => "QUANTITY_LOT",
        /// Outside the smallest and largest quantity.
        QuantityRange = 28 => "QUANTITY_RANGE",
        /// An amount beyond 63 bits.
        Amount = 29 => "AMOUNT",
        /// Outside the smallest and largest notional.
        Notional = 30 => "NOTIONAL",
        /// Too far from the reference price.
        PercentPrice = 31 => "PERCENT_PRICE",
        /// The position is not there to reduce.
        ReduceOnly = 32 => "REDUCE_ONLY",
        /// Too many open orders.
        MaxOrders = 33 => "MAX_ORDERS",
        /// Too many orders that wait for a trigger.
        MaxAlgoOrders = 34 => "MAX_ALGO_ORDERS",
        /// Too large a position.
        MaxPosition = 35 => "MAX_POSITION",
        /// No last or reference price to start from.
        NoReference = 36 => "NO_REFERENCE",
        /// The trigger is reached already.
        WouldTrigger = 37 => "WOULD_TRIGGER",
        /// A post-only order would take.
        WouldTake = 38 => "WOULD_TAKE",
        /// Not enough free.
        InsufficientBalance = 39 => "INSUFFICIENT_BALANCE",
        /// Another leg of the list was refused.
        ListMember = 40 => "LIST_MEMBER",
        /// A leg of a list.
        Listed = 41 => "LISTED",
        /// Nothing (more) on the other side.
        NoLiquidity = 42 => "NO_LIQUIDITY",
        /// Immediate-or-cancel, not filled at once.
        Unfilled = 43 => "UNFILLED",
        /// Fill-or-kill, not to be filled at once.
        FillOrKill = 44 => "FILL_OR_KILL",
        /// Less than the minimum quantity.
        Minimum = 45 => "MINIMUM",
        /// No more money for a whole lot.
        Funds = 46 => "FUNDS",
        /// Self-trade prevention.
        SelfTrade = 47 => "SELF_TRADE",
        /// The next trade would lie outside the price band.
        PriceBand = 48 => "PRICE_BAND",
        /// Its expiry has come.
        Gtd = 49 => "GTD",
        /// The symbol closed.
        EndOfDay = 50 => "END_OF_DAY",
        /// Its auction is over.
        AuctionOver = 51 => "AUCTION_OVER",
        /// Asked for.
        Requested = 52 => "REQUESTED",
        /// Mass cancel.
        Mass = 53 => "MASS",
        /// The owner's connection is gone.
        Disconnected = 54 => "DISCONNECTED",
        /// The other leg was filled or cancelled.
        Oco = 55 => "OCO",
        /// The parent ended with nothing filled.
        Parent = 56 => "PARENT",
    }
}

/// A buy.
pub const BUY: u8 = 0;
/// A sell.
pub const SELL: u8 = 1;
/// Buys and sells, in a mass cancel.
pub const BOTH: u8 = 2;
/// All symbols, in a mass cancel.
pub const EVERY_SYMBOL: u16 = u16::MAX;

/// Flags of a command.
pub mod flag {
    /// Never takes: rejected where it would.
    pub const POST_ONLY: u32 = 1;
    /// Never takes: one tick behind the best price of the other side where it would.
    pub const SLIDE: u32 = 2;
    /// Only shrinks the position.
    pub const REDUCE_ONLY: u32 = 4;
    /// The quantity is an amount of the quote currency.
    pub const QUOTE: u32 = 8;
    /// The trail is in basis points.
    pub const PERCENT: u32 = 16;
    /// Cancelled when the owner's connection is gone.
    pub const ON_DISCONNECT: u32 = 32;
    /// The owner pays in the fee currency (`JOIN_TIER`).
    pub const FEE_CURRENCY: u32 = 64;
    /// All with their names.
    pub const ALL: &[(&str, u32)] = &[
        ("POST_ONLY", POST_ONLY),
        ("SLIDE", SLIDE),
        ("REDUCE_ONLY", REDUCE_ONLY),
        ("QUOTE", QUOTE),
        ("PERCENT", PERCENT),
        ("ON_DISCONNECT", ON_DISCONNECT),
        ("FEE_CURRENCY", FEE_CURRENCY),
    ];
}

/// Marks of an event.
pub mod mark {
    /// The order stands or stood in the book: the level changed.
    pub const IN_BOOK: u8 = 1;
    /// The maker is filled.
    pub const MAKER_DONE: u8 = 2;
    /// The taker is filled (auctions).
    pub const TAKER_DONE: u8 = 4;
    /// A trade of an auction.
    pub const AUCTION: u8 = 8;
    /// The maker's fee is in the fee currency.
    pub const MAKER_THIRD: u8 = 16;
    /// The taker's fee is in the fee currency.
    pub const TAKER_THIRD: u8 = 32;
    /// Amended in place.
    pub const KEPT: u8 = 64;
    /// All with their names.
    pub const ALL: &[(&str, u8)] = &[
        ("IN_BOOK", IN_BOOK),
        ("MAKER_DONE", MAKER_DONE),
        ("TAKER_DONE", TAKER_DONE),
        ("AUCTION", AUCTION),
        ("MAKER_THIRD", MAKER_THIRD),
        ("TAKER_THIRD", TAKER_THIRD),
        ("KEPT", KEPT),
    ];
}

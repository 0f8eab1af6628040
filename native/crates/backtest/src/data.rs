//! Columns of market data as the engine reads them: borrowed, integers, checked at the border.

use parrot_kernel::Column;

/// Bars of one symbol and timeframe; prices in price units, times in ns UTC.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Open times, strictly rising.
    pub ts: Column<i64>,
    /// Close times.
    pub close_ts: Column<i64>,
    /// Opens.
    pub open: Column<i64>,
    /// Highs.
    pub high: Column<i64>,
    /// Lows.
    pub low: Column<i64>,
    /// Closes.
    pub close: Column<i64>,
    /// Volumes in 10^-`volume_decimals`.
    pub volume: Column<i64>,
    /// Decimals of `volume`.
    pub volume_decimals: u32,
    /// Session number of each bar, when a calendar is given.
    pub session: Option<Column<i64>>,
    /// 1 where the symbol is in the universe as known at the bar's close.
    pub member: Option<Column<u8>>,
}

impl Bars {
    /// Asks for the memory of bar `row` before its turn comes.
    #[inline]
    pub fn prefetch(&self, row: usize) {
        for column in [&self.ts, &self.close_ts, &self.open, &self.high, &self.low, &self.close, &self.volume] {
            column.prefetch(row);
        }
    }
}

/// Trades; `side` 1 buyer aggressor, -1 seller, 0 unknown.
#[derive(Clone, Debug)]
pub struct Trades {
    /// Times, never falling.
    pub ts: Column<i64>,
    /// Prices.
    pub price: Column<i64>,
    /// Sizes in quantity units.
    pub size: Column<i64>,
    /// Aggressors.
    pub side: Column<i8>,
}

/// Best bid and ask; a size of -1 is unknown.
#[derive(Clone, Debug)]
pub struct Quotes {
    /// Times, never falling.
    pub ts: Column<i64>,
    /// Best bids.
    pub bid: Column<i64>,
    /// Best asks.
    pub ask: Column<i64>,
    /// Sizes at the bid.
    pub bid_size: Column<i64>,
    /// Sizes at the ask.
    pub ask_size: Column<i64>,
}

/// Level-2 changes, one row a level; rows of one message share their time.
#[derive(Clone, Debug)]
pub struct Books {
    /// Times, never falling.
    pub ts: Column<i64>,
    /// 1 bid, -1 ask.
    pub side: Column<i8>,
    /// Prices.
    pub price: Column<i64>,
    /// New sizes; 0 removes the level.
    pub size: Column<i64>,
    /// 1 snapshot row, 0 change, 2 carried over.
    pub flags: Column<u8>,
    /// The venue's id of each message, where it has one.
    pub last_id: Option<Column<i64>>,
}

/// Bars of one timeframe handed to the strategy; the base stream also decides fills.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Index of the symbol.
    pub symbol: u16,
    /// Length of a bar in ns.
    pub timeframe: i64,
    /// True for the finest bars of the symbol.
    pub base: bool,
    /// The columns.
    pub bars: Bars,
}

/// Rates of a foreign currency, in 10^-8 account units for one foreign unit.
#[derive(Clone, Debug)]
pub struct FxRates {
    /// Times from which each rate is known, rising.
    pub ts: Column<i64>,
    /// Rates.
    pub rate: Column<i64>,
}

impl FxRates {
    /// The rate known at `now`; None before the first.
    pub fn at(&self, now: i64) -> Option<i64> {
        let known = self.ts.partition_point(|ts| *ts <= now);
        known.checked_sub(1).map(|row| self.rate[row])
    }
}

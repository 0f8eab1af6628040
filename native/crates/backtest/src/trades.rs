//! Round trips made from fills (rule R2).

use crate::records::Fill;

/// From flat to flat, or to the flip through zero.
#[derive(Clone, Copy, Debug)]
pub struct Trade {
    /// Index of the symbol.
    pub symbol: u16,
    /// 1 long, -1 short.
    pub side: i8,
    /// Time of the first entry.
    pub entry_ts: i64,
    /// Time of the last exit.
    pub exit_ts: i64,
    /// Bars of the symbol at the first entry and the last exit.
    pub bars: (u32, u32),
    /// Largest position, quantity units.
    pub quantity: i64,
    /// Entered quantity and sum of price x quantity.
    pub entered: (i128, i128),
    /// Left quantity and sum of price x quantity.
    pub left: (i128, i128),
    /// Worth of the entries, in cash units.
    pub notional: i128,
    /// Profit after fees, in cash units; while open, what has been realised.
    pub pnl: i64,
    /// Fees, in cash units.
    pub fees: i64,
    /// Index of the first entry's order.
    pub entry_order: u32,
    /// Index of the last exit's order.
    pub exit_order: u32,
    /// Not closed when the data ended.
    pub open: bool,
}

/// All round trips in the order in which they began; `lots` by symbol: less than one is flat (rule N4).
pub fn round_trips(fills: &[Fill], lots: &[i64]) -> Vec<Trade> {
    let mut trades: Vec<Trade> = Vec::new();
    let mut current: Vec<Option<usize>> = vec![None; lots.len()];
    for fill in fills {
        let signed = fill.quantity * i64::from(fill.side);
        let slot = &mut current[fill.symbol as usize];
        let whole = |quantity: i64| quantity - quantity % lots[fill.symbol as usize];
        let (before, after) = (whole(fill.held), whole(fill.position));
        // A split can leave less than a lot of a position: its trade ended there.
        if let Some(index) = slot.take_if(|_| before == 0) {
            let trade = &mut trades[index];
            (trade.open, trade.exit_ts) = (false, if trade.exit_ts == 0 { fill.ts } else { trade.exit_ts });
        }
        let closing = if fill.held.signum() == -signed.signum() { fill.quantity.min(fill.held.abs()) } else { 0 };
        let fee_of = |part: i64| (i128::from(fill.fee) * i128::from(part) / i128::from(fill.quantity)) as i64;
        let close_fee = if closing == fill.quantity { fill.fee } else { fee_of(closing) };
        if let (Some(index), true) = (*slot, closing > 0) {
            leave(&mut trades[index], fill, closing, close_fee);
        }
        let ended = before != 0 && after.signum() != before.signum();
        if let Some(index) = slot.take_if(|_| ended) {
            trades[index].open = false;
        }
        let opening = fill.quantity - closing;
        if opening > 0 {
            let index = *slot.get_or_insert_with(|| {
                trades.push(begin(fill));
                trades.len() - 1
            });
            enter(&mut trades[index], fill, opening, fill.fee - close_fee);
        }
    }
    trades
}

fn begin(fill: &Fill) -> Trade {
    Trade {
        symbol: fill.symbol,
        side: fill.side,
        entry_ts: fill.ts,
        exit_ts: 0,
        bars: (fill.bar, fill.bar),
        quantity: 0,
        entered: (0, 0),
        left: (0, 0),
        notional: 0,
        pnl: 0,
        fees: 0,
        entry_order: fill.order,
        exit_order: fill.order,
        open: true,
    }
}

fn enter(trade: &mut Trade, fill: &Fill, quantity: i64, fee: i64) {
    trade.entered.0 += i128::from(quantity);
    trade.entered.1 += i128::from(quantity) * i128::from(fill.price);
    trade.notional += if quantity == fill.quantity {
        i128::from(fill.notional)
    } else {
        i128::from(fill.notional) * i128::from(quantity) / i128::from(fill.quantity)
    };
    trade.quantity = trade.quantity.max(fill.position.abs());
    trade.fees += fee;
    trade.pnl -= fee;
}

fn leave(trade: &mut Trade, fill: &Fill, quantity: i64, fee: i64) {
    trade.left.0 += i128::from(quantity);
    trade.left.1 += i128::from(quantity) * i128::from(fill.price);
    trade.exit_ts = fill.ts;
    trade.bars.1 = fill.bar;
    trade.exit_order = fill.order;
    trade.fees += fee;
    trade.pnl += fill.realised - fee;
}

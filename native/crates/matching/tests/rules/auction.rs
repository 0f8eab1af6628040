//! The auction price by trying every tick (M43).

use parrot_matching::{BUY, Command, CommandKind, Engine, Event, EventKind, Phase, SELL, mark};

use crate::generator::SYMBOLS;

/// Price, volume and imbalance; none where nothing would trade.
pub type Cross = Option<(i64, i64, i64)>;

/// Ticks up to which all of them are tried.
const FEW: i64 = 300;

/// What the auction would be: every tick from the lowest to the highest limit of the book and the reference is tried.
/// Where a wild limit makes them too many, those near the limits and the reference are: between them nothing changes but
/// the nearness to the reference.
pub fn brute(engine: &Engine, symbol: u16) -> Cross {
    let orders = |side| -> Vec<(i64, i64)> {
        engine.orders(symbol, side).map(|order| (order.price, order.visible + order.hidden)).collect()
    };
    let (buys, sells) = (orders(BUY), orders(SELL));
    let reference = engine.reference(symbol);
    let limits = || buys.iter().chain(&sells).map(|order| order.0).chain(reference);
    let (low, high) = (limits().min()?, limits().max()?);
    let tick = SYMBOLS[usize::from(symbol)].0;
    let tried: Vec<i64> = if (high - low) / tick <= FEW {
        (low..=high).step_by(tick as usize).collect()
    } else {
        limits()
            .flat_map(|limit| [limit - tick, limit, limit.saturating_add(tick)])
            .filter(|price| (low..=high).contains(price))
            .collect()
    };
    tried
        .into_iter()
        .map(|price| {
            let sum = |orders: &[(i64, i64)], fits: &dyn Fn(i64) -> bool| -> i64 {
                orders.iter().filter(|order| fits(order.0)).map(|order| order.1).sum()
            };
            let bought = sum(&buys, &|limit| limit >= price);
            let sold = sum(&sells, &|limit| limit <= price);
            (price, bought.min(sold), bought - sold)
        })
        .filter(|(_, volume, _)| *volume > 0)
        .min_by_key(|&(price, volume, imbalance)| {
            let nearness = reference.map_or((0, price), |reference| ((price - reference).abs(), -price));
            (-volume, imbalance.abs(), nearness)
        })
}

/// The auction that a command should hold, if it holds one.
pub fn expected(engine: &Engine, command: &Command) -> Option<(u16, Cross)> {
    for symbol in 0..engine.symbols() as u16 {
        let cross = brute(engine, symbol);
        assert_eq!(engine.indicative(symbol), cross, "M43: indicative of symbol {symbol}");
    }
    let to = Phase::from_code(command.order)?;
    let from = engine.phase(command.symbol)?;
    let uncrosses = to == Phase::Continuous || (from, to) == (Phase::Closing, Phase::Closed);
    let phase = command.kind == CommandKind::Phase as u8;
    (phase && uncrosses).then(|| (command.symbol, brute(engine, command.symbol)))
}

pub fn check(expected: Option<(u16, Cross)>, events: &[Event]) {
    let Some((symbol, cross)) = expected else { return };
    let kind = |kind: EventKind| events.iter().filter(move |event| event.kind == kind as u8);
    let held: Vec<_> = kind(EventKind::Auction).map(|event| (event.price, event.quantity, event.left)).collect();
    let trades: Vec<_> = kind(EventKind::Trade).filter(|event| event.flags & mark::AUCTION != 0).collect();
    let volume: i64 = trades.iter().map(|event| event.quantity).sum();
    match cross {
        Some(cross) => {
            assert_eq!(held, [cross], "M43: symbol {symbol}");
            assert_eq!(volume, cross.1, "M44: all of the volume trades");
            assert!(trades.iter().all(|event| (event.price, event.symbol) == (cross.0, symbol)), "M44: at one price");
        }
        None => assert!(volume == 0 && held.iter().all(|held| held.1 == 0), "M43: nothing crosses: {held:?}"),
    }
}

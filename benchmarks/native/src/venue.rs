//! Parrot's engine as the streams want it: symbols that share a quote currency, owners with plenty, fees on both sides.

use parrot_matching::{Command, CommandKind, Engine, Phase};

/// How many owners there are.
pub const OWNERS: u32 = 1000;
const PLENTY: i64 = 1 << 52; // times the owners within 63 bits
const MAKER: i64 = 10_000; // 1 basis point
const TAKER: i64 = 20_000;

/// An engine that knows `symbols` and a thousand owners, in continuous trading.
///
/// # Panics
/// When the engine refuses that.
pub fn opened(symbols: u16) -> Engine {
    let mut engine = Engine::new();
    let mut set = |command: Command| assert_eq!(engine.execute(&[command]).reason as u8, 0, "{command:?}");
    for symbol in 0..=symbols {
        set(Command { kind: CommandKind::AddCurrency as u8, symbol, ..Command::default() });
    }
    let kind = CommandKind::SetTier as u8;
    set(Command { kind, price: MAKER, quantity: TAKER, ..Command::default() });
    for owner in 0..OWNERS {
        set(Command { kind: CommandKind::AddOwner as u8, owner, ..Command::default() });
        let kind = CommandKind::Deposit as u8;
        for symbol in 0..=symbols {
            set(Command { kind, owner, symbol, quantity: PLENTY, ..Command::default() });
        }
    }
    for symbol in 0..symbols {
        set(market(symbol));
        let (kind, order) = (CommandKind::Phase as u8, Phase::Continuous as u8);
        set(Command { kind, order, symbol, ..Command::default() });
    }
    engine.clear_events();
    engine
}

fn market(symbol: u16) -> Command {
    Command {
        kind: CommandKind::AddSymbol as u8,
        symbol,
        price: 1,
        quantity: 1,
        display: 1,
        minimum: 1,
        owner: (u32::from(symbol) + 1) << 16,
        ..Command::default()
    }
}

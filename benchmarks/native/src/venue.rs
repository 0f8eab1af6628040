//! Parrot's engine as the streams want it: symbols that share a quote currency, owners with plenty, fees on both sides.

use parrot_matching::{Command, CommandKind, Engine, Phase, Reason};

/// How many owners there are.
pub const OWNERS: u32 = 1000;
const PLENTY: i64 = 1 << 52; // times the owners within 63 bits
const MAKER: i64 = 10_000; // 1 basis point
const TAKER: i64 = 20_000;

/// The commands that make a venue of `symbols` and a thousand owners, in continuous trading.
pub fn settings(symbols: u16) -> Vec<Command> {
    let of = |kind: CommandKind| Command { kind: kind as u8, ..Command::default() };
    let currencies = 0..=symbols;
    let mut commands = vec![Command { price: MAKER, quantity: TAKER, ..of(CommandKind::SetTier) }];
    commands.extend(currencies.clone().map(|symbol| Command { symbol, ..of(CommandKind::AddCurrency) }));
    for owner in 0..OWNERS {
        commands.push(Command { owner, ..of(CommandKind::AddOwner) });
        let deposit = Command { owner, quantity: PLENTY, ..of(CommandKind::Deposit) };
        commands.extend(currencies.clone().map(|symbol| Command { symbol, ..deposit }));
    }
    for symbol in 0..symbols {
        commands.push(market(symbol));
        commands.push(Command { symbol, order: Phase::Continuous as u8, ..of(CommandKind::Phase) });
    }
    commands
}

/// An engine that has carried these out.
///
/// # Panics
/// When the engine refuses one.
pub fn opened(symbols: u16) -> Engine {
    let mut engine = Engine::new();
    for command in settings(symbols) {
        assert_eq!(engine.execute(&[command]).reason, Reason::None, "{command:?}");
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

//! The venue that a stream is replayed at.

use parrot_matching::{Command, CommandKind, Engine, Phase, Reason};

use crate::stream::{Header, OWNERS};

/// 10^-8 of what is received: 0.02 % for makers, 0.05 % for takers.
const MAKER_RATE: i64 = 20_000;
const TAKER_RATE: i64 = 50_000;
/// An owner's share of the most that may be deposited of a currency (rule M5).
const FUNDS: i64 = (1 << 62) / OWNERS as i64;
/// The common quote currency; the base currency of symbol `n` is `n + 1`.
const QUOTE: u16 = 0;

/// Symbols that trade continuously, and owners with money.
pub fn open(header: &Header) -> Result<Engine, String> {
    let mut engine = Engine::new();
    let symbols = header.symbols as u16;
    let tier =
        Command { kind: CommandKind::SetTier as u8, price: MAKER_RATE, quantity: TAKER_RATE, ..Command::default() };
    run(&mut engine, tier)?;
    for currency in 0..=symbols {
        run(&mut engine, Command { kind: CommandKind::AddCurrency as u8, symbol: currency, ..Command::default() })?;
    }
    for symbol in 0..symbols {
        add_symbol(&mut engine, symbol)?;
    }
    for owner in 0..OWNERS {
        add_owner(&mut engine, owner, symbols)?;
    }
    engine.clear_events();
    Ok(engine)
}

/// One tick, one lot, and money in units of tick x lot.
fn add_symbol(engine: &mut Engine, symbol: u16) -> Result<(), String> {
    let add = Command {
        kind: CommandKind::AddSymbol as u8,
        symbol,
        owner: u32::from(symbol + 1) << 16 | u32::from(QUOTE),
        price: 1,
        quantity: 1,
        display: 1,
        minimum: 1,
        ..Command::default()
    };
    run(engine, add)?;
    let phase = Phase::Continuous as u8;
    run(engine, Command { kind: CommandKind::Phase as u8, symbol, order: phase, ..Command::default() })
}

fn add_owner(engine: &mut Engine, owner: u32, symbols: u16) -> Result<(), String> {
    run(engine, Command { kind: CommandKind::AddOwner as u8, owner, ..Command::default() })?;
    run(engine, Command { kind: CommandKind::JoinTier as u8, owner, ..Command::default() })?;
    for currency in 0..=symbols {
        let kind = CommandKind::Deposit as u8;
        run(engine, Command { kind, owner, symbol: currency, quantity: FUNDS, ..Command::default() })?;
    }
    Ok(())
}

fn run(engine: &mut Engine, command: Command) -> Result<(), String> {
    let outcome = engine.execute(&[command]);
    if outcome.reason == Reason::None { Ok(()) } else { Err(format!("no venue for it: {}", outcome.reason.name())) }
}

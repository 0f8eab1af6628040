//! A small market whose commands the tests write and read back, and folders for them.

use std::fs;
use std::path::{Path, PathBuf};

use parrot_journal::Journal;
use parrot_matching::{BUY, Command, CommandKind, Engine, Phase, Reason, SELL};

/// A folder of its own that goes when the test ends.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn command(kind: CommandKind) -> Command {
    Command { kind: kind as u8, ..Command::default() }
}

/// Two owners with money and one symbol that trades.
pub fn settings() -> Vec<Command> {
    let mut commands = vec![
        command(CommandKind::AddCurrency),
        Command { symbol: 1, ..command(CommandKind::AddCurrency) },
        Command { owner: 1, price: 1, quantity: 1, display: 1, minimum: 1, ..command(CommandKind::AddSymbol) },
    ];
    for owner in 0..2 {
        commands.push(Command { owner, ..command(CommandKind::AddOwner) });
        for symbol in 0..2 {
            commands.push(Command { owner, symbol, quantity: 1 << 50, ..command(CommandKind::Deposit) });
        }
    }
    commands.push(Command { order: Phase::Continuous as u8, ..command(CommandKind::Phase) });
    commands
}

/// The `n`th order of a stream in which some trade and some rest.
pub fn order(n: u64) -> Command {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    let side = if mixed & 1 == 0 { BUY } else { SELL };
    let price = 100 + (mixed >> 1) as i64 % 9 - if side == BUY { 3 } else { -3 };
    let quantity = 1 + (mixed >> 8) as i64 % 7;
    Command { side, owner: (n % 2) as u32, id: n, price, quantity, ..command(CommandKind::Order) }
}

/// Executes a command and hands it to the journal when the engine took it.
pub fn accept(engine: &mut Engine, journal: &mut Journal, command: Command) {
    if engine.execute(&[command]).reason == Reason::None {
        journal.append(&[command]);
    }
    engine.clear_events();
}

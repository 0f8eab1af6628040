//! Replays recorded order streams (files of format PMB1) through the matching engine.
//!
//! The venue of a replay runs with all that costs time: accounts, locks, fees in what is received, events. Every symbol
//! has a base currency of its own and all share one quote currency; a thousand owners hold more than they can spend.
//! Nothing here reads a clock or a file: [`Replay::advance`] is the matching, which the caller may time, and
//! [`Replay::absorb`] the bookkeeping of checks after it.

mod checks;
mod stream;
mod venue;

pub use checks::{Checks, Fnv};
pub use stream::{Header, Op, Stream};

use std::slice::from_ref;

use parrot_kernel::prefetch;
use parrot_matching::{Command, CommandKind, Engine, OrderType, Reason, TimeInForce};

/// Operations that one call of [`Replay::advance`] executes.
pub const CHUNK: usize = 128;
/// How many operations before its turn an operation's memory is asked for.
const AHEAD: usize = 6;

/// What the gateway keeps of a client's order: how the engine calls it, and whose it is.
#[derive(Clone, Copy)]
struct Placed {
    handle: u64,
    owner: u32,
}

impl Placed {
    /// Gives a cancellation the order's handle and, as who asks is not part of the format, its owner.
    #[inline]
    fn address(&self, command: &mut Command) {
        const { assert!(CommandKind::Order as u8 == 1 && CommandKind::Cancel as u8 == 2) };
        let cancels = u64::from(command.kind >> 1).wrapping_neg(); // all bits or none
        command.handle = self.handle & cancels;
        command.owner = self.owner & cancels as u32 | command.owner & !cancels as u32;
    }
}

/// Of an order that never was. It is not all zeros, so that the memory is there before the first operation.
const NOWHERE: Placed = Placed { handle: 0, owner: u32::MAX };

/// A stream on its way through an engine.
pub struct Replay<'a> {
    engine: Engine,
    stream: Stream<'a>,
    next: usize,
    /// By client id: ids are running numbers, so this is dense.
    placed: Vec<Placed>,
    commands: Vec<Command>,
    checks: Checks,
}

impl<'a> Replay<'a> {
    /// A venue that is ready for the first `limit` operations of a stream (all when `None`).
    ///
    /// # Errors
    /// What is wrong with the header or the length of `bytes`.
    pub fn new(bytes: &'a [u8], limit: Option<u64>) -> Result<Self, String> {
        let stream = Stream::open(bytes, limit)?;
        let engine = venue::open(&stream.header)?;
        Ok(Self {
            engine,
            stream,
            next: 0,
            placed: vec![NOWHERE; stream.len() + 1],
            commands: vec![Command::default(); CHUNK],
            checks: Checks::new(),
        })
    }

    /// Decodes and executes the next operations, at most [`CHUNK`]; false when there are none left.
    ///
    /// # Errors
    /// The number of the record that cannot be read, or that the engine refused though it is no cancellation, and why.
    pub fn advance(&mut self) -> Result<bool, String> {
        let count = CHUNK.min(self.stream.len() - self.next);
        self.engine.clear_events();
        for (at, command) in self.commands[..count].iter_mut().enumerate() {
            let number = self.next + at;
            let Some(op) = self.stream.op(number) else { return Err(self.stream.fault(number)) };
            write(command, op);
            prefetch(&self.placed, op.id as usize);
        }
        for at in 0..AHEAD.min(count) {
            self.approach(at);
        }
        for at in 0..count {
            if at + AHEAD < count {
                self.approach(at + AHEAD);
            }
            self.execute(at)?;
        }
        self.next += count;
        Ok(count > 0)
    }

    /// Takes the events of the last chunk into the checks.
    pub fn absorb(&mut self) {
        self.checks.absorb(self.engine.events());
    }

    /// What the operations executed so far came to, with the book as it stands.
    pub fn finish(mut self) -> Checks {
        self.checks.ops = self.next as u64;
        self.checks.close(&self.engine, self.stream.header.symbols as u16);
        self.checks
    }

    /// Has the engine ask for the memory that an operation will touch.
    #[inline]
    fn approach(&mut self, at: usize) {
        let command = &mut self.commands[at];
        self.placed.get(command.id as usize).unwrap_or(&NOWHERE).address(command);
        self.engine.prefetch(command);
    }

    /// One way for all kinds: which comes next is chance, and each jump on it would be guessed wrong half the time.
    #[inline]
    fn execute(&mut self, at: usize) -> Result<(), String> {
        let command = &mut self.commands[at];
        let mut elsewhere = NOWHERE;
        let placed = self.placed.get_mut(command.id as usize).unwrap_or(&mut elsewhere);
        placed.address(command);
        let outcome = self.engine.execute(from_ref(command));
        *placed = Placed { handle: outcome.handle, owner: command.owner };
        if outcome.reason != Reason::None {
            return self.refused(at, outcome.reason);
        }
        Ok(())
    }

    /// A cancellation that comes too late is counted; an order that is refused ends the replay.
    #[cold]
    fn refused(&mut self, at: usize, reason: Reason) -> Result<(), String> {
        if self.commands[at].kind == CommandKind::Cancel as u8 {
            self.checks.rejects += 1;
            return Ok(());
        }
        Err(format!("record {}: the engine refuses this order ({})", self.next + at, reason.name()))
    }
}

/// Kind, type and time in force of the operations 0 to 3.
const WORDS: [(CommandKind, OrderType, TimeInForce); 4] = [
    (CommandKind::Order, OrderType::Limit, TimeInForce::Gtc),
    (CommandKind::Cancel, OrderType::Limit, TimeInForce::Gtc),
    (CommandKind::Order, OrderType::Limit, TimeInForce::Ioc),
    (CommandKind::Order, OrderType::Market, TimeInForce::Ioc),
];

/// Writes an operation over another; what no operation uses is zero from the beginning.
#[inline]
fn write(command: &mut Command, op: Op) {
    let (kind, order, tif) = WORDS[usize::from(op.kind)];
    command.kind = kind as u8;
    command.side = op.side;
    command.order = order as u8;
    command.tif = tif as u8;
    command.symbol = op.symbol;
    command.owner = op.owner;
    command.id = op.id;
    command.handle = 0;
    command.price = op.price;
    command.quantity = op.quantity;
}

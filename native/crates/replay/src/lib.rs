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

use parrot_matching::{Command, CommandKind, Engine, OrderType, Reason, TimeInForce};

/// Operations that one call of [`Replay::advance`] executes.
pub const CHUNK: usize = 128;

/// What the gateway keeps of a client's order: how the engine calls it, and whose it is.
#[derive(Clone, Copy, Default)]
struct Placed {
    handle: u64,
    owner: u32,
}

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
            placed: vec![Placed::default(); stream.len() + 1],
            commands: Vec::with_capacity(CHUNK),
            checks: Checks::new(),
        })
    }

    /// Decodes and executes the next operations, at most [`CHUNK`]; false when there are none left.
    ///
    /// # Errors
    /// The number of the record that cannot be read, or that the engine refused though it is no cancellation, and why.
    pub fn advance(&mut self) -> Result<bool, String> {
        let end = self.stream.len().min(self.next + CHUNK);
        if self.next == end {
            return Ok(false);
        }
        self.engine.clear_events();
        self.commands.clear();
        for number in self.next..end {
            let command = self.command(number)?;
            self.commands.push(command);
        }
        for at in 0..self.commands.len() {
            self.execute(at)?;
        }
        self.next = end;
        Ok(true)
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

    #[inline]
    fn command(&self, number: usize) -> Result<Command, String> {
        let op = self.stream.op(number)?;
        let blank = Command { side: op.side, symbol: op.symbol, owner: op.owner, id: op.id, ..Command::default() };
        let order = |order: OrderType, tif: TimeInForce| Command {
            kind: CommandKind::Order as u8,
            order: order as u8,
            tif: tif as u8,
            price: op.price,
            quantity: op.quantity,
            ..blank
        };
        Ok(match op.kind {
            stream::ADD => order(OrderType::Limit, TimeInForce::Gtc),
            stream::IOC => order(OrderType::Limit, TimeInForce::Ioc),
            stream::MARKET => order(OrderType::Market, TimeInForce::Ioc),
            _ => Command { kind: CommandKind::Cancel as u8, ..blank },
        })
    }

    #[inline]
    fn execute(&mut self, at: usize) -> Result<(), String> {
        let command = &mut self.commands[at];
        let id = command.id as usize;
        if command.kind == CommandKind::Cancel as u8 {
            // Who asks is not part of the format: the gateway asks in the owner's name.
            let placed = self.placed.get(id).copied().unwrap_or_default();
            (command.handle, command.owner) = (placed.handle, placed.owner);
            let outcome = self.engine.execute(std::slice::from_ref(command));
            self.checks.rejects += u64::from(outcome.reason != Reason::None);
            return Ok(());
        }
        let owner = command.owner;
        let outcome = self.engine.execute(std::slice::from_ref(command));
        if outcome.reason != Reason::None {
            return Err(self.refused(at, outcome.reason));
        }
        self.placed[id] = Placed { handle: outcome.handle, owner };
        Ok(())
    }

    #[cold]
    fn refused(&self, at: usize, reason: Reason) -> String {
        format!("record {}: the engine refuses this order ({})", self.next + at, reason.name())
    }
}

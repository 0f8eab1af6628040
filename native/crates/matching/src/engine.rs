//! The engine: its state, the one way in for commands, the one way out for events.

use std::collections::{BTreeSet, VecDeque};

use crate::accounts::Accounts;
use crate::records::{Command, Event};
use crate::slab::{List, Rows, Slab, Terms};
use crate::symbol::Symbol;
use crate::words::{CommandKind, EventKind, Phase, Reason};

/// What waits for its turn behind the command that is being carried out (rule M28).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// An order, by handle, whose trigger was reached.
    Triggered(u64),
    /// The children of a list whose parent ended.
    Children(u32),
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Records that it took: one, or a list's legs.
    pub used: usize,
    /// Handle of the (first) order where the engine keeps it, else 0.
    pub handle: u64,
    /// Why it was rejected; none when it was carried out.
    pub reason: Reason,
}

/// A venue: symbols with their books, owners with their accounts.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) now: i64,
    pub(crate) seq: u64,
    pub(crate) arrivals: u64,
    pub(crate) accounts: Accounts,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) orders: Slab,
    pub(crate) terms: Rows<Terms>,
    pub(crate) lists: Rows<List>,
    /// GTD orders: (expiry, acceptance, slot).
    pub(crate) expiries: BTreeSet<(i64, u64, u32)>,
    /// Symbols with pegged orders.
    pub(crate) pegged: BTreeSet<u16>,
    pub(crate) queue: VecDeque<Turn>,
    pub(crate) events: Vec<Event>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// A venue without symbols, currencies and owners.
    pub fn new() -> Self {
        Self {
            now: 0,
            seq: 0,
            arrivals: 0,
            accounts: Accounts::new(),
            symbols: Vec::new(),
            orders: Slab::new(),
            terms: Rows::new(),
            lists: Rows::new(),
            expiries: BTreeSet::new(),
            pegged: BTreeSet::new(),
            queue: VecDeque::new(),
            events: Vec::new(),
        }
    }

    /// Carries out the first of `records`, with the legs behind it where it begins a list.
    ///
    /// # Panics
    /// When `records` is empty.
    #[inline]
    pub fn execute(&mut self, records: &[Command]) -> Outcome {
        let command = &records[0];
        if command.kind == CommandKind::Order as u8 && command.list != 0 {
            return self.order_list(records);
        }
        let done = self.dispatch(command);
        if !self.queue.is_empty() || !self.pegged.is_empty() {
            self.settle();
        }
        debug_assert_eq!(self.accounts.conserved(), Ok(()));
        match done {
            Ok(handle) => Outcome { used: 1, handle, reason: Reason::None },
            Err(reason) => {
                self.reject(command, reason);
                Outcome { used: 1, handle: 0, reason }
            }
        }
    }

    #[inline]
    fn dispatch(&mut self, command: &Command) -> Result<u64, Reason> {
        match CommandKind::from_code(command.kind) {
            Some(CommandKind::Order) => self.new_order(command),
            Some(CommandKind::Cancel) => self.cancel(command),
            Some(kind) => self.rarely(kind, command),
            None => Err(Reason::InvalidKind),
        }
    }

    #[cold]
    #[inline(never)]
    fn rarely(&mut self, kind: CommandKind, command: &Command) -> Result<u64, Reason> {
        match kind {
            CommandKind::Amend => self.amend(command),
            CommandKind::MassCancel => self.mass_cancel(command),
            CommandKind::Disconnect => self.disconnect(command),
            CommandKind::Time => self.set_time(command),
            CommandKind::Phase => self.change_phase(command),
            _ => self.set(kind, command),
        }
    }

    /// Asks for the memory that a command will touch, so that it has arrived when the command is carried out soon after.
    #[inline]
    pub fn prefetch(&self, command: &Command) {
        self.accounts.prefetch(command.owner, command.symbol);
        self.orders.prefetch(command.handle as u32);
    }

    /// Gives everything in the queue its turn, then prices the pegs (rules M28, M31).
    #[cold]
    #[inline(never)]
    pub(crate) fn settle(&mut self) {
        while let Some(turn) = self.queue.pop_front() {
            match turn {
                Turn::Triggered(handle) => self.trigger(handle),
                Turn::Children(list) => self.activate(list),
            }
        }
        self.price_pegs();
    }

    /// Events since the last [`Engine::clear_events`].
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Forgets the events; their memory is used again.
    pub fn clear_events(&mut self) {
        self.events.clear();
    }

    #[inline(always)]
    #[allow(clippy::inline_always)] // else the event is built in one place and copied to another
    pub(crate) fn emit(&mut self, event: Event) {
        self.seq += 1;
        self.events.push(Event { seq: self.seq, ts: self.now, ..event });
    }

    /// Refuses a command: nothing but this event comes of it (rule M2).
    #[cold]
    #[inline(never)]
    pub(crate) fn reject(&mut self, command: &Command, reason: Reason) {
        self.events.push(Event {
            ts: self.now,
            id: command.id,
            handle: command.handle,
            owner: command.owner,
            symbol: command.symbol,
            side: command.side,
            kind: EventKind::Rejected as u8,
            reason: reason as u8,
            command: command.kind,
            ..Event::default()
        });
    }

    /// The last event of a command that has none of its own.
    pub(crate) fn done(&mut self, command: &Command, count: usize) {
        self.emit(Event {
            owner: command.owner,
            symbol: command.symbol,
            kind: EventKind::Done as u8,
            command: command.kind,
            quantity: count as i64,
            ..Event::default()
        });
    }

    pub(crate) fn phase_of(&self, symbol: u16) -> Phase {
        self.symbols[usize::from(symbol)].phase
    }

    pub(crate) fn check_owner(&self, owner: u32) -> Result<(), Reason> {
        if (owner as usize) < self.accounts.owners.len() { Ok(()) } else { Err(Reason::UnknownOwner) }
    }

    pub(crate) fn check_symbol(&self, symbol: u16) -> Result<usize, Reason> {
        let number = usize::from(symbol);
        if number < self.symbols.len() { Ok(number) } else { Err(Reason::UnknownSymbol) }
    }
}

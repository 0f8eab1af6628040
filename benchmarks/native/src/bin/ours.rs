//! Parrot's matching engine on a stream: accounts, locks, fees and events on. `ours FILE [stp]`; with `stp` every taker
//! cancels its owner's older orders.

use std::slice::from_ref;

use parrot_bench::edge::Edge;
use parrot_bench::report::{Asked, Replay, report};
use parrot_bench::stream::{CANCEL, Record, Stream};
use parrot_bench::tally::{Hear, Left};
use parrot_bench::venue::opened;
use parrot_matching::{BUY, Command, Engine, Reason, SELL, SelfTrade};

/// Commands that are written before the first of them is carried out.
const COMMANDS: usize = 64;
/// How many commands ahead the engine is told what comes.
const AHEAD: usize = 6;

struct Venue<const STP: u8> {
    engine: Engine,
    edge: Edge,
    commands: [Command; COMMANDS],
    symbols: u16,
}

impl<const STP: u8> Venue<STP> {
    #[inline]
    fn execute<H: Hear>(&mut self, at: usize, record: &Record, hear: &mut H) {
        let done = self.engine.execute(from_ref(&self.commands[at]));
        // A cancelled order has no place any more, nor has one that did not rest: the handle is 0 then.
        self.edge.place(record, done.handle);
        hear.rejects(u64::from(done.reason != Reason::None));
    }
}

impl<const STP: u8> Replay for Venue<STP> {
    const REJECTS: bool = true;
    const BATCH: usize = COMMANDS;

    fn new(stream: &Stream) -> Self {
        let symbols = stream.symbols as u16;
        let stp = SelfTrade::from_code(STP).expect("a mode");
        Self {
            engine: opened(symbols),
            edge: Edge::new(stream, stp),
            commands: [Command::default(); COMMANDS],
            symbols,
        }
    }

    #[inline]
    fn apply<H: Hear>(&mut self, record: &Record, hear: &mut H) {
        self.edge.write(&mut self.commands[0], record);
        self.execute(0, record, hear);
    }

    #[inline]
    fn batch<H: Hear>(&mut self, left: &[Record], count: usize, hear: &mut H) {
        let records = &left[..count];
        for (command, record) in self.commands.iter_mut().zip(records) {
            self.edge.write(command, record);
        }
        for (at, record) in records.iter().enumerate() {
            self.engine.prefetch(&self.commands[(at + AHEAD) % COMMANDS]);
            if record.op == CANCEL {
                // Its target may have come to its place since.
                self.edge.find(&mut self.commands[at], record);
            }
            self.execute(at, record, hear);
        }
    }

    #[inline]
    fn drain<H: Hear>(&mut self, hear: &mut H) {
        hear.events(self.engine.events());
        self.engine.clear_events();
    }

    fn left(&self) -> Left {
        let mut left = Left::default();
        for (symbol, side) in (0..self.symbols).flat_map(|symbol| [(symbol, BUY), (symbol, SELL)]) {
            for order in self.engine.orders(symbol, side) {
                left.order(symbol, side, order.price, order.visible + order.hidden, order.id);
            }
            self.engine.levels(symbol, side).for_each(|_| left.level());
        }
        left
    }
}

fn main() {
    let asked = Asked::read();
    if asked.has("stp") {
        report::<Venue<{ SelfTrade::CancelOldest as u8 }>>(&asked);
    } else {
        report::<Venue<{ SelfTrade::None as u8 }>>(&asked);
    }
}

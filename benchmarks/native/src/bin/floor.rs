//! The floor under any engine on a stream: every record becomes a command, each command writes its events into a buffer
//! that is read and cleared; nothing is matched: one event a cancel, two any other operation.

use std::hint::black_box;

use parrot_bench::edge::{AHEAD, Edge};
use parrot_bench::report::{Asked, Replay, report};
use parrot_bench::stream::{CANCEL, Record, Stream};
use parrot_bench::tally::{Hear, Left};
use parrot_matching::{Command, Event, EventKind, SelfTrade};

struct Nothing {
    edge: Edge,
    command: Command,
    events: Vec<Event>,
    seq: u64,
}

impl Replay for Nothing {
    const REJECTS: bool = false;

    fn new(stream: &Stream) -> Self {
        Self {
            edge: Edge::new(stream, SelfTrade::None),
            command: Command::default(),
            events: Vec::with_capacity(1024),
            seq: 0,
        }
    }

    #[inline]
    fn apply<H: Hear>(&mut self, record: &Record, _hear: &mut H) {
        self.edge.write(&mut self.command, record);
        let command = black_box(&self.command);
        let count = if record.op == CANCEL { 1 } else { 2 };
        for number in 0..count {
            self.seq += 1;
            let kind = if number == 1 { EventKind::Trade as u8 } else { EventKind::Accepted as u8 };
            let (seq, id, owner, symbol, side) = (self.seq, command.id, command.owner, command.symbol, command.side);
            let (price, quantity) = (command.price, command.quantity);
            self.events.push(Event { seq, id, owner, symbol, side, price, quantity, kind, ..Event::default() });
        }
        if record.op != CANCEL {
            self.edge.place(record, self.seq);
        }
    }

    #[inline]
    fn batch<H: Hear>(&mut self, left: &[Record], count: usize, hear: &mut H) {
        for (at, record) in left[..count].iter().enumerate() {
            self.edge.fetch(left.get(at + AHEAD));
            self.apply(record, hear);
        }
    }

    #[inline]
    fn drain<H: Hear>(&mut self, hear: &mut H) {
        hear.events(&self.events);
        self.events.clear();
    }

    fn left(&self) -> Left {
        Left::default()
    }
}

fn main() {
    report::<Nothing>(&Asked::read());
}

//! Parrot's matching engine on a stream: accounts, locks, fees and events on. `ours FILE [stp]`; with `stp` every taker
//! cancels its owner's older orders.

use parrot_bench::edge::{AHEAD, Edge};
use parrot_bench::report::{Asked, Replay, report};
use parrot_bench::stream::{ADD, Record, Stream};
use parrot_bench::tally::{Hear, Left};
use parrot_bench::venue::opened;
use parrot_matching::{BUY, Engine, Reason, SELL, SelfTrade};

struct Venue<const STP: u8> {
    engine: Engine,
    edge: Edge,
    symbols: u16,
}

impl<const STP: u8> Replay for Venue<STP> {
    const REJECTS: bool = true;

    fn new(stream: &Stream) -> Self {
        let symbols = stream.symbols as u16;
        let stp = SelfTrade::from_code(STP).expect("a mode");
        Self { engine: opened(symbols), edge: Edge::new(stream, stp), symbols }
    }

    #[inline]
    fn apply<H: Hear>(&mut self, record: &Record, hear: &mut H) {
        let done = self.engine.execute(&[self.edge.command(record)]);
        if record.op == ADD {
            self.edge.place(record, done.handle);
        } else if done.reason != Reason::None {
            hear.reject();
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

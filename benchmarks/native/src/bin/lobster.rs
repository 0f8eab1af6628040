//! The peer lobster: GTC, market and cancel; IOC is a limit order whose rest is cancelled at once. A cancel does not say
//! whether its target was there, and the book is told as levels only.

use lobster::{OrderBook, OrderEvent, OrderType, Side};
use parrot_bench::report::{Asked, Replay, report};
use parrot_bench::stream::{ADD, CANCEL, IOC, MARKET, Record, Stream};
use parrot_bench::tally::{Hear, Left};

struct Books(Vec<OrderBook>);

impl Replay for Books {
    const REJECTS: bool = false;

    fn new(stream: &Stream) -> Self {
        Self((0..stream.symbols).map(|_| OrderBook::default()).collect())
    }

    fn apply<H: Hear>(&mut self, record: &Record, hear: &mut H) {
        let book = &mut self.0[record.symbol as usize];
        let rests = tell(book.execute(order(record)), record.id, hear);
        if record.op == IOC && rests {
            book.execute(OrderType::Cancel { id: u128::from(record.id) });
        }
    }

    fn left(&self) -> Left {
        let depths = self.0.iter().map(|book| book.depth(0));
        Left { levels: Some(depths.map(|depth| depth.asks.len() + depth.bids.len()).sum()), ..Left::default() }
    }
}

fn order(record: &Record) -> OrderType {
    let (id, qty, price) = (u128::from(record.id), record.quantity as u64, record.price as u64);
    let side = if record.side == 0 { Side::Bid } else { Side::Ask };
    match record.op {
        ADD | IOC => OrderType::Limit { id, side, qty, price },
        MARKET => OrderType::Market { id, side, qty },
        CANCEL => OrderType::Cancel { id },
        other => panic!("no such operation: {other}"),
    }
}

fn tell<H: Hear>(event: OrderEvent, id: u64, hear: &mut H) -> bool {
    let (fills, rests) = match event {
        OrderEvent::Filled { fills, .. } => (fills, false),
        OrderEvent::PartiallyFilled { fills, .. } => (fills, true),
        _ => return true,
    };
    for fill in fills {
        hear.trade(fill.order_2 as u64, id, fill.price as i64, fill.qty as i64);
    }
    rests
}

fn main() {
    report::<Books>(&Asked::read());
}

//! The peer orderbook-rs: one book a symbol, all operations of the stream; IOC and market orders through `match_order`,
//! which returns the trades even where a rest is dropped.

use orderbook_rs::OrderBook;
use parrot_bench::report::{Asked, Replay, report};
use parrot_bench::stream::{ADD, CANCEL, IOC, MARKET, Record, Stream};
use parrot_bench::tally::{Hear, Left};
use pricelevel::{Id, MatchResult, Side, TimeInForce};

struct Books(Vec<OrderBook<()>>);

impl Replay for Books {
    const REJECTS: bool = true;

    fn new(stream: &Stream) -> Self {
        Self((0..stream.symbols).map(|_| OrderBook::new("X")).collect())
    }

    fn apply<H: Hear>(&mut self, record: &Record, hear: &mut H) {
        let book = &self.0[record.symbol as usize];
        let side = if record.side == 0 { Side::Buy } else { Side::Sell };
        let (id, price, quantity) = (Id::sequential(record.id), record.price as u128, record.quantity as u64);
        match record.op {
            ADD => {
                let done = book.add_limit_order_with_result(id, price, quantity, side, TimeInForce::Gtc, None);
                if let (_, Some(result)) = done.expect("it was admitted") {
                    tell(&result.match_result, record.id, hear);
                }
            }
            // An error means that there was nothing to trade with.
            IOC => book.match_order(id, side, quantity, Some(price)).iter().for_each(|it| tell(it, record.id, hear)),
            MARKET => book.match_order(id, side, quantity, None).iter().for_each(|it| tell(it, record.id, hear)),
            CANCEL => {
                if book.cancel_order(id).expect("a sound level").is_none() {
                    hear.rejects(1);
                }
            }
            other => panic!("no such operation: {other}"),
        }
    }

    fn left(&self) -> Left {
        Left { resting: Some(self.0.iter().map(|book| book.get_all_orders().len()).sum()), ..Left::default() }
    }
}

fn tell<H: Hear>(result: &MatchResult, taker: u64, hear: &mut H) {
    for trade in result.trades().as_vec() {
        let maker = trade.maker_order_id().as_u64().expect("a number that was given");
        hear.trade(maker, taker, trade.price().as_u128() as i64, trade.quantity().as_u64() as i64);
    }
}

fn main() {
    report::<Books>(&Asked::read());
}

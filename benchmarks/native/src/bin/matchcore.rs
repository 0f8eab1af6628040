//! The peer matchcore: one book a symbol, all operations of the stream. It numbers orders itself, by command; a table
//! maps the stream's numbers to its own, as it does for Parrot.

use matchcore::{
    CancelCmd, Command, CommandKind, CommandMeta, CommandOutcome, CommandReport, LimitOrder, MarketOrder, NewOrder,
    OrderBook, OrderFlags, OrderId, OrderKind, Price, Quantity, QuantityPolicy, SequenceNumber, Side, SubmitCmd,
    TimeInForce, Timestamp,
};
use parrot_bench::report::{Asked, Replay, report};
use parrot_bench::stream::{ADD, CANCEL, IOC, MARKET, Record, Stream};
use parrot_bench::tally::{Hear, Left};

struct Market {
    book: OrderBook,
    sequence: u64,
    names: Vec<u64>, // the stream's number of each command's order; kept in checked runs only
}

struct Books {
    markets: Vec<Market>,
    numbers: Vec<u64>,
}

impl Replay for Books {
    const REJECTS: bool = true;

    fn new(stream: &Stream) -> Self {
        let market = |_| Market { book: OrderBook::new("X"), sequence: 0, names: Vec::new() };
        Self { markets: (0..stream.symbols).map(market).collect(), numbers: vec![0; stream.ids + 1] }
    }

    fn apply<H: Hear>(&mut self, record: &Record, hear: &mut H) {
        let market = &mut self.markets[record.symbol as usize];
        let sequence = market.sequence;
        market.sequence += 1;
        if H::NAMES {
            market.names.push(record.id);
        }
        if record.op != CANCEL {
            self.numbers[record.id as usize] = sequence;
        }
        let meta = CommandMeta { sequence_number: SequenceNumber(sequence), timestamp: Timestamp(sequence) };
        let kind = command(record, self.numbers[record.id as usize]);
        match market.book.execute(&Command { meta, kind }) {
            CommandOutcome::Applied(CommandReport::Submit(effects)) => {
                let Some(result) = effects.target_order().match_result() else { return };
                for trade in result.trades() {
                    let maker = if H::NAMES { market.names[trade.maker_order_id().0 as usize] } else { 0 };
                    hear.trade(maker, record.id, trade.price().0 as i64, trade.quantity().0 as i64);
                }
            }
            CommandOutcome::Applied(_) => {}
            CommandOutcome::Rejected(_) => hear.rejects(1),
        }
    }

    fn left(&self) -> Left {
        let books = || self.markets.iter().map(|market| market.book.limit());
        Left {
            resting: Some(books().map(|book| book.orders().len()).sum()),
            levels: Some(books().map(|book| book.bids().len() + book.asks().len()).sum()),
            hash: None,
        }
    }
}

fn command(record: &Record, number: u64) -> CommandKind {
    let side = if record.side == 0 { Side::Buy } else { Side::Sell };
    let quantity = Quantity(record.quantity as u64);
    let limit = |life| {
        let policy = QuantityPolicy::Standard { quantity };
        NewOrder::Limit(LimitOrder::new(Price(record.price as u64), policy, OrderFlags::new(side, false, life)))
    };
    let order = match record.op {
        ADD => limit(TimeInForce::Gtc),
        IOC => limit(TimeInForce::Ioc),
        MARKET => NewOrder::Market(MarketOrder::new(quantity, side, false)),
        CANCEL => return CommandKind::Cancel(CancelCmd { order_id: OrderId(number), order_kind: OrderKind::Limit }),
        other => panic!("no such operation: {other}"),
    };
    CommandKind::Submit(SubmitCmd { order })
}

fn main() {
    report::<Books>(&Asked::read());
}

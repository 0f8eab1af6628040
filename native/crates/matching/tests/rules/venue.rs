//! An engine under watch: after every command all that must hold is checked.

use std::collections::HashMap;

use parrot_matching::{Command, CommandKind, Engine, Event, EventKind, Limit, Outcome, Phase, Reason, mark};

use crate::auction;
use crate::generator::{self, Scene};
use crate::market_data::MarketData;
use crate::orders::Orders;

/// Base and quote currency, base and quote unit.
#[derive(Clone, Copy)]
struct Terms {
    base: u16,
    quote: u16,
    base_unit: i64,
    quote_unit: i64,
}

pub struct Venue {
    pub engine: Engine,
    pub orders: Orders,
    /// What a journal would hold: the records of every command that was not rejected.
    pub journal: Vec<Command>,
    data: MarketData,
    symbols: Vec<Terms>,
    /// Free and locked together, by owner and currency.
    totals: HashMap<(u32, u16), i128>,
    fees: HashMap<u16, i128>,
    fee_currency: u16,
    /// Width of the price band by symbol.
    bands: HashMap<u16, i64>,
    seq: u64,
    now: i64,
    id: u64,
}

impl Venue {
    pub fn new() -> Self {
        let mut venue = Self {
            engine: Engine::new(),
            orders: Orders::default(),
            journal: Vec::new(),
            data: MarketData::default(),
            symbols: Vec::new(),
            totals: HashMap::new(),
            fees: HashMap::new(),
            fee_currency: 0,
            bands: HashMap::new(),
            seq: 0,
            now: 0,
            id: 1,
        };
        for command in generator::settings() {
            assert_eq!(venue.execute(&[command]).reason, Reason::None, "{command:?}");
        }
        venue
    }

    /// The records that a seed stands for, here and now.
    pub fn records(&mut self, seed: u64) -> Vec<Command> {
        let live = generator::live(&self.engine);
        let records = generator::records(seed, &Scene { now: self.now, id: self.id, live: &live });
        self.id += records.len() as u64;
        records
    }

    /// Carries out the records of a seed and returns the events.
    pub fn step(&mut self, seed: u64) -> Vec<Event> {
        let records = self.records(seed);
        let (mut rest, mut events) = (&records[..], Vec::new());
        while !rest.is_empty() {
            let outcome = self.execute(rest);
            events.extend_from_slice(self.engine.events());
            rest = &rest[outcome.used..];
        }
        events
    }

    fn execute(&mut self, records: &[Command]) -> Outcome {
        let before = self.engine.hash();
        let expected = auction::expected(&self.engine, &records[0]);
        self.engine.clear_events();
        let outcome = self.engine.execute(records);
        let taken = &records[..outcome.used];
        let events = self.engine.events().to_vec();
        if outcome.reason == Reason::None {
            self.journal.extend_from_slice(taken);
            self.carried_out(taken, &events);
            auction::check(expected, &events);
        } else {
            assert_eq!(self.engine.hash(), before, "M2: a rejected command changes nothing: {taken:?}");
            let rejected =
                events.iter().filter(|event| event.kind == EventKind::Rejected as u8 && event.seq == 0).count();
            assert_eq!((rejected, events.len()), (taken.len(), taken.len()), "M2: {taken:?}: {events:?}");
        }
        assert_eq!(self.engine.audit(), Ok(()), "{taken:?}: {events:#?}");
        self.check_books(taken);
        outcome
    }

    fn carried_out(&mut self, taken: &[Command], events: &[Event]) {
        check_outcome(taken, events);
        for event in events {
            self.seq += 1;
            assert_eq!((event.seq, event.ts >= self.now), (self.seq, true), "M1, M3: {event:?}");
        }
        self.note(&taken[0]);
        self.orders.begin(taken, &self.engine);
        for event in events {
            self.data.follow(event);
            if event.kind == EventKind::Trade as u8 {
                self.pay(event);
                self.check_band(event, &taken[0]);
            }
            self.orders.follow(event);
        }
        self.orders.end(taken, events, &self.engine);
        self.data.publish(events, &self.engine, &self.orders);
        self.check_money();
    }

    /// Keeps what settings say.
    fn note(&mut self, command: &Command) {
        let &Command { owner, symbol, price, quantity, display: base_unit, minimum: quote_unit, .. } = command;
        match CommandKind::from_code(command.kind) {
            Some(CommandKind::Time) => self.now = command.expiry,
            Some(CommandKind::AddSymbol) => {
                let (base, quote) = ((owner >> 16) as u16, owner as u16);
                assert!(price > 0 && quantity > 0);
                self.symbols.push(Terms { base, quote, base_unit, quote_unit });
            }
            Some(CommandKind::Deposit) => self.add(owner, symbol, i128::from(quantity)),
            Some(CommandKind::Withdraw) => self.add(owner, symbol, -i128::from(quantity)),
            Some(CommandKind::FeeCurrency) => self.fee_currency = symbol,
            Some(CommandKind::SetLimit) if command.order == Limit::Band as u8 => {
                self.bands.insert(symbol, price);
            }
            _ => {}
        }
    }

    fn add(&mut self, owner: u32, currency: u16, amount: i128) {
        *self.totals.entry((owner, currency)).or_default() += amount;
    }

    /// M8, M9: what a trade moves between accounts.
    fn pay(&mut self, event: &Event) {
        let Terms { base, quote, base_unit, quote_unit } = self.symbols[usize::from(event.symbol)];
        let given = i128::from(event.quantity) * i128::from(base_unit);
        let paid = i128::from(event.quantity) * i128::from(event.price) * i128::from(quote_unit);
        let maker = (event.owner, event.fee, event.flags & mark::MAKER_THIRD != 0);
        let taker = (event.taker_owner, event.taker_fee, event.flags & mark::TAKER_THIRD != 0);
        let (buyer, seller) = if event.side == 0 { (maker, taker) } else { (taker, maker) };
        self.add(buyer.0, base, given);
        self.add(buyer.0, quote, -paid);
        self.add(seller.0, base, -given);
        self.add(seller.0, quote, paid);
        for ((owner, fee, third), received) in [(buyer, base), (seller, quote)] {
            let currency = if third { self.fee_currency } else { received };
            self.add(owner, currency, -i128::from(fee));
            *self.fees.entry(currency).or_default() += i128::from(fee);
        }
    }

    /// M25: trades outside auctions lie within the band. An auction of the same command may have moved the reference.
    fn check_band(&self, event: &Event, command: &Command) {
        let band = self.bands.get(&event.symbol).copied().unwrap_or(0);
        let auction = event.flags & mark::AUCTION != 0 || command.kind == CommandKind::Phase as u8;
        if let (false, 1.., Some(reference)) = (auction, band, self.engine.reference(event.symbol)) {
            let away = (i128::from(event.price) - i128::from(reference)).abs() * 1_000_000;
            assert!(away <= i128::from(reference) * i128::from(band), "M25: {event:?} around {reference}, {band} ppm");
        }
    }

    fn check_money(&self) {
        for owner in 0..self.engine.owners() as u32 {
            for currency in 0..self.engine.currencies() as u16 {
                let (free, locked) = self.engine.balance(owner, currency).expect("both are known");
                assert!(free >= 0 && locked >= 0, "M5: owner {owner}, currency {currency}: {free}, {locked}");
                let expected = self.totals.get(&(owner, currency)).copied().unwrap_or(0);
                let sum = i128::from(free) + i128::from(locked);
                assert_eq!(sum, expected, "M5, M8, M9: owner {owner}, currency {currency}");
            }
        }
        for currency in 0..self.engine.currencies() as u16 {
            let expected = self.fees.get(&currency).copied().unwrap_or(0);
            assert_eq!(self.engine.fees(currency).map(i128::from), Some(expected), "M8: fees of {currency}");
        }
    }

    /// M16: in continuous trading the best bid is below the best ask.
    fn check_books(&self, taken: &[Command]) {
        for symbol in 0..self.engine.symbols() as u16 {
            let best = |side| self.engine.levels(symbol, side).next().map(|level| level.price);
            if let (Some(Phase::Continuous), Some(bid), Some(ask)) = (self.engine.phase(symbol), best(0), best(1)) {
                assert!(bid < ask, "M16: {bid} bid, {ask} asked after {taken:?}");
            }
        }
    }
}

/// M2: the one event that says what became of the command, and none that says it was refused.
fn check_outcome(taken: &[Command], events: &[Event]) {
    let count = |kind: EventKind, reason: Option<Reason>| {
        let fits =
            |event: &&Event| event.kind == kind as u8 && reason.is_none_or(|reason| event.reason == reason as u8);
        events.iter().filter(fits).count()
    };
    assert_eq!(count(EventKind::Rejected, None), 0, "M2: {taken:?}");
    let outcomes = match CommandKind::from_code(taken[0].kind).expect("an unknown kind is rejected") {
        CommandKind::Order => count(EventKind::Accepted, None),
        CommandKind::Cancel => count(EventKind::Cancelled, Some(Reason::Requested)),
        CommandKind::Amend => count(EventKind::Amended, None),
        CommandKind::Phase => count(EventKind::Phase, Some(Reason::None)),
        _ => count(EventKind::Done, None),
    };
    assert_eq!(outcomes, taken.len(), "M2: {taken:?}: {events:?}");
}

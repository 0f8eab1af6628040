//! Streams of commands from seeds: mostly what clients send, now and then what they should not.

use parrot_matching::{
    BOTH, BUY, Command, CommandKind, EVERY_SYMBOL, Engine, Limit, ListKind, OrderType, Phase, SELL, TimeInForce, flag,
};

pub const OWNERS: u32 = 4;
pub const CURRENCIES: u16 = 4;
/// Tick, lot, base unit, quote unit, base and quote currency by symbol.
pub const SYMBOLS: [(i64, i64, i64, i64, u16, u16); 2] = [(1, 1, 1, 1, 0, 1), (5, 10, 3, 2, 2, 1)];

/// `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance(pub u64);

impl Chance {
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 up to `end`, which is not among them.
    pub fn below(&mut self, end: u64) -> u64 {
        self.word() % end
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    pub fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

pub fn command(kind: CommandKind) -> Command {
    Command { kind: kind as u8, ..Command::default() }
}

/// Currencies, symbols, tiers and owners with money; everything trades but the second symbol, which is closed.
pub fn settings() -> Vec<Command> {
    let mut commands = Vec::new();
    commands.extend((0..CURRENCIES).map(|symbol| Command { symbol, ..command(CommandKind::AddCurrency) }));
    for (symbol, (price, quantity, display, minimum, base, quote)) in (0..).zip(SYMBOLS) {
        let owner = u32::from(base) << 16 | u32::from(quote);
        let values = Command { symbol, price, quantity, display, minimum, owner, ..command(CommandKind::AddSymbol) };
        commands.push(values);
    }
    commands.push(Command { order: 1, price: -20_000, quantity: 150_000, ..command(CommandKind::SetTier) });
    commands.push(Command { order: 2, price: 100_000, quantity: 333_333, ..command(CommandKind::SetTier) });
    for owner in 0..OWNERS {
        commands.push(Command { owner, ..command(CommandKind::AddOwner) });
        commands.push(Command { owner, order: (owner % 3) as u8, ..command(CommandKind::JoinTier) });
        for (symbol, quantity) in [(0, 400), (1, 60_000), (2, 2_000), (3, 500)] {
            commands.push(Command { owner, symbol, quantity, ..command(CommandKind::Deposit) });
        }
    }
    commands.push(Command { order: Phase::Continuous as u8, ..command(CommandKind::Phase) });
    commands
}

/// What a generator must know of the venue: the time, the next number for an order, the orders that live.
pub struct Scene<'a> {
    pub now: i64,
    pub id: u64,
    /// Handle, owner and symbol.
    pub live: &'a [(u64, u32, u16)],
}

/// Handle, owner and symbol of every live order, by acceptance.
pub fn live(engine: &Engine) -> Vec<(u64, u32, u16)> {
    engine.live_orders().iter().map(|order| (order.handle, order.owner, order.symbol)).collect()
}

/// The records of one command.
pub fn records(seed: u64, scene: &Scene<'_>) -> Vec<Command> {
    let mut chance = Chance(seed);
    let mut records = match chance.below(100) {
        0..58 => vec![order(&mut chance, scene)],
        58..66 => list(&mut chance, scene),
        66..76 => vec![cancel(&mut chance, scene)],
        76..85 => vec![amend(&mut chance, scene)],
        85..87 => vec![mass_cancel(&mut chance)],
        87..91 => vec![Command { expiry: scene.now + chance.between(-1, 30), ..command(CommandKind::Time) }],
        91..95 => vec![phase(&mut chance)],
        _ => vec![setting(&mut chance)],
    };
    let orders = records[0].kind == CommandKind::Order as u8;
    if chance.percent(if orders { 4 } else { 15 }) {
        let at = chance.below(records.len() as u64) as usize;
        spoil(&mut records[at], &mut chance);
    }
    (0..).zip(&mut records).for_each(|(leg, record)| {
        if record.kind == CommandKind::Order as u8 {
            record.id = scene.id + leg;
        }
    });
    records
}

fn symbol(chance: &mut Chance) -> u16 {
    u16::from(chance.percent(30))
}

fn price(chance: &mut Chance, symbol: u16) -> i64 {
    SYMBOLS[usize::from(symbol)].0 * chance.between(92, 108)
}

fn quantity(chance: &mut Chance, symbol: u16) -> i64 {
    SYMBOLS[usize::from(symbol)].1 * chance.between(1, 30)
}

fn terms(chance: &mut Chance, scene: &Scene<'_>, tif: TimeInForce) -> (u8, i64) {
    (tif as u8, if tif == TimeInForce::Gtd { scene.now + chance.between(1, 60) } else { 0 })
}

fn lasting(chance: &mut Chance) -> TimeInForce {
    chance.of(&[TimeInForce::Gtc, TimeInForce::Gtc, TimeInForce::Gtc, TimeInForce::Gtd, TimeInForce::Day])
}

fn order(chance: &mut Chance, scene: &Scene<'_>) -> Command {
    let kind = match chance.below(100) {
        0..56 => return limit(chance, scene),
        56..66 => return market(chance, scene),
        66..71 => OrderType::MarketToLimit,
        71..76 => OrderType::Stop,
        76..80 => OrderType::StopLimit,
        80..84 => OrderType::Touch,
        84..88 => OrderType::TouchLimit,
        88..93 => OrderType::Trailing,
        93..97 => OrderType::PegPrimary,
        _ => OrderType::PegMid,
    };
    waiting(chance, scene, kind)
}

fn plain(chance: &mut Chance) -> Command {
    let symbol = symbol(chance);
    let flags = if chance.percent(10) { flag::ON_DISCONNECT } else { 0 };
    Command {
        side: chance.of(&[BUY, SELL]),
        stp: if chance.percent(70) { 0 } else { chance.between(1, 4) as u8 },
        symbol,
        owner: chance.below(u64::from(OWNERS)) as u32,
        flags: flags | if chance.percent(8) { flag::REDUCE_ONLY } else { 0 },
        quantity: quantity(chance, symbol),
        ..command(CommandKind::Order)
    }
}

fn limit(chance: &mut Chance, scene: &Scene<'_>) -> Command {
    let mut order = plain(chance);
    order.price = price(chance, order.symbol);
    let tif = match chance.below(100) {
        0..65 => lasting(chance),
        65..75 => TimeInForce::Ioc,
        75..85 => TimeInForce::Fok,
        85..93 => TimeInForce::AtOpen,
        _ => TimeInForce::AtClose,
    };
    (order.tif, order.expiry) = terms(chance, scene, tif);
    let lot = SYMBOLS[usize::from(order.symbol)].1;
    let lasts = matches!(tif, TimeInForce::Gtc | TimeInForce::Gtd | TimeInForce::Day);
    let lots = order.quantity / lot;
    match chance.below(10) {
        0 | 1 if lasts && lots > 1 => order.display = lot * chance.between(1, lots - 1),
        2 if lasts || tif == TimeInForce::Ioc => order.minimum = lot * chance.between(1, lots),
        3 | 4 if lasts => order.flags |= chance.of(&[flag::POST_ONLY, flag::SLIDE]),
        _ => {}
    }
    order
}

fn market(chance: &mut Chance, scene: &Scene<'_>) -> Command {
    let mut order = plain(chance);
    order.order = OrderType::Market as u8;
    let choices = [TimeInForce::Ioc, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::AtOpen, TimeInForce::AtClose];
    let tif = chance.of(&choices);
    (order.tif, order.expiry) = terms(chance, scene, tif);
    let lot = SYMBOLS[usize::from(order.symbol)].1;
    match tif {
        TimeInForce::Ioc if chance.percent(40) => {
            order.flags |= flag::QUOTE;
            order.quantity = chance.between(1, 40_000);
        }
        TimeInForce::Ioc if chance.percent(20) => order.minimum = lot * chance.between(1, order.quantity / lot),
        TimeInForce::AtOpen | TimeInForce::AtClose => order.flags &= !flag::REDUCE_ONLY,
        _ => {}
    }
    order
}

/// Types that last: with a trigger, pegged, market-to-limit.
fn waiting(chance: &mut Chance, scene: &Scene<'_>, kind: OrderType) -> Command {
    let mut order = plain(chance);
    order.order = kind as u8;
    let tif = lasting(chance);
    (order.tif, order.expiry) = terms(chance, scene, tif);
    let tick = SYMBOLS[usize::from(order.symbol)].0;
    if matches!(kind, OrderType::Stop | OrderType::StopLimit | OrderType::Touch | OrderType::TouchLimit) {
        order.trigger = price(chance, order.symbol);
    }
    let priced = matches!(kind, OrderType::StopLimit | OrderType::TouchLimit);
    let peg = matches!(kind, OrderType::PegPrimary | OrderType::PegMid);
    if priced || (peg && order.side == BUY) || ((peg || kind == OrderType::Trailing) && chance.percent(40)) {
        order.price = price(chance, order.symbol);
    }
    match kind {
        OrderType::Trailing if chance.percent(40) => {
            order.flags |= flag::PERCENT;
            order.trail = chance.between(1, 700);
        }
        OrderType::Trailing => order.trail = tick * chance.between(1, 6),
        OrderType::PegPrimary => order.trail = tick * chance.between(0, 3),
        _ => {}
    }
    order
}

fn list(chance: &mut Chance, scene: &Scene<'_>) -> Vec<Command> {
    let kind = chance.of(&[ListKind::Oco, ListKind::Oto, ListKind::Bracket]);
    let count = if kind == ListKind::Bracket { 3 } else { 2 };
    let mut first =
        if chance.percent(25) && kind != ListKind::Oco { market(chance, scene) } else { leg(chance, scene) };
    if first.order == OrderType::Market as u8 {
        first.tif = TimeInForce::Ioc as u8;
    } else if kind != ListKind::Oco {
        first = limit(chance, scene);
    }
    (first.display, first.minimum, first.flags) = (0, 0, first.flags & flag::ON_DISCONNECT);
    let opposite = if first.side == BUY { SELL } else { BUY };
    let mut legs = vec![first];
    while legs.len() < count {
        let side = match kind {
            ListKind::Oco => first.side,
            ListKind::Bracket => opposite,
            ListKind::Oto => chance.of(&[BUY, SELL]),
        };
        let Command { symbol, owner, quantity, .. } = first;
        let other = leg(chance, scene);
        let scale = |value: i64| value / SYMBOLS[usize::from(other.symbol)].0 * SYMBOLS[usize::from(symbol)].0;
        let (price, trigger) = (scale(other.price), scale(other.trigger));
        let trail = if other.flags & flag::PERCENT != 0 { other.trail } else { scale(other.trail) };
        legs.push(Command { side, symbol, owner, quantity, price, trigger, trail, ..other });
    }
    if chance.percent(4) {
        legs.pop();
    }
    for leg in &mut legs {
        leg.list = kind as u8;
    }
    legs
}

fn leg(chance: &mut Chance, scene: &Scene<'_>) -> Command {
    let kinds = [OrderType::Stop, OrderType::StopLimit, OrderType::Touch, OrderType::TouchLimit, OrderType::Trailing];
    let mut leg = if chance.percent(45) {
        let mut leg = limit(chance, scene);
        (leg.display, leg.minimum, leg.flags) = (0, 0, leg.flags & flag::REDUCE_ONLY);
        let tif = lasting(chance);
        (leg.tif, leg.expiry) = terms(chance, scene, tif);
        leg
    } else {
        let kind = chance.of(&kinds);
        waiting(chance, scene, kind)
    };
    leg.stp = 0;
    leg
}

fn chosen(chance: &mut Chance, scene: &Scene<'_>) -> (u64, u32, u16) {
    if scene.live.is_empty() || chance.percent(3) {
        return (chance.below(1 << 34), chance.below(u64::from(OWNERS)) as u32, 0);
    }
    let (handle, owner, symbol) = chance.of(scene.live);
    let owner = if chance.percent(3) { (owner + 1) % OWNERS } else { owner };
    (handle, owner, symbol)
}

fn cancel(chance: &mut Chance, scene: &Scene<'_>) -> Command {
    let (handle, owner, _) = chosen(chance, scene);
    Command { handle, owner, ..command(CommandKind::Cancel) }
}

fn amend(chance: &mut Chance, scene: &Scene<'_>) -> Command {
    let (handle, owner, symbol) = chosen(chance, scene);
    let mut amend = Command { handle, owner, ..command(CommandKind::Amend) };
    amend.stp = if chance.percent(80) { 0 } else { chance.between(1, 4) as u8 };
    if chance.percent(40) {
        amend.price = price(chance, symbol);
    }
    if chance.percent(70) {
        amend.quantity = quantity(chance, symbol);
    }
    if chance.percent(15) {
        amend.trigger = price(chance, symbol);
    }
    amend
}

fn mass_cancel(chance: &mut Chance) -> Command {
    let owner = chance.below(u64::from(OWNERS)) as u32;
    if chance.percent(50) {
        return Command { owner, ..command(CommandKind::Disconnect) };
    }
    let (symbol, side) = (chance.of(&[0, 1, EVERY_SYMBOL]), chance.of(&[BUY, SELL, BOTH]));
    Command { owner, symbol, side, ..command(CommandKind::MassCancel) }
}

fn phase(chance: &mut Chance) -> Command {
    let phases = [
        Phase::Continuous,
        Phase::Continuous,
        Phase::Continuous,
        Phase::Opening,
        Phase::Closing,
        Phase::Closed,
        Phase::Halted,
    ];
    Command { symbol: symbol(chance), order: chance.of(&phases) as u8, ..command(CommandKind::Phase) }
}

fn setting(chance: &mut Chance) -> Command {
    let symbol = symbol(chance);
    let owner = chance.below(u64::from(OWNERS)) as u32;
    let currency = if chance.percent(3) { CURRENCIES + 5 } else { chance.below(u64::from(CURRENCIES)) as u16 };
    let kind = [
        CommandKind::Reference,
        CommandKind::SetLimit,
        CommandKind::Deposit,
        CommandKind::Withdraw,
        CommandKind::SetTier,
        CommandKind::JoinTier,
        CommandKind::FeeCurrency,
        CommandKind::Conversion,
    ];
    let setting = command(chance.of(&kind));
    match CommandKind::from_code(setting.kind) {
        Some(CommandKind::Reference) => {
            let price = if chance.percent(20) { 0 } else { price(chance, symbol) };
            Command { symbol, price, ..setting }
        }
        Some(CommandKind::SetLimit) => limit_of(chance, symbol),
        Some(CommandKind::Deposit | CommandKind::Withdraw) => {
            let quantity = if chance.percent(5) { i64::MAX } else { chance.between(1, 3000) };
            Command { owner, symbol: currency, quantity, ..setting }
        }
        Some(CommandKind::SetTier) => {
            let (price, quantity) = (chance.between(-100_000, 400_000), chance.between(-50_000, 900_000));
            Command { order: chance.below(3) as u8, price, quantity, ..setting }
        }
        Some(CommandKind::JoinTier) => {
            Command { owner, order: chance.below(3) as u8, flags: chance.of(&[0, flag::FEE_CURRENCY]), ..setting }
        }
        Some(CommandKind::FeeCurrency) => Command { symbol: currency, price: chance.between(0, 400_000), ..setting },
        _ => Command { symbol: currency, price: chance.between(0, 300_000_000), ..setting },
    }
}

/// A limit that bites now and then; half of them are taken off again.
fn limit_of(chance: &mut Chance, symbol: u16) -> Command {
    let (tick, lot, ..) = SYMBOLS[usize::from(symbol)];
    let limit = Limit::from_code(chance.between(1, 15) as u8).unwrap_or(Limit::Band);
    let value = match limit {
        Limit::MinPrice => tick * chance.between(80, 95),
        Limit::MaxPrice => tick * chance.between(105, 120),
        Limit::MinQuantity => lot * chance.between(1, 4),
        Limit::MaxQuantity => lot * chance.between(20, 40),
        Limit::MinNotional => chance.between(1, 500),
        Limit::MaxNotional => chance.between(2_000, 60_000),
        Limit::BuyDown | Limit::SellDown => chance.between(900_000, 960_000),
        Limit::BuyUp | Limit::SellUp => chance.between(1_030_000, 1_100_000),
        Limit::MaxOrders => chance.between(1, 4),
        Limit::MaxAlgoOrders => chance.between(1, 2),
        Limit::MaxPosition => chance.between(100, 900),
        Limit::Band => chance.between(5_000, 60_000),
        Limit::BandHalts => chance.between(0, 1),
    };
    let price = if chance.percent(50) { 0 } else { value };
    Command { symbol, order: limit as u8, price, ..command(CommandKind::SetLimit) }
}

/// Puts something into one field that hardly belongs there.
pub fn spoil(record: &mut Command, chance: &mut Chance) {
    let wild = [0, 1, -1, 3, 7, i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1, 1 << 40, -5, 999_999_999_999];
    let value = chance.of(&wild);
    match chance.below(15) {
        0 => record.kind = chance.word() as u8,
        1 => record.side = chance.below(4) as u8,
        2 => record.order = chance.below(20) as u8,
        3 => record.tif = chance.below(9) as u8,
        4 => record.stp = chance.below(7) as u8,
        5 => record.list = chance.below(6) as u8,
        6 => record.symbol = chance.of(&[0, 1, 2, EVERY_SYMBOL]),
        7 => record.owner = chance.of(&[0, OWNERS, u32::MAX]),
        8 => record.flags = chance.word() as u32 & 127,
        9 => record.price = value,
        10 => record.quantity = value,
        11 => record.display = value,
        12 => record.minimum = value,
        13 => record.trigger = value,
        _ => record.trail = value,
    }
}

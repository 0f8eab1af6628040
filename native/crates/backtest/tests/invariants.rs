//! Invariants of any run: random bars, random orders, every account kind.

use parrot_backtest::account::AccountKind;
use parrot_backtest::costs::{FeeCurrency, Fees, Slippage};
use parrot_backtest::data::{Bars, Stream};
use parrot_backtest::engine::{Bounds, Config, Symbol, Wants};
use parrot_backtest::equity::{Holding, Marks, add_symbol, cash_curve};
use parrot_backtest::instrument::{Instrument, Kind as InstrumentKind};
use parrot_backtest::order::{Guard, Kind, Level, Order, Role, Status, Tif};
use parrot_backtest::records::hash;
use parrot_backtest::trades::round_trips;
use parrot_backtest::{Engine, Step};
use proptest::prelude::*;

const UNIT: i64 = 100_000_000;
const MINUTE: i64 = 60_000_000_000;
const CASH: i64 = 1_000 * UNIT;

/// What a strategy does at one bar: kind, side, quantity, price offset, extras.
type Act = (u8, bool, i64, i64, u8);

fn instrument(kind: InstrumentKind) -> Instrument {
    Instrument {
        kind,
        price_decimals: 8,
        tick: UNIT / 2,
        lot: UNIT / 4,
        min_quantity: 0,
        min_notional: 0,
        multiplier: 1,
        multiplier_decimals: 0,
        cash_decimals: 8,
    }
}

fn config(margin: bool, slip: bool, participation: bool) -> Config {
    Config {
        account: if margin {
            AccountKind::Margin { initial: 50_000_000, maintenance: 25_000_000 }
        } else {
            AccountKind::Cash
        },
        cash: CASH,
        fees: Fees {
            maker: 20_000,
            taker: 100_000,
            per_unit: 0,
            minimum: 0,
            currency: FeeCurrency::Quote,
            tiers: Vec::new(),
        },
        slippage: if slip { Slippage::Rate(50_000) } else { Slippage::None },
        touch: false,
        participation: participation.then_some(10_000_000),
        bounds: Bounds::Convention,
        proportional_queue: true,
        feed_latency: 0,
        order_latency: 0,
        borrow: 0,
        live: false,
    }
}

fn bars(walk: &[(i64, i64, i64, i64)]) -> Bars {
    let mut columns: [Vec<i64>; 7] = std::array::from_fn(|_| Vec::new());
    let mut close = 50 * UNIT;
    for (row, (gap, body, up, down)) in walk.iter().enumerate() {
        let open = (close + gap * UNIT).max(UNIT);
        close = (open + body * UNIT).max(UNIT);
        let (high, low) = (open.max(close) + up * UNIT, (open.min(close) - down * UNIT).max(UNIT));
        let ts = row as i64 * MINUTE;
        for (column, value) in columns.iter_mut().zip([ts, ts + MINUTE, open, high, low, close, 20 * UNIT]) {
            column.push(value);
        }
    }
    let [ts, close_ts, open, high, low, close, volume] = columns.map(Into::into);
    Bars { ts, close_ts, open, high, low, close, volume, volume_decimals: 8, session: None, member: None }
}

fn order(engine: &Engine, (kind, buys, quantity, offset, extras): Act) -> Order {
    let last = engine.symbols[0].last;
    let price = (last + offset * UNIT / 2).max(UNIT);
    let kinds = [Kind::Market, Kind::Limit, Kind::Stop, Kind::StopLimit, Kind::Trail, Kind::Touch, Kind::TouchLimit];
    let mut order =
        Order::new(0, if buys { 1 } else { -1 }, kinds[kind as usize % kinds.len()], quantity * UNIT / 4, 0);
    (order.limit, order.trigger, order.trail) = (price, price, Level::Distance(2 * UNIT));
    order.reduce_only = extras & 1 != 0;
    order.oco = u32::from(extras >> 1 & 1);
    if extras & 4 != 0 {
        order.guard = Guard {
            stop: Some(Level::Percent(5_000_000)),
            trailing: extras & 16 != 0,
            take: Some(Level::Distance(3 * UNIT)),
        };
    }
    if extras & 8 != 0 && matches!(order.kind, Kind::Market | Kind::Limit) {
        order.tif = if extras & 32 != 0 { Tif::Ioc } else { Tif::Fok };
    }
    order
}

fn act(engine: &mut Engine, act: Act) {
    match act.0 % 10 {
        7 => drop(engine.hold(0, if act.1 { act.2 } else { -act.2 } * UNIT / 4, Guard::default(), 0)),
        8 => drop(engine.target(0, if act.1 { 90_000_000 } else { -90_000_000 }, Guard::default(), 0)),
        9 => drop(engine.close(0, 0)),
        _ => {
            let order = order(engine, act);
            engine.submit(order).expect("the order is well formed");
        }
    }
}

fn play(walk: &[(i64, i64, i64, i64)], acts: &[Act], config: Config, kind: InstrumentKind) -> Engine {
    let stream = Stream { symbol: 0, timeframe: MINUTE, base: true, bars: bars(walk) };
    let mut engine = Engine::new(config, vec![Symbol::new(instrument(kind))], vec![stream]);
    engine.listen(Wants { bar: true, ..Wants::default() });
    engine.arm();
    loop {
        match engine.advance() {
            Step::Bar { index, .. } => {
                check_now(&engine);
                act(&mut engine, acts[index as usize % acts.len()]);
            }
            Step::Done => return engine,
            step => panic!("nobody asked for {step:?}"),
        }
    }
}

/// What holds between any two steps.
fn check_now(engine: &Engine) {
    let position = engine.symbols[0].position.quantity;
    let signed: i64 = engine.fills.iter().map(|fill| fill.quantity * i64::from(fill.side)).sum();
    assert_eq!(signed, position, "the position is the sum of the fills");
    if engine.config.account == AccountKind::Cash {
        assert!(engine.account.cash >= 0, "a cash account never borrows");
        assert!(position >= 0, "a cash account is never short");
    }
    for id in [engine.symbols[0].stop, engine.symbols[0].take].into_iter().flatten() {
        let guard = &engine.orders[id as usize];
        assert_eq!(guard.remaining(), position.abs(), "protection is as large as the position (O2)");
        assert_eq!(i64::from(guard.side), -position.signum(), "protection closes the position");
    }
}

fn check_end(engine: &Engine) {
    for (id, order) in engine.orders.iter().enumerate() {
        let filled: i64 = engine.fills.iter().filter(|fill| fill.order as usize == id).map(|fill| fill.quantity).sum();
        assert_eq!(filled, order.filled);
        assert!(order.filled <= order.quantity, "no order is overfilled");
        assert!(order.status != Status::Working, "every order has an outcome (T2)");
    }
    let mut held = 0_i64;
    for fill in &engine.fills {
        let order = &engine.orders[fill.order as usize];
        if order.reduce_only || order.role == Role::Liquidation {
            assert!(
                fill.position.abs() < held.abs() && fill.position.signum() * held.signum() >= 0,
                "reduce-only never grows or flips (O4)"
            );
        }
        held = fill.position;
    }
    let fees: i64 = engine.fills.iter().map(|fill| fill.fee).sum();
    let realised: i64 = engine.fills.iter().map(|fill| fill.realised).sum();
    let open = engine.value_of(0) - engine.symbols[0].position.cost;
    assert_eq!(
        engine.equity(),
        i128::from(CASH + realised - fees) + open,
        "equity is cash in plus profit less fees (A10)"
    );
    let trades = round_trips(&engine.fills, &[UNIT / 4]);
    assert_eq!(
        trades.iter().map(|trade| trade.pnl).sum::<i64>(),
        realised - fees,
        "round trips hold every profit (R2)"
    );
}

fn check_curve(engine: &Engine) {
    let clock = engine.clock();
    let mut curve = cash_curve(clock.len(), CASH, &engine.changes);
    let closes = &engine.streams[0].bars.close;
    let instrument = &engine.symbols[0].instrument;
    let holding = Holding { symbol: 0, instrument, marks: Marks::Rows(closes), fx: None };
    add_symbol(&mut curve, &clock, &engine.changes, &holding);
    assert_eq!(
        curve.equity.last().map(|value| i128::from(*value)),
        Some(engine.equity()),
        "the curve ends at the equity"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn books_balance_whatever_is_ordered(
        walk in prop::collection::vec((-3_i64..=3, -4_i64..=4, 0_i64..=2, 0_i64..=2), 2..40),
        acts in prop::collection::vec((0_u8..10, any::<bool>(), 1_i64..40, -8_i64..=8, 0_u8..64), 1..12),
        (margin, slip, participation) in any::<(bool, bool, bool)>(),
        future in any::<bool>(),
    ) {
        let kind = if margin && future { InstrumentKind::Linear } else { InstrumentKind::Spot };
        let engine = play(&walk, &acts, config(margin, slip, participation), kind);
        check_end(&engine);
        check_curve(&engine);
        let again = play(&walk, &acts, config(margin, slip, participation), kind);
        let of = |engine: &Engine| hash(&engine.orders, &engine.fills, &engine.changes, &[], &engine.reasons);
        prop_assert_eq!(of(&engine), of(&again), "the same input gives the same hash (R4)");
    }
}

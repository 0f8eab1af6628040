//! The life of every order as its events tell it: what is left, what is filled, that it ends once and as it may.

use std::collections::HashMap;

use parrot_matching::{Command, CommandKind, Engine, Event, EventKind, OrderType, State, TimeInForce, flag, mark};

#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub command: Command,
    pub left: i64,
    pub filled: i64,
    pub ended: bool,
    amended: bool,
    handle: u64,
    /// The parent, of a child that waits for it.
    parent: Option<u64>,
}

impl Order {
    fn is(&self, flags: u32) -> bool {
        self.command.flags & flags != 0
    }
}

#[derive(Default)]
pub struct Orders {
    all: HashMap<u64, Order>,
    /// Signed fills by owner and symbol.
    positions: HashMap<(u32, u16), i64>,
}

impl Orders {
    pub fn get(&self, id: u64) -> Option<&Order> {
        self.all.get(&id)
    }

    /// A command was accepted; its events follow.
    pub fn begin(&mut self, taken: &[Command], engine: &Engine) {
        if taken[0].kind != CommandKind::Order as u8 {
            return;
        }
        for (place, command) in taken.iter().enumerate() {
            let parent = (place > 0 && command.list >= 2).then_some(taken[0].id);
            let order = Order {
                command: *command,
                left: command.quantity,
                filled: 0,
                ended: false,
                amended: false,
                handle: 0,
                parent,
            };
            assert!(self.all.insert(command.id, order).is_none(), "the tests give every order its own number");
        }
        assert!(engine.live() <= self.all.len());
    }

    pub fn follow(&mut self, event: &Event) {
        match EventKind::from_code(event.kind).expect("a kind") {
            EventKind::Trade => self.trade(event),
            EventKind::Prevented => {
                self.lose(event.id, event.quantity);
                self.lose(event.taker, event.quantity);
            }
            EventKind::Shrunk => {
                self.lose(event.id, event.quantity);
                self.meet(event, EventKind::Shrunk);
            }
            EventKind::Amended => {
                let order = self.meet(event, EventKind::Amended);
                (order.left, order.amended) = (event.quantity, true);
            }
            EventKind::Rested => {
                let order = self.meet(event, EventKind::Rested);
                assert_eq!(event.quantity, order.left, "{event:?}: {order:?}");
                check_display(order, event);
            }
            EventKind::Refreshed => {
                let order = self.meet(event, EventKind::Refreshed);
                assert_eq!(event.left, order.command.display.min(order.left), "M20: {event:?}: {order:?}");
            }
            EventKind::Filled => self.end_of(event),
            EventKind::Cancelled | EventKind::Expired => {
                let order = *self.meet(event, EventKind::Cancelled);
                let waits = order.parent.is_some();
                if !order.is(flag::QUOTE) && !waits {
                    assert_eq!(event.quantity, order.left, "{event:?}: {order:?}");
                }
                self.end_of(event);
            }
            kind @ (EventKind::Accepted | EventKind::Triggered | EventKind::Repriced | EventKind::Aside) => {
                self.meet(event, kind);
            }
            _ => {}
        }
    }

    /// The order of an event: alive, of that owner, symbol and side, with one handle all its life.
    fn meet(&mut self, event: &Event, kind: EventKind) -> &mut Order {
        let order = self.all.get_mut(&event.id).unwrap_or_else(|| panic!("{kind:?} of an unknown order: {event:?}"));
        assert!(!order.ended, "M3: an order ends once: {event:?}: {order:?}");
        let Command { owner, symbol, side, .. } = order.command;
        assert_eq!((event.owner, event.symbol, event.side), (owner, symbol, side), "{event:?}");
        if order.handle == 0 {
            order.handle = event.handle;
        }
        assert_eq!(order.handle, event.handle, "M4: {event:?}: {order:?}");
        order
    }

    fn lose(&mut self, id: u64, quantity: i64) {
        let order = self.all.get_mut(&id).expect("both were accepted");
        if !order.is(flag::QUOTE) {
            order.left -= quantity;
            assert!(order.left >= 0, "{order:?}");
        }
    }

    fn trade(&mut self, event: &Event) {
        let auction = event.flags & mark::AUCTION != 0;
        let maker = *self.meet(event, EventKind::Trade);
        let taker = self.all[&event.taker];
        assert!(event.quantity > 0 && !taker.ended && taker.command.owner == event.taker_owner, "{event:?}");
        assert_ne!(taker.command.side, maker.command.side, "{event:?}");
        assert!(auction || !taker.is(flag::POST_ONLY | flag::SLIDE), "M22: {event:?}: {taker:?}");
        for order in [&maker, &taker] {
            self.check_reduce_only(order, event);
            check_price(order, event);
        }
        for (id, done) in [(event.id, mark::MAKER_DONE), (event.taker, mark::TAKER_DONE)] {
            self.lose(id, event.quantity);
            let order = self.all.get_mut(&id).expect("known");
            order.filled += event.quantity;
            if event.flags & done != 0 {
                assert_eq!(order.left, 0, "{event:?}: {order:?}");
                self.ended(id);
            }
        }
        let (buyer, seller) =
            if event.side == 0 { (event.owner, event.taker_owner) } else { (event.taker_owner, event.owner) };
        *self.positions.entry((buyer, event.symbol)).or_default() += event.quantity;
        *self.positions.entry((seller, event.symbol)).or_default() -= event.quantity;
    }

    /// M32: it never flips or grows a position.
    fn check_reduce_only(&self, order: &Order, event: &Event) {
        if order.is(flag::REDUCE_ONLY) {
            let position = self.positions.get(&(order.command.owner, event.symbol)).copied().unwrap_or(0);
            let has = if order.command.side == 0 { -position } else { position };
            assert!(event.quantity <= has, "M32: {event:?}: {order:?} with a position of {position}");
        }
    }

    fn end_of(&mut self, event: &Event) {
        let order = self.all[&event.id];
        if event.kind == EventKind::Filled as u8 && !order.is(flag::QUOTE) {
            assert_eq!(order.left, 0, "{event:?}: {order:?}");
        }
        assert!(!order.ended, "M3: {event:?}");
        self.ended(event.id);
    }

    /// M36: a parent's end says how much its children are for.
    fn ended(&mut self, id: u64) {
        let order = self.all.get_mut(&id).expect("known");
        order.ended = true;
        let filled = order.filled;
        if order.command.list >= 2 && order.parent.is_none() && filled > 0 {
            for child in self.all.values_mut().filter(|child| child.parent == Some(id)) {
                (child.left, child.parent) = (filled, None);
            }
        }
    }

    /// All events of a command were seen: what it may and may not have come to.
    pub fn end(&self, taken: &[Command], events: &[Event], engine: &Engine) {
        if taken[0].kind == CommandKind::Order as u8 {
            for command in taken {
                self.check_new(&self.all[&command.id]);
            }
        }
        let live = engine.live_orders();
        let open = self.all.values().filter(|order| !order.ended).count();
        assert_eq!(live.len(), open, "M3: {events:#?}");
        for view in live {
            let order = &self.all[&view.id];
            assert!(!order.ended && order.handle == view.handle, "M3, M4: {view:?}: {order:?}");
            if order.parent.is_none() {
                assert_eq!(view.visible + view.hidden, order.left, "{view:?}: {order:?}");
            }
            let display = order.command.display;
            assert!(display == 0 || view.state != State::Book || view.visible <= display, "M20: {view:?}: {order:?}");
        }
        for (&(owner, symbol), &position) in &self.positions {
            assert_eq!(engine.position(owner, symbol), Some(position), "M10");
        }
    }

    fn check_new(&self, order: &Order) {
        let &Order { command, filled, ended, parent, .. } = order;
        if parent.is_some() || (command.list >= 2 && self.all.values().any(|child| child.parent == Some(command.id))) {
            return;
        }
        let tif = TimeInForce::from_code(command.tif).expect("accepted");
        if matches!(tif, TimeInForce::Ioc | TimeInForce::Fok) {
            assert!(ended, "M17: {order:?}");
        }
        if tif == TimeInForce::Fok {
            assert!(filled == 0 || filled == command.quantity, "M17: all or nothing: {order:?}");
        }
        let entered = command.order == OrderType::Limit as u8 || command.order == OrderType::Market as u8;
        if command.minimum > 0 && entered {
            assert!(filled == 0 || filled >= command.minimum, "M19: {order:?}");
        }
    }
}

/// M20: what stands in the book shows at most the display quantity.
fn check_display(order: &Order, event: &Event) {
    let shown = if order.command.display > 0 { order.command.display.min(order.left) } else { order.left };
    assert_eq!(event.left, shown, "M20: {event:?}: {order:?}");
}

/// An order with a limit never trades beyond it.
fn check_price(order: &Order, event: &Event) {
    let limits = [OrderType::Limit, OrderType::PegPrimary, OrderType::PegMid].map(|kind| kind as u8);
    let Command { price, side, .. } = order.command;
    if price == 0 || !limits.contains(&order.command.order) || order.amended {
        return;
    }
    assert!(if side == 0 { event.price <= price } else { event.price >= price }, "{event:?}: {order:?}");
}

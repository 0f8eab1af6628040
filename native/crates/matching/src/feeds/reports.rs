//! Private execution reports: to each owner what became of its own orders.

use std::collections::HashMap;

use super::{in_book, opposite};
use crate::{CommandKind, Event, EventKind, Reason, mark};

/// How an order stands after what the report tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// The command was refused.
    #[default]
    Rejected,
    /// Alive, nothing filled.
    New,
    /// Alive, something filled.
    PartiallyFilled,
    /// Ended, all filled.
    Filled,
    /// Ended by a cancel.
    Cancelled,
    /// Ended by itself.
    Expired,
}

/// One report to one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Number of its event; 0 for rejections.
    pub seq: u64,
    /// Nanoseconds UTC.
    pub ts: i64,
    /// Who it is for.
    pub owner: u32,
    /// What happened; both sides of a trade get one `Trade`.
    pub kind: EventKind,
    /// How the order now stands.
    pub status: Status,
    /// The client's number of the order.
    pub id: u64,
    /// The order's handle, 0 while it has none.
    pub handle: u64,
    /// Number of the symbol.
    pub symbol: u16,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// As in the event; of a trade its price.
    pub price: i64,
    /// As in the event; of a trade the quantity traded.
    pub quantity: i64,
    /// Filled so far in all.
    pub filled: i64,
    /// Fee of this trade; below 0 is a rebate.
    pub fee: i64,
    /// The fee is in the fee currency.
    pub third: bool,
    /// This trade was made as the maker.
    pub maker: bool,
    /// This trade is of an auction.
    pub auction: bool,
    /// Why it was refused or ended.
    pub reason: Reason,
}

impl Report {
    fn of(event: &Event, kind: EventKind) -> Self {
        let reason = Reason::from_code(event.reason).unwrap_or(Reason::None);
        let &Event { seq, ts, owner, id, handle, symbol, side, price, quantity, .. } = event;
        let (status, filled, fee, third, maker, auction) = (Status::New, 0, 0, false, false, false);
        Self {
            seq,
            ts,
            owner,
            kind,
            status,
            id,
            handle,
            symbol,
            side,
            price,
            quantity,
            filled,
            fee,
            third,
            maker,
            auction,
            reason,
        }
    }

    /// The same event as the taker sees it, whose handle events do not tell.
    fn of_taker(event: &Event, kind: EventKind) -> Self {
        let &Event { taker: id, taker_owner: owner, taker_fee: fee, .. } = event;
        let auction = event.flags & mark::AUCTION != 0;
        let third = event.flags & mark::TAKER_THIRD != 0;
        Self { owner, id, handle: 0, side: opposite(event.side), fee, third, auction, ..Self::of(event, kind) }
    }

    fn standing(self, filled: i64) -> Self {
        let status = if filled > 0 { Status::PartiallyFilled } else { Status::New };
        Self { status, filled, ..self }
    }
}

/// Counts what is filled of each order and tells its owner.
#[derive(Clone, Debug, Default)]
pub struct ReportFeed {
    /// What is filled of live orders that have traded, by handle.
    filled: HashMap<u64, i64>,
    /// Places of the reports of the taker whose end, which tells its handle, is still to come.
    open: Vec<usize>,
    /// What that taker has filled since it began to take.
    taken: i64,
    /// The maker that self-trade prevention last took quantity off.
    prevented: u64,
}

impl ReportFeed {
    /// Goes on with a live order after recovery, of which `filled` is filled.
    pub fn resume(&mut self, handle: u64, filled: i64) {
        if filled > 0 {
            self.filled.insert(handle, filled);
        }
    }

    /// Adds the reports that `events`, those of whole commands, become to `reports`.
    pub fn publish(&mut self, events: &[Event], reports: &mut Vec<Report>) {
        self.settled();
        for event in events {
            if let Some(kind) = EventKind::from_code(event.kind) {
                self.take(event, kind, reports);
            }
        }
    }

    fn take(&mut self, event: &Event, kind: EventKind, reports: &mut Vec<Report>) {
        let report = Report::of(event, kind);
        match kind {
            EventKind::Rejected if concerns_owner(event.command) => {
                reports.push(Report { status: Status::Rejected, ..report });
            }
            EventKind::Trade => self.trade(event, reports),
            EventKind::Prevented => self.prevented(event, reports),
            EventKind::Filled => self.settle(event.handle, Some(Status::Filled), reports),
            EventKind::Reduced => self.reduced(event, reports),
            EventKind::Rested => {
                if self.is_taker(event, reports) {
                    self.settle(event.handle, None, reports);
                }
                reports.push(report.standing(self.so_far(event.handle)));
            }
            EventKind::Cancelled => self.end(event, Report { status: Status::Cancelled, ..report }, reports),
            EventKind::Expired => self.end(event, Report { status: Status::Expired, ..report }, reports),
            EventKind::Accepted
            | EventKind::Amended
            | EventKind::Triggered
            | EventKind::Repriced
            | EventKind::Shrunk
            | EventKind::Aside => reports.push(report.standing(self.so_far(event.handle))),
            EventKind::Rejected | EventKind::Refreshed | EventKind::Phase | EventKind::Auction | EventKind::Done => {}
        }
    }

    fn trade(&mut self, event: &Event, reports: &mut Vec<Report>) {
        let filled = self.so_far(event.handle) + event.quantity;
        let done = event.flags & mark::MAKER_DONE != 0;
        let taker = Report::of_taker(event, EventKind::Trade);
        let third = event.flags & mark::MAKER_THIRD != 0;
        let maker =
            Report { fee: event.fee, third, maker: true, auction: taker.auction, ..Report::of(event, taker.kind) };
        let maker = maker.standing(filled);
        reports.push(Report { status: if done { Status::Filled } else { maker.status }, ..maker });
        self.keep(event.handle, filled, done);
        self.taken += event.quantity;
        self.open.push(reports.len());
        let done = event.flags & mark::TAKER_DONE != 0;
        let taker = taker.standing(self.taken);
        reports.push(Report { status: if done { Status::Filled } else { taker.status }, ..taker });
    }

    fn prevented(&mut self, event: &Event, reports: &mut Vec<Report>) {
        self.prevented = event.handle;
        reports.push(Report::of(event, EventKind::Prevented).standing(self.so_far(event.handle)));
        self.open.push(reports.len());
        reports.push(Report::of_taker(event, EventKind::Prevented).standing(self.taken));
    }

    /// In an auction both parties of a trade are named by the `REDUCED` of each.
    fn reduced(&mut self, event: &Event, reports: &mut [Report]) {
        let Some(&open) = self.open.last() else { return };
        if reports[open].side == event.side {
            let done = (reports[open].status == Status::Filled).then_some(Status::Filled);
            self.settle(event.handle, done, reports);
        }
    }

    fn end(&mut self, event: &Event, report: Report, reports: &mut Vec<Report>) {
        if self.is_taker(event, reports) {
            let filled = self.so_far(event.handle) + self.taken;
            self.settle(event.handle, Some(report.status), reports);
            reports.push(Report { filled, ..report });
        } else {
            reports.push(Report { filled: self.filled.remove(&event.handle).unwrap_or(0), ..report });
        }
    }

    /// Is it the end of the taker that has trades open? Not that of a maker it met, nor of a leg that its trades ended.
    fn is_taker(&self, event: &Event, reports: &[Report]) -> bool {
        let Some(taker) = self.open.last().map(|&open| &reports[open]) else { return false };
        let follows = [Reason::Oco as u8, Reason::Parent as u8].contains(&event.reason);
        let maker = event.kind != EventKind::Rested as u8 && in_book(event);
        let prevented = event.handle != 0 && event.handle == self.prevented;
        (taker.owner, taker.id, taker.side) == (event.owner, event.id, event.side) && !follows && !maker && !prevented
    }

    /// The taker's handle is known now: its reports get it, and what was filled before.
    fn settle(&mut self, handle: u64, end: Option<Status>, reports: &mut [Report]) {
        let before = self.so_far(handle);
        for &open in &self.open {
            let report = &mut reports[open];
            let status = report.status;
            *report = Report { handle, ..report.standing(before + report.filled) };
            if status == Status::Filled {
                report.status = status;
            }
        }
        if let (Some(Status::Filled), Some(&last)) = (end, self.open.last()) {
            reports[last].status = Status::Filled;
        }
        self.keep(handle, before + self.taken, end.is_some());
        self.settled();
    }

    fn settled(&mut self) {
        self.open.clear();
        (self.taken, self.prevented) = (0, 0);
    }

    fn so_far(&self, handle: u64) -> i64 {
        self.filled.get(&handle).copied().unwrap_or(0)
    }

    fn keep(&mut self, handle: u64, filled: i64, done: bool) {
        if done {
            self.filled.remove(&handle);
        } else if handle != 0 && filled > 0 {
            self.filled.insert(handle, filled);
        }
    }
}

fn concerns_owner(command: u8) -> bool {
    matches!(
        CommandKind::from_code(command),
        Some(
            CommandKind::Order
                | CommandKind::Cancel
                | CommandKind::Amend
                | CommandKind::MassCancel
                | CommandKind::Disconnect
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BUY, SELL};

    const MAKER: (u32, u64, u64) = (1, 11, 101);
    const TAKER: (u32, u64) = (2, 22);

    fn event(seq: u64, kind: EventKind, (owner, id, handle): (u32, u64, u64), side: u8, quantity: i64) -> Event {
        Event { seq, kind: kind as u8, owner, id, handle, side, price: 100, quantity, ..Event::default() }
    }

    fn trade(seq: u64, quantity: i64, flags: u8) -> Event {
        let (taker_owner, taker) = TAKER;
        let (fee, taker_fee) = (-1, 2);
        Event { taker, fee, taker_fee, taker_owner, flags, ..event(seq, EventKind::Trade, MAKER, SELL, quantity) }
    }

    fn taker(seq: u64, kind: EventKind, handle: u64, quantity: i64) -> Event {
        event(seq, kind, (TAKER.0, TAKER.1, handle), BUY, quantity)
    }

    fn told(feed: &mut ReportFeed, events: &[Event], owner: u32) -> Vec<(EventKind, Status, u64, i64)> {
        let mut reports = Vec::new();
        feed.publish(events, &mut reports);
        reports.iter().filter(|r| r.owner == owner).map(|r| (r.kind, r.status, r.handle, r.filled)).collect()
    }

    #[test]
    fn both_sides_hear_of_each_trade_with_what_is_filled_so_far() {
        let events = [
            taker(1, EventKind::Accepted, 0, 9),
            trade(2, 4, mark::IN_BOOK | mark::MAKER_THIRD),
            trade(3, 3, mark::IN_BOOK | mark::MAKER_DONE),
            Event { flags: mark::IN_BOOK, ..taker(4, EventKind::Rested, 202, 2) },
        ];
        let mut feed = ReportFeed::default();
        feed.resume(MAKER.2, 5);
        let maker = told(&mut feed.clone(), &events, MAKER.0);
        let partial = Status::PartiallyFilled;
        assert_eq!(maker, [(EventKind::Trade, partial, 101, 9), (EventKind::Trade, Status::Filled, 101, 12)]);
        let mut reports = Vec::new();
        feed.clone().publish(&events, &mut reports);
        assert_eq!((reports[1].fee, reports[1].third, reports[1].maker, reports[1].side), (-1, true, true, SELL));
        assert_eq!((reports[2].fee, reports[2].third, reports[2].maker, reports[2].side), (2, false, false, BUY));
        let heard = [
            (EventKind::Accepted, Status::New, 0, 0),
            (EventKind::Trade, partial, 202, 4),
            (EventKind::Trade, partial, 202, 7),
            (EventKind::Rested, partial, 202, 7),
        ];
        assert_eq!(told(&mut feed, &events, TAKER.0), heard);
        let next = [Event { flags: mark::IN_BOOK, ..taker(9, EventKind::Cancelled, 202, 2) }];
        assert_eq!(told(&mut feed, &next, TAKER.0), [(EventKind::Cancelled, Status::Cancelled, 202, 7)]);
        assert!(feed.filled.is_empty());
    }

    #[test]
    fn the_last_trade_of_a_taker_says_that_it_is_filled() {
        let events = [trade(2, 4, mark::IN_BOOK), trade(3, 3, mark::IN_BOOK), taker(4, EventKind::Filled, 0, 7)];
        let heard = told(&mut ReportFeed::default(), &events, TAKER.0);
        let first = (EventKind::Trade, Status::PartiallyFilled, 0, 4);
        assert_eq!(heard, [first, (EventKind::Trade, Status::Filled, 0, 7)]);
    }

    #[test]
    fn an_order_that_takes_again_counts_on() {
        let mut feed = ReportFeed::default();
        feed.resume(202, 10);
        let events =
            [taker(1, EventKind::Amended, 202, 9), trade(2, 4, mark::IN_BOOK), taker(3, EventKind::Expired, 202, 5)];
        let heard = [
            (EventKind::Amended, Status::PartiallyFilled, 202, 10),
            (EventKind::Trade, Status::PartiallyFilled, 202, 14),
            (EventKind::Expired, Status::Expired, 202, 14),
        ];
        assert_eq!(told(&mut feed, &events, TAKER.0), heard);
        assert_eq!(feed.so_far(202), 0);
    }

    #[test]
    fn a_maker_cancelled_in_the_sweep_is_not_taken_for_the_taker() {
        let own = Event { flags: mark::IN_BOOK, ..taker(3, EventKind::Cancelled, 77, 2) };
        let sibling = Event { reason: Reason::Oco as u8, ..taker(4, EventKind::Cancelled, 78, 2) };
        let events = [trade(2, 4, mark::IN_BOOK), own, sibling, taker(5, EventKind::Filled, 79, 4)];
        let heard = told(&mut ReportFeed::default(), &events, TAKER.0);
        assert_eq!(heard[0], (EventKind::Trade, Status::Filled, 79, 4));
        assert_eq!(heard[1], (EventKind::Cancelled, Status::Cancelled, 77, 0));
        assert_eq!(heard[2], (EventKind::Cancelled, Status::Cancelled, 78, 0));
    }

    #[test]
    fn in_an_auction_each_side_is_known_by_its_reduction() {
        let flags = mark::AUCTION | mark::TAKER_DONE;
        let reduced = |seq, side, who| Event { flags: mark::IN_BOOK, ..event(seq, EventKind::Reduced, who, side, 4) };
        let mut feed = ReportFeed::default();
        feed.resume(202, 6);
        let events = [trade(2, 4, flags), reduced(3, BUY, (2, 22, 202)), reduced(4, SELL, MAKER)];
        assert_eq!(told(&mut feed.clone(), &events, 2), [(EventKind::Trade, Status::Filled, 202, 10)]);
        assert_eq!(told(&mut feed, &events, 1), [(EventKind::Trade, Status::PartiallyFilled, 101, 4)]);
        assert_eq!((feed.so_far(202), feed.so_far(101)), (0, 4));
    }

    #[test]
    fn owners_hear_of_refused_orders_but_not_of_refused_settings() {
        let refused = |command| Event { command: command as u8, reason: 29, ..taker(0, EventKind::Rejected, 0, 0) };
        let events = [refused(CommandKind::Order), refused(CommandKind::SetTier)];
        let mut reports = Vec::new();
        ReportFeed::default().publish(&events, &mut reports);
        let told: Vec<_> = reports.iter().map(|r| (r.status, r.reason)).collect();
        assert_eq!(told, [(Status::Rejected, Reason::Amount)]);
    }
}

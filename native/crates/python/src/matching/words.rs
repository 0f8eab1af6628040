//! The words of commands and events, as lists.

use parrot_matching::feeds::{OrderChange, Status};
use parrot_matching::{
    CommandKind, EventKind, Limit, ListKind, OrderType, Phase, Reason, SelfTrade, TimeInForce, flag, mark,
};
use pyo3::prelude::*;

const STATUS: [(&str, Status); 6] = [
    ("REJECTED", Status::Rejected),
    ("NEW", Status::New),
    ("PARTIALLY_FILLED", Status::PartiallyFilled),
    ("FILLED", Status::Filled),
    ("CANCELLED", Status::Cancelled),
    ("EXPIRED", Status::Expired),
];
const CHANGE: [(&str, OrderChange); 3] =
    [("ADD", OrderChange::Add), ("SET", OrderChange::Set), ("REMOVE", OrderChange::Remove)];

type Words = Vec<(&'static str, u32)>;

fn wide(words: &[(&'static str, u8)]) -> Words {
    words.iter().map(|(name, code)| (*name, u32::from(*code))).collect()
}

/// Every list of words, with names and codes, under the name that Python gives it.
#[pyfunction]
pub fn matching_words() -> Vec<(&'static str, Words)> {
    vec![
        ("CommandKind", wide(CommandKind::ALL)),
        ("OrderType", wide(OrderType::ALL)),
        ("TimeInForce", wide(TimeInForce::ALL)),
        ("SelfTrade", wide(SelfTrade::ALL)),
        ("ListKind", wide(ListKind::ALL)),
        ("Phase", wide(Phase::ALL)),
        ("Limit", wide(Limit::ALL)),
        ("EventKind", wide(EventKind::ALL)),
        ("Reason", wide(Reason::ALL)),
        ("Flag", flag::ALL.to_vec()),
        ("Mark", wide(mark::ALL)),
        ("Status", STATUS.map(|(name, status)| (name, status as u32)).to_vec()),
        ("Change", CHANGE.map(|(name, change)| (name, change as u32)).to_vec()),
    ]
}

//! The words of commands and events, as lists.

use parrot_matching::{
    CommandKind, EventKind, Limit, ListKind, OrderType, Phase, Reason, SelfTrade, TimeInForce, flag, mark,
};
use pyo3::prelude::*;

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
    ]
}

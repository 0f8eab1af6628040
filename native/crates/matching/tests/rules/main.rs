//! Properties of the matching engine, on random streams of commands of every kind, valid and not.
//!
//! `PROPTEST_CASES` makes the properties run longer, `PARROT_FUZZ_SECONDS` the fuzz loops.

mod auction;
mod fuzz;
mod generator;
mod market_data;
mod orders;
mod properties;
mod venue;

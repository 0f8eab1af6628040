//! Runs an engine over a stream, as often as asked, and prints one line of JSON.

use crate::clock::{Counter, after, before, seconds};
use crate::stream::{Record, Stream};
use crate::tally::{Hear, Left, Sum, Tally};

/// An engine that replays a stream.
pub trait Replay {
    /// Whether it says that a cancel's target was gone.
    const REJECTS: bool;
    /// Operations between two calls of [`Self::drain`] in runs that are timed as a whole.
    const BATCH: usize = 64;
    /// An empty one.
    fn new(stream: &Stream) -> Self;
    /// Carries out one operation.
    fn apply<H: Hear>(&mut self, record: &Record, hear: &mut H);
    /// Carries out the first `count` of the operations that are left; one that can look ahead does it here.
    #[inline]
    fn batch<H: Hear>(&mut self, left: &[Record], count: usize, hear: &mut H) {
        for record in &left[..count] {
            self.apply(record, hear);
        }
    }
    /// Tells what is waiting to be told.
    #[inline]
    fn drain<H: Hear>(&mut self, _hear: &mut H) {}
    /// The book at the end.
    fn left(&self) -> Left;
}

/// What was asked for on the command line.
pub struct Asked {
    /// The stream.
    pub stream: Stream,
    /// How many timed runs.
    pub repeats: usize,
    /// Other words.
    pub words: Vec<String>,
}

impl Asked {
    /// Reads `FILE [--ops N] [--repeats N] [WORD ...]`.
    ///
    /// # Panics
    /// When the file cannot be read or a number is none.
    pub fn read() -> Self {
        let mut words: Vec<String> = std::env::args().skip(1).collect();
        let path = words.remove(0);
        let mut number = |name: &str, other: usize| {
            let Some(place) = words.iter().position(|word| word == name) else { return other };
            words.remove(place);
            words.remove(place).parse().expect("a number")
        };
        let (most, repeats) = (number("--ops", usize::MAX), number("--repeats", 5));
        Self { stream: Stream::read(&path, most).expect("a PMB1 file"), repeats, words }
    }

    /// Whether a word was given.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|other| other == word)
    }
}

/// Checks an engine, times whole runs, then single operations; prints JSON.
pub fn report<E: Replay>(asked: &Asked) {
    let stream = &asked.stream;
    let (check, sum) = checked::<E>(stream);
    let runs: Vec<f64> = (0..asked.repeats).map(|_| timed::<E>(stream, &sum)).collect();
    println!(r#"{{"ops": {}, "ns": {runs:.2?}, {}, "check": {check}}}"#, stream.records.len(), latency::<E>(stream));
}

fn checked<E: Replay>(stream: &Stream) -> (String, Sum) {
    let (mut engine, mut sum) = (E::new(stream), Sum::default());
    timed_run(&mut engine, stream, &mut sum);
    let (mut engine, mut tally) = (E::new(stream), Tally::default());
    for record in &stream.records {
        engine.apply(record, &mut tally);
        engine.drain(&mut tally);
    }
    (tally.json(&engine.left(), E::REJECTS), sum)
}

/// Nanoseconds an operation; the result must be the one of the run that was checked.
fn timed<E: Replay>(stream: &Stream, sum: &Sum) -> f64 {
    let (mut engine, mut found) = (E::new(stream), Sum::default());
    let start = seconds();
    timed_run(&mut engine, stream, &mut found);
    let time = seconds() - start;
    assert_eq!(found.found, sum.found, "a timed run found something else");
    time / stream.records.len() as f64 * 1e9
}

#[inline(never)]
fn timed_run<E: Replay>(engine: &mut E, stream: &Stream, sum: &mut Sum) {
    let mut left = &stream.records[..];
    while !left.is_empty() {
        let count = left.len().min(E::BATCH);
        engine.batch(left, count, sum);
        engine.drain(sum);
        left = &left[count..];
    }
}

fn latency<E: Replay>(stream: &Stream) -> String {
    let counter = Counter::calibrate();
    let (mut engine, mut sum) = (E::new(stream), Sum::default());
    let mut counts = vec![0_u32; stream.records.len()];
    for (record, count) in stream.records.iter().zip(&mut counts) {
        let from = before();
        engine.apply(record, &mut sum);
        *count = u32::try_from(after() - from).unwrap_or(u32::MAX);
        engine.drain(&mut sum);
    }
    counts.sort_unstable();
    let at = |part: f64| counter.nanoseconds(counts[((counts.len() - 1) as f64 * part) as usize]);
    format!(
        r#""p50": {:.0}, "p99": {:.0}, "p999": {:.0}, "overhead": {:.1}"#,
        at(0.5),
        at(0.99),
        at(0.999),
        counter.empty as f64 * counter.unit
    )
}

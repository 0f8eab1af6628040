//! How far each stream of bars has been revealed; shared with whoever shows indicators to a strategy.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};

/// Index of the last closed bar of every stream, and the symbol whose handler runs.
#[derive(Debug)]
pub struct Cursor {
    symbol: AtomicU32,
    index: Box<[AtomicI64]>,
}

impl Cursor {
    /// No bar of `streams` streams is known yet.
    pub fn new(streams: usize) -> Self {
        Self { symbol: AtomicU32::new(0), index: (0..streams).map(|_| AtomicI64::new(-1)).collect() }
    }

    /// The symbol whose handler runs.
    #[inline]
    pub fn symbol(&self) -> usize {
        self.symbol.load(Relaxed) as usize
    }

    /// Index of the last closed bar of `stream`, -1 before the first.
    #[inline]
    pub fn index(&self, stream: usize) -> i64 {
        self.index[stream].load(Relaxed)
    }

    /// Names the symbol whose handler runs next.
    #[inline]
    pub fn select(&self, symbol: u16) {
        self.symbol.store(u32::from(symbol), Relaxed);
    }

    /// Reveals bar `index` of `stream`.
    #[inline]
    pub fn reveal(&self, stream: usize, index: usize) {
        self.index[stream].store(index as i64, Relaxed);
    }
}

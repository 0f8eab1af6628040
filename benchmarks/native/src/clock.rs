//! Two clocks: processor time of the thread for whole runs, the time stamp counter for single operations.

use core::arch::x86_64::{__rdtscp, _mm_lfence, _rdtsc};
use std::time::Instant;

/// Processor time of this thread in seconds: other programs on the machine do not count.
pub fn seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec that lives through the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The counter before an operation; earlier work has ended.
#[inline]
pub fn before() -> u64 {
    // SAFETY: every x86-64 processor has these.
    unsafe {
        _mm_lfence();
        let now = _rdtsc();
        _mm_lfence();
        now
    }
}

/// The counter after an operation, which has ended.
#[inline]
pub fn after() -> u64 {
    let mut core = 0;
    // SAFETY: as above.
    unsafe {
        let now = __rdtscp(&raw mut core);
        _mm_lfence();
        now
    }
}

/// The counter's unit and what reading it twice costs.
pub struct Counter {
    /// Nanoseconds of one count.
    pub unit: f64,
    /// Counts between two readings with nothing between them: the median.
    pub empty: u64,
}

impl Counter {
    /// Compares the counter with the system's clock for a tenth of a second.
    pub fn calibrate() -> Self {
        let (start, from) = (Instant::now(), before());
        while start.elapsed().as_millis() < 100 {}
        let unit = start.elapsed().as_nanos() as f64 / (after() - from) as f64;
        let mut empty: Vec<u64> = (0..100_001).map(|_| (before(), after())).map(|(from, to)| to - from).collect();
        empty.sort_unstable();
        Self { unit, empty: empty[empty.len() / 2] }
    }

    /// Nanoseconds of a count, the empty reading taken off.
    pub fn nanoseconds(&self, count: u32) -> f64 {
        u64::from(count).saturating_sub(self.empty) as f64 * self.unit
    }
}

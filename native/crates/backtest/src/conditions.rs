//! Subscriptions: the bars of a symbol on which a condition of the strategy is true.

/// Bar indices of one symbol's base stream with the conditions that hold there, in order.
#[derive(Clone, Debug, Default)]
pub struct Subscriptions {
    events: Vec<(u32, u16)>,
    next: usize,
}

impl Subscriptions {
    /// Adds condition `id`, true on the bars of `rows` (rising).
    pub fn add(&mut self, id: u16, rows: &[u32]) {
        self.events.extend(rows.iter().map(|row| (*row, id)));
        #[allow(clippy::stable_sort_primitive)] // two sorted runs: a stable sort merges them
        self.events.sort();
    }

    /// Adds condition `id`, true on bar `row`, which is no earlier than any other.
    pub fn push(&mut self, id: u16, row: u32) {
        self.events.push((row, id));
    }

    /// Forgets everything before bar `first`.
    pub fn start_at(&mut self, first: usize) {
        self.next = self.events.partition_point(|event| (event.0 as usize) < first);
    }

    /// Index of the next bar with an event.
    #[inline]
    pub fn next_row(&self) -> Option<usize> {
        self.events.get(self.next).map(|event| event.0 as usize)
    }

    /// Index of the bar of the event after the next, which is often the one to prepare for.
    #[inline]
    pub fn row_after(&self) -> Option<usize> {
        self.events.get(self.next + 1).map(|event| event.0 as usize)
    }

    /// Takes the next condition that holds on bar `row`; events of bars that have passed are dropped.
    #[inline]
    pub fn take(&mut self, row: usize) -> Option<u16> {
        while let Some((at, id)) = self.events.get(self.next) {
            if *at as usize > row {
                return None;
            }
            self.next += 1;
            if *at as usize == row {
                return Some(*id);
            }
        }
        None
    }
}

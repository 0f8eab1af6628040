//! One side of a book: levels in a dense window at the touch, all levels beyond it in a tree.
//!
//! The lowest key is always the best level; the book mirrors bids to make it so.

use std::collections::{BTreeMap, btree_map};

const START_LEN: usize = 1 << 12;
/// 1 MiB of sizes, 4 MiB of queues; measured on real books this holds 93 to 99 of 100 updates.
const MAX_LEN: usize = 1 << 17;
const EMPTY: usize = usize::MAX;

/// What a level holds; its default is a level that is not there.
pub trait Cell: Copy + Default {
    /// Is there nothing at this level?
    fn is_vacant(&self) -> bool;
}

impl Cell for i64 {
    fn is_vacant(&self) -> bool {
        *self == 0
    }
}

/// Levels by key, best (lowest) first.
///
/// Two things always hold: a level exists if and only if the window holds one, and the tree's keys lie beyond the window.
#[derive(Debug, Clone)]
pub struct Ladder<C: Cell> {
    base: i64,
    best: usize,
    cells: Vec<C>,
    /// One bit a level: is it occupied?
    words: Vec<u64>,
    /// One bit a word: does it have a bit?
    summary: Vec<u64>,
    far: BTreeMap<i64, C>,
}

impl<C: Cell> Default for Ladder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Cell> Ladder<C> {
    /// No level.
    pub fn new() -> Self {
        Self {
            base: 0,
            best: EMPTY,
            cells: Vec::new(), // the window is made with the first level
            words: Vec::new(),
            summary: Vec::new(),
            far: BTreeMap::new(),
        }
    }

    /// Puts a cell at a level (a vacant one removes it) and returns the one before.
    #[inline]
    pub fn set(&mut self, key: i64, cell: C) -> C {
        let slot = key.wrapping_sub(self.base) as usize; // keys below the window wrap to huge slots
        let Some(place) = self.cells.get_mut(slot) else { return self.set_outside(key, cell) };
        let old = std::mem::replace(place, cell);
        if old.is_vacant() != cell.is_vacant() {
            self.flip(slot, cell.is_vacant());
        }
        old
    }

    /// Changes the cell at a level in place; one that becomes vacant removes the level.
    #[inline]
    pub fn update<R>(&mut self, key: i64, change: impl FnOnce(&mut C) -> R) -> R {
        let slot = key.wrapping_sub(self.base) as usize;
        let Some(place) = self.cells.get_mut(slot) else { return self.update_outside(key, change) };
        let before = place.is_vacant();
        let answer = change(place);
        let after = place.is_vacant();
        if before != after {
            self.flip(slot, after);
        }
        answer
    }

    /// The cell at a level, vacant where there is none.
    pub fn get(&self, key: i64) -> C {
        let slot = key.wrapping_sub(self.base) as usize;
        self.cells.get(slot).or_else(|| self.far.get(&key)).copied().unwrap_or_default()
    }

    /// Key and cell of the best level.
    #[inline]
    pub fn best(&self) -> Option<(i64, C)> {
        let cell = self.cells.get(self.best)?;
        Some((self.base + self.best as i64, *cell))
    }

    /// Key of the best level.
    #[inline]
    pub fn best_key(&self) -> Option<i64> {
        (self.best != EMPTY).then(|| self.base + self.best as i64)
    }

    /// Removes every level.
    pub fn clear(&mut self) {
        self.far.clear();
        while let Some(slot) = self.next_slot(0) {
            self.take_slot(slot);
        }
        self.best = EMPTY;
    }

    /// Keys and cells, best first.
    pub fn levels(&self) -> Levels<'_, C> {
        Levels { ladder: self, slot: self.best, far: self.far.iter() }
    }

    fn end(&self) -> i64 {
        self.base + self.cells.len() as i64
    }

    fn flip(&mut self, slot: usize, gone: bool) {
        let word = slot >> 6;
        self.words[word] ^= 1 << (slot & 63);
        let bit = 1 << (word & 63);
        if !gone {
            self.summary[word >> 6] |= bit;
            if slot < self.best || self.best == EMPTY {
                self.best = slot;
            }
            return;
        }
        if self.words[word] == 0 {
            self.summary[word >> 6] &= !bit;
        }
        if slot == self.best {
            self.advance_best();
        }
    }

    fn advance_best(&mut self) {
        let next = self.next_slot(self.best);
        self.best = next.unwrap_or(EMPTY);
        let Some((&nearest_far, _)) = self.far.first_key_value() else { return };
        match next {
            None => self.recentre(nearest_far),
            Some(slot) if slot > self.cells.len() / 4 * 3 => self.recentre(self.base + slot as i64),
            Some(_) => {}
        }
    }

    #[cold]
    fn set_outside(&mut self, key: i64, cell: C) -> C {
        if cell.is_vacant() {
            return self.far.remove(&key).unwrap_or_default();
        }
        if self.cover(key) { self.set(key, cell) } else { self.far.insert(key, cell).unwrap_or_default() }
    }

    #[cold]
    fn update_outside<R>(&mut self, key: i64, change: impl FnOnce(&mut C) -> R) -> R {
        let mut cell = self.get(key);
        let answer = change(&mut cell);
        self.set(key, cell);
        answer
    }

    /// Makes room in the window for a level outside it; false where it lies too far away.
    fn cover(&mut self, key: i64) -> bool {
        if self.cells.is_empty() {
            self.resize(START_LEN);
        }
        if key < self.base || self.best == EMPTY {
            self.recentre(key);
        } else if key - self.base < MAX_LEN as i64 {
            self.grow((key - self.base) as usize + 1);
        } else {
            return false;
        }
        true
    }

    /// Moves the window so that `best` stands a quarter into it: prices come back more often than they run away.
    fn recentre(&mut self, best: i64) {
        while let Some(slot) = self.next_slot(0) {
            let cell = self.take_slot(slot);
            self.far.insert(self.base + slot as i64, cell);
        }
        self.base = best - self.cells.len() as i64 / 4;
        self.pull();
    }

    fn grow(&mut self, slots: usize) {
        self.resize(slots.next_power_of_two());
        self.pull();
    }

    fn resize(&mut self, len: usize) {
        self.cells.resize(len, C::default());
        self.words.resize(len / 64, 0);
        self.summary.resize(len / 4096, 0);
    }

    /// Moves levels from the tree into the window that now covers them.
    fn pull(&mut self) {
        let end = self.end();
        while let Some(entry) = self.far.first_entry().filter(|entry| *entry.key() < end) {
            let (key, cell) = entry.remove_entry();
            let slot = (key - self.base) as usize;
            self.cells[slot] = cell;
            self.words[slot >> 6] |= 1 << (slot & 63);
            self.summary[slot >> 12] |= 1 << (slot >> 6 & 63);
        }
        self.best = self.next_slot(0).unwrap_or(EMPTY);
    }

    fn take_slot(&mut self, slot: usize) -> C {
        let word = slot >> 6;
        self.words[word] &= !(1 << (slot & 63));
        if self.words[word] == 0 {
            self.summary[word >> 6] &= !(1 << (word & 63));
        }
        std::mem::take(&mut self.cells[slot])
    }

    /// The first occupied slot at or after `slot`.
    #[inline]
    fn next_slot(&self, slot: usize) -> Option<usize> {
        let word = slot >> 6;
        let bits = self.words.get(word)? & (!0 << (slot & 63));
        if bits != 0 {
            return Some((word << 6) + bits.trailing_zeros() as usize);
        }
        let word = self.next_word(word + 1)?;
        Some((word << 6) + self.words[word].trailing_zeros() as usize)
    }

    fn next_word(&self, word: usize) -> Option<usize> {
        let mut group = word >> 6;
        let mut bits = self.summary.get(group)? & (!0 << (word & 63));
        while bits == 0 {
            group += 1;
            bits = *self.summary.get(group)?;
        }
        Some((group << 6) + bits.trailing_zeros() as usize)
    }
}

/// Levels of one side as (key, cell), best first.
#[derive(Debug, Clone)]
pub struct Levels<'a, C: Cell> {
    ladder: &'a Ladder<C>,
    slot: usize,
    far: btree_map::Iter<'a, i64, C>,
}

impl<C: Cell> Iterator for Levels<'_, C> {
    type Item = (i64, C);

    fn next(&mut self) -> Option<(i64, C)> {
        let Some(&cell) = self.ladder.cells.get(self.slot) else {
            return self.far.next().map(|(&key, &cell)| (key, cell));
        };
        let key = self.ladder.base + self.slot as i64;
        self.slot = self.ladder.next_slot(self.slot + 1).unwrap_or(EMPTY);
        Some((key, cell))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contents(ladder: &Ladder<i64>) -> Vec<(i64, i64)> {
        ladder.levels().collect()
    }

    fn invariants_hold(ladder: &Ladder<i64>) {
        assert_eq!(ladder.best == EMPTY, ladder.next_slot(0).is_none());
        assert!(ladder.best != EMPTY || ladder.far.is_empty(), "far levels while the window is empty");
        assert!(ladder.far.keys().all(|&key| key >= ladder.end()));
        for (slot, &size) in ladder.cells.iter().enumerate() {
            assert_eq!(size != 0, ladder.words[slot >> 6] >> (slot & 63) & 1 == 1, "bit of slot {slot}");
        }
        for (word, &bits) in ladder.words.iter().enumerate() {
            assert_eq!(bits != 0, ladder.summary[word >> 6] >> (word & 63) & 1 == 1, "summary of word {word}");
        }
    }

    /// Keys that are near one another, far away, and around the window's edges.
    fn keys() -> impl Strategy<Value = i64> {
        prop_oneof![
            4 => -200_i64..200,
            2 => -6_000_i64..6_000,
            2 => -300_000_i64..300_000,
            1 => prop_oneof![Just(-(1_i64 << 61)), Just(1_i64 << 61), (-(1_i64 << 40)..1 << 40)],
        ]
    }

    proptest! {
        #[test]
        fn a_ladder_is_a_sorted_map(steps in prop::collection::vec((keys(), 0_i64..4), 1..120)) {
            let (mut ladder, mut model) = (Ladder::new(), BTreeMap::new());
            for (key, size) in steps {
                let old = if size == 0 { model.remove(&key) } else { model.insert(key, size) };
                let before = if key % 2 == 0 {
                    ladder.set(key, size)
                } else {
                    ladder.update(key, |cell| std::mem::replace(cell, size))
                };
                prop_assert_eq!(before, old.unwrap_or(0));
                prop_assert_eq!(ladder.best(), model.first_key_value().map(|(&key, &size)| (key, size)));
                prop_assert_eq!(ladder.get(key), size);
            }
            invariants_hold(&ladder);
            prop_assert_eq!(contents(&ladder), model.into_iter().collect::<Vec<_>>());
            ladder.clear();
            invariants_hold(&ladder);
            prop_assert_eq!(contents(&ladder), vec![]);
        }
    }

    #[test]
    fn deleting_the_last_near_level_brings_the_far_ones_in() {
        let mut ladder = Ladder::new();
        ladder.set(10, 1);
        ladder.set(10_000_000, 2);
        assert_eq!(ladder.far.len(), 1);
        ladder.set(10, 0);
        assert_eq!(ladder.best(), Some((10_000_000, 2)));
        invariants_hold(&ladder);
    }

    #[test]
    fn a_best_that_drifts_away_moves_the_window() {
        let mut ladder = Ladder::new();
        ladder.set(0, 1);
        ladder.set(1 << 30, 9);
        for key in 0..400_000 {
            ladder.set(key + 1, 1);
            ladder.set(key, 0);
        }
        assert_eq!(contents(&ladder), vec![(400_000, 1), (1 << 30, 9)]);
        invariants_hold(&ladder);
    }
}

//! A small stable hash over 64-bit words: the same on every machine and in every release.

/// FNV-1a over words, finished by the mixing step of `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Copy, Debug)]
pub struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Takes one signed word into the hash.
    pub fn word(&mut self, value: i64) {
        self.0 = (self.0 ^ value as u64).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    }

    /// Takes several words into the hash.
    pub fn words(&mut self, values: &[i64]) {
        for value in values {
            self.word(*value);
        }
    }

    /// Takes a long column into the hash: eight lanes side by side, so that their multiplications overlap.
    pub fn column(&mut self, values: &[i64]) {
        let mut lanes: [Self; 8] = std::array::from_fn(|lane| Self(self.0.rotate_left(lane as u32 * 8 + 1)));
        let chunks = values.chunks_exact(8);
        let rest = chunks.remainder();
        for chunk in chunks {
            for (lane, value) in lanes.iter_mut().zip(chunk) {
                lane.word(*value);
            }
        }
        self.word(values.len() as i64);
        self.words(&lanes.map(|lane| lane.0 as i64));
        self.words(rest);
    }

    /// Takes the rows of a table into the hash: four lanes side by side, as for a column.
    pub fn rows<const N: usize>(&mut self, rows: impl Iterator<Item = [i64; N]>) {
        let mut lanes: [Self; 4] = std::array::from_fn(|lane| Self(self.0.rotate_left(lane as u32 * 16 + 1)));
        let mut count = 0;
        for row in rows {
            count += 1;
            for (place, value) in row.iter().enumerate() {
                lanes[place % 4].word(*value);
            }
        }
        self.word(count);
        self.words(&lanes.map(|lane| lane.0 as i64));
    }

    /// Takes text into the hash, its length first.
    pub fn text(&mut self, value: &str) {
        self.word(value.len() as i64);
        for byte in value.bytes() {
            self.word(i64::from(byte));
        }
    }

    /// The 64 mixed bits.
    pub fn finish(&self) -> u64 {
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn order_and_value_both_count() {
        let of = |words: &[i64]| {
            let mut hash = Hash::default();
            for word in words {
                hash.word(*word);
            }
            hash.finish()
        };
        assert_ne!(of(&[1, 2]), of(&[2, 1]));
        assert_ne!(of(&[0]), of(&[0, 0]));
        assert_eq!(of(&[7, -7]), of(&[7, -7]));
    }

    #[test]
    fn every_place_of_every_row_counts() {
        let of = |rows: &[[i64; 5]]| {
            let mut hash = Hash::default();
            hash.rows(rows.iter().copied());
            hash.finish()
        };
        let rows = [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]];
        for (row, place) in (0..2).flat_map(|row| (0..5).map(move |place| (row, place))) {
            let mut other = rows;
            other[row][place] += 1;
            assert_ne!(of(&rows), of(&other));
        }
        assert_ne!(of(&rows), of(&[rows[1], rows[0]]));
        assert_ne!(of(&[[0; 5]]), of(&[[0; 5]; 2]));
    }

    #[test]
    fn every_value_of_a_column_counts() {
        let of = |values: &[i64]| {
            let mut hash = Hash::default();
            hash.column(values);
            hash.finish()
        };
        let values: Vec<i64> = (0..27).collect();
        for at in 0..values.len() {
            let mut other = values.clone();
            other[at] += 1;
            assert_ne!(of(&values), of(&other), "value {at}");
        }
        assert_ne!(of(&values), of(&values[..26]));
        let mut swapped = values.clone();
        swapped.swap(3, 11);
        assert_ne!(of(&values), of(&swapped), "order counts within a lane");
    }
}

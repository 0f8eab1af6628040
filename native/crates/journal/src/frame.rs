//! Frames: a batch of records behind five words that say which they are and whether all of them arrived.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use parrot_kernel::Hash;
use parrot_matching::Command;

#[cfg(target_endian = "big")]
compile_error!("journals are little-endian, and so is the memory that is written as it stands");

/// Bytes of a word.
pub(crate) const WORD: u64 = 8;
/// Words of a frame before its records.
pub(crate) const HEAD: usize = 5;
const RECORD: usize = size_of::<Command>() / WORD as usize;
const MAGIC: i64 = i64::from_le_bytes(*b"PARROTFR");
/// Words read at once.
const CHUNK: usize = 1 << 17;

/// Records as words, as they stand in memory and on the disk.
pub(crate) fn words_of(records: &[Command]) -> &[i64] {
    // SAFETY: a command is 96 bytes of integers without padding, aligned to eight.
    unsafe { std::slice::from_raw_parts(records.as_ptr().cast(), records.len() * RECORD) }
}

/// The records that words are; `words` must be whole records.
fn records_of(words: &[i64]) -> &[Command] {
    // SAFETY: every pattern of bits is a command, and words are aligned as it must be.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), words.len() / RECORD) }
}

/// Words as bytes.
pub(crate) fn bytes_of(words: &[i64]) -> &[u8] {
    // SAFETY: bytes have no alignment and every word is eight of them.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), size_of_val(words)) }
}

pub(crate) fn bytes_of_mut(words: &mut [i64]) -> &mut [u8] {
    // SAFETY: as above, and every pattern of bits is a word.
    unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), size_of_val(words)) }
}

/// Number of records in a frame of so many words.
pub(crate) const fn records_in(words: usize) -> u64 {
    (words.saturating_sub(HEAD) / RECORD) as u64
}

/// Checksum over some words that lead and a long column after them.
pub(crate) fn checksum(lead: &[i64], column: &[i64]) -> i64 {
    let mut hash = Hash::default();
    hash.words(lead);
    hash.column(column);
    hash.finish() as i64
}

/// Fills in the head of a frame whose records stand behind it.
pub(crate) fn seal(frame: &mut [i64], epoch: u64, first: u64) {
    let (head, records) = frame.split_at_mut(HEAD);
    let lead = [MAGIC, epoch as i64, first as i64, (records.len() / RECORD) as i64];
    head[..4].copy_from_slice(&lead);
    head[4] = checksum(&lead, records);
}

/// A file read in large pieces.
pub(crate) struct Window<'a> {
    file: &'a File,
    len: u64,
    start: u64,
    words: Vec<i64>,
}

impl<'a> Window<'a> {
    pub(crate) fn new(file: &'a File) -> io::Result<Self> {
        Ok(Self { file, len: file.metadata()?.len(), start: 0, words: Vec::new() })
    }

    /// The words from the byte `at`; `None` where the file is shorter.
    fn view(&mut self, at: u64, words: usize) -> io::Result<Option<&[i64]>> {
        if self.left(at) < words {
            return Ok(None);
        }
        if at < self.start || at + words as u64 * WORD > self.start + self.words.len() as u64 * WORD {
            self.words.resize(self.left(at).min(words.max(CHUNK)), 0);
            self.start = at;
            self.file.read_exact_at(bytes_of_mut(&mut self.words), at)?;
        }
        let from = ((at - self.start) / WORD) as usize;
        Ok(Some(&self.words[from..from + words]))
    }

    /// Whole words from the byte `at` to the end.
    fn left(&self, at: u64) -> usize {
        (self.len.saturating_sub(at) / WORD) as usize
    }

    /// The frame at the byte `at`, if one of this epoch stands there unharmed: its first record's number and its records.
    pub(crate) fn frame(&mut self, at: u64, epoch: u64) -> io::Result<Option<(u64, &[Command])>> {
        let Some(&[magic, of, first, count, sum]) = self.view(at, HEAD)? else { return Ok(None) };
        let room = self.left(at).saturating_sub(HEAD) / RECORD;
        if (magic, of) != (MAGIC, epoch as i64) || count < 1 || count as u64 > room as u64 {
            return Ok(None);
        }
        let Some(frame) = self.view(at, HEAD + count as usize * RECORD)? else { return Ok(None) };
        let sound = checksum(&[magic, of, first, count], &frame[HEAD..]) == sum;
        Ok(sound.then(|| (first as u64, records_of(&frame[HEAD..]))))
    }

    /// What stands from the byte `at` on, where the next frame should begin and does not: the first record of a frame
    /// further on, or else whether there is anything at all.
    pub(crate) fn remains(&mut self, at: u64, epoch: u64) -> io::Result<Remains> {
        let mut found = Remains::Nothing;
        let mut next = at;
        while self.left(next) > 0 {
            let count = self.left(next).min(CHUNK);
            let words = self.view(next, count)?.unwrap_or_default();
            if words.iter().any(|word| *word != 0) {
                found = Remains::Torn;
                let places: Vec<u64> = (0..).zip(words).filter(|(_, word)| **word == MAGIC).map(|(i, _)| i).collect();
                for place in places {
                    if let Some((first, _)) = self.frame(next + place * WORD, epoch)? {
                        return Ok(Remains::Frame(first));
                    }
                }
            }
            next += count as u64 * WORD;
        }
        let odd = !self.len.saturating_sub(at).is_multiple_of(WORD);
        Ok(if odd { Remains::Torn } else { found })
    }
}

/// What stands behind the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remains {
    /// Zeros.
    Nothing,
    /// A frame that did not arrive whole.
    Torn,
    /// A whole frame that begins with this record.
    Frame(u64),
}

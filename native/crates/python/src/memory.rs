//! Memory of large columns: fewer, larger pages, and pages that are used again.
//!
//! A run of a million bars writes some 100 MB of columns. Fresh pages come from the kernel filled with zeros, 4 KiB at a
//! time, and that took as long as the rest of the run. So large blocks ask for pages of 2 MiB, as NumPy's do, and a few
//! that were given back wait for the next column of the same length: an indicator's may become the equity curve's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::Mutex;

/// Blocks from this size on are treated so.
const LARGE: usize = 4 << 20;
/// How many blocks, and how many bytes of them, may wait.
const WAITING: usize = 16;
const WAITING_BYTES: usize = 96 << 20;

/// The system's allocator with a shelf of large blocks.
pub struct Paged {
    shelf: Mutex<Shelf>,
}

/// Blocks that wait, oldest first.
struct Shelf {
    blocks: [Block; WAITING],
    count: usize,
    bytes: usize,
}

#[derive(Clone, Copy)]
struct Block {
    start: *mut u8,
    layout: Layout,
}

// SAFETY: a block on the shelf belongs to nobody else.
unsafe impl Send for Shelf {}

impl Paged {
    /// Nothing waits yet.
    pub const fn new() -> Self {
        let none = Block { start: null_mut(), layout: Layout::new::<u8>() };
        Self { shelf: Mutex::new(Shelf { blocks: [none; WAITING], count: 0, bytes: 0 }) }
    }

    /// A block of exactly this layout that waits, or null.
    fn take(&self, layout: Layout) -> *mut u8 {
        let Ok(mut shelf) = self.shelf.try_lock() else { return null_mut() };
        let found = (0..shelf.count).rev().find(|at| shelf.blocks[*at].layout == layout);
        found.map_or(null_mut(), |at| shelf.remove(at).start)
    }

    /// Lets a block wait, and gives back those for which there is no room any more.
    fn give(&self, block: Block) {
        let Ok(mut shelf) = self.shelf.try_lock() else { return release(block) };
        let size = block.layout.size();
        if size > WAITING_BYTES {
            return release(block);
        }
        while shelf.count == WAITING || shelf.bytes + size > WAITING_BYTES {
            release(shelf.remove(0));
        }
        let at = shelf.count;
        shelf.blocks[at] = block;
        shelf.count += 1;
        shelf.bytes += size;
    }
}

impl Shelf {
    fn remove(&mut self, at: usize) -> Block {
        let block = self.blocks[at];
        self.blocks.copy_within(at + 1..self.count, at);
        self.count -= 1;
        self.bytes -= block.layout.size();
        block
    }
}

fn release(block: Block) {
    // SAFETY: the system allocated this block with this layout, and nobody uses it.
    unsafe { System.dealloc(block.start, block.layout) }
}

// SAFETY: blocks come from the system's allocator, and one that waits is handed to one owner, with the layout it had.
unsafe impl GlobalAlloc for Paged {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE {
            return unsafe { System.alloc(layout) };
        }
        let block = self.take(layout);
        if block.is_null() { advised(unsafe { System.alloc(layout) }, layout.size()) } else { block }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() < LARGE {
            return unsafe { System.alloc_zeroed(layout) };
        }
        let block = self.take(layout);
        if block.is_null() {
            return advised(unsafe { System.alloc_zeroed(layout) }, layout.size());
        }
        unsafe { block.write_bytes(0, layout.size()) };
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let grown = unsafe { System.realloc(block, layout, size) };
        if size < LARGE { grown } else { advised(grown, size) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        if layout.size() < LARGE {
            return unsafe { System.dealloc(start, layout) };
        }
        self.give(Block { start, layout });
    }
}

/// `block` after the advice to use large pages for it.
fn advised(block: *mut u8, size: usize) -> *mut u8 {
    if !block.is_null() {
        advise(block, size);
    }
    block
}

#[cfg(target_os = "linux")]
fn advise(block: *mut u8, size: usize) {
    const PAGE: usize = 4096;
    let skip = block.align_offset(PAGE);
    // SAFETY: the range lies inside the block; the advice alters no contents, and the kernel may ignore it.
    unsafe { libc::madvise(block.add(skip).cast(), size - skip, libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *mut u8, _: usize) {}

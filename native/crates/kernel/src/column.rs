//! Columns borrowed from whoever owns the memory, without a copy.

use std::ops::Deref;
use std::sync::Arc;

/// A read-only slice that keeps its owner alive (a NumPy array, a vector, another column).
#[derive(Clone)]
pub struct Column<T: 'static> {
    data: *const T,
    len: usize,
    _owner: Arc<dyn Send + Sync>,
}

// SAFETY: the data are read-only for the column's whole life and the owner is Send + Sync.
unsafe impl<T: Sync> Send for Column<T> {}
// SAFETY: as above; shared reads only.
unsafe impl<T: Sync> Sync for Column<T> {}

impl<T> Column<T> {
    /// Borrows `slice` for as long as `owner` lives.
    ///
    /// # Safety
    /// The memory of `slice` must stay valid and unchanged while `owner` is alive.
    pub unsafe fn borrowed(slice: &[T], owner: Arc<dyn Send + Sync>) -> Self {
        Self { data: slice.as_ptr(), len: slice.len(), _owner: owner }
    }

    /// Asks for the memory of `row`, so that it has arrived when it is read some hundred nanoseconds later.
    #[inline]
    pub fn prefetch(&self, row: usize) {
        prefetch(self, row);
    }
}

/// Asks for the memory of an item, so that it has arrived when it is read some hundred nanoseconds later.
///
/// Without a jump: a number beyond the items asks for memory that nobody will read, which does nothing.
#[inline]
pub fn prefetch<T>(items: &[T], number: usize) {
    let place = items.as_ptr().wrapping_add(number);
    // SAFETY: a prefetch reads nothing that the program could see, and never fails.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

impl<T: Send + Sync + 'static> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Self {
        let owner = Arc::new(values);
        Self { data: owner.as_ptr(), len: owner.len(), _owner: owner }
    }
}

impl<T> Deref for Column<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: the constructors guarantee a valid slice for the owner's life, and `_owner` is alive.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }
}

impl<T> std::fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Column({} values)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn a_clone_outlives_the_first() {
        let first = Column::from(vec![1, 2, 3]);
        let second = first.clone();
        drop(first);
        assert_eq!(&second[..], [1, 2, 3]);
    }
}

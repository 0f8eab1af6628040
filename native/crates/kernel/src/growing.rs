//! A column that only grows: what has been handed out of it never changes.

use std::sync::Arc;

use crate::column::Column;

/// Memory for `capacity` values, of which the first ones are written.
struct Room<T> {
    start: *mut T,
    capacity: usize,
}

// SAFETY: only the one `Growing` that made it writes, behind every length that was handed out.
unsafe impl<T: Send> Send for Room<T> {}
// SAFETY: as above; shared reads only below those lengths.
unsafe impl<T: Sync> Sync for Room<T> {}

impl<T> Room<T> {
    fn new(capacity: usize) -> Self {
        let mut values = std::mem::ManuallyDrop::new(Vec::<T>::with_capacity(capacity));
        Self { start: values.as_mut_ptr(), capacity: values.capacity() }
    }
}

impl<T> Drop for Room<T> {
    fn drop(&mut self) {
        // SAFETY: pointer and capacity come from a vector; its values are `Copy` and need no drop.
        drop(unsafe { Vec::from_raw_parts(self.start, 0, self.capacity) });
    }
}

/// Values that come one after another, seen through columns that share their memory.
pub struct Growing<T: Copy + Send + Sync + 'static> {
    room: Arc<Room<T>>,
    len: usize,
}

impl<T: Copy + Send + Sync + 'static> Default for Growing<T> {
    fn default() -> Self {
        Self { room: Arc::new(Room::new(1024)), len: 0 }
    }
}

impl<T: Copy + Send + Sync + 'static> From<&[T]> for Growing<T> {
    fn from(values: &[T]) -> Self {
        let mut growing = Self { room: Arc::new(Room::new((2 * values.len()).max(1024))), len: 0 };
        for value in values {
            growing.push(*value);
        }
        growing
    }
}

impl<T: Copy + Send + Sync + 'static> Growing<T> {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True before the first value.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a value behind the last.
    pub fn push(&mut self, value: T) {
        if self.len == self.room.capacity {
            let larger = Room::new(2 * self.len);
            // SAFETY: both hold at least `len` values and do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(self.room.start, larger.start, self.len) };
            self.room = Arc::new(larger);
        }
        // SAFETY: below the capacity, and behind every length that a column was given.
        unsafe { self.room.start.add(self.len).write(value) };
        self.len += 1;
    }

    /// The values so far.
    pub fn column(&self) -> Column<T> {
        // SAFETY: the first `len` values are written and never change; the room keeps them alive.
        unsafe { Column::borrowed(std::slice::from_raw_parts(self.room.start, self.len), self.room.clone()) }
    }
}

impl<T: Copy + Send + Sync + 'static> std::fmt::Debug for Growing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Growing({} values)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::Growing;

    #[test]
    fn what_was_handed_out_never_changes() {
        let mut growing = Growing::default();
        let columns: Vec<_> = (0..5000_i64)
            .map(|value| {
                growing.push(value);
                growing.column()
            })
            .collect();
        drop(growing);
        for (last, column) in columns.iter().enumerate().step_by(97) {
            assert!(column.iter().copied().eq(0..=last as i64));
        }
    }

    #[test]
    fn it_goes_on_behind_what_it_was_made_of() {
        let mut growing = Growing::from(&[1_u8, 2][..]);
        growing.push(3);
        assert_eq!(&growing.column()[..], [1, 2, 3]);
    }
}

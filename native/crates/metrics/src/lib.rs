//! Performance statistics of an equity curve and of round trips.

//! Exact values, time and hashing: the words every other crate speaks.

//! Price-level order books rebuilt from L2 data.

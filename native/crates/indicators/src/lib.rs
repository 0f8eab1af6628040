//! Technical indicators, streaming and batch with identical output.

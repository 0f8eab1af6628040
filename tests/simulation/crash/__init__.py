"""Real processes that die: a desk on the file journal, killed at its writes, syncs and sends."""

"""What every venue adapter has in common: one line in a thread of its own, whatever the venue's protocol."""

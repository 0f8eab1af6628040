"""Recent ticks and bars in memory; those in a database are in `parrot.adapters.sql`."""

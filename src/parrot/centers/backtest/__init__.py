"""Back-tests: run, keep, compare, reproduce, report."""

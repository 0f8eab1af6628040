"""Capital: the double-entry ledger of an account, its balances, positions, profit, worth and statements."""

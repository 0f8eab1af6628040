"""What happened as rows: a fold of the desk's records that decides nothing."""

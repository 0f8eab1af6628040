"""The matching engine: an exchange for people, records for programs, replays of recorded streams."""

"""People: signing in, sessions, roles, teams, keys, and what is personal."""

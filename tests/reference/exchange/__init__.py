"""The whole rule set of docs/reference/matching.md in plain, slow Python, sharing no code with the engine."""

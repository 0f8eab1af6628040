"""The users of a data directory: opened by a platform that runs, or by the command line while none does."""

"""The simulated exchange as a server: who owns it, who may call, which protocols speak for it."""

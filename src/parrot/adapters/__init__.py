"""What touches the outside world: files, venues, servers. One folder for each port or kind."""

"""What is looked at from outside: whether the platform is ready, and why not."""

"""Many callers at once at the platform's own spine, on real time and real threads."""

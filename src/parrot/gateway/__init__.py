"""What others talk to: it speaks contracts and imports no center."""

"""Buses: in this process, and over NATS JetStream."""

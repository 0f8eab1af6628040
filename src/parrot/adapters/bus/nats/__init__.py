"""The bus over NATS JetStream: one stream a lane, one durable consumer a reader."""

from parrot.adapters.bus.nats.bus import NatsBus

__all__ = ["NatsBus"]

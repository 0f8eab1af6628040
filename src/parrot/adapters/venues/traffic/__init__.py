"""Traffic with venues on record: written without secrets, and played back without a line."""

from __future__ import annotations

from parrot.adapters.venues.traffic.playing import Player
from parrot.adapters.venues.traffic.recording import Recorder

__all__ = ["Player", "Recorder"]

"""Feeds that need no line: recorded data played again, and data made from a seed."""

from __future__ import annotations

from parrot.adapters.feeds.generated import generated
from parrot.adapters.feeds.pace import Pace
from parrot.adapters.feeds.recording import Recording
from parrot.adapters.feeds.replay import ReplayFeed

__all__ = ["Pace", "Recording", "ReplayFeed", "generated"]

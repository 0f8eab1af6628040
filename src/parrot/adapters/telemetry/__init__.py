"""What a process says about itself: log lines and numbers."""

from parrot.adapters.telemetry.logs import Logs, set_up
from parrot.adapters.telemetry.metrics import Metrics
from parrot.adapters.telemetry.redaction import Redaction

__all__ = ["Logs", "Metrics", "Redaction", "set_up"]

"""`parrot verify`: every durable file of a data directory, read whole, and all that must hold of what is in them."""

from parrot.app.verify.report import Problem, Report
from parrot.app.verify.whole import verify

__all__ = ["Problem", "Report", "verify"]
